import type { EmptyRequest } from "../auth-requests.ts";
import type { AlarmRequest as AlarmRequestData } from "../cluster-requests.ts";
import type * as api from "../maintenance-requests.ts";
import {
  BLOB,
  BOOL,
  choice,
  INT,
  optional,
  repeated,
  TEXT,
  UINT,
  UINT_32,
  UINT_ID,
} from "./kinds.ts";
import { mapped, message } from "./message.ts";
import { HEADER, ResponseHeader } from "./response-header.ts";

/** The Maintenance service's messages (api/etcdserverpb/rpc.proto). */

const ALARM_TYPE = choice("etcdserverpb.AlarmType", ["NONE", "NOSPACE", "CORRUPT"]);

export const AlarmRequest = message<AlarmRequestData>("etcdserverpb.AlarmRequest", {
  action: [1, choice("etcdserverpb.AlarmRequest.AlarmAction", ["GET", "ACTIVATE", "DEACTIVATE"])],
  memberId: [2, UINT_ID, { name: "memberID" }],
  alarm: [3, ALARM_TYPE],
});

/** Also what is stored of an alarm in the backend. */
export const AlarmMember = message<api.AlarmMember>("etcdserverpb.AlarmMember", {
  memberId: [1, UINT_ID, { name: "memberID" }],
  alarm: [2, ALARM_TYPE],
});

export const AlarmResponse = message<api.AlarmResponse>("etcdserverpb.AlarmResponse", {
  header: [1, optional(ResponseHeader)],
  alarms: [2, repeated(AlarmMember)],
});

export const StatusRequest = message<EmptyRequest>("etcdserverpb.StatusRequest", {});

const DowngradeInfo = message<api.DowngradeInfo>("etcdserverpb.DowngradeInfo", {
  enabled: [1, BOOL],
  targetVersion: [2, TEXT, { name: "targetVersion" }],
});

export const StatusResponse = message<api.StatusResponse>("etcdserverpb.StatusResponse", {
  header: HEADER,
  version: [2, TEXT],
  dbSize: [3, INT, { name: "dbSize" }],
  leader: [4, UINT_ID],
  raftIndex: [5, UINT, { name: "raftIndex" }],
  raftTerm: [6, UINT, { name: "raftTerm" }],
  raftAppliedIndex: [7, UINT, { name: "raftAppliedIndex" }],
  errors: [8, repeated(TEXT)],
  dbSizeInUse: [9, INT, { name: "dbSizeInUse" }],
  isLearner: [10, BOOL, { name: "isLearner" }],
  storageVersion: [11, TEXT, { name: "storageVersion" }],
  dbSizeQuota: [12, INT, { name: "dbSizeQuota" }],
  downgradeInfo: [13, optional(DowngradeInfo), { name: "downgradeInfo" }],
});

export const DefragmentRequest = message<EmptyRequest>("etcdserverpb.DefragmentRequest", {});

/** Its header is never set. */
export const DefragmentResponse = message<api.EmptyResponse>("etcdserverpb.DefragmentResponse", {});

export const HashRequest = message<EmptyRequest>("etcdserverpb.HashRequest", {});

export const HashResponse = message<api.HashResponse>("etcdserverpb.HashResponse", {
  header: HEADER,
  hash: [2, UINT_32],
});

export const HashKvRequest = message<api.HashKvRequest>("etcdserverpb.HashKVRequest", {
  revision: [1, INT],
});

export const HashKvResponse = message<api.HashKvResponse>("etcdserverpb.HashKVResponse", {
  header: HEADER,
  hash: [2, UINT_32],
  compactRevision: [3, INT],
  hashRevision: [4, INT],
});

export const SnapshotRequest = message<EmptyRequest>("etcdserverpb.SnapshotRequest", {});

/** Its header is never set. */
export const SnapshotResponse = mapped(
  message<Omit<api.SnapshotResponse, "header">>("etcdserverpb.SnapshotResponse", {
    remainingBytes: [2, UINT],
    blob: [3, BLOB],
    version: [4, TEXT],
  }),
  (response: api.SnapshotResponse) => response,
  (wire) => ({ header: NO_HEADER, ...wire }),
);

const NO_HEADER = { clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0 };

export const MoveLeaderRequest = message<api.MoveLeaderRequest>("etcdserverpb.MoveLeaderRequest", {
  targetId: [1, UINT_ID, { name: "targetID" }],
});

/** Its header is never set. */
export const MoveLeaderResponse = message<api.EmptyResponse>("etcdserverpb.MoveLeaderResponse", {});

export const DowngradeRequest = message<api.DowngradeRequest>("etcdserverpb.DowngradeRequest", {
  action: [
    1,
    choice("etcdserverpb.DowngradeRequest.DowngradeAction", ["VALIDATE", "ENABLE", "CANCEL"]),
  ],
  version: [2, TEXT],
});

export const DowngradeResponse = message<api.DowngradeResponse>("etcdserverpb.DowngradeResponse", {
  header: HEADER,
  version: [2, TEXT],
});
