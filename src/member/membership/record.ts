import type { MemberAttributes } from "../../api/cluster-requests.ts";
import type { ClusterMember } from "../../api/member-requests.ts";
import { NONE, type NodeId } from "../../raft/types.ts";
import {
  decodeJson,
  encodeJson,
  idOf,
  isFields,
  jsonId,
  numberOf,
  textOf,
  textsOf,
} from "./json.ts";

/** A member as clients see it, and the number by which raft knows it. */
export interface MemberRecord extends ClusterMember {
  readonly node: NodeId;
}

/** It has published itself: before that nobody but itself knows its name (Member.IsStarted). */
export function isStarted({ name }: ClusterMember): boolean {
  return name !== "";
}

/**
 * The fields of membership.Member in Go's order. `raftNode` is ours: etcd, whose raft knows members
 * by their ids, passes over it.
 */
export function memberFields(member: MemberRecord) {
  const { id, peerUrls, isLearner, name, clientUrls, node } = member;
  return {
    id: jsonId(id),
    peerURLs: peerUrls,
    isLearner: isLearner ? true : undefined,
    name: name === "" ? undefined : name,
    clientURLs: clientUrls.length === 0 ? undefined : clientUrls,
    raftNode: node === NONE ? undefined : node,
  };
}

/** What the bucket `members` holds. */
export function encodeMember(member: MemberRecord): Uint8Array {
  return encodeJson(memberFields(member));
}

/** null if it is no member's record. */
export function decodeMember(bytes: Uint8Array): MemberRecord | null {
  return memberOf(decodeJson(bytes));
}

export function memberOf(json: unknown): MemberRecord | null {
  if (!isFields(json)) return null;
  const id = idOf(json["id"]);
  if (id === null) return null;
  return {
    id,
    node: numberOf(json["raftNode"]),
    peerUrls: textsOf(json["peerURLs"]),
    isLearner: json["isLearner"] === true,
    ...attributesOf(json),
  };
}

/** membership.Attributes. */
export function encodeAttributes({ name, clientUrls }: MemberAttributes): Uint8Array {
  return encodeJson({
    name: name === "" ? undefined : name,
    clientURLs: clientUrls.length === 0 ? undefined : clientUrls,
  });
}

/** The same; null if it is not JSON. */
export function decodeAttributes(text: Uint8Array): MemberAttributes | null {
  const json = decodeJson(text);
  return isFields(json) ? attributesOf(json) : null;
}

function attributesOf(json: Readonly<Record<string, unknown>>): MemberAttributes {
  return { name: textOf(json["name"]), clientUrls: textsOf(json["clientURLs"]) };
}
