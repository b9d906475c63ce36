import { expect, test } from "vitest";
import { Coverage, SOMETIMES } from "../../src/check/coverage.ts";
import { conf, entry, Tale } from "./tale.ts";

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

  const counts = Object.fromEntries(coverage.report().map(({ what, count }) => [what, count]));
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
