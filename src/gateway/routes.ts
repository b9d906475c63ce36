import type { ConcurrencyCall } from "../api/concurrency-requests.ts";
import type { MethodType } from "../api/wire/method-table.ts";
import type { Profile } from "../profile/catalogue.ts";

/** The methods that have a path in the gateway: all but KV.RangeStream. */
export type RoutedMethod = Exclude<MethodType, "rangeStream"> | ConcurrencyCall["type"];

/**
 * The paths below /v3/ (google.api.http of api/etcdserverpb/rpc.proto, v3lock.proto and v3election.proto).
 * All are POST. Three of leases have an older path as well.
 */
const ROUTES: Readonly<Record<string, RoutedMethod>> = {
  "kv/range": "range",
  "kv/put": "put",
  "kv/deleterange": "deleteRange",
  "kv/txn": "txn",
  "kv/compaction": "compaction",

  watch: "watch",

  "lease/grant": "leaseGrant",
  "lease/revoke": "leaseRevoke",
  "kv/lease/revoke": "leaseRevoke",
  "lease/keepalive": "leaseKeepAlive",
  "lease/timetolive": "leaseTimeToLive",
  "kv/lease/timetolive": "leaseTimeToLive",
  "lease/leases": "leaseLeases",
  "kv/lease/leases": "leaseLeases",

  "cluster/member/add": "memberAdd",
  "cluster/member/remove": "memberRemove",
  "cluster/member/update": "memberUpdate",
  "cluster/member/list": "memberList",
  "cluster/member/promote": "memberPromote",

  "maintenance/alarm": "alarm",
  "maintenance/status": "status",
  "maintenance/defragment": "defragment",
  "maintenance/hash": "hash",
  "maintenance/hashkv": "hashKv",
  "maintenance/snapshot": "snapshot",
  "maintenance/transfer-leadership": "moveLeader",
  "maintenance/downgrade": "downgrade",

  "auth/enable": "authEnable",
  "auth/disable": "authDisable",
  "auth/status": "authStatus",
  "auth/authenticate": "authenticate",
  "auth/user/add": "authUserAdd",
  "auth/user/get": "authUserGet",
  "auth/user/list": "authUserList",
  "auth/user/delete": "authUserDelete",
  "auth/user/changepw": "authUserChangePassword",
  "auth/user/grant": "authUserGrantRole",
  "auth/user/revoke": "authUserRevokeRole",
  "auth/role/add": "authRoleAdd",
  "auth/role/get": "authRoleGet",
  "auth/role/list": "authRoleList",
  "auth/role/delete": "authRoleDelete",
  "auth/role/grant": "authRoleGrantPermission",
  "auth/role/revoke": "authRoleRevokePermission",

  "lock/lock": "lock",
  "lock/unlock": "unlock",
  "election/campaign": "campaign",
  "election/proclaim": "proclaim",
  "election/leader": "leader",
  "election/observe": "observe",
  "election/resign": "resign",
};

const byPath: ReadonlyMap<string, RoutedMethod> = new Map(
  Object.entries(ROUTES).map(([path, method]) => [`/v3/${path}`, method]),
);

/** The method that a path leads to; null where there is none in this line. */
export function methodAt(path: string, profile: Profile): RoutedMethod | null {
  const method = byPath.get(path);
  return method !== undefined && hasPath(method, profile) ? method : null;
}

/** All paths of a line. */
export function pathsOf(profile: Profile): readonly string[] {
  return [...byPath].filter(([, method]) => hasPath(method, profile)).map(([path]) => path);
}

function hasPath(method: RoutedMethod, profile: Profile): boolean {
  return hasMethod(method, profile) && (method !== "hashKv" || profile.hasHashKvPath);
}

/** Whether there is such a method in a line. */
export function hasMethod(method: MethodType | RoutedMethod, profile: Profile): boolean {
  if (method === "rangeStream") return profile.rangeStream;
  if (method === "downgrade") return profile.downgrades;
  if (method === "authStatus") return profile.authStatusFor !== "nobody: no such method";
  return true;
}
