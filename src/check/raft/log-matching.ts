import type { EntrySummary, TraceEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, figure 3: "if two logs contain an entry with the same index and term, then the logs are
 * identical in all entries up through the given index". Each entry's chain hash stands for the
 * log up to it, and one table holds the chain that each (term, index) had first.
 */
export const logMatching: InvariantMaker = (observed, report): Invariant => {
  const { chains } = observed;

  function check(m: MemberModel, e: TraceEvent, entries: readonly EntrySummary[]): void {
    const log = m.log;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as EntrySummary;
      const index = entry.index;
      if (index <= log.base || index > log.last || log.term(index) !== entry.term) continue;
      const chain = log.chain(index);
      if (chains.meet(entry.term, index, chain) === chain) continue;
      report(e, describe(m, entry));
      // What follows in this log differs for the same reason.
      return;
    }
  }

  function describe(m: MemberModel, entry: EntrySummary): string {
    const { index, term } = entry;
    const chain = m.log.chain(index);
    const other = observed.members.find(
      (o) => o.log.has(index) && o.log.term(index) === term && o.log.chain(index) !== chain,
    );
    const who = other === undefined ? "another log once held" : `member ${other.id} holds`;
    const before = index - 1;
    const theirs =
      other?.log.has(before) === true
        ? other.log.chain(before)
        : chains.find(m.log.term(before), before);
    const what = theirs === m.log.chain(before) ? "with other data" : "behind a different log";
    return (
      `member ${m.id} appended entry ${index} of term ${term} (${entry.text}), ` +
      `but ${who} the entry of that index and term ${what}`
    );
  }

  return {
    name: "log-matching",
    says: "logs that contain an entry with the same index and term are identical up to it",
    append(m, e) {
      const first = e.entries[0];
      if (first !== undefined && first.index > m.log.last + 1) {
        report(
          e,
          `member ${m.id} appended entry ${first.index}, but its log ended at ${m.log.last}`,
        );
      }
    },
    appended(m, e) {
      check(m, e, e.entries);
    },
    recovered(m, e) {
      check(m, e, e.entries);
    },
  };
};
