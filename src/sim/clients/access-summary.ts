import { leaseIdHex } from "../../api/lease-id.ts";
import type { RequestOp, ServiceRequest, TxnRequest } from "../../api/requests.ts";
import { Digest } from "../../base/digest.ts";
import type { Credentials } from "../../client/client-conn.ts";
import type { AccessNeed } from "../../trace/events.ts";

/** What a request may not do without, as etcd's documentation has it: for whoever judges what came of it. */

/** A password as the trace tells it: equal ones of two users do not show. */
export function passwordPrint({ name, password }: Credentials): number {
  const digest = new Digest();
  digest.string(name);
  digest.string(password);
  return digest.hash52();
}

/** The user who gets a password by the request, and which; null: nobody does. */
export function passwordSet(call: ServiceRequest): Credentials | null {
  if (call.type !== "authUserAdd" && call.type !== "authUserChangePassword") return null;
  const { name, password } = call.request;
  return password === "" ? null : { name, password };
}

export interface Access {
  /** Decided by what the asked member has applied, not by the log's order or the newest state. */
  readonly local: boolean;
  readonly needs: readonly AccessNeed[];
}

const NOTHING: Access = { local: true, needs: [] };
const SOME_USER = need("user");
const ADMIN = need("admin");

/** What `user` needs for the request. */
export function accessOf(call: ServiceRequest, user: string): Access {
  switch (call.type) {
    case "range":
      return { local: call.request.serializable, needs: needsOf(call) };
    case "put":
    case "deleteRange":
      return { local: false, needs: needsOf(call) };
    case "txn":
      return { local: isSerializable(call.request), needs: needsOf(call) };
    case "leaseRevoke":
      // That it is some user is asked of the member alone, and nothing but that of a lease without keys.
      return { local: false, needs: [lease(call.request.id)] };
    case "leaseKeepAlive":
      return { local: true, needs: [SOME_USER, lease(call.request.id)] };
    case "leaseTimeToLive": {
      const { id, keys } = call.request;
      return { local: true, needs: keys ? [SOME_USER, lease(id)] : [SOME_USER] };
    }
    case "leaseLeases":
      return { local: true, needs: [SOME_USER, lease(0n)] };
    case "leaseGrant":
    case "memberList":
    case "status":
      return { local: true, needs: [SOME_USER] };
    case "alarm":
      return { local: true, needs: [call.request.action === "GET" ? SOME_USER : ADMIN] };
    case "authenticate":
    case "authStatus":
    case "health":
      return NOTHING;
    case "authUserGet":
      return { local: false, needs: call.request.name === user ? [] : [ADMIN] };
    case "authRoleGet":
      return { local: false, needs: [need("role", call.request.role)] };
    case "compaction":
    case "authEnable":
    case "authDisable":
    case "authUserAdd":
    case "authUserDelete":
    case "authUserChangePassword":
    case "authUserGrantRole":
    case "authUserRevokeRole":
    case "authUserList":
    case "authRoleList":
    case "authRoleAdd":
    case "authRoleDelete":
    case "authRoleGrantPermission":
    case "authRoleRevokePermission":
      return { local: false, needs: [ADMIN] };
    default:
      return { local: true, needs: [ADMIN] };
  }
}

function needsOf(op: RequestOp): AccessNeed[] {
  switch (op.type) {
    case "range":
      return [need("read", op.request.key, op.request.rangeEnd)];
    case "put": {
      const { key, lease: id, prevKv } = op.request;
      return [
        need("write", key),
        ...(id === 0n ? [] : [lease(id)]),
        ...(prevKv ? [need("read", key)] : []),
      ];
    }
    case "deleteRange": {
      const { key, rangeEnd, prevKv } = op.request;
      return [need("write", key, rangeEnd), ...(prevKv ? [need("read", key, rangeEnd)] : [])];
    }
    case "txn": {
      const { compare, success, failure } = op.request;
      return [
        ...compare.map(({ key, rangeEnd }) => need("read", key, rangeEnd)),
        ...[...success, ...failure].flatMap(needsOf),
      ];
    }
  }
}

/** A transaction of nothing but serializable reads is served as one of them. */
function isSerializable({ success, failure }: TxnRequest): boolean {
  return [...success, ...failure].every((op) => op.type === "range" && op.request.serializable);
}

function lease(id: bigint): AccessNeed {
  return need("lease", leaseIdHex(id));
}

function need(what: AccessNeed["what"], key = "", rangeEnd = ""): AccessNeed {
  return { what, key, rangeEnd };
}
