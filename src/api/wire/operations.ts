import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { InternalOp } from "../internal-requests.ts";
import * as auth from "./auth-requests.ts";
import * as cluster from "./cluster-requests.ts";
import * as kv from "./kv-requests.ts";
import * as lease from "./lease-requests.ts";
import * as txn from "./txn-request.ts";

/** Operations that have a field in InternalRaftRequest; a v2 request stands alone. */
export type WireOp = Exclude<InternalOp, { readonly type: "v2" }>;

export interface OpCodec {
  readonly type: WireOp["type"];
  readonly field: number;
  readonly write: (writer: ProtobufWriter, request: unknown) => void;
  readonly read: (reader: ProtobufReader) => unknown;
}

type RequestOf<T extends WireOp["type"]> = Extract<WireOp, { readonly type: T }>["request"];

/** Checks that writer and reader belong to the operation, then forgets its type for the table. */
function op<T extends WireOp["type"]>(
  type: T,
  field: number,
  write: (writer: ProtobufWriter, request: RequestOf<T>) => void,
  read: (reader: ProtobufReader) => RequestOf<T>,
): OpCodec {
  return { type, field, write: write as OpCodec["write"], read };
}

export const PUT_FIELD = 4;

/** Field numbers of api/etcdserverpb/raft_internal.proto. */
export const OPS: readonly OpCodec[] = [
  op("range", 3, kv.writeRange, kv.readRange),
  op("put", PUT_FIELD, kv.writePut, kv.readPut),
  op("deleteRange", 5, kv.writeDeleteRange, kv.readDeleteRange),
  op("txn", 6, txn.writeTxn, txn.readTxn),
  op("compaction", 7, kv.writeCompaction, kv.readCompaction),
  op("leaseGrant", 8, lease.writeLeaseGrant, lease.readLeaseGrant),
  op("leaseRevoke", 9, lease.writeLeaseRevoke, lease.readLeaseRevoke),
  op("alarm", 10, cluster.writeAlarm, cluster.readAlarm),
  op("leaseCheckpoint", 11, lease.writeLeaseCheckpoint, lease.readLeaseCheckpoint),
  op("authEnable", 1000, auth.writeEmpty, auth.readEmpty),
  op("authDisable", 1011, auth.writeEmpty, auth.readEmpty),
  op("authenticate", 1012, auth.writeAuthenticate, auth.readAuthenticate),
  op("authStatus", 1013, auth.writeEmpty, auth.readEmpty),
  op("authUserAdd", 1100, auth.writeUserAdd, auth.readUserAdd),
  op("authUserDelete", 1101, auth.writeName, auth.readName),
  op("authUserGet", 1102, auth.writeName, auth.readName),
  op("authUserChangePassword", 1103, auth.writeChangePassword, auth.readChangePassword),
  op("authUserGrantRole", 1104, auth.writeUserRole, auth.readUserRole),
  op("authUserRevokeRole", 1105, auth.writeUserRole, auth.readUserRole),
  op("authUserList", 1106, auth.writeEmpty, auth.readEmpty),
  op("authRoleList", 1107, auth.writeEmpty, auth.readEmpty),
  op("authRoleAdd", 1200, auth.writeName, auth.readName),
  op("authRoleDelete", 1201, auth.writeRole, auth.readRole),
  op("authRoleGet", 1202, auth.writeRole, auth.readRole),
  op("authRoleGrantPermission", 1203, auth.writeGrantPermission, auth.readGrantPermission),
  op("authRoleRevokePermission", 1204, auth.writeRevokePermission, auth.readRevokePermission),
  op("clusterVersionSet", 1300, cluster.writeVersionSet, cluster.readVersionSet),
  op("clusterMemberAttrSet", 1301, cluster.writeMemberAttrSet, cluster.readMemberAttrSet),
  op("downgradeInfoSet", 1302, cluster.writeDowngradeInfoSet, cluster.readDowngradeInfoSet),
];
