import type { ConfSummary, TraceEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, section 6, and the thesis, chapter 4: a configuration changes by one voter at a time, or
 * through a joint one whose outgoing half is the old one and which is left for its incoming half.
 * Every member sees the same configuration at the same index, and a leader proposes the next
 * change only once it has applied the one before.
 */
export const configChanges: InvariantMaker = (_observed, report): Invariant => {
  /** By index: the configuration from there on, as text. */
  const known = new Map<number, string>();
  /**
   * A new cluster's log begins with one entry for each of its voters, which are all in force
   * before the first is applied, and come one by one when a restart replays them.
   */
  let bootstrap = 0;

  function same(m: MemberModel, e: TraceEvent, index: number, conf: ConfSummary): void {
    if (index === 1 && conf.voters.length > bootstrap) bootstrap = conf.voters.length;
    if (index <= bootstrap) return;
    const text = describe(conf);
    const before = known.get(index);
    if (before === undefined) known.set(index, text);
    else if (before !== text) {
      report(
        e,
        `member ${m.id} has ${text} from entry ${index} on, where another member had ${before}`,
      );
    }
  }

  return {
    name: "config-changes",
    says: "configurations change one voter at a time or through a joint one, alike everywhere",
    append(m, e) {
      if (m.role !== "leader") return;
      for (const entry of e.entries) {
        if (entry.type !== "conf-change" || entry.index <= m.log.last) continue;
        const pending = m.log.confBefore(entry.index);
        if (pending > m.applied) {
          report(
            e,
            `member ${m.id} proposed a configuration change at entry ${entry.index}, ` +
              `though it has not applied the one at entry ${pending} yet`,
          );
        }
      }
    },
    conf(m, e) {
      const wrong = malformed(e.conf) ?? (m.conf.voters.length > 0 ? step(m.conf, e.conf) : null);
      if (wrong !== null) {
        report(
          e,
          `member ${m.id} went from ${describe(m.conf)} to ${describe(e.conf)} at entry ` +
            `${e.index}: ${wrong}`,
        );
      } else same(m, e, e.index, e.conf);
    },
  };
};

/** What is wrong with the configuration itself, or null. */
function malformed(conf: ConfSummary): string | null {
  if (conf.voters.length === 0) return "nobody may vote";
  const votes = (id: number) => conf.voters.includes(id) || conf.votersOutgoing.includes(id);
  if (conf.learners.some(votes)) return "a learner may vote";
  if (!conf.learnersNext.every((id) => conf.votersOutgoing.includes(id))) {
    return "a learner-to-be is not among the outgoing voters";
  }
  if (conf.votersOutgoing.length === 0 && (conf.learnersNext.length > 0 || conf.autoLeave)) {
    return "it is not joint, but is to be left";
  }
  return null;
}

/** Why `to` may not follow `from`, or null. */
function step(from: ConfSummary, to: ConfSummary): string | null {
  const wasJoint = from.votersOutgoing.length > 0;
  const isJoint = to.votersOutgoing.length > 0;
  if (wasJoint && isJoint) {
    // Applying an entry that changes nothing reports the configuration again.
    return describe(from) === describe(to) ? null : "a joint configuration can only be left";
  }
  if (isJoint) {
    return equal(from.voters, to.votersOutgoing)
      ? null
      : "the outgoing voters are not the old ones";
  }
  if (wasJoint) {
    if (!equal(from.voters, to.voters)) return "the voters are not the incoming ones";
    return from.learnersNext.every((id) => to.learners.includes(id))
      ? null
      : "a voter to be demoted is no learner";
  }
  const differ =
    to.voters.filter((id) => !from.voters.includes(id)).length +
    from.voters.filter((id) => !to.voters.includes(id)).length;
  return differ <= 1 ? null : `${differ} voters change at once`;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

const sorted = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join(" ");

function describe(conf: ConfSummary): string {
  const parts = [`voters ${sorted(conf.voters)}`];
  if (conf.votersOutgoing.length > 0) parts.push(`outgoing ${sorted(conf.votersOutgoing)}`);
  if (conf.learners.length > 0) parts.push(`learners ${sorted(conf.learners)}`);
  if (conf.learnersNext.length > 0) parts.push(`learners next ${sorted(conf.learnersNext)}`);
  if (conf.autoLeave) parts.push("auto-leave");
  return `(${parts.join(", ")})`;
}
