import type { Raft } from "../raft.ts";
import type { Message } from "../types.ts";
import { hex } from "./hex.ts";

export function releasedReadsTooEarly(r: Raft): void {
  r.logger.error?.(
    "pending MsgReadIndex should be released only after first commit in current term",
  );
}

export function receivedMalformedReadIndexResp(r: Raft, m: Message): void {
  r.logger.error?.(
    `${hex(r.id)} invalid format of MsgReadIndexResp from ${hex(m.from)}, entries count: ` +
      `${m.entries.length}`,
  );
}
