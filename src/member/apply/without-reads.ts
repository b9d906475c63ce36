import type { InternalRaftRequest, RequestOp } from "../../api/requests.ts";

/** A transaction as etcd applies it where only its effects are wanted. */
export function withoutReads(request: InternalRaftRequest): InternalRaftRequest {
  const { op } = request;
  if (op.type !== "txn") return request;
  const { compare, success, failure } = op.request;
  const writes = (ops: readonly RequestOp[]) => ops.filter(({ type }) => type !== "range");
  const bare = { compare, success: writes(success), failure: writes(failure) };
  return { ...request, op: { type: "txn", request: bare } };
}
