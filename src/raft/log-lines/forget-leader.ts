import type { Raft } from "../raft.ts";
import { hex } from "./hex.ts";

export function refusedToForgetLeader(r: Raft): void {
  r.logger.error?.("ignoring MsgForgetLeader due to ReadOnlyLeaseBased");
}

export function forgettingLeader(r: Raft): void {
  r.logger.info?.(`${hex(r.id)} forgetting leader ${hex(r.lead)} at term ${r.term}`);
}
