import type { InternalOp } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { Lessor } from "../../lease/lessor.ts";
import type { Store } from "../../mvcc/store.ts";
import type { Index, NodeId } from "../../raft/types.ts";
import type { AuthChange } from "../../trace/events.ts";
import type { MemberTracer } from "./tracer.ts";

/** What entries do to keys, leases and alarms, as events of the trace: for when somebody listens. */

/** Before the entry the store was at `revision`, and compacted to `compactRevision`. */
export function emitChanges(
  tracer: MemberTracer,
  store: Store,
  index: Index,
  revision: number,
  compactRevision: number,
): void {
  if (store.revision > revision) {
    tracer.changed(index, store.revision, store.eventsSince(store.revision, 1));
  }
  if (store.compactRevision !== compactRevision) tracer.compacted(index, store.compactRevision);
}

/** For requests that succeeded. */
export function emitLease(tracer: MemberTracer, lessor: Lessor, op: InternalOp): void {
  // Checkers take what is emitted now for the next entry's.
  tracer.emitApplied();
  if (op.type === "leaseGrant") {
    const ttl = lessor.lookup(op.request.id)?.ttl ?? 0;
    tracer.leased("grant", op.request.id, ttl);
  } else if (op.type === "leaseRevoke") tracer.leased("revoke", op.request.id, 0);
  else if (op.type === "leaseCheckpoint") {
    for (const { id, remainingTtl } of op.request.checkpoints) {
      tracer.leased("checkpoint", id, remainingTtl);
    }
  }
}

/** For requests that raised or disarmed an alarm. */
export function emitAlarm(
  tracer: MemberTracer,
  op: InternalOp,
  nodeOf: (memberId: bigint) => NodeId,
  active: boolean,
): void {
  assert(op.type === "alarm", "nothing else touches the alarms");
  const { memberId, alarm } = op.request;
  if (alarm !== "NONE") tracer.alarmed(alarm, nodeOf(memberId), active);
}

/** For requests that succeeded: what they changed of who may what. */
export function emitAuth(tracer: MemberTracer, index: Index, op: InternalOp): void {
  const change = authChange(op);
  if (change !== null) tracer.authChanged(index, change);
}

function authChange(op: InternalOp): AuthChange | null {
  switch (op.type) {
    case "authEnable":
      return { type: "enable" };
    case "authDisable":
      return { type: "disable" };
    case "authUserAdd": {
      const { name, options } = op.request;
      return { type: "user-add", user: name, noPassword: options?.noPassword ?? false };
    }
    case "authUserDelete":
      return { type: "user-delete", user: op.request.name };
    case "authUserChangePassword":
      return { type: "user-password", user: op.request.name };
    case "authUserGrantRole":
      return { type: "user-grant", ...op.request };
    case "authUserRevokeRole":
      return { type: "user-revoke", ...op.request };
    case "authRoleAdd":
      return { type: "role-add", role: op.request.name };
    case "authRoleDelete":
      return { type: "role-delete", role: op.request.role };
    case "authRoleGrantPermission": {
      const { name, permission } = op.request;
      assert(permission !== null, "what was granted was given");
      const { permType: access, key, rangeEnd } = permission;
      return { type: "role-grant", role: name, access, key, rangeEnd };
    }
    case "authRoleRevokePermission":
      return { type: "role-revoke", ...op.request };
    default:
      return null;
  }
}
