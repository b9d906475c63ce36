import type { Raft } from "../raft.ts";
import type { Index, Term } from "../types.ts";
import { hex } from "./hex.ts";

/** `lastIndex` and `lastTerm` as the storage had them. */
export function started(r: Raft, lastIndex: Index, lastTerm: Term): void {
  r.logger.info?.(
    `newRaft ${hex(r.id)} [peers: [${r.tracker.voterIds.map(hex).join(",")}], ` +
      `term: ${r.term}, commit: ${r.log.committed}, applied: ${r.log.applied}, ` +
      `lastindex: ${lastIndex}, lastterm: ${lastTerm}]`,
  );
}
