import type { ApplyEvent, CommitEvent, TraceEvent } from "../../trace/events.ts";
import { NO_HASH } from "../model/canonical-log.ts";
import type { MemberModel } from "../model/member.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, figure 3: "if a server has applied a log entry at a given index to its state machine, no
 * other server will ever apply a different log entry for the same index". Held against one
 * canonical log: the first commit of an index defines it; every later commit, apply, snapshot and
 * recovery must agree, and so must the state machine's hash after each entry.
 */
export const stateMachineSafety: InvariantMaker = (observed, report): Invariant => {
  const { canon } = observed;

  /** Whether the member's log agrees with what was committed up to `index`. */
  function agrees(m: MemberModel, e: TraceEvent, index: number, did: string): boolean {
    const at = Math.min(index, canon.last);
    if (!m.log.has(at) || at < canon.base) return true;
    if (m.log.chain(at) === canon.chain(at)) return true;
    const first = firstDifference(m, at);
    report(
      e,
      `member ${m.id} ${did} entry ${first} of term ${m.log.term(first)}, but member ` +
        `${canon.member(first)} committed one of term ${canon.term(first)} there ` +
        `(#${canon.seq(first)})${m.log.term(first) === canon.term(first) ? " with other data" : ""}`,
    );
    return false;
  }

  function firstDifference(m: MemberModel, from: number): number {
    let index = from;
    const floor = Math.max(m.log.base, canon.base) + 1;
    while (index > floor && m.log.chain(index - 1) !== canon.chain(index - 1)) index--;
    return index;
  }

  function sameState(m: MemberModel, e: TraceEvent, index: number, hash: number): void {
    const known = canon.stateHash(index);
    if (known === NO_HASH) canon.setStateHash(index, hash);
    else if (known !== hash) {
      report(
        e,
        `member ${m.id}'s state after entry ${index} differs from what other members had ` +
          `after it (hash ${hash.toString(16)}, theirs ${known.toString(16)})`,
      );
    }
  }

  function applied(m: MemberModel, e: ApplyEvent, index: number, term: number, hash: number) {
    if (!canon.has(index)) {
      if (index > canon.last) {
        report(e, `member ${m.id} applied entry ${index}, which nobody has committed`);
      }
      return;
    }
    if (canon.term(index) !== term) {
      report(
        e,
        `member ${m.id} applied entry ${index} of term ${term}, but member ` +
          `${canon.member(index)} committed one of term ${canon.term(index)} there ` +
          `(#${canon.seq(index)})`,
      );
      return;
    }
    sameState(m, e, index, hash);
  }

  return {
    name: "state-machine-safety",
    says: "no two members apply different entries, or reach different states, at the same index",
    commit(m: MemberModel, e: CommitEvent): void {
      if (e.index > m.log.last || !agrees(m, e, e.index, "committed")) return;
      if (e.index > canon.last && m.log.has(canon.last)) observed.extendCanon(m, e);
    },
    apply(m: MemberModel, e: ApplyEvent): void {
      const { index, terms, hashes } = e;
      for (let i = 0; i < terms.length; i++) {
        applied(m, e, index + i, terms[i] as number, hashes[i] as number);
      }
    },
    restore(m, e) {
      if (e.index === 0) return;
      if (e.index > canon.last && canon.last > 0) {
        report(e, `member ${m.id} restored a snapshot at ${e.index}, which nobody has committed`);
      } else if (canon.has(e.index)) {
        if (canon.term(e.index) !== e.term) {
          report(
            e,
            `member ${m.id} restored a snapshot at entry ${e.index} of term ${e.term}, but the ` +
              `committed one is of term ${canon.term(e.index)} (#${canon.seq(e.index)})`,
          );
        } else sameState(m, e, e.index, e.hash);
      }
    },
    recovered(m, e) {
      agrees(m, e, Math.min(e.commit, m.log.last), "recovered");
    },
  };
};
