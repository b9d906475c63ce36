import type { AppendEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import { moment } from "../violation.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/** Raft, figure 3: "a leader never overwrites or deletes entries in its log; it only appends new entries". */
export const leaderAppendOnly: InvariantMaker = (_observed, report): Invariant => ({
  name: "leader-append-only",
  says: "a leader never overwrites or deletes entries in its log; it only appends new entries",
  append(m: MemberModel, e: AppendEvent): void {
    const first = e.entries[0];
    if (m.role !== "leader" || first === undefined || first.index > m.log.last) return;
    report(
      e,
      `member ${m.id}, leader of term ${m.term} since ${moment(m.roleAt, m.roleSeq)}, ` +
        `overwrote its log from entry ${first.index} on; it ended at ${m.log.last}`,
    );
  },
});
