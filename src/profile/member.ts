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
  memorySnapshotCount: {
    about:
      "Raft's log in memory is compacted each time that more entries than that were applied, while the log on disk waits for a snapshot; 0: only then. Who is new, or behind by more than the catch-up entries, is sent a snapshot from then on.",
    source: "memorySnapshotCount of server/etcdserver/server.go in 3.6.16",
    values: since("3.6", 100, 0),
  },
  hashTellsRevision: {
    about: "What HashKV answers names the revision that was hashed.",
    source: "HashKVResponse of api/etcdserverpb/rpc.proto; seen on the four judges",
    values: since("3.6", true, false),
  },
  healthTellsReason: {
    about: "What `/health` answers has a `reason` in it, which is empty where all is well.",
    source: "seen on the four judges",
    values: since("3.5", true, false),
  },
  hasProbes: {
    about: "There are `/livez` and `/readyz`; else nothing is found there (404).",
    source: "CHANGELOG-3.5: 3.5.11; seen on the four judges",
    values: since("3.5", true, false),
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
  startsFromLog: {
    about:
      "A member starts from the last snapshot that its log mentions and says is committed, with the members that its backend knows of, and reads no `.snap`, which all lines write. Else it starts from the newest whole `.snap` that the log mentions; without any it reads the log from its beginning, and who does not have that, as a member that began with a leader's snapshot, does not start.",
    source:
      "recoverSnapshot of server/etcdserver/bootstrap.go in 3.7.3, in 3.6.16; seen on the four judges",
    values: since("3.7", true, false),
  },
  addsWhileOneIsDown: {
    about:
      "A member may be added if a quorum of the cluster with it is connected without it; else only if all voters are.",
    source: "mayAddMember of server/etcdserver/server.go in 3.5.35; etcd-io/etcd#21641",
    values: since("3.5", true, false),
  },
  readsMembersLinearizably: {
    about: "A list of the members is a linearizable read where its client asks for one.",
    source: "MemberListRequest of api/etcdserverpb/rpc.proto; CHANGELOG-3.5",
    values: since("3.5", true, false),
  },
  alarmsHaveHeader: {
    about: "What is said of alarms has a header.",
    source: "Alarm of server/etcdserver/apply.go in 3.5.35; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  codesContextEnds: {
    about:
      "Who proposed where nobody led, and waited in vain or went away, hears of it with the code DeadlineExceeded or Canceled; else with Unknown.",
    source: "togRPCError of server/etcdserver/api/v3rpc/util.go, and FromContextError of grpc-go",
    values: since("3.5", true, false),
  },
  refusesByPrecondition: {
    about:
      "What a learner does not serve, and a downgrade without a cluster's version, is refused with the code FailedPrecondition; else with Unavailable.",
    source: "api/v3rpc/rpctypes/error.go of 3.6.16 and 3.5.35",
    values: since("3.6", true, false),
  },
  spaceAfterAlarm: {
    about:
      "In a status an alarm ends with a space, as gogo's protobuf library writes it. (Google's has one space or two between its fields.)",
    source: "String of AlarmMember in api/etcdserverpb; seen on 3.6.16 and 3.7.3",
    values: since("3.7", false, true),
  },
  raisesAlarmsOfNoKind: {
    about: "An alarm of kind NONE is raised like any other; else it is none.",
    source: "seen on 3.4.23; etcd-io/etcd#13084",
    values: since("3.5", false, true),
  },
} as const satisfies Behaviours;

export type MemberProfile = ProfileOf<typeof MEMBER>;
