import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { minRows, planFor } from "../../src/ui/layout.ts";
import { type PlayerState, reduce, startState } from "../../src/ui/player.ts";
import { Recording } from "../../src/ui/recording.ts";
import { screenRows } from "../../src/ui/screen.ts";
import { textOf, wrap } from "../../src/ui/style.ts";
import { logRow, logWindow, rulerRow } from "../../src/ui/views/log-cells.ts";
import { VIEWS } from "../../src/ui/views/registry.ts";
import { DataWriter, dataTrace } from "../support/data-trace.ts";
import { entry, SAMPLE_HEADER, sampleTrace, TraceWriter } from "../support/sample-trace.ts";

/** A run of `count` members in which m1 leads and holds `last` entries, `commit` of them committed. */
function longLog(count: number, last: number, commit: number): Recording {
  const members = Array.from({ length: count }, (_, i) => i + 1);
  const w = new TraceWriter();
  for (const id of members) w.boot(id);
  w.emit(1, 0, "role", { role: "leader", term: 1, lead: 1, reason: "election won" });
  const entries = Array.from({ length: last }, (_, i) =>
    entry(i + 1, i < 500 ? 1 : 12, `put k=${i}`),
  );
  if (last > 0) w.emit(1, 0, "append", { entries, truncated: 0 });
  if (commit > 0) w.emit(1, 0, "commit", { index: commit, term: 1 });
  return new Recording({ ...SAMPLE_HEADER, members }, w.events);
}

const sample = new Recording(SAMPLE_HEADER, sampleTrace());
const nine = longLog(9, 600, 590);
const data = new Recording(SAMPLE_HEADER, dataTrace());

property.prop(
  [
    fc.constantFrom(sample, nine, data),
    fc.nat(),
    fc.integer({ min: 1, max: 260 }),
    fc.integer({ min: 1, max: 90 }),
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom("story" as const, "all" as const),
    fc.constantFrom(...VIEWS.map(({ name }) => name)),
    fc.integer({ min: -30, max: 30 }),
  ],
  { seed: 9, numRuns: 1000 },
)(
  "in any size there is a picture of any view, and one row stays free",
  (recording, at, columns, rows, selected, clients, help, why, detail, name, moves) => {
    const position = at % (recording.length + 1);
    const now = recording.timeAt(position);
    const start = { ...startState(), position, now, selected, clients, help, why, detail };
    let state: PlayerState = { ...start, view: name };
    for (let i = 0; i < Math.abs(moves); i++) {
      state = reduce(state, { type: "cursor", by: moves < 0 ? -1 : 1 }, recording);
    }
    const picture = screenRows(recording, state, { columns, rows }, []);
    expect(picture.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    expect(picture.length).toBeGreaterThan(0);
    const members = recording.header.members.length;
    if (planFor({ columns, rows }, members) !== null) {
      expect(picture.length).toBe(rows - 1);
      expect(textOf(picture.at(-1) ?? [])).toContain("q quit");
      expect(textOf(picture[0] ?? []).length).toBe(columns);
    }
  },
);

test("nine members fit 24 rows", () => {
  expect(minRows(9)).toBeLessThanOrEqual(24);
  const state = { ...startState(), position: nine.length, now: 0 };
  const picture = screenRows(nine, state, { columns: 80, rows: 24 }, []).map(textOf);
  for (let id = 1; id <= 9; id++) {
    expect(picture.filter((row) => row.includes(` m${id}  `)).length).toBeGreaterThanOrEqual(1);
  }
});

describe("a log longer than the screen is wide", () => {
  test("shows its end, the same entries for all members", () => {
    const frame = nine.frames.seek(nine.length);
    const window = logWindow(frame, 40);
    expect(window).toEqual({ from: 591 - 2, to: 598, cell: 4 });
    const leader = frame.members[0];
    if (leader === undefined) throw new Error("no leader");
    expect(textOf(logRow(leader, window))).toBe(" 12  12│ 12  12  12  12  12  12  12  12 ");
    expect(textOf(rulerRow(window))).toBe("589 590 591 592 593 594 595 596 597 598 ");
  });

  test("keeps the commit line in sight when much is not committed", () => {
    const stuck = longLog(3, 600, 100);
    const frame = stuck.frames.seek(stuck.length);
    const window = logWindow(frame, 40);
    expect(window.from).toBe(99);
    const leader = frame.members[0];
    if (leader === undefined) throw new Error("no leader");
    expect(textOf(logRow(leader, window)).indexOf("│")).toBe(7);
  });

  test("begins at its first entry while it fits", () => {
    expect(logWindow(longLog(3, 5, 5).frames.seek(99), 40).from).toBe(1);
  });
});

test("a compacted prefix is marked, and an empty log says so", () => {
  const w = new TraceWriter();
  w.boot(1);
  w.emit(1, 0, "append", { entries: [1, 2, 3, 4].map((i) => entry(i, 1)), truncated: 0 });
  w.emit(1, 0, "commit", { index: 4, term: 1 });
  w.emit(1, 0, "snapshot", { index: 3, term: 1, compacted: 2 });
  const recording = new Recording(SAMPLE_HEADER, w.events);
  const frame = recording.frames.seek(recording.length);
  const window = logWindow(frame, 30);
  const rows = frame.members.map((member) => textOf(logRow(member, window)));
  expect(rows).toEqual(["▒▒ ▒▒  1  1│", "(empty)", "(empty)"]);
});

describe("what clients have", () => {
  /** The rows of the panel at the end of what `write` makes happen, `rows` high in all. */
  function panel(write: (w: DataWriter) => void, rows: number, columns = 100): string[] {
    const w = new DataWriter();
    w.begin();
    write(w);
    const recording = new Recording(SAMPLE_HEADER, w.events);
    const now = recording.end;
    const state = { ...startState(), position: recording.length, now, clients: true };
    const lines = screenRows(recording, state, { columns, rows }, []).map(textOf);
    const from = lines.findIndex((line) => line.includes("what clients have"));
    const to = lines.findIndex((line) => line.includes("what happened"));
    return lines.slice(from + 1, to).map((line) => line.trimEnd());
  }

  test("may be nothing", () => {
    expect(panel(() => undefined, 24)[0]).toBe("   no leases, watches or locks");
  });

  test("is shown of each kind, if there is not room for all: the newest", () => {
    const crowd = (w: DataWriter) => {
      for (let i = 1; i <= 30; i++) w.watch(1, i, `k${i}`);
      for (let i = 1; i <= 30; i++) w.apply((id) => w.lease(id, "grant", `a${i}`, 5));
      w.hold(1, "acquire", 2);
    };
    for (const rows of [16, 24, 40]) {
      const names = panel(crowd, rows).map((line) => line.trim().split(/ +/).slice(0, 2).join(" "));
      expect(names).toContain("lock lock");
      expect(names).toContain("lease a30");
      expect(names).toContain("watch w30");
    }
    expect(panel(crowd, 16)).toHaveLength(3);
  });

  test.each<[string, (w: DataWriter) => void, string]>([
    [
      "a lease that is counted down",
      (w) => {
        w.apply((id) => w.lease(id, "grant", "7b", 4));
        w.put("a", "1", "7b", 2);
        w.now += 1_000_000;
        w.emit(1, 0, "wake", { ticks: 10 });
      },
      "lease  7b             ████████░░ 3s of 4 s left  1 key: a",
    ],
    [
      "a lease without a leader",
      (w) => {
        w.apply((id) => w.lease(id, "grant", "7b", 4));
        w.emit(1, 0, "crash", { text: "", lostBytes: 0 });
      },
      "lease  7b             ░░░░░░░░░░ 4 s, no leader counts it down  no keys",
    ],
    [
      "a lease that has expired",
      (w) => {
        w.apply((id) => w.lease(id, "grant", "7b", 4));
        w.now += 4_000_000;
        w.lease(1, "expire", "7b");
      },
      "lease  7b             ░░░░░░░░░░ expired, its revoke is under way  no keys",
    ],
    [
      "a watch that nobody serves yet",
      (w) => w.watch(1, 1, "a"),
      "watch  w1 c1    a                    nowhere yet  from now on",
    ],
    [
      "a watch whose member is down",
      (w) => {
        w.watch(1, 1, "a", 0, "c");
        w.answer(1, 1, "created", 2, 3);
        w.hear(1, 1, 2, "a", 4);
        w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
      },
      "watch  w1 c1    [a, c)               was at m2  next revision 5, heard 1 time",
    ],
    [
      "a lock",
      (w) => {
        w.apply((id) => w.lease(id, "grant", "7b", 4));
        w.put("lock/7b", "", "7b", 2);
        w.hold(1, "acquire", 2);
      },
      "lock   lock           c1  fence 2  lease 7b, 4s of 4 s left",
    ],
  ])("shows %s", (_, write, line) => {
    expect(panel(write, 30).map((row) => row.trim())).toContain(line);
  });
});

test("sentences break between words, and long words anywhere", () => {
  expect(wrap("votes from m1, m2", 11)).toEqual(["votes from", "m1, m2"]);
  expect(wrap("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
  expect(wrap("", 5)).toEqual([""]);
});
