import { describe, expect, test } from "vitest";
import { benchRows } from "../../src/ui/bench-rows.ts";
import { KEY_HELP, WORK_HELP } from "../../src/ui/keys.ts";
import { MIN_COLUMNS } from "../../src/ui/layout.ts";
import { menuRows } from "../../src/ui/menu/menu-rows.ts";
import { menuOf } from "../../src/ui/menu/menu-state.ts";
import { textOf } from "../../src/ui/style.ts";
import { HAND_FAULTS } from "../../src/ui/touch/hand-faults.ts";
import { VIEWS } from "../../src/ui/views/registry.ts";
import { benchAt, ENTER, press, sessionOf } from "./pressed.ts";

const session = sessionOf("leader-crash");
const COMMAND = `detcd replay ${"a-folder-of-scenarios/".repeat(2)} mine.yaml --at 3.589166s#812 --branch 2`;
const OUTSIDE = { save: () => "saved", command: () => COMMAND };
const WIDTHS = [80, MIN_COLUMNS];

/** The screen after these keys: no row is wider than the terminal, which would cut it. */
function screen(keys: readonly string[], columns: number, rows = 24): string[] {
  const bench = press(benchAt(session, 3_589_166), keys, OUTSIDE);
  const drawn = benchRows(bench, { columns, rows }, []).map(textOf);
  expect(drawn).toHaveLength(rows - 1);
  return drawn;
}

/** What stands from the last rule on. */
const asked = (rows: readonly string[]) =>
  rows.slice(rows.findLastIndex((row) => row.startsWith("──")));

/** The words alone, so that it does not matter where a line was broken. */
const words = (rows: readonly string[]) => rows.join(" ").replace(/\s+/g, " ");

describe.each(WIDTHS)("%i columns are enough", (columns) => {
  const uncut = (rows: readonly string[]) =>
    expect(rows.filter((row) => row.trimEnd().length > columns)).toEqual([]);

  test.each([
    [[":"], "put: { key: a, value: 1 } Enter does it"],
    [["s"], "Enter saves, nothing is overwritten"],
    [["M"], "Enter keeps it, ' goes to the next mark"],
    [["/"], "Enter keeps it, empty: all lines"],
    [["?", "/"], "Enter keeps it, empty: all keys"],
  ])("for the whole prompt of %j", (keys, hint) => {
    const rows = screen(keys, columns);
    uncut(rows.slice(-5));
    expect(words(rows)).toContain(hint);
    expect(rows.at(-2)).toMatch(/^ > /);
  });

  test("for what can be done, and whom it is done to", () => {
    uncut(asked(screen(["x"], columns)));
    for (const { key, chooses } of HAND_FAULTS) {
      if (chooses.length > 0) uncut(asked(screen(["x", key], columns)));
    }
  });

  test("for what each key does", () => {
    // All its pages: a screen high enough for none to be left.
    const text = words(screen(["?"], columns, 90));
    for (const what of [...KEY_HELP.map(([, w]) => w), ...VIEWS.map(({ shows }) => shows)]) {
      if (what !== VIEWS[0]?.shows) expect(text).toContain(what);
    }
    for (const [, what] of WORK_HELP) expect(text).toContain(what);
    // What is taught stands as it was written, in at most 78 columns.
    if (columns === 80) uncut(screen(["?"], columns, 90));
  });

  test("for what was done, or why it can't be", () => {
    expect(words(screen(["Y"], columns))).toContain(COMMAND);
    uncut(screen(["Y"], columns).slice(-4));
    const wrong = screen([":", `crahs: ${"m1".repeat(20)}`, ENTER], columns);
    expect(words(wrong)).toContain("crash");
  });

  test("for the keys of the library's menu", () => {
    const runs = menuOf([{ name: "a", title: "b" }], [{ name: "R4", title: "c" }]);
    for (const state of [runs, { ...runs, asks: "mistake" as const, run: runs.runs[0] ?? null }]) {
      const row = textOf(menuRows(state, { columns, rows: 24 }).at(-1) ?? []);
      expect(row.trimEnd().length).toBeLessThanOrEqual(columns);
      expect(row).toMatch(/esc (?:quit|back)/);
    }
  });
});
