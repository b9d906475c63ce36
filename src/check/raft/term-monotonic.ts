import type { TraceEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, section 5.1: terms act as a logical clock; a member's current term "increases
 * monotonically", and so do the terms along its log. A restart goes back to what was durable; that
 * nobody heard of a later one is `durable-promises`. It may even come back with entries of a later
 * term than its own: they are written before the term is, and a crash may keep only the former,
 * of which nobody was told.
 */
export const termMonotonic: InvariantMaker = (_observed, report): Invariant => {
  function check(m: MemberModel, e: TraceEvent, term: number): void {
    if (term >= m.term) return;
    report(e, `member ${m.id} went back from term ${m.term} to term ${term}`);
  }
  return {
    name: "term-monotonic",
    says: "a member's term never goes back while it lives, nor do the terms along its log",
    role(m, e) {
      check(m, e, e.term);
    },
    hardState(m, e) {
      if (e.term < m.hardTerm) {
        report(e, `member ${m.id} wrote term ${e.term} after term ${m.hardTerm}`);
      }
    },
    append(m, e) {
      let before = e.entries[0]?.term ?? 0;
      const prev = (e.entries[0]?.index ?? 0) - 1;
      if (m.log.has(prev)) before = m.log.term(prev);
      for (let i = 0; i < e.entries.length; i++) {
        const entry = e.entries[i] as (typeof e.entries)[number];
        if (entry.term < before) {
          report(
            e,
            `member ${m.id} appended entry ${entry.index} of term ${entry.term} ` +
              `behind one of term ${before}`,
          );
          return;
        }
        before = entry.term;
      }
    },
  };
};
