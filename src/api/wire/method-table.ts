import type { RangeRequest, RangeStreamResponse } from "../kv-requests.ts";
import type { ResponseOf, ServiceRequest } from "../service-requests.ts";
import type { WatchRequest, WatchResponse } from "../watch-requests.ts";
import * as auth from "./auth.ts";
import * as cluster from "./cluster.ts";
import * as kv from "./kv.ts";
import * as lease from "./lease.ts";
import * as maintenance from "./maintenance.ts";
import type { Message } from "./message.ts";
import * as watch from "./watch.ts";

/** Which side sends more than one message in a call. */
export type Streams = "neither" | "server" | "both";

/** The types of all requests over gRPC. Probes come over HTTP. */
export type MethodType = Exclude<ServiceRequest["type"], "health"> | "watch" | "rangeStream";

type RequestOf<T extends MethodType> = T extends "watch"
  ? WatchRequest
  : T extends "rangeStream"
    ? RangeRequest
    : Extract<ServiceRequest, { readonly type: T }>["request"];
type Response<T extends MethodType> = T extends "watch"
  ? WatchResponse
  : T extends "rangeStream"
    ? RangeStreamResponse
    : T extends ServiceRequest["type"]
      ? ResponseOf<T>
      : never;

/** One method of etcd's gRPC services. */
export interface Method<T extends MethodType = MethodType> {
  /** gRPC's path, e.g. "/etcdserverpb.KV/Range". */
  readonly path: string;
  readonly streams: Streams;
  readonly request: Message<RequestOf<T>>;
  readonly response: Message<Response<T>>;
}

/** All methods by the type of our request (api/etcdserverpb/rpc.proto). */
export const METHODS: { readonly [T in MethodType]: Method<T> } = {
  range: method("KV/Range", kv.RangeRequest, kv.RangeResponse),
  rangeStream: method("KV/RangeStream", kv.RangeRequest, kv.RangeStreamResponse, "server"),
  put: method("KV/Put", kv.PutRequest, kv.PutResponse),
  deleteRange: method("KV/DeleteRange", kv.DeleteRangeRequest, kv.DeleteRangeResponse),
  txn: method("KV/Txn", kv.TxnRequest, kv.TxnResponse),
  compaction: method("KV/Compact", kv.CompactionRequest, kv.CompactionResponse),

  watch: method("Watch/Watch", watch.WatchRequest, watch.WatchResponse, "both"),

  leaseGrant: method("Lease/LeaseGrant", lease.LeaseGrantRequest, lease.LeaseGrantResponse),
  leaseRevoke: method("Lease/LeaseRevoke", lease.LeaseRevokeRequest, lease.LeaseRevokeResponse),
  leaseKeepAlive: method(
    "Lease/LeaseKeepAlive",
    lease.LeaseKeepAliveRequest,
    lease.LeaseKeepAliveResponse,
    "both",
  ),
  leaseTimeToLive: method(
    "Lease/LeaseTimeToLive",
    lease.LeaseTimeToLiveRequest,
    lease.LeaseTimeToLiveResponse,
  ),
  leaseLeases: method("Lease/LeaseLeases", lease.LeaseLeasesRequest, lease.LeaseLeasesResponse),

  memberAdd: method("Cluster/MemberAdd", cluster.MemberAddRequest, cluster.MemberAddResponse),
  memberRemove: method(
    "Cluster/MemberRemove",
    cluster.MemberRemoveRequest,
    cluster.MemberRemoveResponse,
  ),
  memberUpdate: method(
    "Cluster/MemberUpdate",
    cluster.MemberUpdateRequest,
    cluster.MemberUpdateResponse,
  ),
  memberList: method("Cluster/MemberList", cluster.MemberListRequest, cluster.MemberListResponse),
  memberPromote: method(
    "Cluster/MemberPromote",
    cluster.MemberPromoteRequest,
    cluster.MemberPromoteResponse,
  ),

  alarm: method("Maintenance/Alarm", maintenance.AlarmRequest, maintenance.AlarmResponse),
  status: method("Maintenance/Status", maintenance.StatusRequest, maintenance.StatusResponse),
  defragment: method(
    "Maintenance/Defragment",
    maintenance.DefragmentRequest,
    maintenance.DefragmentResponse,
  ),
  hash: method("Maintenance/Hash", maintenance.HashRequest, maintenance.HashResponse),
  hashKv: method("Maintenance/HashKV", maintenance.HashKvRequest, maintenance.HashKvResponse),
  snapshot: method(
    "Maintenance/Snapshot",
    maintenance.SnapshotRequest,
    maintenance.SnapshotResponse,
    "server",
  ),
  moveLeader: method(
    "Maintenance/MoveLeader",
    maintenance.MoveLeaderRequest,
    maintenance.MoveLeaderResponse,
  ),
  downgrade: method(
    "Maintenance/Downgrade",
    maintenance.DowngradeRequest,
    maintenance.DowngradeResponse,
  ),

  authEnable: method("Auth/AuthEnable", auth.AuthEnableRequest, auth.AuthEnableResponse),
  authDisable: method("Auth/AuthDisable", auth.AuthDisableRequest, auth.AuthDisableResponse),
  authStatus: method("Auth/AuthStatus", auth.AuthStatusRequest, auth.AuthStatusResponse),
  authenticate: method("Auth/Authenticate", auth.AuthenticateRequest, auth.AuthenticateResponse),
  authUserAdd: method("Auth/UserAdd", auth.AuthUserAddRequest, auth.AuthUserAddResponse),
  authUserGet: method("Auth/UserGet", auth.AuthUserGetRequest, auth.AuthUserGetResponse),
  authUserList: method("Auth/UserList", auth.AuthUserListRequest, auth.AuthUserListResponse),
  authUserDelete: method(
    "Auth/UserDelete",
    auth.AuthUserDeleteRequest,
    auth.AuthUserDeleteResponse,
  ),
  authUserChangePassword: method(
    "Auth/UserChangePassword",
    auth.AuthUserChangePasswordRequest,
    auth.AuthUserChangePasswordResponse,
  ),
  authUserGrantRole: method(
    "Auth/UserGrantRole",
    auth.AuthUserGrantRoleRequest,
    auth.AuthUserGrantRoleResponse,
  ),
  authUserRevokeRole: method(
    "Auth/UserRevokeRole",
    auth.AuthUserRevokeRoleRequest,
    auth.AuthUserRevokeRoleResponse,
  ),
  authRoleAdd: method("Auth/RoleAdd", auth.AuthRoleAddRequest, auth.AuthRoleAddResponse),
  authRoleGet: method("Auth/RoleGet", auth.AuthRoleGetRequest, auth.AuthRoleGetResponse),
  authRoleList: method("Auth/RoleList", auth.AuthRoleListRequest, auth.AuthRoleListResponse),
  authRoleDelete: method(
    "Auth/RoleDelete",
    auth.AuthRoleDeleteRequest,
    auth.AuthRoleDeleteResponse,
  ),
  authRoleGrantPermission: method(
    "Auth/RoleGrantPermission",
    auth.AuthRoleGrantPermissionRequest,
    auth.AuthRoleGrantPermissionResponse,
  ),
  authRoleRevokePermission: method(
    "Auth/RoleRevokePermission",
    auth.AuthRoleRevokePermissionRequest,
    auth.AuthRoleRevokePermissionResponse,
  ),
};

function method<Request, Response>(
  path: string,
  request: Message<Request>,
  response: Message<Response>,
  streams: Streams = "neither",
) {
  return { path: `/etcdserverpb.${path}`, streams, request, response };
}

const byPath = new Map<string, MethodType>(
  Object.entries(METHODS).map(([type, { path }]) => [path, type as MethodType]),
);

/** The type of the requests that come to a path; undefined where there is no such method. */
export function methodType(path: string): MethodType | undefined {
  return byPath.get(path);
}
