import { describe, expect, test } from "vitest";
import { MILLISECOND } from "../../../src/base/time.ts";
import { MVCC } from "../../../src/museum/mvcc.ts";
import { change, WatchWorld } from "./support.ts";

interface Row {
  readonly bug: string;
  readonly name: string;
  readonly run: (world: WatchWorld) => void;
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}

const ROUND = 100 * MILLISECOND;

/** Fills the stream's channel: the client reads nothing, until there is no room for an event. */
function stall(world: WatchWorld, stream: number): void {
  world.stalled.add(stream);
  world.create(stream, "fill", { watchId: 99 });
  while (world.server.hub.counts.victims === 0) world.write("fill=1");
  world.cancel(stream, 99);
}

function drain(world: WatchWorld): void {
  world.stalled.clear();
  world.read();
  world.wait(5 * ROUND);
}

/** What was said of watch 1, and of the stream as a whole, but for the creation. */
function heard(world: WatchWorld): string[] {
  return world.lines(1).filter((line) => /^#(1|-1) /.test(line) && !line.includes("created"));
}

const ROWS: readonly Row[] = [
  {
    bug: "M4",
    name: "a deletion at the compacted revision is not told",
    run: (w) => {
      for (const text of ["a=1", "-a", "a=3"]) w.write(text);
      w.compact(3);
      w.create(1, "a", { startRevision: 3, watchId: 1 });
      w.wait(ROUND);
    },
    right: ["#1 r4 -a@3 a=3@4"],
    wrong: ["#1 r4 a=3@4"],
  },
  {
    bug: "M5",
    name: "a slow watcher is not told that its revision is compacted",
    run: (w) => {
      w.write("a=1");
      w.write("a=2");
      w.compact(3);
      w.create(1, "x", { watchId: 2 });
      stall(w, 1);
      w.create(1, "a", { startRevision: 2, watchId: 1 });
      w.wait(ROUND);
      drain(w);
      w.write("a=last");
    },
    right: ["#1 r0 canceled compacted 3"],
    wrong: ["#1 r136 a=last@136"],
  },
  {
    bug: "M6",
    name: "what was told before a snapshot is told again after it",
    run: (w) => {
      w.create(1, "a", { watchId: 1 });
      w.write("a=1");
      w.restore((store) => change(store, ["a=2"]));
      w.wait(ROUND);
    },
    right: ["#1 r2 a=1@2", "#1 r3 a=2@3"],
    wrong: ["#1 r2 a=1@2", "#1 r3 a=1@2 a=2@3"],
  },
  {
    bug: "M7",
    name: "what a snapshot skips is never told",
    run: (w) => {
      w.create(1, "a", { watchId: 1 });
      w.restore((store) => change(store, ["a=1"]));
      w.wait(ROUND);
      w.write("a=2");
    },
    right: ["#1 r2 a=1@2", "#1 r3 a=2@3"],
    wrong: ["#1 r3 a=2@3"],
  },
  {
    bug: "M8",
    name: "a watch of a later revision gets earlier ones after a snapshot",
    run: (w) => {
      w.create(1, "a", { watchId: 1, startRevision: 4 });
      w.restore((store) => change(store, ["b=1"]));
      w.wait(ROUND);
      w.write("a=3");
      w.write("a=4");
    },
    right: ["#1 r4 a=4@4"],
    wrong: ["#1 r3 a=3@3", "#1 r4 a=4@4"],
  },
  {
    bug: "M9a",
    name: "progress overtakes what waits",
    run: (w) => {
      w.write("a=1");
      w.create(1, "a", { watchId: 1, startRevision: 1 });
      w.progress(1);
      w.wait(ROUND);
      w.progress(1);
    },
    right: ["#1 r2 a=1@2", "#-1 r2"],
    wrong: ["#-1 r2", "#1 r2 a=1@2", "#-1 r2"],
  },
  {
    bug: "M9b",
    name: "progress below the revision that a watch begins with",
    run: (w) => {
      w.create(1, "a", { watchId: 1, startRevision: 3 });
      w.progress(1);
      w.write("b=1");
      w.progress(1);
      w.write("b=2");
      w.progress(1);
    },
    right: ["#-1 r3"],
    wrong: ["#-1 r1", "#-1 r2", "#-1 r3"],
  },
  {
    bug: "M10",
    name: "the newest event twice",
    run: (w) => {
      w.write("a=1");
      w.write("a=2");
      w.create(1, "a", { watchId: 1, startRevision: 1 });
      w.wait(ROUND);
    },
    right: ["#1 r3 a=1@2 a=2@3"],
    wrong: ["#1 r3 a=1@2 a=2@3 a=2@3"],
  },
  {
    bug: "M12",
    name: "a deletion without a revision is told to nobody",
    run: (w) => {
      w.write("a=1");
      w.write("-a");
      w.create(1, "a", { watchId: 1, startRevision: 1 });
      w.wait(ROUND);
    },
    right: ["#1 r3 a=1@2 -a@3"],
    wrong: ["#1 r3 a=1@2"],
  },
];

describe("known mistakes", () => {
  test.each(ROWS)("$bug: $name", ({ bug, run, right, wrong }) => {
    const told = [[], [bug]].map((on) => {
      const world = new WatchWorld(on, { windowBytes: 100 });
      run(world);
      return heard(world);
    });
    expect(told).toEqual([right, wrong]);
  });

  /** A thousand revisions go into a response; the last of them are two changes each. */
  const lengths = (bugs: readonly string[]) => {
    const world = new WatchWorld(bugs, { windowBytes: 1_000_000 });
    for (let i = 2; i <= 901; i++) world.write(`a=${i}`);
    for (let i = 902; i <= 1101; i++) world.write(`a=${i}`, `b=${i}`);
    world.create(1, "a", { rangeEnd: "c", startRevision: 1 });
    world.wait(3 * ROUND);
    return (world.sent.get(1) ?? []).slice(1).map(({ response }) => {
      const revisions = response.events.map(({ kv }) => kv.modRevision);
      return { events: revisions.length, from: revisions[0], to: revisions.at(-1) };
    });
  };

  test("M11: one revision in two responses", () => {
    expect(lengths([])).toEqual([
      { events: 1100, from: 2, to: 1001 },
      { events: 200, from: 1002, to: 1101 },
    ]);
    // One event more than fits, and its revision is cut.
    expect(lengths(["M11"])[0]).toEqual({ events: 1000, from: 2, to: 951 });
  });

  test("of watches are all here but for those that whole runs show", () => {
    const ids = [...ROWS.map(({ bug }) => bug), "M11"];
    const ofWatches = MVCC.map(({ id }) => id).filter((id) => /^M([4-9]|1[0-24])/.test(id));
    expect(ofWatches.filter((id) => !ids.includes(id))).toEqual(["M14"]);
  });
});
