import { MILLISECOND, SECOND } from "../base/time.ts";
import { MEMBER_DEFAULTS } from "../member/defaults.ts";
import type { ClusterOptions } from "./options.ts";

/**
 * etcd's defaults on a local network and an SSD.
 *
 * @public
 */
export const DEFAULT_CLUSTER: ClusterOptions = {
  ...MEMBER_DEFAULTS,
  // A simulated cluster's log begins with what its clients write, unless a run is about versions.
  monitorVersions: false,
  seed: 1,
  members: 3,
  versions: {},
  network: {
    minUs: 200,
    meanUs: 500,
    maxUs: 20 * MILLISECOND,
    loss: 0,
    duplicate: 0,
    reorder: 0,
  },
  clientLatency: null,
  disk: { syncMinUs: 300, syncMeanUs: 1 * MILLISECOND, syncMaxUs: 50 * MILLISECOND },
  clientTimeoutUs: 1_000 * MILLISECOND,
  clientKeepAlive: { idleUs: 10 * SECOND, timeoutUs: 3 * SECOND },
};
