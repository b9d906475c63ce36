import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { minRows, planFor } from "../../src/ui/layout.ts";
import { startState } from "../../src/ui/player.ts";
import { Recording } from "../../src/ui/recording.ts";
import { screenRows } from "../../src/ui/screen.ts";
import { textOf, wrap } from "../../src/ui/style.ts";
import { logRow, logWindow, rulerRow } from "../../src/ui/views/log-cells.ts";
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

property.prop(
  [
    fc.constantFrom(sample, nine),
    fc.nat(),
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 70 }),
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom("story" as const, "all" as const),
  ],
  { seed: 9, numRuns: 500 },
)(
  "in any size there is a picture, and one row stays free",
  (recording, at, columns, rows, selected, help, why, detail) => {
    const position = at % (recording.length + 1);
    const now = recording.timeAt(position);
    const state = { ...startState(), position, now, selected, help, why, detail };
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

test("sentences break between words, and long words anywhere", () => {
  expect(wrap("votes from m1, m2", 11)).toEqual(["votes from", "m1, m2"]);
  expect(wrap("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
  expect(wrap("", 5)).toEqual([""]);
});
