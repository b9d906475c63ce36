import type { Raft } from "../raft.ts";
import { MESSAGE_TYPE_NAMES, type Message, type Term } from "../types.ts";
import { hex } from "./hex.ts";

export function receivedHigherTerm(r: Raft, m: Message): void {
  r.logger.info?.(
    `${hex(r.id)} [term: ${r.term}] received a ${MESSAGE_TYPE_NAMES[m.type]} message with ` +
      `higher term from ${hex(m.from)} [term: ${m.term}]`,
  );
}

export function ignoredLowerTerm(r: Raft, m: Message): void {
  r.logger.info?.(
    `${hex(r.id)} [term: ${r.term}] ignored a ${MESSAGE_TYPE_NAMES[m.type]} message with ` +
      `lower term from ${hex(m.from)} [term: ${m.term}]`,
  );
}

/** The storage wrote entries that we handed out in an older term. */
export function ignoredAppendAckOfLowerTerm(r: Raft, term: Term): void {
  r.logger.info?.(
    `${hex(r.id)} [term: ${r.term}] ignored entry appends from a MsgStorageAppendResp ` +
      `message with lower term [term: ${term}]`,
  );
}
