import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** The cluster's version, the storage's, and the way back to an older one. */
export const VERSION = {
  statusTellsStorage: {
    about:
      "A member's status tells the version of its storage, its quota, and the downgrade under way.",
    source: "StatusResponse of api/etcdserverpb/rpc.proto; seen on the four judges",
    values: since("3.6", true, false),
  },
  refusesNewerData: {
    about:
      "A member does not start on the data of a newer line, and says so in its words. (3.4 looks for the cluster's version in the v2 store alone: what 3.6 and later have decided it finds where there is a snapshot, and else starts. Ours does not.)",
    source:
      "newPlan of server/storage/schema/migration.go in 3.6.16, mustDetectDowngrade of server/etcdserver/api/membership/downgrade.go in 3.5.35; seen on 3.4.23, 3.5.35 and 3.6.16",
    values: {
      "3.4": "cluster cannot be downgraded",
      "3.5": "invalid downgrade",
      "3.6": "version is not supported",
      "3.7": "version is not supported",
    },
  },
  downgrades: {
    about: "There is a method that takes a cluster back by one minor version.",
    source: "api/etcdserverpb/rpc.proto; CHANGELOG-3.5",
    values: since("3.5", true, false),
  },
  namesLine: {
    about:
      "What is answered about a downgrade names the cluster's version by its line, as 3.6; else as 3.5.0.",
    source: "downgradeValidate of server/etcdserver/v3_server.go in 3.6.16, in 3.5.35",
    values: since("3.6", true, false),
  },
  cancelsNoDowngrade: {
    about: "To call off a downgrade where none is under way is no error.",
    source: "downgradeCancel of server/etcdserver/v3_server.go in 3.6.16, in 3.5.35",
    values: since("3.6", true, false),
  },
  answersDowngrades: {
    about:
      "Who begins or calls off a downgrade hears of it when that is done; else it is done, too, and he waits in vain until his request times out.",
    source: "applierV3backend.Apply of server/etcdserver/apply.go in 3.5.35; seen there",
    values: since("3.6", true, false),
  },
  versionGoesDown: {
    about:
      "How the cluster's version goes down: to a downgrade's target as soon as the leader looks, before any older member starts; after the oldest member; or never.",
    source:
      "decideClusterVersion of server/etcdserver/version/monitor.go in 3.6.16, monitorVersions of server/etcdserver/server.go in 3.5.35",
    values: {
      "3.4": "never",
      "3.5": "after the oldest member",
      "3.6": "by a downgrade",
      "3.7": "by a downgrade",
    },
  },
  snapshotsOnDowngrade: {
    about: "Each member writes a snapshot when the cluster's version goes down.",
    source: "ClusterVersionSet of server/etcdserver/apply/apply.go in 3.6.16",
    values: since("3.6", true, false),
  },
  startsTargetAlone: {
    about:
      "While a downgrade is under way only a member of its target's line starts, whatever the cluster's version is.",
    source: "mustDetectDowngrade of server/etcdserver/api/membership/downgrade.go in 3.5.35",
    values: { "3.4": false, "3.5": true, "3.6": false, "3.7": false },
  },
} as const satisfies Behaviours;

export type VersionProfile = ProfileOf<typeof VERSION>;
