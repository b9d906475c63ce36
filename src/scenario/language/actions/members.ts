import { z } from "zod";
import type { CrashMode } from "../../../sim/fault.ts";
import { FAULT_POINTS, type FaultPoint, MISSING_POINTS } from "../../../sim/fault-points.ts";
import { short } from "../../read/quote.ts";
import {
  duration,
  expected,
  flag,
  integer,
  key,
  members,
  record,
  release,
  signedDuration,
  text,
  word,
} from "../../read/scalars.ts";
import { suggestion } from "../../read/suggest.ts";
import { referToMemberOf, referToMembers } from "../member-names.ts";
import type { Selector } from "../selectors.ts";
import { type Action, action } from "./action.ts";

const CRASH_MODES = [
  "lose",
  "keep",
  "prefix",
  "tear",
  "rewind",
  "forget",
  "scatter",
  "random",
] as const satisfies CrashMode[];

const crashMode = z.enum(CRASH_MODES, {
  error: (issue) => expected(`one of ${CRASH_MODES.join(", ")}`, issue.input),
});

const crash = z
  .union([members, record("key of crash", { member: members, disk: crashMode.default("lose") })], {
    error: (issue) => expected("a member, or {member: …, disk: …}", issue.input),
  })
  .transform((input): { member: Selector; disk: CrashMode } =>
    "member" in input ? input : { member: input, disk: "lose" },
  );

const restart = z
  .union([members, record("key of restart", { member: members, etcd: release.optional() })], {
    error: (issue) => expected("members, or {member: …, etcd: …}", issue.input),
  })
  .transform((input): { member: Selector; etcd?: string | undefined } =>
    "member" in input ? input : { member: input },
  );

const POINTS = Object.keys(FAULT_POINTS) as FaultPoint[];

function notPoint(input: unknown): string | undefined {
  if (typeof input !== "string") return expected("a fault point such as walBeforeSync", input);
  if (Object.hasOwn(MISSING_POINTS, input)) {
    const why = MISSING_POINTS[input as keyof typeof MISSING_POINTS];
    return `there is no such moment as ${input} here: ${why}`;
  }
  return `unknown fault point "${short(input)}"${suggestion(input, POINTS)}`;
}

const crashAt = record("key of crash-at", {
  member: members,
  operations: integer(1, 1_000_000).optional(),
  point: z.enum(POINTS, { error: (issue) => notPoint(issue.input) }).optional(),
  count: integer(1, 1_000_000).optional(),
  disk: crashMode.default("lose"),
})
  .refine(({ operations, point }) => (operations === undefined) !== (point === undefined), {
    error: "say where: either `operations` or `point`",
  })
  .refine(({ operations, count }) => operations === undefined || count === undefined, {
    error: "`count` is how often it comes to a `point`",
    path: ["count"],
  });

const drift = record("key of drift", { member: members, ppm: integer(-990_000, 9_000_000) });

const syncTimes = record("key of disk-slow", {
  member: members,
  min: duration,
  mean: duration,
  max: duration,
}).refine((times) => times.min <= times.mean && times.mean <= times.max, {
  error: "needs min <= mean <= max",
});

/** What happens to a member's process, clock and disk. */
export const MEMBER_ACTIONS = {
  crash: action(
    "The process is gone; `disk` says what becomes of bytes not synced: lose (default), keep, prefix, tear, scatter, random; with rewind and forget they are kept, and what was not synced of directories is not.",
    crash,
    referToMemberOf,
    (world, { member, disk }) => {
      for (const id of world.members(member)) world.inject({ type: "crash", member: id, disk });
    },
  ),
  "crash-at": action(
    "The process will be gone at the n-th operation of its disk from now on, or when it comes to a `point` of its code for the `count`-th time; `disk` as of crash.",
    crashAt,
    referToMemberOf,
    (world, { member, operations, point, count = 1, disk }) => {
      for (const id of world.members(member)) {
        if (point !== undefined) world.inject({ type: "crash-at", member: id, point, count, disk });
        else if (operations !== undefined) {
          world.inject({ type: "crash-at", member: id, operations, disk });
        }
      }
    },
  ),
  restart: action(
    "Crashed members start again from their disks, perhaps as another release of etcd.",
    restart,
    referToMemberOf,
    (world, { member, etcd }) => {
      const as = etcd === undefined ? {} : { version: etcd };
      for (const id of world.members(member)) world.inject({ type: "restart", member: id, ...as });
    },
  ),
  pause: action(
    "The process stands still (as with SIGSTOP); messages to it wait.",
    members,
    referToMembers,
    (world, selector) => {
      for (const id of world.members(selector)) world.inject({ type: "pause", member: id });
    },
  ),
  resume: action("Paused members go on.", members, referToMembers, (world, selector) => {
    for (const id of world.members(selector)) world.inject({ type: "resume", member: id });
  }),
  drift: action(
    "The clock runs faster (ppm > 0) or slower: 200000 is 20 % faster.",
    drift,
    referToMemberOf,
    (world, { member, ppm }) => {
      for (const id of world.members(member)) world.inject({ type: "drift", member: id, ppm });
    },
  ),
  skew: action(
    "The wall clock jumps by so much: JWTs end by it, and new ids are made of it. Leases and elections don't care.",
    record("key of skew", { member: members, by: signedDuration }),
    referToMemberOf,
    (world, { member, by }) => {
      for (const id of world.members(member)) world.inject({ type: "skew", member: id, us: by });
    },
  ),
  "slow-apply": action(
    "Applying takes so long for each entry from now on, while raft goes on; 0s: no time again.",
    record("key of slow-apply", { member: members, each: duration }),
    referToMemberOf,
    (world, { member, each }) => {
      for (const id of world.members(member)) {
        world.inject({ type: "slow-apply", member: id, us: each });
      }
    },
  ),
  "disk-slow": action(
    "Syncs take so long from now on.",
    syncTimes,
    referToMemberOf,
    (world, times) => {
      const options = { syncMinUs: times.min, syncMeanUs: times.mean, syncMaxUs: times.max };
      for (const id of world.members(times.member)) {
        world.inject({ type: "disk-slow", member: id, options });
      }
    },
  ),
  "disk-full": action(
    "The disk takes no more bytes; with `full: false` it has room again.",
    record("key of disk-full", { member: members, full: flag.default(true) }),
    referToMemberOf,
    (world, { member, full }) => {
      for (const id of world.members(member)) world.inject({ type: "disk-full", member: id, full });
    },
  ),
  "bit-rot": action(
    "Flips bits in synced bytes of the newest file whose name ends with `file` (.wal, .snap, .db); with `atlas` only where a quorum is left whose disks never rotted.",
    record("key of bit-rot", {
      member: members,
      file: text.default(".wal"),
      bits: integer(1, 1000).default(1),
      atlas: flag.default(false),
    }),
    referToMemberOf,
    (world, { member, file, bits, atlas }) => {
      for (const id of world.members(member)) {
        world.inject({ type: "bit-rot", member: id, suffix: file, bits, atlas });
      }
    },
  ),
  wipe: action(
    "A member that is down loses all its files. Started again it knows nothing, as etcd with its data-dir deleted and --initial-cluster-state existing.",
    members,
    referToMembers,
    (world, selector) => {
      for (const id of world.members(selector)) world.inject({ type: "wipe", member: id });
    },
  ),
  corrupt: action(
    "The value of a key becomes another one of the same length, in one member's database alone, behind everyone's back.",
    record("key of corrupt", { member: members, key, value: word }),
    (names, input) => {
      referToMemberOf(names, input);
      names.refer("key", input.key, "key");
    },
    (world, { member, key: name, value }) => {
      for (const id of world.members(member)) {
        world.inject({ type: "corrupt", member: id, key: name, value });
      }
    },
  ),
  campaign: action("The election timer fires now.", members, referToMembers, (world, selector) => {
    for (const id of world.members(selector)) world.inject({ type: "campaign", member: id });
  }),
  snapshot: action("Members write a snapshot now.", members, referToMembers, (world, selector) => {
    for (const id of world.members(selector)) world.inject({ type: "snapshot", member: id });
  }),
} satisfies Record<string, Action>;
