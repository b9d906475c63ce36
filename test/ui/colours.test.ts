import { afterEach, describe, expect, test } from "vitest";
import { type ColourDepth, colourDepth } from "../../src/ui/colour-depth.ts";
import { sgrOf } from "../../src/ui/sgr.ts";
import { type Colour, termColour } from "../../src/ui/style.ts";
import { entry, SAMPLE_HEADER, TraceWriter } from "../support/sample-trace.ts";
import { TestTerminal } from "./terminal.ts";

test.each<[Record<string, string>, ColourDepth]>([
  [{ TERM: "xterm" }, "16"],
  [{ TERM: "xterm-256color" }, "256"],
  [{ TERM: "tmux-256color", COLORTERM: "truecolor" }, "true"],
  [{ TERM: "xterm", COLORTERM: "24bit" }, "true"],
  [{ TERM: "xterm", COLORTERM: "yes" }, "16"],
  [{ TERM: "xterm-direct" }, "true"],
  [{ TERM: "dumb", COLORTERM: "truecolor" }, "none"],
  [{ WT_SESSION: "1" }, "true"],
  [{}, "16"],
  [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, "none"],
  [{ TERM: "xterm-256color", NO_COLOR: "" }, "256"],
  [{ TERM: "dumb", NO_COLOR: "1", FORCE_COLOR: "2" }, "256"],
  [{ COLORTERM: "truecolor", FORCE_COLOR: "1" }, "16"],
  [{ FORCE_COLOR: "" }, "16"],
  [{ FORCE_COLOR: "3" }, "true"],
  [{ TERM: "xterm-256color", FORCE_COLOR: "0" }, "none"],
])("%o: %s", (env, depth) => {
  expect(colourDepth(env)).toBe(depth);
});

describe("the colours of terms", () => {
  const colours = Array.from({ length: 24 }, (_, i) => termColour(i + 1));
  const code = (colour: Colour, depth: ColourDepth) => sgrOf({ color: colour }, depth).join(";");

  test.each(["16", "256", "true"] as const)("differ from one term to the next at %s", (depth) => {
    const codes = colours.map((colour) => code(colour, depth));
    for (const [i, one] of codes.entries()) expect(one).not.toBe(codes[i + 1]);
  });

  test("are more where the terminal has more, and none of them is that of faults", () => {
    const count = (depth: ColourDepth) => new Set(colours.map((c) => code(c, depth))).size;
    expect(count("256")).toBe(2 * count("16"));
    expect(count("true")).toBe(count("256"));
    expect(count("none")).toBe(1);
    expect(colours).not.toContain("red");
  });
});

test("nothing is written in white, which a light terminal would not show, but on a colour", () => {
  expect(sgrOf({ color: "white", bold: true }, "256")).toEqual(["1"]);
  expect(sgrOf({ color: "tan" }, "16")).toEqual([]);
  expect(sgrOf({ color: "white", background: "red" }, "16")).toEqual(["37", "41"]);
});

describe("a log on a terminal", () => {
  let terminal: TestTerminal | undefined;
  afterEach(async () => {
    terminal?.keyboard.type("q");
    await terminal?.done;
  });

  /** The first entry's cell, of term 9, and not committed, or committed. */
  async function cell(colour: ColourDepth, commit: number) {
    const w = new TraceWriter();
    for (const id of [1, 2, 3]) w.boot(id);
    w.emit(1, 0, "role", { role: "leader", term: 9, lead: 1, reason: "election won" });
    w.emit(1, 0, "append", { entries: [entry(1, 9)], truncated: 0 });
    if (commit > 0) w.emit(1, 0, "commit", { index: commit, term: 9 });
    terminal = new TestTerminal(80, 24);
    await terminal.open({ header: SAMPLE_HEADER, events: w.events, colour });
    await terminal.press("G");
    const row = terminal.lines().findIndex((line) => line.includes("★ m1")) + 1;
    const column = terminal.lines()[row]?.indexOf("9") ?? 0;
    return terminal.cell(row, column);
  }

  test.each<[ColourDepth, number]>([
    ["16", 3],
    ["256", 208],
    ["true", 0xff_87_00],
    ["none", -1],
  ])("has at %s the term's colour %i", async (colour, number) => {
    expect(await cell(colour, 0)).toMatchObject({ text: "9", fg: number, bg: -1 });
  });

  test("is filled with it where it is committed, or inverted where there are no colours", async () => {
    expect(await cell("256", 1)).toMatchObject({ text: "9", fg: 0, bg: 208, inverse: false });
    terminal?.keyboard.type("q");
    await terminal?.done;
    expect(await cell("none", 1)).toMatchObject({ text: "9", fg: -1, bg: -1, inverse: true });
    terminal?.keyboard.type("q");
    await terminal?.done;
    expect(await cell("none", 0)).toMatchObject({ text: "9", inverse: false });
  });
});
