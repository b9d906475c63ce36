import { type ApiError, Errors } from "../../api/errors.ts";
import { assert } from "../../base/assert.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import { asV2, isV1 } from "../../raft/confchange/changes.ts";
import {
  type ConfChange,
  type ConfChangeSingle,
  ConfChangeType,
  type ConfChangeV2,
  NONE,
} from "../../raft/types.ts";
import type { MemberContext } from "./change-context.ts";
import { defaultMember, type MembershipOptions } from "./founding.ts";
import type { MemberRecord } from "./record.ts";
import type { Edit, Roster } from "./roster.ts";

/** What a conf change does to the members, or why it must not be made. */
export type Decision =
  | { readonly error: null; readonly edits: readonly Edit[] }
  | { readonly error: ApiError; readonly edits: null };

/**
 * Whether a committed conf change is still valid by the members as they are now
 * (RaftCluster.ValidateConfigurationChange); all of a joint one's parts, or none. All members
 * decide the same at the same place of the log.
 *
 * A part that comes without words (an operator's, who talks to raft in node ids, or another tool's)
 * does what raft does with it: members get the default name and addresses.
 */
export function decide(
  roster: Roster,
  change: ConfChange | ConfChangeV2,
  words: readonly (MemberContext | null)[],
  options: MembershipOptions,
  mistakes: MemberMistakes,
): Decision {
  const { changes } = asV2(change);
  const draft = changes.length > 1 ? roster.copy() : roster;
  const edits: Edit[] = [];
  for (const [i, single] of changes.entries()) {
    // Raft passes over it, too.
    if (single.nodeId === NONE) continue;
    const said = words[i] ?? null;
    const bare = said === null && !(isV1(change) && single.type === ConfChangeType.RemoveNode);
    const decision = bare
      ? follow(draft, single, options)
      : validate(draft, single, said, options, mistakes);
    if (decision.error !== null) return decision;
    for (const edit of decision.edits) {
      edits.push(edit);
      if (draft !== roster) draft.edit(edit);
    }
  }
  return { error: null, edits };
}

function validate(
  roster: Roster,
  { type, nodeId }: ConfChangeSingle,
  words: MemberContext | null,
  options: MembershipOptions,
  mistakes: MemberMistakes,
): Decision {
  if (roster.wasRemoved(nodeId)) return refuse(Errors.memberNotFound);
  const known = roster.byNode(nodeId);
  if (type === ConfChangeType.RemoveNode) {
    if (known === null) return refuse(Errors.memberNotFound);
    // etcd's raft would panic.
    const others = roster.list().filter(({ id, isLearner }) => id !== known.id && !isLearner);
    if (others.length === 0) return refuse(Errors.memberNotEnoughStarted);
    return edited("remove", known);
  }
  assert(words !== null, "only a removal says nothing");
  const { member } = words;
  if (roster.isRemoved(member.id)) return refuse(Errors.memberNotFound);
  if (type === ConfChangeType.UpdateNode) {
    if (known === null || known.id !== member.id) return refuse(Errors.memberNotFound);
    if (taken(roster, member)) return refuse(Errors.peerUrlExists);
    const { peerUrls } = member;
    // Known mistake B2: an update puts whatever it says over what is known, and it never says learner.
    const isLearner = mistakes.promotesOnUpdate ? member.isLearner : known.isLearner;
    return edited("put", { ...known, peerUrls, isLearner });
  }
  if (words.isPromote) {
    if (known === null || known.id !== member.id) return refuse(Errors.memberNotFound);
    if (!known.isLearner) return refuse(Errors.memberNotLearner);
    return edited("put", { ...known, isLearner: false });
  }
  // The node id is ours to give: who took it first has it.
  if (known !== null || roster.byId(member.id) !== null) return refuse(Errors.memberExists);
  if (taken(roster, member)) return refuse(Errors.peerUrlExists);
  const isLearner = type === ConfChangeType.AddLearnerNode;
  if (isLearner && learners(roster) >= options.maxLearners) return refuse(Errors.tooManyLearners);
  return edited("put", { ...member, node: nodeId, isLearner });
}

/** What raft makes of a change, in the members' records. Only the removed stay out. */
function follow(
  roster: Roster,
  { type, nodeId }: ConfChangeSingle,
  { clusterToken }: MembershipOptions,
): Decision {
  const known = roster.byNode(nodeId);
  switch (type) {
    case ConfChangeType.AddNode:
    case ConfChangeType.AddLearnerNode: {
      const isLearner = type === ConfChangeType.AddLearnerNode;
      const member = known ?? defaultMember(nodeId, clusterToken, isLearner);
      if (known === null && (roster.wasRemoved(nodeId) || roster.isRemoved(member.id))) {
        return refuse(Errors.memberNotFound);
      }
      return edited("put", { ...member, isLearner });
    }
    case ConfChangeType.RemoveNode:
      return known === null ? NOTHING : edited("remove", known);
    default:
      return NOTHING;
  }
}

const NOTHING: Decision = { error: null, edits: [] };

function edited(kind: Edit["kind"], member: MemberRecord): Decision {
  return { error: null, edits: [{ kind, member }] };
}

function refuse(error: ApiError): Decision {
  return { error, edits: null };
}

/** Another member is there already. */
function taken(roster: Roster, { id, peerUrls }: MemberRecord): boolean {
  return roster
    .list()
    .some((other) => other.id !== id && other.peerUrls.some((url) => peerUrls.includes(url)));
}

function learners(roster: Roster): number {
  return roster.list().filter(({ isLearner }) => isLearner).length;
}
