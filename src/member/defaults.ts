import { MILLISECOND, MINUTE } from "../base/time.ts";
import type { MemberSettings } from "./types.ts";

/** etcd's defaults (server/embed/config.go, server/etcdserver/raft.go). */
export const MEMBER_DEFAULTS: MemberSettings = {
  tickUs: 100 * MILLISECOND,
  electionTicks: 10,
  heartbeatTicks: 1,
  preVote: true,
  checkQuorum: true,
  readOnly: "safe",
  stepDownOnRemoval: false,
  snapshotEntries: 10_000,
  catchUpEntries: 5_000,
  segmentBytes: 64_000_000,
  maxSizePerMsg: 1024 * 1024,
  maxInflightMsgs: 512,
  maxRequestBytes: 1.5 * 1024 * 1024,
  maxTxnOps: 128,
  maxApplyLag: 5_000,
  quotaBytes: 0,
  serverVersion: "3.4.23",
  monitorVersions: true,
  autoCompactionMode: "periodic",
  autoCompactionRetention: 0,
  initialCorruptCheck: false,
  corruptCheckTimeUs: 0,
  compactHashCheck: false,
  compactHashCheckTimeUs: MINUTE,
  leaseCheckpoint: false,
  authToken: "simple",
  jwtKey: "detcd",
  bcryptCost: 4,
};
