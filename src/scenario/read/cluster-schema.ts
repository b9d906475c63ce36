import { z } from "zod";
import { MILLISECOND, MINUTE } from "../../base/time.ts";
import { KNOWN_MISTAKES, unknownMistake } from "../../museum/catalogue.ts";
import { profileOf } from "../../profile/profile.ts";
import { DEFAULT_CLUSTER } from "../../sim/defaults.ts";
import type { ClusterOptions, DiskOptions, LinkOptions } from "../../sim/options.ts";
import { formatDuration } from "./duration.ts";
import { short } from "./quote.ts";
import {
  bytes,
  bytesFrom,
  duration,
  durationFrom,
  expected,
  flag,
  integer,
  perMember,
  ratio,
  record,
  release,
} from "./scalars.ts";

/** Members have ids from 1 on; links are kept in flat arrays for as many. */
export const MEMBERS_MAX = 9;

/** etcd's sizes are int32 where they go over the wire. */
const SIZE_MAX = 1024 * 1024 * 1024;

const times = (noun: string) =>
  z.union([duration, record(`key of ${noun}`, { min: duration, mean: duration, max: duration })], {
    error: (issue) => expected("a duration, or {min: …, mean: …, max: …}", issue.input),
  });

const autoCompaction = z.union(
  [
    duration.transform((retention) => ({ mode: "periodic" as const, retention })),
    integer(1).transform((retention) => ({ mode: "revision" as const, retention })),
  ],
  { error: (issue) => expected("a duration, or a number of revisions", issue.input) },
);

const clientUrl = z
  .string({ error: (issue) => expected("a URL such as http://127.0.0.1:2379", issue.input) })
  .regex(/^https?:\/\/[^\s/]+:\d{1,5}$/, {
    error: (issue) => expected("a URL such as http://127.0.0.1:2379", issue.input),
  });

const network = record("key of network", {
  latency: times("latency")
    .optional()
    .describe("One way. A single time is the same for all messages."),
  clients: times("clients")
    .optional()
    .describe("One way between a client and a member, instead of `latency`."),
  loss: ratio.optional().describe("The share of messages that get lost."),
  duplicate: ratio.optional().describe("The share of messages that arrive twice."),
  reorder: ratio.optional().describe("The share of messages that may overtake others."),
});

const disk = record("key of disk", {
  sync: times("sync").optional().describe("How long it takes to make written bytes durable."),
});

const mistakeId = z.enum(
  KNOWN_MISTAKES.map(({ id }) => id),
  {
    error: ({ input }) =>
      typeof input === "string"
        ? unknownMistake(short(input))
        : expected("an id such as R4", input),
  },
);

/** The `cluster:` of a scenario; what is absent is as in etcd. */
export const clusterSchema = record("key of cluster", {
  members: integer(1, MEMBERS_MAX).optional().describe("Voters at the start: m1, m2, …"),
  tick: durationFrom(MILLISECOND, 60 * MINUTE)
    .optional()
    .describe("The heartbeat interval is one tick unless `heartbeat` says more."),
  election: durationFrom(0, 60 * MINUTE)
    .optional()
    .describe("The election timeout; drawn anew from [T, 2T) each time."),
  heartbeat: duration.optional(),
  "pre-vote": flag
    .optional()
    .describe("Ask whether an election could be won before raising the term."),
  "check-quorum": flag.optional().describe("A leader that hears no quorum steps down."),
  reads: z
    .enum(["safe", "lease"], { error: (issue) => expected("safe or lease", issue.input) })
    .optional(),
  "step-down-on-removal": flag.optional(),
  "snapshot-entries": integer(1).optional().describe("A snapshot after so many applied entries."),
  "catch-up-entries": integer(0).optional().describe("Entries kept in the log behind a snapshot."),
  segment: bytesFrom(1, SIZE_MAX).optional().describe("WAL files are about so long."),
  "message-size": bytesFrom(1, SIZE_MAX)
    .optional()
    .describe("Entries per message, by size; 1B: one entry each."),
  inflight: integer(1).optional().describe("Appends on their way to a follower at most."),
  quota: bytes.optional().describe("How large the database may grow before it takes no more."),
  "auto-compaction": autoCompaction
    .optional()
    .describe("The leader compacts what is older than this, or all but so many revisions."),
  "initial-corrupt-check": flag
    .optional()
    .describe("A member that starts compares its data with its peers' first."),
  "corrupt-check": duration
    .optional()
    .describe("How often the leader compares its data with its peers'."),
  "compact-hash-check": duration
    .optional()
    .describe("How often the leader compares the hashes of past compactions."),
  "lease-checkpoint": flag
    .optional()
    .describe("The leader writes down how much is left of long leases."),
  "lease-checkpoint-interval": duration
    .refine((us) => us > 0, { error: "an interval takes some time" })
    .optional()
    .describe("How often, instead of every 5 minutes; shorter leases are not written down."),
  "lease-checkpoint-batch": integer(1)
    .optional()
    .describe("Leases that are written down at once at most, 1000 in etcd."),
  "compaction-batch": integer(1)
    .optional()
    .describe("Rows that one step of a compaction looks at, 1000 in etcd."),
  "max-learners": integer(0).optional().describe("Learners at a time, 1 in etcd."),
  "client-url": clientUrl
    .optional()
    .describe(
      "Where clients reach m1, e.g. http://127.0.0.1:2379; the others have the next ports.",
    ),
  "strict-reconfig-check": flag
    .optional()
    .describe("Refuse changes of membership that would cost the cluster its quorum."),
  "max-request": bytesFrom(1, SIZE_MAX)
    .optional()
    .describe("The largest entry that is proposed, 1.5 MiB in etcd."),
  "max-txn-ops": integer(1).optional().describe("Operations of a transaction, 128 in etcd."),
  "max-apply-lag": integer(0)
    .optional()
    .describe("More committed entries than this to apply, and no more are taken; 5000 in etcd."),
  "priority-request": flag
    .optional()
    .describe("Revokes of leases are taken up to twice that lag: etcd 3.7's feature gate."),
  "auth-token": z
    .enum(["simple", "jwt"], { error: (issue) => expected("simple or jwt", issue.input) })
    .optional()
    .describe("Members remember simple tokens; a JWT says itself until which date it is good."),
  "auth-token-ttl": duration
    .refine((us) => us > 0, { error: "a token is good for some time" })
    .optional()
    .describe("How long a simple token is good that nobody uses, and a JWT in any case."),
  "watch-progress": duration
    .optional()
    .describe(
      "How often watches that ask for it get a progress notification while nothing happens.",
    ),
  etcd: z
    .union([release, perMember(release)], {
      error: (issue) =>
        expected("a line of etcd's such as 3.6, a release, or {m1: …}", issue.input),
    })
    .optional()
    .describe(
      "Which etcd all members are, or each that is named: a line (3.4, 3.5, 3.6, 3.7) or a release such as 3.6.14 (docs/profiles.md); 3.7 if nothing is said.",
    ),
  "monitor-versions": flag
    .optional()
    .describe("The leader decides the cluster's version: the first entries of the log."),
  network: network.optional(),
  disk: disk.optional(),
  "client-timeout": durationFrom(MILLISECOND)
    .optional()
    .describe("A client tries another member after so long."),
  bugs: z
    .array(mistakeId)
    .optional()
    .describe("Known mistakes to make on purpose, by their ids (docs/museum.md)."),
});

type ClusterInput = z.output<typeof clusterSchema>;

/** A sentence about the key that makes no sense, and its path. */
export class ClusterProblem {
  readonly path: readonly string[];
  readonly text: string;

  constructor(path: readonly string[], text: string) {
    this.path = path;
    this.text = text;
  }
}

/** Fills in the defaults and turns times into ticks. */
export function clusterOptions(input: ClusterInput, seed: number): ClusterOptions | ClusterProblem {
  const base = DEFAULT_CLUSTER;
  const tickUs = input.tick ?? base.tickUs;
  const tick = formatDuration(tickUs);
  const electionUs = input.election ?? base.electionTicks * base.tickUs;
  const heartbeatUs = input.heartbeat ?? tickUs;
  for (const [key, us] of [
    ["election", electionUs],
    ["heartbeat", heartbeatUs],
  ] as const) {
    if (us === 0 || us % tickUs !== 0) {
      return new ClusterProblem(
        [key in input ? key : "tick"],
        us === 0
          ? `the ${key} time is one tick (${tick}) at least`
          : `the ${key} time (${formatDuration(us)}) is no multiple of the tick (${tick})`,
      );
    }
  }
  if (electionUs <= heartbeatUs) {
    return new ClusterProblem(["election"], "the election time must be longer than the heartbeat");
  }
  const retention = input["auto-compaction"];
  for (const [key, us] of [
    ["corrupt-check", input["corrupt-check"]],
    ["compact-hash-check", input["compact-hash-check"]],
    ["watch-progress", input["watch-progress"]],
    ["lease-checkpoint-interval", input["lease-checkpoint-interval"]],
    ["auto-compaction", retention?.mode === "periodic" ? retention.retention : undefined],
  ] as const) {
    // 0 turns it off.
    if (us === undefined || us === 0 || us >= tickUs) continue;
    return new ClusterProblem(
      [key],
      `${formatDuration(us)} is less than a tick (${formatDuration(tickUs)})`,
    );
  }
  if (input.reads === "lease" && input["check-quorum"] === false && !input.bugs?.includes("R28")) {
    const text =
      "reads by lease need `check-quorum`: raft refuses to begin without (but with the mistake R28)";
    return new ClusterProblem(["reads"], text);
  }
  const versions = releasesOf(input.etcd);
  const serverVersion = typeof input.etcd === "string" ? input.etcd : base.serverVersion;
  if (versions instanceof ClusterProblem) return versions;
  const links = linkOptions(input.network, base.network);
  if (links instanceof ClusterProblem) return links;
  const clientLatency = latencyOf(["network", "clients"], input.network?.clients);
  if (clientLatency instanceof ClusterProblem) return clientLatency;
  const disks = diskOptions(input.disk, base.disk);
  if (disks instanceof ClusterProblem) return disks;
  return {
    ...base,
    seed,
    members: input.members ?? base.members,
    tickUs,
    electionTicks: electionUs / tickUs,
    heartbeatTicks: heartbeatUs / tickUs,
    preVote: input["pre-vote"] ?? base.preVote,
    checkQuorum: input["check-quorum"] ?? base.checkQuorum,
    readOnly: input.reads ?? base.readOnly,
    stepDownOnRemoval: input["step-down-on-removal"] ?? base.stepDownOnRemoval,
    snapshotEntries: input["snapshot-entries"] ?? profileOf(serverVersion).snapshotCount,
    catchUpEntries: input["catch-up-entries"] ?? base.catchUpEntries,
    segmentBytes: input.segment ?? base.segmentBytes,
    maxSizePerMsg: input["message-size"] ?? base.maxSizePerMsg,
    maxInflightMsgs: input.inflight ?? base.maxInflightMsgs,
    quotaBytes: input.quota ?? base.quotaBytes,
    autoCompactionMode: input["auto-compaction"]?.mode ?? base.autoCompactionMode,
    autoCompactionRetention: input["auto-compaction"]?.retention ?? base.autoCompactionRetention,
    initialCorruptCheck: input["initial-corrupt-check"] ?? base.initialCorruptCheck,
    corruptCheckTimeUs: input["corrupt-check"] ?? base.corruptCheckTimeUs,
    compactHashCheck: (input["compact-hash-check"] ?? 0) > 0,
    compactHashCheckTimeUs: input["compact-hash-check"] ?? base.compactHashCheckTimeUs,
    leaseCheckpoint: input["lease-checkpoint"] ?? base.leaseCheckpoint,
    leaseCheckpointIntervalUs: input["lease-checkpoint-interval"] ?? base.leaseCheckpointIntervalUs,
    leaseCheckpointBatch: input["lease-checkpoint-batch"] ?? base.leaseCheckpointBatch,
    compactionBatch: input["compaction-batch"] ?? base.compactionBatch,
    maxLearners: input["max-learners"] ?? base.maxLearners,
    clientUrl: input["client-url"] ?? base.clientUrl,
    strictReconfigCheck: input["strict-reconfig-check"] ?? base.strictReconfigCheck,
    maxRequestBytes: input["max-request"] ?? base.maxRequestBytes,
    maxTxnOps: input["max-txn-ops"] ?? base.maxTxnOps,
    maxApplyLag: input["max-apply-lag"] ?? base.maxApplyLag,
    priorityRequest: input["priority-request"] ?? base.priorityRequest,
    authToken: input["auth-token"] ?? base.authToken,
    authTokenTtlUs: input["auth-token-ttl"] ?? base.authTokenTtlUs,
    watchProgressUs: input["watch-progress"] ?? base.watchProgressUs,
    serverVersion,
    versions: versions ?? base.versions,
    monitorVersions: input["monitor-versions"] ?? base.monitorVersions,
    network: links,
    clientLatency,
    disk: disks,
    clientTimeoutUs: input["client-timeout"] ?? base.clientTimeoutUs,
    bugs: input.bugs ?? base.bugs,
  };
}

/** By member id; null: all run the same. */
function releasesOf(input: ClusterInput["etcd"]): Record<number, string> | ClusterProblem | null {
  if (input === undefined || typeof input === "string") return null;
  const versions: Record<number, string> = {};
  for (const { members, value } of input) {
    for (const term of members) {
      if (typeof term !== "number") {
        return new ClusterProblem(["etcd"], `"${term}" is nobody yet: name members, as m1`);
      }
      versions[term] = value;
    }
  }
  return versions;
}

type Times = z.output<ReturnType<typeof times>>;

function spread(input: Times): { min: number; mean: number; max: number } {
  return typeof input === "number" ? { min: input, mean: input, max: input } : input;
}

function disordered({ min, mean, max }: { min: number; mean: number; max: number }): boolean {
  return !(min <= mean && mean <= max);
}

function linkOptions(
  input: ClusterInput["network"],
  base: LinkOptions,
): LinkOptions | ClusterProblem {
  if (input === undefined) return base;
  const latency = latencyOf(["network", "latency"], input.latency);
  if (latency instanceof ClusterProblem) return latency;
  return {
    ...base,
    ...latency,
    loss: input.loss ?? base.loss,
    duplicate: input.duplicate ?? base.duplicate,
    reorder: input.reorder ?? base.reorder,
  };
}

/** null: nothing was said. */
function latencyOf(
  path: readonly string[],
  input: Times | undefined,
): ClusterOptions["clientLatency"] | ClusterProblem {
  if (input === undefined) return null;
  const { min, mean, max } = spread(input);
  if (disordered({ min, mean, max })) return new ClusterProblem(path, "needs min <= mean <= max");
  return { minUs: min, meanUs: mean, maxUs: max };
}

function diskOptions(input: ClusterInput["disk"], base: DiskOptions): DiskOptions | ClusterProblem {
  if (input?.sync === undefined) return base;
  const { min, mean, max } = spread(input.sync);
  if (disordered({ min, mean, max })) {
    return new ClusterProblem(["disk", "sync"], "needs min <= mean <= max");
  }
  return { syncMinUs: min, syncMeanUs: mean, syncMaxUs: max };
}
