import { afterEach, expect, test } from "vitest";
import { SAMPLE_HEADER, sampleTrace } from "../support/sample-trace.ts";
import { TestTerminal } from "./terminal.ts";

const run = { header: SAMPLE_HEADER, events: sampleTrace() };
let terminal: TestTerminal | undefined;

async function open(mouse: boolean): Promise<TestTerminal> {
  terminal = new TestTerminal(80, 24);
  await terminal.open({ ...run, mouse });
  return terminal;
}

afterEach(async () => {
  terminal?.keyboard.type("q");
  await terminal?.done;
  terminal = undefined;
});

/** As xterm tells it: button, column and row from 1 on, pressed. */
const told = (button: number, column: number, row: number, way = "M") =>
  `\u001B[<${button};${column};${row}${way}`;

test("a click on the line of time goes to the mark that is there, or else to that moment", async () => {
  const t = await open(true);
  const line = () => t.lines()[1] ?? "";
  const crash = line().indexOf("✗") + 1;
  await t.press("f");
  const atFault = t.text();
  await t.press("g", told(0, crash, 2), told(0, crash, 2, "m"));
  // The column is many moments wide: it is the mark's, and not that of its middle.
  expect(t.text()).toBe(atFault);
  for (const column of [30, 3, 70, 79, 80, 1]) {
    await t.press(told(0, column, 2));
    expect(line().indexOf("●") + 1, `${column}`).toBe(Math.min(79, Math.max(2, column)));
  }
  const before = t.text();
  await t.press(told(0, 30, 5), told(2, 30, 2));
  expect(t.text()).toBe(before);
});

test("a click goes to the moment that is meant where the line is zoomed in, too", async () => {
  const t = await open(true);
  await t.press("n", "}", "}", told(0, 20, 2));
  const [, from = "", to = ""] = /^ (\S+)s ◂.*▸ (\S+)s/.exec(t.lines()[1] ?? "") ?? [];
  const now = Number(/(\S+)s \/ /.exec(t.lines()[0] ?? "")?.[1]);
  expect(now).toBeGreaterThanOrEqual(Number(from));
  expect(now).toBeLessThanOrEqual(Number(to));
  expect(now).toBeLessThan(1.2);
});

test("the wheel steps through the story, and scrolls the help", async () => {
  const t = await open(true);
  await t.press(told(65, 9, 9), told(65, 9, 9));
  expect(t.text()).toContain("m2  votes for m1");
  await t.press(told(64, 9, 9), told(64, 9, 9));
  expect(t.text()).not.toContain("votes for");
  await t.press("?", told(65, 9, 9), told(65, 9, 9));
  expect(t.text()).toContain("above (↑)");
  // What is typed is not disturbed.
  await t.press("?", "/", told(65, 9, 9), told(0, 30, 2));
  expect(t.row(" > ").trim()).toBe(">");
  await t.press("\r", "?");
});

test("the terminal tells of its mouse as long as that is wanted, and no longer", async () => {
  const t = await open(true);
  expect(t.written).toContain("\u001B[?1000h\u001B[?1006h");
  expect(t.written).not.toContain("\u001B[?1000l");
  t.keyboard.type("q");
  await t.done;
  expect(t.written.split("\u001B[?1006l\u001B[?1000l")).toHaveLength(2);
  const without = await open(false);
  expect(without.written).not.toContain("\u001B[?1000");
});
