import type { MemberAttributes } from "../../api/cluster-requests.ts";
import type { InternalOp } from "../../api/requests.ts";
import { utf8Encode } from "../../base/utf8.ts";
import { parseId } from "./ids.ts";
import { decodeAttributes } from "./record.ts";

/** What a log entry says of a member or the cluster, other than a conf change. */
export type Published =
  | { readonly type: "attributes"; readonly id: bigint; readonly attributes: MemberAttributes }
  | { readonly type: "version"; readonly version: string };

const ATTRIBUTES = /^\/0\/members\/([0-9a-fA-F]{1,16})\/attributes$/;
const VERSION = "/0/version";

/**
 * Whether a request is for the membership. Up to 3.4 members publish themselves and the cluster's
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
