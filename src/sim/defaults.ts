import { MILLISECOND } from "../base/time.ts";
import type { ClusterOptions } from "./types.ts";

/** etcd's defaults on a local network and an SSD. */
export const DEFAULT_CLUSTER: ClusterOptions = {
  seed: 1,
  members: 3,
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
  network: {
    minUs: 200,
    meanUs: 500,
    maxUs: 20 * MILLISECOND,
    loss: 0,
    duplicate: 0,
    reorder: 0,
  },
  disk: { syncMinUs: 300, syncMeanUs: 1 * MILLISECOND, syncMaxUs: 50 * MILLISECOND },
  clientTimeoutUs: 1_000 * MILLISECOND,
  bugs: [],
};
