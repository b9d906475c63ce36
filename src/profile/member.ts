import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** A member as a server: its defaults, its log, what it takes from whom. */
export const MEMBER = {
  rangeStream: {
    about: "KV.RangeStream is there: a range in parts that grow, all of one revision.",
    source: "api/etcdserverpb/rpc.proto of 3.7.3",
    values: since("3.7", true, false),
  },
  snapshotCount: {
    about: "A snapshot after so many applied entries, unless `snapshot-entries` says otherwise.",
    source: "DefaultSnapshotCount of server/etcdserver/server.go",
    values: since("3.6", 10_000, 100_000),
  },
  publishesInV2Store: {
    about:
      "Members write their names, and the leader the cluster's version, by requests of the v2 store; else by requests like any other.",
    source: "publish and updateClusterVersionV2 of server/etcdserver/server.go in 3.5.35",
    values: since("3.6", false, true),
  },
  readsV2Requests: {
    about:
      "Such requests are read where they stand in the log. Who can't does not start on one: the way from 3.5 leads over 3.6, and a snapshot that it has written.",
    source:
      "seen on 3.7.3: unmarshal should never fail (proto: cannot parse invalid wire-format data)",
    values: since("3.7", false, true),
  },
} as const satisfies Behaviours;

export type MemberProfile = ProfileOf<typeof MEMBER>;
