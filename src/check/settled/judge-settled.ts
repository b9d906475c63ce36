import type { Instant } from "../../base/time.ts";
import { isQuorum } from "../model/quorum.ts";
import type { Violation } from "../violation.ts";
import { CONVERGENCE, checkConvergence, hasQuorum, type SettledMember } from "./convergence.ts";

/** A member refuses to start where it would be worse to go on: a failure all the same. */
export const STARTS_AGAIN = "starts-again";

/** What raft asks of candidates, as far as it decides who may be elected. */
export interface ElectionRules {
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
}

/** A member after all faults have ended, and its refusal to start, if it refuses. */
export interface HealedMember extends SettledMember {
  readonly refusal: string;
  /** The term of its last entry. */
  readonly lastTerm: number;
}

/** What came of a healed cluster. */
export interface Settled {
  readonly violations: readonly Violation[];
  /** Those that are of one mind; null where the cluster rightly has no leader. */
  readonly members: readonly number[] | null;
}

/**
 * Judges a cluster in which no fault is at work any more, for some time: its members started again, have
 * one leader, and agree. With what excuses one: configurations that raft itself can't leave any more.
 * @param mayRefuse its disk has rotted: it does well to refuse to start
 */
export function judgeSettled(
  members: readonly HealedMember[],
  rules: ElectionRules,
  at: Instant,
  mayRefuse: (member: number) => boolean,
): Settled {
  const refused = members
    .filter(({ id, status }) => status === "refused" && !mayRefuse(id))
    .map(({ id, refusal }) => ({
      invariant: STARTS_AGAIN,
      member: id,
      seq: 0,
      at,
      text: `member ${id} refuses to start: ${refusal}`,
    }));
  if (refused.length > 0) return { violations: refused, members: null };
  if (!hasQuorum(members)) {
    // A member that was removed exits, and may take a joint configuration's old majority along.
    if (members.some(({ status }) => status !== "up")) return { violations: [], members: null };
    const text = "all machines run, but are no quorum: one was counted that never was there";
    const lost = { invariant: CONVERGENCE, member: 0, seq: 0, at, text };
    return { violations: [lost], members: null };
  }
  const isJudged = (id: number) => !isUnheard(members, rules, id);
  const apart = checkConvergence(members, 0, at).filter(({ member }) => isJudged(member));
  const leader = leaderOf(members);
  if (leader === undefined && !members.some((member) => mayWin(members, rules, member))) {
    return { violations: [], members: null };
  }
  if (apart.length > 0 || leader === undefined) return { violations: apart, members: null };
  const { voters } = leader.conf;
  const agreed = members.filter(({ id }) => voters.includes(id) && isJudged(id));
  return { violations: [], members: agreed.map(({ id }) => id) };
}

/** The one of the highest term that is up. */
function leaderOf(members: readonly HealedMember[]): HealedMember | undefined {
  const leaders = members.filter(({ status, role }) => status === "up" && role === "leader");
  return leaders.sort((a, b) => b.term - a.term)[0];
}

/**
 * Without pre-vote and check-quorum a leader never hears of a later term from somebody who asks only
 * members that are gone for their votes: its configuration is so old that it knows no other. Raft
 * proper would tell the leader, in the answer to a heartbeat; etcd-io/raft's followers keep silent to
 * lower terms, and etcd always checks its quorum.
 */
function isUnheard(
  members: readonly HealedMember[],
  { preVote, checkQuorum }: ElectionRules,
  id: number,
): boolean {
  const member = members.find((each) => each.id === id);
  if (member === undefined || preVote || checkQuorum) return false;
  const { voters, votersOutgoing } = member.conf;
  const others = members.filter((each) => each.id !== id && each.status === "up");
  return !others.some((other) => [...voters, ...votersOutgoing].includes(other.id));
}

/**
 * Whether those who are up would elect the member, by what each of them knows. It may be that nobody is
 * to be had: one has left the joint configuration that another, whose log is longer, still needs the
 * gone members for, since etcd-io/raft changes over when it applies; or, without pre-vote, one that
 * knows only of members that are gone has campaigned its term up beyond all others, who are silent to it
 * as it is to them.
 */
function mayWin(
  members: readonly HealedMember[],
  { preVote }: ElectionRules,
  candidate: HealedMember,
): boolean {
  const grants = (voter: HealedMember) =>
    voter.id === candidate.id ||
    (!isAhead(voter, candidate) && (preVote || voter.term <= candidate.term));
  const { status, conf } = candidate;
  if (status !== "up" || conf.voters.length === 0) return false;
  return isQuorum(conf, (id) =>
    members.some((member) => member.id === id && member.status === "up" && grants(member)),
  );
}

function isAhead(one: HealedMember, other: HealedMember): boolean {
  return (
    one.lastTerm > other.lastTerm ||
    (one.lastTerm === other.lastTerm && one.lastIndex > other.lastIndex)
  );
}
