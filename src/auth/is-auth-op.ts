import type { AuthOp, InternalOp } from "../api/requests.ts";

/** Whether the operation belongs to the Auth service: all of their names begin alike. */
export function isAuthOp(op: InternalOp): op is AuthOp {
  return op.type.startsWith("auth");
}
