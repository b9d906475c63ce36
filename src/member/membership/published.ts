import type { MemberAttributes, V2Request } from "../../api/cluster-requests.ts";
import type { InternalOp } from "../../api/requests.ts";
import { utf8Decode, utf8Encode } from "../../base/utf8.ts";
import type { MemberProfile } from "../../profile/member.ts";
import { idText, parseId } from "./ids.ts";
import { decodeAttributes, encodeAttributes } from "./record.ts";

/** What a log entry says of a member or the cluster, other than a conf change. */
export type Published =
  | { readonly type: "attributes"; readonly id: bigint; readonly attributes: MemberAttributes }
  | { readonly type: "version"; readonly version: string };

const ATTRIBUTES = /^\/0\/members\/([0-9a-fA-F]{1,16})\/attributes$/;
const VERSION = "/0/version";

/** How a member tells the cluster its name and where clients reach it. */
export function attributesOp(
  memberId: bigint,
  attributes: MemberAttributes,
  { publishesInV2Store }: MemberProfile,
): InternalOp {
  if (!publishesInV2Store) {
    return { type: "clusterMemberAttrSet", request: { memberId, attributes } };
  }
  return putV2(
    `/0/members/${idText(memberId)}/attributes`,
    utf8Decode(encodeAttributes(attributes)),
  );
}

/** How a leader tells it the version that all may rely on. */
export function versionOp(version: string, { publishesInV2Store }: MemberProfile): InternalOp {
  if (!publishesInV2Store) return { type: "clusterVersionSet", request: { version } };
  return putV2(VERSION, version);
}

function putV2(path: string, value: string): InternalOp {
  const request: V2Request = {
    ...{ method: "PUT", path, value, dir: false, prevValue: "", prevIndex: 0n, prevExist: null },
    ...{ expiration: 0n, wait: false, since: 0n, recursive: false, sorted: false, quorum: false },
    ...{ time: 0n, stream: false, refresh: null },
  };
  return { type: "v2", request };
}

/**
 * Whether a request is for the membership. Up to 3.5 members publish themselves and the cluster's
 * version in the v2 store; nothing else of it is known here.
 */
export function isMembershipOp({ type }: InternalOp): boolean {
  return type === "clusterMemberAttrSet" || type === "v2";
}

/** null if it says nothing that matters here (server/etcdserver/apply/apply.go, apply_v2.go). */
export function published(op: InternalOp): Published | null {
  switch (op.type) {
    case "clusterMemberAttrSet": {
      const { memberId: id, attributes } = op.request;
      return { type: "attributes", id, attributes };
    }
    case "v2": {
      const { method, path, value } = op.request;
      if (method !== "PUT") return null;
      if (path === VERSION) return { type: "version", version: value };
      const id = parseId(ATTRIBUTES.exec(path)?.[1] ?? "");
      const attributes = id === null ? null : decodeAttributes(utf8Encode(value));
      return id === null || attributes === null ? null : { type: "attributes", id, attributes };
    }
    default:
      return null;
  }
}
