import type { Instant } from "../../base/time.ts";
import type { RoleEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import { moment } from "../violation.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

interface Reign {
  readonly member: number;
  readonly seq: number;
  readonly at: Instant;
}

/** Raft, figure 3: "at most one leader can be elected in a given term". */
export const electionSafety: InvariantMaker = (_observed, report): Invariant => {
  const reigns = new Map<number, Reign>();
  return {
    name: "election-safety",
    says: "at most one leader can be elected in a given term",
    role(m: MemberModel, e: RoleEvent): void {
      if (e.role !== "leader") return;
      const reign = reigns.get(e.term);
      if (reign === undefined) {
        reigns.set(e.term, { member: m.id, seq: e.seq, at: e.at });
      } else if (reign.member !== m.id) {
        const since = moment(reign.at, reign.seq);
        report(
          e,
          `member ${m.id} became leader of term ${e.term}, ` +
            `but member ${reign.member} was elected in that term at ${since}`,
        );
      }
    },
  };
};
