import type { AuthOp, KvRequest, MaintenanceOp, MemberOp } from "../../src/api/requests.ts";
import { base64, type JsonObject, kvBody, kvPath, message } from "./json.ts";

/** A call of the Lease service. Its stream of keep-alives is asked for one answer. */
export type LeaseCall =
  | { readonly type: "leaseGrant"; readonly request: { readonly id: bigint; readonly ttl: number } }
  | { readonly type: "leaseRevoke"; readonly request: { readonly id: bigint } }
  | { readonly type: "leaseKeepAlive"; readonly request: { readonly id: bigint } }
  | {
      readonly type: "leaseTimeToLive";
      readonly request: { readonly id: bigint; readonly keys: boolean };
    }
  | { readonly type: "leaseLeases"; readonly request: Readonly<Record<string, never>> };

export type AuthCall = Exclude<AuthOp, { readonly type: "authStatus" }>;

/** What goes over gRPC, because some gateway of some release has no path for it or another one. */
export type GrpcCall =
  | Extract<AuthOp, { readonly type: "authStatus" }>
  | MemberOp
  | Exclude<MaintenanceOp, { readonly type: "hash" | "snapshot" }>;

export type Call = KvRequest | LeaseCall | AuthCall | GrpcCall;

const LEASE_TYPES: readonly string[] = [
  "leaseGrant",
  "leaseRevoke",
  "leaseKeepAlive",
  "leaseTimeToLive",
  "leaseLeases",
] satisfies LeaseCall["type"][];

function isLeaseCall(call: Call): call is LeaseCall {
  return LEASE_TYPES.includes(call.type);
}

const KV_TYPES: readonly string[] = [
  "range",
  "put",
  "deleteRange",
  "txn",
  "compaction",
] satisfies KvRequest["type"][];

export function isGrpcCall(call: Call): call is GrpcCall {
  return !(KV_TYPES.includes(call.type) || isLeaseCall(call) || call.type in AUTH_PATHS);
}

function isAuthCall(call: Exclude<Call, GrpcCall>): call is AuthCall {
  return call.type in AUTH_PATHS;
}

export interface GatewayCall {
  readonly path: string;
  readonly body: JsonObject;
}

export function gatewayCall(call: Exclude<Call, GrpcCall>): GatewayCall {
  if (isLeaseCall(call)) return leaseCall(call);
  if (isAuthCall(call)) return authCall(call);
  return { path: kvPath(call.type), body: kvBody(call) };
}

function leaseCall(call: LeaseCall): GatewayCall {
  switch (call.type) {
    case "leaseGrant": {
      const { id, ttl } = call.request;
      return { path: "lease/grant", body: message({ ID: id, TTL: ttl }) };
    }
    case "leaseRevoke":
      return { path: "lease/revoke", body: message({ ID: call.request.id }) };
    case "leaseKeepAlive":
      return { path: "lease/keepalive", body: message({ ID: call.request.id }) };
    case "leaseTimeToLive": {
      const { id, keys } = call.request;
      return { path: "lease/timetolive", body: message({ ID: id, keys }) };
    }
    case "leaseLeases":
      return { path: "lease/leases", body: {} };
  }
}

const AUTH_PATHS = {
  authEnable: "enable",
  authDisable: "disable",
  authenticate: "authenticate",
  authUserAdd: "user/add",
  authUserGet: "user/get",
  authUserList: "user/list",
  authUserDelete: "user/delete",
  authUserChangePassword: "user/changepw",
  authUserGrantRole: "user/grant",
  authUserRevokeRole: "user/revoke",
  authRoleAdd: "role/add",
  authRoleGet: "role/get",
  authRoleList: "role/list",
  authRoleDelete: "role/delete",
  authRoleGrantPermission: "role/grant",
  authRoleRevokePermission: "role/revoke",
} as const satisfies Record<AuthCall["type"], string>;

function authCall(call: AuthCall): GatewayCall {
  return { path: `auth/${AUTH_PATHS[call.type]}`, body: authBody(call) };
}

function authBody(call: AuthCall): JsonObject {
  switch (call.type) {
    case "authUserAdd": {
      const { name, password, options } = call.request;
      const sent = options === null ? null : { no_password: options.noPassword };
      return message({ name, password, options: sent });
    }
    case "authenticate":
    case "authUserChangePassword":
      return message({ name: call.request.name, password: call.request.password });
    case "authUserGrantRole":
      return message({ user: call.request.user, role: call.request.role });
    case "authUserRevokeRole":
      return message({ name: call.request.user, role: call.request.role });
    case "authUserGet":
    case "authUserDelete":
    case "authRoleAdd":
      return message({ name: call.request.name });
    case "authRoleGet":
    case "authRoleDelete":
      return message({ role: call.request.role });
    case "authRoleGrantPermission": {
      const { name, permission } = call.request;
      if (permission === null) return message({ name });
      const { permType, key, rangeEnd } = permission;
      const perm = { permType, key: base64(key), range_end: base64(rangeEnd) };
      return message({ name, perm });
    }
    case "authRoleRevokePermission": {
      const { role, key, rangeEnd } = call.request;
      return message({ role, key: base64(key), range_end: base64(rangeEnd) });
    }
    case "authEnable":
    case "authDisable":
    case "authUserList":
    case "authRoleList":
      return {};
  }
}

/** How many operations were answered: those of a transaction that was executed count one by one. */
export function operationsIn(answer: JsonObject): number {
  const { responses } = answer;
  if (!Array.isArray(responses)) return 1;
  let sum = 1;
  for (const response of responses as JsonObject[]) {
    for (const op of Object.values(response)) sum += operationsIn(op as JsonObject);
  }
  return sum;
}
