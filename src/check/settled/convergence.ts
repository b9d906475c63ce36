import type { Instant } from "../../base/time.ts";
import type { ConfSummary, RoleName } from "../../trace/events.ts";
import { isQuorum } from "../model/quorum.ts";
import type { Violation } from "../violation.ts";

/** A member at the end of a run; a `MemberView` of the simulator has this shape. */
export interface SettledMember {
  readonly id: number;
  readonly status: string;
  readonly role: RoleName;
  readonly term: number;
  readonly lead: number;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly revision: number;
  readonly stateHash: string;
  readonly conf: ConfSummary;
}

export const CONVERGENCE = "convergence";

/**
 * Whether the members that are up are enough to elect a leader, as the one of them sees it that
 * has come furthest. Without a quorum nothing can be asked of a cluster.
 */
export function hasQuorum(members: readonly SettledMember[]): boolean {
  const up = members.filter((member) => member.status === "up");
  const furthest = up.reduce<SettledMember | null>(
    (a, b) => (a === null || b.applied > a.applied ? b : a),
    null,
  );
  if (furthest === null || furthest.conf.voters.length === 0) return false;
  return isQuorum(furthest.conf, (id) => up.some((m) => m.id === id));
}

/**
 * Once faults have stopped for long enough, a cluster with a quorum is to be of one mind: one
 * leader, whom every member of its configuration that is up follows in its term, and the same
 * entries and state on all of them. What is still missing, one violation a member.
 */
export function checkConvergence(
  members: readonly SettledMember[],
  seq: number,
  at: Instant,
): Violation[] {
  const violations: Violation[] = [];
  const say = (member: number, text: string) =>
    violations.push({ invariant: CONVERGENCE, member, seq, at, text });
  const up = members.filter((member) => member.status === "up");
  const leader = up
    .filter((member) => member.role === "leader")
    .reduce<SettledMember | null>((a, b) => (a === null || b.term > a.term ? b : a), null);
  if (leader === null) {
    const roles = up.map((m) => `${m.id} is ${m.role} in term ${m.term}`).join(", ");
    say(0, `there is no leader: ${roles === "" ? "no member is up" : roles}`);
    return violations;
  }
  const { voters, votersOutgoing, learners } = leader.conf;
  const belongs = new Set([...voters, ...votersOutgoing, ...learners]);
  if (!belongs.has(leader.id)) say(leader.id, `member ${leader.id} leads a cluster it left`);
  if (leader.applied !== leader.commit || leader.commit !== leader.lastIndex) {
    say(
      leader.id,
      `leader ${leader.id} ended with entry ${leader.lastIndex}, ` +
        `commit ${leader.commit}, applied ${leader.applied}`,
    );
  }
  for (const member of up) {
    if (member === leader || !belongs.has(member.id)) continue;
    const differs = difference(member, leader);
    if (differs !== null) say(member.id, `member ${member.id} ${differs}`);
  }
  return violations;
}

function difference(member: SettledMember, leader: SettledMember): string | null {
  if (member.role === "leader") return `still leads term ${member.term}, now ${leader.term}`;
  if (member.lead !== leader.id || member.term !== leader.term) {
    const whom = member.lead === 0 ? "nobody" : `member ${member.lead}`;
    return (
      `follows ${whom} in term ${member.term}, ` +
      `not member ${leader.id}, the leader of term ${leader.term}`
    );
  }
  if (member.applied !== leader.applied || member.lastIndex !== leader.lastIndex) {
    return (
      `ended at entry ${member.lastIndex}, applied ${member.applied}; ` +
      `the leader at entry ${leader.lastIndex}, applied ${leader.applied}`
    );
  }
  if (member.revision !== leader.revision || member.stateHash !== leader.stateHash) {
    return (
      `has state ${member.stateHash} at revision ${member.revision}; ` +
      `the leader has ${leader.stateHash} at revision ${leader.revision}`
    );
  }
  return null;
}
