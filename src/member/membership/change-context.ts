import { isV1 } from "../../raft/confchange/changes.ts";
import type { ConfChange, ConfChangeV2, NodeId } from "../../raft/types.ts";
import { defaultMember, foundedBy } from "./founding.ts";
import { idText, parseId } from "./ids.ts";
import { decodeJson, encodeJson, isFields, numberOf, textOf } from "./json.ts";
import { decodeProposalId } from "./proposal-id.ts";
import { type MemberRecord, memberFields, memberOf } from "./record.ts";

/**
 * What a conf change says of a member besides its node id (membership.ConfigChangeContext). Raft
 * carries it along without looking.
 */
export interface MemberContext {
  readonly member: MemberRecord;
  /** A learner is to become a voter: raft has the same word for that and for a new voter. */
  readonly isPromote: boolean;
  /** Only a founder's says it: a cluster is named once. null: nothing. */
  readonly clusterId: bigint | null;
}

/** A conf change's context, taken apart. */
export interface ChangeContext {
  /** Under which its proposer waits for it; 0: nobody does. */
  readonly proposalId: number;
  /** Of each change in turn; null: nothing was said. */
  readonly words: readonly (MemberContext | null)[];
}

const NO_CONTEXT_CALL = 0;

/** Of a V1 change, as etcd writes it; the call id has a field of its own there. */
export function encodeMemberContext(words: MemberContext): Uint8Array {
  return encodeJson(wordsFields(words));
}

/** Of a V2 change, for which etcd has no form: it never makes any. */
export function encodeMemberContexts(
  proposalId: number,
  words: readonly (MemberContext | null)[],
): Uint8Array {
  return encodeJson({
    call: proposalId,
    members: words.map((each) => (each === null ? null : wordsFields(each))),
  });
}

/** A context of another tool, or none, says nothing. */
export function contextOf(change: ConfChange | ConfChangeV2): ChangeContext {
  const { context } = change;
  if (isV1(change)) {
    const words = context.length === 0 ? null : wordsOf(decodeJson(context));
    return { proposalId: change.id === 0 ? decodeProposalId(context) : change.id, words: [words] };
  }
  const nothing = change.changes.map(() => null);
  const bare = { proposalId: NO_CONTEXT_CALL, words: nothing };
  if (context.length === 0) return bare;
  const proposalId = decodeProposalId(context);
  if (proposalId !== 0) return { proposalId, words: nothing };
  const json = decodeJson(context);
  if (!isFields(json)) return bare;
  const members: readonly unknown[] = Array.isArray(json["members"]) ? json["members"] : [];
  return {
    proposalId: numberOf(json["call"]),
    words: change.changes.map((_, i) => wordsOf(members[i])),
  };
}

/** What the entries that found a cluster say, by founder. */
export function foundingContexts(
  nodes: readonly NodeId[],
  token: string,
): { readonly id: NodeId; readonly context: Uint8Array }[] {
  const cluster = foundedBy(nodes, token);
  return nodes.map((id) => ({
    id,
    context: encodeMemberContext({
      member: defaultMember(id, token),
      isPromote: false,
      clusterId: cluster,
    }),
  }));
}

function wordsFields({ member, isPromote, clusterId }: MemberContext) {
  return {
    ...memberFields(member),
    isPromote,
    clusterID: clusterId === null ? undefined : idText(clusterId),
  };
}

function wordsOf(json: unknown): MemberContext | null {
  const member = memberOf(json);
  if (member === null || !isFields(json)) return null;
  return {
    member,
    isPromote: json["isPromote"] === true,
    clusterId: parseId(textOf(json["clusterID"])),
  };
}
