import { type ApiError, Errors } from "../../../src/api/errors.ts";
import type { MemberOp } from "../../../src/api/member-requests.ts";
import { type Duration, SECOND } from "../../../src/base/time.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import { foundingContexts } from "../../../src/member/membership/change-context.ts";
import {
  mayAddMember,
  mayPromoteMember,
  mayRemoveMember,
} from "../../../src/member/membership/checks.ts";
import { Membership } from "../../../src/member/membership/membership.ts";
import {
  addition,
  type ProposedChange,
  promotion,
  removal,
  update,
} from "../../../src/member/membership/proposed-change.ts";
import type { MemberMistakes } from "../../../src/museum/member.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { CURRENT_PROFILE } from "../../../src/profile/profile.ts";
import { ConfChangeType, type NodeId } from "../../../src/raft/types.ts";

/** Membership without a raft group below: what is proposed is applied at once. */
export class Rig {
  readonly backend = Backend.inMemory();
  readonly membership: Membership;
  index = 0;
  now = SECOND;
  /** Of each learner; the leader is at 100. */
  match = 100;
  connectedFor: (node: NodeId) => Duration | null = () => 60 * SECOND;
  private readonly mistakes: MemberMistakes;

  constructor(founders: readonly NodeId[], bugs: readonly string[] = []) {
    this.mistakes = mistakesOf(bugs);
    this.membership = new Membership(this.backend, MEMBER_DEFAULTS, this.mistakes);
    for (const { id, context } of foundingContexts(founders, MEMBER_DEFAULTS.clusterToken)) {
      const change = { id: 0, type: ConfChangeType.AddNode, nodeId: id, context };
      this.membership.change(change, ++this.index);
    }
  }

  /** The same as a restart would find it. */
  reopened(): Membership {
    return new Membership(this.backend, MEMBER_DEFAULTS, this.mistakes);
  }

  /** As the service does it: null if it was done. */
  call(op: MemberOp, strict = true): ApiError | null {
    const proposed = this.proposal(op);
    // Bad URLs are seen before anything else, but nobody looks for a member before the log does.
    if (!("change" in proposed) && op.type === "memberAdd") return proposed;
    const error = strict ? this.check(op) : null;
    if (error !== null) return error;
    if (!("change" in proposed)) return proposed;
    return this.membership.change(proposed.change, ++this.index);
  }

  private check(op: MemberOp): ApiError | null {
    const members = this.membership.list();
    const seen = { self: 1, members, connectedFor: this.connectedFor };
    if (op.type === "memberAdd") return mayAddMember(seen, op.request.isLearner, CURRENT_PROFILE);
    if (op.type === "memberRemove") return mayRemoveMember(seen, op.request.id);
    if (op.type !== "memberPromote") return null;
    const member = this.membership.byId(op.request.id);
    const match = member === null ? null : member.isLearner ? this.match : 100;
    return mayPromoteMember(members, { leaderMatch: 100, match });
  }

  proposal(op: MemberOp): ProposedChange | ApiError {
    const { membership } = this;
    switch (op.type) {
      case "memberAdd":
        return addition(membership, op.request, 7, this.now);
      case "memberRemove":
        return removal(membership, op.request.id, 7);
      case "memberUpdate":
        return update(membership, op.request, 7);
      case "memberPromote":
        return promotion(membership, op.request.id, 7);
      default:
        return Errors.notCapable;
    }
  }
}

export const the = {
  voter: (...peerUrls: string[]): MemberOp => ({
    type: "memberAdd",
    request: { peerUrls, isLearner: false },
  }),
  learner: (...peerUrls: string[]): MemberOp => ({
    type: "memberAdd",
    request: { peerUrls, isLearner: true },
  }),
  removal: (id: bigint): MemberOp => ({ type: "memberRemove", request: { id } }),
  update: (id: bigint, ...peerUrls: string[]): MemberOp => ({
    type: "memberUpdate",
    request: { id, peerUrls },
  }),
  promotion: (id: bigint): MemberOp => ({ type: "memberPromote", request: { id } }),
};
