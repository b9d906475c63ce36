import { type ApiError, Errors } from "../../api/errors.ts";
import type { MemberAddRequest, MemberUpdateRequest } from "../../api/member-requests.ts";
import { SECOND, type WallTime } from "../../base/time.ts";
import { type ConfChange, ConfChangeType, EMPTY } from "../../raft/types.ts";
import { encodeMemberContext } from "./change-context.ts";
import { addedId } from "./ids.ts";
import type { Membership } from "./membership.ts";
import { chooseNode } from "./node-choice.ts";
import type { MemberRecord } from "./record.ts";
import { areUrls } from "./urls.ts";

/** A conf change to be proposed, and whom it is about. */
export interface ProposedChange {
  readonly change: ConfChange;
  /** An added member's record-to-be; as it is now for the others. */
  readonly member: MemberRecord;
}

/**
 * The calls of the Cluster service as conf changes (server/etcdserver/server.go, AddMember and the
 * like). `proposalId` is under which the caller waits for the entry. An ApiError if there is nothing
 * to propose. What only the members at that place of the log can tell is told there.
 */

/** @param wallNow goes into the new member's id, in seconds */
export function addition(
  membership: Membership,
  { peerUrls, isLearner }: MemberAddRequest,
  proposalId: number,
  wallNow: WallTime,
): ProposedChange | ApiError {
  if (!areUrls(peerUrls)) return Errors.memberBadUrls;
  const urls = peerUrls.toSorted();
  const node = chooseNode(urls, membership.usedNodes());
  // etcd knows no such bound; it has no better word for it either.
  if (node === null) return Errors.memberExists;
  const id = addedId(urls, Math.floor(wallNow / SECOND));
  const member = { id, node, peerUrls: urls, isLearner, name: "", clientUrls: [] };
  const type = isLearner ? ConfChangeType.AddLearnerNode : ConfChangeType.AddNode;
  return propose(type, member, member, proposalId, false);
}

export function removal(
  membership: Membership,
  id: bigint,
  proposalId: number,
): ProposedChange | ApiError {
  const member = membership.byId(id);
  if (member === null) return Errors.memberNotFound;
  const { node: nodeId } = member;
  const change = { id: proposalId, type: ConfChangeType.RemoveNode, nodeId, context: EMPTY };
  return { change, member };
}

export function update(
  membership: Membership,
  { id, peerUrls }: MemberUpdateRequest,
  proposalId: number,
): ProposedChange | ApiError {
  const member = membership.byId(id);
  if (member === null) return Errors.memberNotFound;
  // etcd lets anything pass here, and its other members exit when they try to use it as an address.
  if (!areUrls(peerUrls)) return Errors.memberBadUrls;
  // The new addresses alone, as they were given.
  const said = { ...blank(member), peerUrls };
  return propose(ConfChangeType.UpdateNode, member, said, proposalId, false);
}

export function promotion(
  membership: Membership,
  id: bigint,
  proposalId: number,
): ProposedChange | ApiError {
  const member = membership.byId(id);
  if (member === null) return Errors.memberNotFound;
  return propose(ConfChangeType.AddNode, member, blank(member), proposalId, true);
}

function propose(
  type: ConfChangeType,
  member: MemberRecord,
  said: MemberRecord,
  proposalId: number,
  isPromote: boolean,
): ProposedChange {
  const context = encodeMemberContext({ member: said, isPromote, clusterId: null });
  return { change: { id: proposalId, type, nodeId: member.node, context }, member };
}

function blank({ id, node }: MemberRecord): MemberRecord {
  return { id, node, peerUrls: [], isLearner: false, name: "", clientUrls: [] };
}
