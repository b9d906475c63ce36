import { describe, expect, test } from "vitest";
import { DataMonitor } from "../../../src/check/data-monitor.ts";
import { WATCH_RULES } from "../../../src/check/watch/all.ts";
import type { KeyChange, WatchedChange } from "../../../src/trace/events.ts";
import { del, put, Tale } from "../tale.ts";

const seen = (monitor: DataMonitor): string[] =>
  monitor.violations.map((v) => `${v.invariant}: ${v.text}`);

const at = (
  change: KeyChange,
  modRevision: number,
  prev: WatchedChange["prev"] = null,
): WatchedChange => ({ ...change, modRevision, prev });

/** a=1 at 2, b=1 at 3, a=2 and c=1 at 4, a deleted at 5. */
const A1 = put("a", "1", 2);
const B1 = put("b", "1", 3);
const A2 = put("a", "2", 2, { version: 2 });
const C1 = put("c", "1", 4);
const D = del("a");

function story(): Tale {
  return new Tale()
    .change([1, 2], 1, 2, A1)
    .change([1, 2], 2, 3, B1)
    .change([1, 2], 3, 4, A2, C1)
    .change([1, 2], 4, 5, D);
}

const ALL = { rangeEnd: "\0", startRevision: 2 } as const;

/** The story, and a watch of everything from its beginning. */
const watching = (more = {}): Tale =>
  story()
    .watch("a", { ...ALL, ...more })
    .respond("created", 5);

const end = (tale: Tale, monitor: DataMonitor, members = [1, 2]): DataMonitor => {
  const { now: at } = tale;
  monitor.finish({ seq: tale.events.length, at, members, delivered: at });
  return monitor;
};

const GOOD: readonly [string, () => Tale][] = [
  [
    "everything, a revision a response",
    () => watching().told(at(A1, 2)).told(at(B1, 3)).told(at(A2, 4), at(C1, 4)).told(at(D, 5)),
  ],
  [
    "everything in one response",
    () => watching().told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "a revision in fragments",
    () =>
      watching()
        .told(at(A1, 2), at(B1, 3))
        .respond("events", 5, { fragment: true, events: [at(A2, 4)] })
        .told(at(C1, 4), at(D, 5)),
  ],
  [
    "one key, with what was before",
    () =>
      story()
        .watch("a", { startRevision: 2, prevKv: true })
        .respond("created", 5)
        .told(at(A1, 2), at(A2, 4, { value: "1", modRevision: 2 }))
        .told(at(D, 5, { value: "2", modRevision: 4 })),
  ],
  [
    "no deletions, if it filters them out",
    () => watching({ noDelete: true }).told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4)),
  ],
  ["nothing but deletions", () => watching({ noPut: true }).told(at(D, 5)).respond("progress", 5)],
  [
    "from now on",
    () =>
      story()
        .watch("d")
        .respond("created", 5)
        .change([1, 2], 5, 6, put("d", "1", 6))
        .told(at(put("d", "1", 6), 6)),
  ],
  [
    "from the revision on that the member had when it was created",
    () => story().watch("a").respond("created", 3, { from: 2 }).told(at(A2, 4)).told(at(D, 5)),
  ],
  [
    "from a future revision on",
    () =>
      story()
        .watch("a", { startRevision: 7 })
        .respond("created", 5)
        .change([1, 2], 5, 6, put("a", "3", 6))
        .change([1, 2], 6, 7, put("a", "4", 6, { version: 2 }))
        .told(at(put("a", "4", 6, { version: 2 }), 7)),
  ],
  [
    "progress, again and again",
    () =>
      watching()
        .told(at(A1, 2), at(B1, 3))
        .respond("progress", 3)
        .respond("progress", 3)
        .told(at(A2, 4), at(C1, 4), at(D, 5))
        .respond("progress", 5),
  ],
  [
    "nothing: what it asked for is compacted",
    () =>
      story()
        .compact([1, 2], 5, 4, 5)
        .watch("a", ALL)
        .respond("created", 5)
        .respond("canceled", 5, { compactRevision: 4 }),
  ],
  ["its end", () => watching().respond("canceled", 5)],
  [
    "no value from before a compaction",
    () =>
      story()
        .compact([1, 2], 5, 5, 5)
        .change([1, 2], 6, 6, put("b", "2", 3, { version: 2 }))
        .watch("b", { startRevision: 6, prevKv: true })
        .respond("created", 6)
        .compact([1, 2], 7, 6, 6)
        .told(at(put("b", "2", 3, { version: 2 }), 6)),
  ],
];

const BAD: readonly [string, string, RegExp, () => Tale][] = [
  [
    "watch-filter",
    "a key that is not watched",
    /the put of "b" at revision 3, which it does not watch/,
    () =>
      story()
        .watch("a", { startRevision: 2 })
        .respond("created", 5)
        .told(at(A1, 2))
        .told(at(B1, 3))
        .told(at(A2, 4), at(D, 5)),
  ],
  [
    "watch-filter",
    "a key behind the range",
    /does not watch/,
    () =>
      story()
        .watch("a", { rangeEnd: "b", startRevision: 2 })
        .respond("created", 5)
        .told(at(A1, 2))
        .told(at(B1, 3))
        .told(at(A2, 4), at(D, 5)),
  ],
  [
    "watch-filter",
    "a type that is filtered out",
    /the delete of "a" at revision 5, which it filters out/,
    () =>
      watching({ noDelete: true }).told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4)).told(at(D, 5)),
  ],
  [
    "watch-ordered",
    "an older revision again",
    /the put of "a" at revision 2 after revision 3/,
    () =>
      watching().told(at(A1, 2), at(B1, 3)).told(at(A1, 2)).told(at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-ordered",
    "a revision in another order",
    /the put of "a" at revision 4 after what the same transaction did later/,
    () => watching().told(at(A1, 2), at(B1, 3), at(C1, 4), at(A2, 4), at(D, 5)),
  ],
  [
    "watch-ordered",
    "a revision in another order, in fragments",
    /the put of "a" at revision 4 after what the same transaction did later/,
    () =>
      watching()
        .told(at(A1, 2), at(B1, 3))
        .respond("events", 5, { fragment: true, events: [at(C1, 4)] })
        .told(at(A2, 4), at(D, 5)),
  ],
  [
    "watch-unique",
    "the same change twice",
    /told twice of the put of "b" at revision 3/,
    () =>
      watching().told(at(A1, 2), at(B1, 3)).told(at(B1, 3)).told(at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-atomic",
    "a revision in two responses",
    /the put of "c" at revision 4 in another response/,
    () => watching().told(at(A1, 2), at(B1, 3), at(A2, 4)).told(at(C1, 4), at(D, 5)),
  ],
  [
    "watch-bookmarkable",
    "progress beyond what it was told",
    /a progress report of revision 4, but was not told of the put of "b" at revision 3/,
    () => watching().told(at(A1, 2)).respond("progress", 4).told(at(D, 5)),
  ],
  [
    "watch-bookmarkable",
    "a change after the progress report of its revision",
    /the put of "a" at revision 6 after a progress report of revision 6/,
    () =>
      watching()
        .told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5))
        .respond("progress", 6)
        .change([1, 2], 5, 6, put("a", "3", 6))
        .told(at(put("a", "3", 6), 6)),
  ],
  [
    "watch-bookmarkable",
    "progress before its start",
    /of revision 5, although it starts at revision 9/,
    () => story().watch("a", { startRevision: 9 }).respond("created", 5).respond("progress", 5),
  ],
  [
    "watch-bookmarkable",
    "progress that goes back behind events",
    /of revision 3 after events of 5/,
    () =>
      watching().told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5)).respond("progress", 3),
  ],
  [
    "watch-resumable",
    "a first change that is not the first",
    /the put of "b" at revision 3 first, and not of the put of "a" at revision 2/,
    () => watching().told(at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-resumable",
    "what was before its start",
    /the put of "a" at revision 4, although it starts at revision 7/,
    () => story().watch("a", { startRevision: 7 }).respond("created", 5).told(at(A2, 4)),
  ],
  [
    "watch-resumable",
    "a compaction that it is beyond",
    /at revision 4, although it goes on at revision 4/,
    () =>
      story()
        .compact([1, 2], 5, 4, 5)
        .watch("a", { startRevision: 4 })
        .respond("created", 5)
        .respond("canceled", 5, { compactRevision: 4 }),
  ],
  [
    "watch-resumable",
    "a compaction that never was",
    /at revision 3, which never happened/,
    () =>
      story()
        .compact([1, 2], 5, 4, 5)
        .watch("a", ALL)
        .respond("created", 5)
        .respond("canceled", 5, { compactRevision: 3 }),
  ],
  [
    "watch-reliable",
    "not of a change in the middle",
    /the put of "a" at revision 4, and not of the put of "b" at revision 3 before it/,
    () => watching().told(at(A1, 2)).told(at(A2, 4), at(C1, 4)).told(at(D, 5)),
  ],
  [
    "watch-reliable",
    "half a revision",
    /the delete of "a" at revision 5, and not of the put of "c" at revision 4/,
    () => watching().told(at(A1, 2), at(B1, 3), at(A2, 4)).told(at(D, 5)),
  ],
  [
    "watch-reliable",
    "a change that did not happen",
    /the put of "z" at revision 3, which did not happen/,
    () =>
      watching()
        .told(at(A1, 2), at(B1, 3), at(put("z", "1", 3), 3))
        .told(at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-reliable",
    "what nobody has applied yet",
    /the put of "a" at revision 6, which did not happen/,
    () =>
      watching()
        .told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5))
        .told(at(put("a", "3", 6), 6)),
  ],
  [
    "watch-reliable",
    "another value",
    /as "9", which was "1"/,
    () => watching().told(at({ ...A1, value: "9" }, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-reliable",
    "another lease",
    /as "1" with lease 77, which was "1"/,
    () => watching().told(at({ ...A1, lease: "77" }, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-reliable",
    "a put for a delete",
    /the put of "a" at revision 5, which was a delete/,
    () => watching().told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4), at(put("a", "", 5), 5)),
  ],
  [
    "watch-reliable",
    "not of the last change",
    /ended without being told of the delete of "a" at revision 5/,
    () => watching().told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4)),
  ],
  ["watch-reliable", "not even that it exists", /was never created/, () => story().watch("a")],
  [
    "watch-is-create",
    "a change as a creation",
    /version 1, created at revision 4; it was version 2, created at revision 2/,
    () => watching().told(at(A1, 2), at(B1, 3), at(put("a", "2", 4), 4), at(C1, 4), at(D, 5)),
  ],
  [
    "watch-prev-kv",
    "another value from before",
    /with "7" of revision 2 before it: it was "1" of revision 2/,
    () =>
      watching({ prevKv: true, noDelete: true }).told(
        at(A1, 2),
        at(B1, 3),
        at(A2, 4, { value: "7", modRevision: 2 }),
        at(C1, 4),
      ),
  ],
  [
    "watch-prev-kv",
    "no value from before",
    /with nothing before it: it was "1"/,
    () =>
      watching({ prevKv: true, noDelete: true }).told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4)),
  ],
  [
    "watch-prev-kv",
    "a value from before its creation",
    /with "0" before it: it was not there/,
    () =>
      watching({ prevKv: true, noDelete: true }).told(
        at(A1, 2, { value: "0", modRevision: 1 }),
        at(B1, 3),
        at(A2, 4, { value: "1", modRevision: 2 }),
        at(C1, 4),
      ),
  ],
  [
    "watch-prev-kv",
    "what it did not ask for",
    /what was before the put of "a" at revision 4, unasked/,
    () =>
      watching().told(
        at(A1, 2),
        at(B1, 3),
        at(A2, 4, { value: "1", modRevision: 2 }),
        at(C1, 4),
        at(D, 5),
      ),
  ],
  [
    "same-history",
    "a member that did something else",
    /revision 3 is put b=2 by entry 2 on member 3, but put b=1 by entry 2 on member 1/,
    () =>
      story()
        .change(3, 1, 2, A1)
        .change(3, 2, 3, put("b", "2", 3))
        .change(3, 3, 4, A2, C1)
        .change(3, 4, 5, D),
  ],
  [
    "same-history",
    "a member that did it in another order",
    /put c=1, put a=2 by entry 3 on member 3, but put a=2, put c=1/,
    () =>
      story().change(3, 1, 2, A1).change(3, 2, 3, B1).change(3, 3, 4, C1, A2).change(3, 4, 5, D),
  ],
  [
    "same-history",
    "a compaction that others don't have",
    /entry 5 is a compaction at revision 3 on member 2, one at revision 4 to others/,
    () => story().compact(1, 5, 4, 5).compact(2, 5, 3, 5).compact(2, 6, 4, 5).compact(1, 6, 4, 5),
  ],
  [
    "key-history",
    "a version that does not follow",
    /"b" has version 5, created at revision 3, and should have version 2/,
    () => story().change([1, 2], 5, 6, put("b", "2", 3, { version: 5 })),
  ],
  [
    "key-history",
    "a deletion of nothing",
    /"z" is deleted, and is not there at revision 6/,
    () => story().change([1, 2], 5, 6, del("z")),
  ],
  [
    "key-history",
    "a gap",
    /revision 9 follows revision 5/,
    () => story().change([1, 2], 5, 9, put("x", "1", 9)),
  ],
];

describe("a watch is told", () => {
  for (const [name, tale] of GOOD) {
    test(`rightly ${name}`, () => {
      const told = tale();
      expect(seen(end(told, told.play(new DataMonitor())))).toEqual([]);
    });
  }
  for (const [rule, name, says, tale] of BAD) {
    test(`wrongly, by ${rule}: ${name}`, () => {
      const told = tale();
      const found = seen(end(told, told.play(new DataMonitor())));
      expect(found.map((text) => text.split(":")[0])).toEqual([rule]);
      expect(found[0]).toMatch(says);
    });
  }

  test("wrongly, by each rule there is", () => {
    const shown = new Set(BAD.map(([rule]) => rule));
    expect(WATCH_RULES.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe("at the end", () => {
  const late = (): Tale => watching().told(at(A1, 2), at(B1, 3), at(A2, 4), at(C1, 4));
  const finish = (excused: (client: number) => boolean, members: number[], delivered: number) => {
    const tale = late();
    const monitor = tale.play(new DataMonitor());
    monitor.finish({ seq: 99, at: tale.now, members, delivered, excused });
    return seen(monitor).length;
  };

  test("a client that is cut off, or a member that is, is no reason to blame anybody", () => {
    expect(finish(() => false, [1, 2], 99_000)).toBe(1);
    expect(finish(() => true, [1, 2], 99_000)).toBe(0);
    expect(finish(() => false, [2], 99_000)).toBe(0);
    // The last change is still on its way.
    expect(finish(() => false, [1, 2], 5_000)).toBe(0);
  });
});

test("history that every member has compacted is forgotten, and goes unjudged", () => {
  const tale = story().compact(1, 5, 5, 5);
  const monitor = new DataMonitor();
  tale.play(monitor);
  expect(monitor.history.oldest).toBe(2);
  const more = new Tale().compact(2, 5, 5, 5).change(3, 1, 2, put("x", "other", 2));
  more.play(monitor);
  expect(monitor.history.oldest).toBe(5);
  expect(seen(monitor)).toEqual([]);
});
