import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { benchRows } from "../../src/ui/bench-rows.ts";
import { textOf } from "../../src/ui/style.ts";
import type { Workbench } from "../../src/ui/workbench.ts";
import { benchAt, DOWN, ENTER, ESCAPE, press as pressed, sessionOf, TAB, UP } from "./pressed.ts";

const session = sessionOf("leader-crash");
const OUTSIDE = { save: () => "saved", command: () => "command" };
const press = (bench: Workbench, keys: readonly string[]) => pressed(bench, keys, OUTSIDE);
const at = (us: number, keys: readonly string[] = []) => press(benchAt(session, us), keys);
const rows = (bench: Workbench, columns = 160) =>
  benchRows(bench, { columns, rows: 34 }, []).map(textOf);
const foot = (bench: Workbench, columns?: number) => rows(bench, columns).at(-1) ?? "";

const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
const KEYS = [...PRINTABLE.filter((key) => key !== "q"), ENTER, ESCAPE, UP, DOWN, TAB];
/** Whoever asks for an end and is there has what was asked for. */
const ENDS = ["g", "G"];
// What forks the run takes long, and is tested elsewhere.
const LOOKS = KEYS.filter((key) => !["x", ":", "s", "M"].includes(key));

property.prop(
  [
    fc.integer({ min: 0, max: 4_000_000 }),
    fc.array(fc.constantFrom(...LOOKS)),
    fc.constantFrom(...KEYS),
  ],
  {
    seed: 31,
    numRuns: 300,
  },
)("whatever is pressed does something, or says why it does not", (us, before, key) => {
  const bench = at(us, before);
  const after = press(bench, [key]);
  if (ENDS.includes(key) && after.mode.kind === "watch" && !bench.player.help) return;
  const { notice: _, ...was } = bench;
  const { notice, ...is } = after;
  if (JSON.stringify(is.player) === JSON.stringify(was.player) && is.mode === was.mode) {
    const same = is.beside === was.beside && is.recording === was.recording;
    if (same) expect(notice, JSON.stringify(key)).not.toBe("");
  }
});

describe("a key that does nothing says why", () => {
  test.each([
    [0, ["h"], "the run begins here"],
    [0, ["N"], "no election begins or is won before this moment"],
    [9e9, ["f"], "nothing is broken or mended after this moment"],
    [9e9, ["]"], "there is no note after this moment"],
    [0, ["7"], "there is no m7"],
    [0, ["w"], "nothing happened yet"],
    [0, ["{"], "the line of time shows the whole run"],
    [0, Array(9).fill("-"), "0.01x is the slowest"],
    [0, ["k"], "there is nothing above"],
    [0, ["X"], "X does nothing here: ? shows what each key does"],
    [0, [ENTER], "Enter does nothing here"],
    [0, ["?", "n"], "the help is shown: Esc leaves it"],
    [0, ["?", "x"], "the help is shown: Esc leaves it"],
    [0, ["x", ENTER], "Enter does nothing here"],
    [0, [ESCAPE], "there is nothing to leave: q quits"],
  ])("at %d µs after %j", (us, keys, notice) => {
    const bench = at(us === 9e9 ? (session.branch.run.events.at(-1)?.at ?? 0) : us, keys);
    expect(bench.notice).toContain(notice);
    expect(foot(bench)).toContain(notice);
  });

  test("while two branches are shown, of what is not drawn", () => {
    const bench = at(3_589_166, ["x", "c", "2", "B"]);
    for (const key of ["z", "2", "c", "w", UP]) {
      expect(press(bench, [key]).notice).toMatch(/beside each other/);
      expect(press(bench, [key]).player).toEqual(bench.player);
    }
  });
});

describe("the line of keys", () => {
  test("has those that work at this moment", () => {
    expect(foot(at(0))).toMatch(/ → step .* f fault {2}n election /);
    expect(foot(at(0))).not.toMatch(/esc back| w why/);
    const end = at(0, ["G"]);
    expect(foot(end)).toMatch(/ ← step .* F fault {2}N election /);
    expect(foot(press(end, ["2"]))).toContain("esc back");
    expect(foot(press(end, ["-", "-", "-", "-", "-", "-"]))).toContain(" + speed");
  });

  test("has those of what is being done", () => {
    expect(foot(at(0, ["?"]))).toBe(" esc back  ↓ scroll  / filter  ? help  q quit  ");
    expect(foot(at(0, ["x"]))).toBe(" a letter do this  esc back  ");
    expect(foot(at(0, ["x", "|"]))).toBe(" 1-3 member  esc back  ");
    expect(foot(at(0, ["x", "|", "1"]))).toBe(" 1-3 member  enter done  esc back  ");
    expect(foot(at(0, ["/"]))).toBe(" type a line  enter done  esc back  ");
    expect(foot(at(0, ["/", "a", ENTER, "/"]))).toContain("↑↓ earlier ones");
    expect(foot(at(3_589_166, ["x", "c", "2", "B", ","]))).not.toContain("views");
  });
});

test("Esc leaves one level at a time, from the innermost on", () => {
  const deep = at(3_589_166, [
    "}",
    "/",
    "m",
    ENTER,
    "d",
    UP,
    "2",
    "w",
    "?",
    "/",
    "views",
    ENTER,
    "/",
  ]);
  const levels: ((bench: Workbench) => boolean)[] = [
    ({ mode }) => mode.kind === "prompt",
    ({ player }) => player.helpFilter !== "",
    ({ player }) => player.help,
    ({ player }) => player.why,
    ({ player }) => player.selected !== 0,
    ({ player }) => player.view === "store",
    ({ player }) => player.zoom > 0,
    ({ player }) => player.filter !== "",
  ];
  let bench = deep;
  for (let left = 0; left <= levels.length; left++) {
    expect(levels.map((is) => is(bench))).toEqual(levels.map((_, i) => i >= left));
    bench = press(bench, [ESCAPE]);
    if (bench.player.cursor !== 0 && left >= 4) bench = press(bench, [ESCAPE]);
  }
  expect(bench.notice).toContain("nothing to leave");
});

test("Esc leaves what stands beside, and the menu from what is chosen in it", () => {
  const two = at(3_589_166, ["x", "c", "2", "B"]);
  expect(press(two, ["?", ESCAPE]).beside).toBe(0);
  expect(press(two, [ESCAPE]).beside).toBeNull();
  const chosen = press(two, ["x", "|", "1"]);
  expect(press(chosen, [ESCAPE]).mode.kind).toBe("menu");
  expect(press(chosen, [ESCAPE, ESCAPE])).toMatchObject({ mode: { kind: "watch" }, beside: 0 });
});
