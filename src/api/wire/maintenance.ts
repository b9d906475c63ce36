import type { EmptyRequest } from "../auth-requests.ts";
import type { AlarmRequest as AlarmRequestData } from "../cluster-requests.ts";
import type * as api from "../maintenance-requests.ts";
import { BLOB, BOOL, choice, INT, repeated, TEXT, UINT, UINT_ID } from "./kinds.ts";
import { message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Maintenance service's messages (api/etcdserverpb/rpc.proto). */

const ALARM_TYPE = choice(["NONE", "NOSPACE", "CORRUPT"]);

export const AlarmRequest = message<AlarmRequestData>("etcdserverpb.AlarmRequest", {
  action: [1, choice(["GET", "ACTIVATE", "DEACTIVATE"])],
  memberId: [2, UINT_ID],
  alarm: [3, ALARM_TYPE],
});

/** Also what is stored of an alarm in the backend. */
export const AlarmMember = message<api.AlarmMember>("etcdserverpb.AlarmMember", {
  memberId: [1, UINT_ID],
  alarm: [2, ALARM_TYPE],
});

export const AlarmResponse = message<api.AlarmResponse>("etcdserverpb.AlarmResponse", {
  header: HEADER,
  alarms: [2, repeated(AlarmMember)],
});

export const StatusRequest = message<EmptyRequest>("etcdserverpb.StatusRequest", {});

const DowngradeInfo = message<api.DowngradeInfo>("etcdserverpb.DowngradeInfo", {
  enabled: [1, BOOL],
  targetVersion: [2, TEXT],
});

export const StatusResponse = message<api.StatusResponse>("etcdserverpb.StatusResponse", {
  header: HEADER,
  version: [2, TEXT],
  dbSize: [3, INT],
  leader: [4, UINT_ID],
  raftIndex: [5, UINT],
  raftTerm: [6, UINT],
  raftAppliedIndex: [7, UINT],
  errors: [8, repeated(TEXT)],
  dbSizeInUse: [9, INT],
  isLearner: [10, BOOL],
  storageVersion: [11, TEXT],
  dbSizeQuota: [12, INT],
  downgradeInfo: [13, DowngradeInfo],
});

export const DefragmentRequest = message<EmptyRequest>("etcdserverpb.DefragmentRequest", {});

/** Its header is never set. */
export const DefragmentResponse = message<api.EmptyResponse>("etcdserverpb.DefragmentResponse", {});

export const HashRequest = message<EmptyRequest>("etcdserverpb.HashRequest", {});

export const HashResponse = message<api.HashResponse>("etcdserverpb.HashResponse", {
  header: HEADER,
  hash: [2, UINT],
});

export const HashKvRequest = message<api.HashKvRequest>("etcdserverpb.HashKVRequest", {
  revision: [1, INT],
});

export const HashKvResponse = message<api.HashKvResponse>("etcdserverpb.HashKVResponse", {
  header: HEADER,
  hash: [2, UINT],
  compactRevision: [3, INT],
  hashRevision: [4, INT],
});

export const SnapshotRequest = message<EmptyRequest>("etcdserverpb.SnapshotRequest", {});

export const SnapshotResponse = message<api.SnapshotResponse>("etcdserverpb.SnapshotResponse", {
  header: HEADER,
  remainingBytes: [2, UINT],
  blob: [3, BLOB],
  version: [4, TEXT],
});

export const MoveLeaderRequest = message<api.MoveLeaderRequest>("etcdserverpb.MoveLeaderRequest", {
  targetId: [1, UINT_ID],
});

/** Its header is never set. */
export const MoveLeaderResponse = message<api.EmptyResponse>("etcdserverpb.MoveLeaderResponse", {});

export const DowngradeRequest = message<api.DowngradeRequest>("etcdserverpb.DowngradeRequest", {
  action: [1, choice(["VALIDATE", "ENABLE", "CANCEL"])],
  version: [2, TEXT],
});

export const DowngradeResponse = message<api.DowngradeResponse>("etcdserverpb.DowngradeResponse", {
  header: HEADER,
  version: [2, TEXT],
});
