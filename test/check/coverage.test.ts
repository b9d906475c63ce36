import { expect, test } from "vitest";
import { Coverage, SOMETIMES } from "../../src/check/coverage.ts";
import type { LeaseAction } from "../../src/trace/events.ts";
import { conf, entry, Tale } from "./tale.ts";

/** What leases, watches and so on come to is in the second test. */
const RAFT = SOMETIMES.slice(0, SOMETIMES.indexOf("linearizable reads") + 1);

test("coverage counts what happened, and says what did not", () => {
  const tale = Tale.settled();
  tale
    .role(2, "candidate", 2)
    .role(3, "candidate", 3)
    .role(3, "leader", 3, 3)
    .role(1, "follower", 3)
    .emit({ kind: "append", member: 1, entries: [entry(3, 3)], truncated: 2 })
    .conf(1, 3, conf([1, 4], { votersOutgoing: [1, 2, 3] }))
    .snapshot(1, 2, 1, 1)
    .restore(2, 3, 3)
    .crash(3)
    .emit({ kind: "boot", member: 3, restart: true })
    .restore(3, 2, 1)
    .recover(3, { term: 3, vote: 3, commit: 2 });
  const id = tale.invoke({ type: "get", key: "a", serializable: false });
  tale.complete(id, { revision: 1, value: null });
  tale.complete(tale.invoke({ type: "delete", key: "a" }), null, "ambiguous");
  const coverage = tale.play(new Coverage());

  const reported = coverage.report().filter(({ what }) => RAFT.includes(what));
  const counts = Object.fromEntries(reported.map(({ what, count }) => [what, count]));
  expect(counts).toEqual({
    elections: 2,
    "leader changes": 1,
    "elections without winner": 1,
    "leaders stepped down alive": 1,
    "entries committed": 2,
    truncations: 1,
    "snapshots taken": 1,
    "snapshots installed": 1,
    crashes: 1,
    "crashes that lost bytes": 0,
    restarts: 1,
    "logs repaired": 0,
    "starts refused": 0,
    "configuration changes": 1,
    "joint configurations": 1,
    "operations ok": 1,
    "operations failed": 0,
    "operations ambiguous": 1,
    "linearizable reads": 1,
  });
  expect(coverage.missing(["elections", "logs repaired"])).toEqual(["logs repaired"]);

  const all = new Coverage();
  all.merge(coverage);
  all.merge(coverage);
  expect(all.count("elections")).toBe(4);
  expect(new Coverage().missing(SOMETIMES)).toEqual([...SOMETIMES]);
});

test("coverage counts what clients' data came to", () => {
  const lease = (member: number, action: LeaseAction, id = "7") =>
    ({ kind: "lease", member, action, lease: id, ttl: 3 }) as const;
  const watcher = (group: "synced" | "unsynced" | "victim") =>
    ({ kind: "watcher", member: 1, opened: 5, group, next: 2 }) as const;
  const tale = Tale.settled();
  tale
    .emit(lease(1, "promote", ""))
    .emit(lease(1, "grant"))
    .emit(lease(2, "grant"))
    .emit(lease(1, "renew"))
    .emit(lease(3, "promote", ""))
    .emit(lease(3, "expire"))
    .emit(watcher("victim"))
    .emit(watcher("unsynced"))
    .emit(watcher("synced"))
    .emit({ kind: "compact", member: 1, index: 4, revision: 2 })
    .emit({ kind: "compaction", member: 1, action: "resume", revision: 2 })
    .emit({ kind: "hold", member: 0, client: 1, name: "l", action: "acquire", fence: 3 })
    .emit({ kind: "hold", member: 0, client: 1, name: "l", action: "lost", fence: 3 });
  const coverage = tale.play(new Coverage());
  const seen = coverage.report().filter(({ what, count }) => count > 0 && !RAFT.includes(what));
  expect(Object.fromEntries(seen.map(({ what, count }) => [what, count]))).toEqual({
    "leases granted": 1,
    "leases renewed": 1,
    "leases expired": 1,
    "leases expired under a new leader": 1,
    compactions: 1,
    "compactions resumed": 1,
    "slow watchers left behind": 1,
    "victims caught up": 1,
    "locks held": 1,
    "locks lost": 1,
  });
});
