import fc from "fast-check";
import type { StepData } from "../../scenario/read/scenario-data.ts";
import { FAULT_POINTS, type FaultPoint } from "../../sim/fault-points.ts";
import type { Draft, Who } from "./draft.ts";
import { inGroup, type Kind, kind, ms, who } from "./kind.ts";

/** What becomes of what was not synced: bytes, and in the last three names and the order of it all. */
const disk = fc.constantFrom(
  ...["lose", "keep", "prefix", "tear", "random"],
  ...["rewind", "forget", "scatter"],
);

const points = fc.constantFrom(...(Object.keys(FAULT_POINTS) as FaultPoint[]));

const message = fc.constantFrom(
  ...["any", "MsgApp", "MsgAppResp", "MsgVote", "MsgVoteResp", "MsgHeartbeat", "MsgHeartbeatResp"],
  ...["MsgSnap", "MsgProp", "MsgTimeoutNow", "MsgReadIndex"],
);

const rate = fc.constantFrom("0%", "0%", "1%", "10%", "30%");

const PROCESSES: readonly Kind[] = inGroup("processes", [
  kind("crash", 5, fc.record({ member: who, disk }), ({ member, disk }, draft) => ({
    crash: { member: draft.who(member), disk },
  })),
  kind("crash all", 1, disk, (disk) => ({ crash: { member: "all", disk } })),
  kind("crash majority", 1, disk, (disk) => ({ crash: { member: "majority", disk } })),
  kind(
    "crash-at",
    3,
    fc.record({ member: who, operations: fc.integer({ min: 1, max: 40 }), disk }),
    (drawn, draft) => ({
      "crash-at": { ...drawn, member: draft.who(drawn.member) },
    }),
  ),
  kind(
    "crash at a point",
    3,
    fc.record({ member: who, point: points, count: fc.integer({ min: 1, max: 4 }), disk }),
    (drawn, draft) => ({ "crash-at": { ...drawn, member: draft.who(drawn.member) } }),
  ),
  kind("restart", 4, who, (member, draft) => ({ restart: draft.who(member) })),
  kind("restart all", 2, fc.constant(0), () => ({ restart: "down" })),
  kind("pause", 1, who, (member, draft) => ({ pause: draft.who(member) })),
  kind("resume", 1, who, (member, draft) => ({ resume: draft.who(member) })),
  kind(
    "slow apply",
    1,
    fc.record({ member: who, each: fc.constantFrom("0s", "1ms", "20ms", "300ms") }),
    ({ member, each }, draft) => ({ "slow-apply": { member: draft.who(member), each } }),
  ),
  kind("campaign", 2, who, (member, draft) => ({ campaign: draft.who(member) })),
]);

const ends = fc.record({ from: who, to: who });

/** What happens to a link; nothing, where both its ends are the same. */
function between(
  ends: { readonly from: Who; readonly to: Who },
  draft: Draft,
  write: (link: { readonly from: string; readonly to: string }) => StepData,
): StepData | null {
  const [from, to] = [draft.who(ends.from), draft.who(ends.to)];
  return from === to ? null : write({ from, to });
}

const NETWORK: readonly Kind[] = inGroup("network", [
  kind("isolate", 3, who, (member, draft) => ({ isolate: draft.who(member) })),
  kind("split", 2, fc.nat(127), (mask, draft) => {
    const side = draft.members.filter((_, i) => ((mask >> (i % 7)) & 1) === 1);
    return side.length === 0 ? null : { partition: [side] };
  }),
  kind("halves", 1, fc.constant(0), () => ({ partition: { halves: "random" } })),
  kind("ring", 1, fc.constant(0), () => ({ partition: { ring: true } })),
  kind("bridge", 1, who, (member, draft) => ({ partition: { bridge: draft.who(member) } })),
  kind("swizzle", 1, fc.constantFrom("200ms", "2s"), (over) => ({
    swizzle: { members: "all", over },
  })),
  kind("narrow links", 1, fc.constantFrom(2, 8), (capacity) => ({ link: { capacity } })),
  kind("minority", 1, who, (member, draft) => ({ partition: { minority: draft.who(member) } })),
  kind("cut", 2, ends, (drawn, draft) => between(drawn, draft, (cut) => ({ cut }))),
  kind("clog", 1, ends, (drawn, draft) => between(drawn, draft, (clog) => ({ clog }))),
  kind(
    "drop-next",
    2,
    fc.record({ ends, message, count: fc.integer({ min: 1, max: 8 }) }),
    ({ ends: drawn, message, count }, draft) =>
      between(drawn, draft, (link) => ({ "drop-next": { ...link, message, count } })),
  ),
  kind("heal", 5, fc.constant(0), () => ({ heal: true })),
  kind("unclog", 1, fc.constant(0), () => ({ unclog: true })),
  kind("bad links", 2, fc.record({ loss: rate, duplicate: rate, reorder: rate }), (link) => ({
    link,
  })),
  kind(
    "slow links",
    1,
    fc.record({ member: who, mean: fc.constantFrom("2ms", "20ms", "200ms") }),
    (drawn, draft) => ({
      link: { from: draft.who(drawn.member), mean: drawn.mean, max: "1s" },
    }),
  ),
]);

const DISKS: readonly Kind[] = inGroup("disks", [
  // Of what has checksums, and where a majority has good copies.
  kind(
    "bit rot",
    1,
    fc.record({
      member: who,
      file: fc.constantFrom(".wal", ".snap"),
      bits: fc.integer({ min: 1, max: 3 }),
    }),
    ({ member, file, bits }, draft) => ({
      "bit-rot": { member: draft.who(member), file, bits, atlas: true },
    }),
  ),
  kind(
    "slow disk",
    2,
    fc.record({ member: who, ms: fc.constantFrom(1, 30, 200) }),
    (drawn, draft) => ({
      "disk-slow": {
        member: draft.who(drawn.member),
        min: "300us",
        mean: `${drawn.ms}ms`,
        max: `${drawn.ms * 3}ms`,
      },
    }),
  ),
  kind(
    "full disk",
    1,
    fc.record({ member: who, full: fc.boolean() }),
    ({ member, full }, draft) => ({
      "disk-full": { member: draft.who(member), full },
    }),
  ),
]);

const CLOCKS: readonly Kind[] = inGroup("clocks", [
  kind(
    "drift",
    1,
    fc.record({ member: who, ppm: fc.integer({ min: -300_000, max: 300_000 }) }),
    ({ member, ppm }, draft) => ({ drift: { member: draft.who(member), ppm } }),
  ),
  kind("skew", 1, fc.record({ member: who, by: ms(-5000, 5000) }), ({ member, by }, draft) => ({
    skew: { member: draft.who(member), by },
  })),
]);

const CLIENTS: readonly Kind[] = inGroup("clients", [
  kind("pause-client", 1, fc.nat(20), (index, draft) => {
    const client = draft.anyClient(index);
    return client === null ? null : { "pause-client": client };
  }),
  kind("resume-client", 2, fc.nat(20), (index, draft) => {
    const client = draft.anyClient(index);
    return client === null ? null : { "resume-client": client };
  }),
  kind(
    "cut-client",
    1,
    fc.record({ index: fc.nat(20), from: fc.oneof(who, fc.constant("all" as const)) }),
    ({ index, from }, draft) => {
      const client = draft.anyClient(index);
      if (client === null) return null;
      return { "cut-client": { client, from: from === "all" ? from : draft.who(from) } };
    },
  ),
  kind(
    "drift-client",
    1,
    fc.record({ index: fc.nat(20), ppm: fc.integer({ min: -200_000, max: 200_000 }) }),
    ({ index, ppm }, draft) => {
      const client = draft.anyClient(index);
      return client === null ? null : { "drift-client": { client, ppm } };
    },
  ),
]);

/** What is done to machines, links and clients' processes. */
export const FAULT_KINDS: readonly Kind[] = [
  ...PROCESSES,
  ...NETWORK,
  ...DISKS,
  ...CLOCKS,
  ...CLIENTS,
];
