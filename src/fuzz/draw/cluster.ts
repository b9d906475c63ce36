import fc from "fast-check";

/** `cluster:` of a scenario. */
export type ClusterData = Readonly<Record<string, unknown>>;

/** The value, or the key is left out: then it is as in etcd. */
function sometimes<T>(often: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: often, arbitrary },
    { weight: 10 - often, arbitrary: fc.constant(undefined) },
  );
}

/** Pairs of a tick and an election timeout, some of them odd. */
const TIMES = [
  { tick: "100ms", election: "1s" },
  { tick: "100ms", election: "1s" },
  { tick: "100ms", election: "300ms" },
  { tick: "50ms", election: "500ms" },
  { tick: "29ms", election: "261ms" },
  { tick: "10ms", election: "100ms", network: { latency: "1ms" } },
] as const;

/** What shapes every cluster, with the small values that make mistakes appear. */
export const clusters = (members: fc.Arbitrary<number>): fc.Arbitrary<ClusterData> =>
  fc
    .record({
      members,
      times: sometimes(3, fc.constantFrom(...TIMES)),
      "pre-vote": fc.boolean(),
      "check-quorum": fc.boolean(),
      "snapshot-entries": sometimes(7, fc.constantFrom(8, 10, 40, 100)),
      "catch-up-entries": fc.constantFrom(0, 3, 20, 100),
      "message-size": sometimes(6, fc.constantFrom("100B", "1B")),
      inflight: sometimes(5, fc.constant(3)),
      segment: sometimes(5, fc.constant("2000B")),
      "compaction-batch": sometimes(5, fc.constantFrom(2, 10, 100)),
      "lease-checkpoint": fc.boolean(),
      "lease-checkpoint-interval": sometimes(7, fc.constantFrom("500ms", "1s", "3s")),
      "lease-checkpoint-batch": sometimes(7, fc.constantFrom(1, 2)),
      "auth-token": fc.constantFrom("simple", "jwt"),
      "auth-token-ttl": sometimes(2, fc.constantFrom("2s", "10s")),
      "strict-reconfig-check": fc.boolean(),
      "max-learners": sometimes(3, fc.constantFrom(0, 2)),
      quota: sometimes(1, fc.constantFrom("128KiB", "512KiB")),
      "auto-compaction": sometimes(2, fc.constantFrom("2s", "5s", 10, 50)),
      "initial-corrupt-check": fc.boolean(),
      "corrupt-check": sometimes(2, fc.constantFrom("1s", "5s")),
      "compact-hash-check": sometimes(2, fc.constantFrom("1s", "3s")),
      "watch-progress": sometimes(3, fc.constantFrom("500ms", "3s")),
    })
    .map(({ times, ...rest }) => defined({ ...times, ...rest }));

function defined(record: Readonly<Record<string, unknown>>): ClusterData {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
