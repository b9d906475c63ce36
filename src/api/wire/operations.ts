import type { InternalOp } from "../internal-requests.ts";
import * as auth from "./auth.ts";
import * as kv from "./kv.ts";
import * as lease from "./lease.ts";
import * as maintenance from "./maintenance.ts";
import * as membership from "./membership.ts";
import type { Message } from "./message.ts";

/** Operations that have a field in InternalRaftRequest; a v2 request stands alone. */
export type WireOp = Exclude<InternalOp, { readonly type: "v2" }>;

type RequestOf<T extends WireOp["type"]> = Extract<WireOp, { readonly type: T }>["request"];

/** Field numbers of api/etcdserverpb/raft_internal.proto, and what stands in the fields. */
export const OPERATIONS: {
  readonly [T in WireOp["type"]]: readonly [field: number, message: Message<RequestOf<T>>];
} = {
  range: [3, kv.RangeRequest],
  put: [4, kv.PutRequest],
  deleteRange: [5, kv.DeleteRangeRequest],
  txn: [6, kv.TxnRequest],
  compaction: [7, kv.CompactionRequest],
  leaseGrant: [8, lease.LeaseGrantRequest],
  leaseRevoke: [9, lease.LeaseRevokeRequest],
  alarm: [10, maintenance.AlarmRequest],
  leaseCheckpoint: [11, lease.LeaseCheckpointRequest],
  authEnable: [1000, auth.AuthEnableRequest],
  authDisable: [1011, auth.AuthDisableRequest],
  authenticate: [1012, auth.InternalAuthenticateRequest],
  authStatus: [1013, auth.AuthStatusRequest],
  authUserAdd: [1100, auth.AuthUserAddRequest],
  authUserDelete: [1101, auth.AuthUserDeleteRequest],
  authUserGet: [1102, auth.AuthUserGetRequest],
  authUserChangePassword: [1103, auth.AuthUserChangePasswordRequest],
  authUserGrantRole: [1104, auth.AuthUserGrantRoleRequest],
  authUserRevokeRole: [1105, auth.AuthUserRevokeRoleRequest],
  authUserList: [1106, auth.AuthUserListRequest],
  authRoleList: [1107, auth.AuthRoleListRequest],
  authRoleAdd: [1200, auth.AuthRoleAddRequest],
  authRoleDelete: [1201, auth.AuthRoleDeleteRequest],
  authRoleGet: [1202, auth.AuthRoleGetRequest],
  authRoleGrantPermission: [1203, auth.AuthRoleGrantPermissionRequest],
  authRoleRevokePermission: [1204, auth.AuthRoleRevokePermissionRequest],
  clusterVersionSet: [1300, membership.ClusterVersionSetRequest],
  clusterMemberAttrSet: [1301, membership.ClusterMemberAttrSetRequest],
  downgradeInfoSet: [1302, membership.DowngradeInfoSetRequest],
};
