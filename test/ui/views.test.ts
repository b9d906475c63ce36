import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario, type ScenarioRun } from "../../src/scenario/run/run.ts";
import { Recording } from "../../src/ui/recording.ts";
import { VIEWS } from "../../src/ui/views/registry.ts";
import { TestTerminal } from "./terminal.ts";

const SCENARIOS = join(import.meta.dirname, "../../scenarios");
const SIZES = [
  [80, 24],
  [160, 50],
] as const;

const runs = new Map<string, ScenarioRun>();

/** A run of the library; `change` is made to its text. */
function runOf(name: string, change: (text: string) => string = (text) => text): ScenarioRun {
  const text = change(readFileSync(join(SCENARIOS, `${name}.yaml`), "utf8"));
  const run = runs.get(text) ?? runScenario(parseScenario(text, `${name}.yaml`));
  runs.set(text, run);
  return run;
}

let terminal: TestTerminal | undefined;

async function open(run: ScenarioRun, [columns, rows]: readonly [number, number]) {
  terminal = new TestTerminal(columns, rows);
  await terminal.open(run);
  return terminal;
}

afterEach(async () => {
  terminal?.keyboard.type("q");
  await terminal?.done;
  terminal = undefined;
});

describe.each(SIZES)("at %i×%i", (columns, rows) => {
  const size = [columns, rows] as const;

  test("the reasons of a line are all there, however far one has to go down", async () => {
    const t = await open(runOf("leader-crash"), size);
    await t.press("n", "n", "n", "n");
    const before = t.text();
    await t.press("w");
    expect(t.text()).toContain("m2  becomes leader in term 3");
    expect(t.text()).toContain("§5.2: votes of");
    for (let i = 0; i < 40 && t.text().includes("more (↓)"); i++) await t.press("j");
    expect(t.text()).toContain("m3  crashes as leader of term 2");
    expect(t.text()).not.toContain("looks at its clock");
    // Going up and down among the reasons, the line that they are of stays.
    await t.press("w");
    expect(t.text()).toBe(before);
  });

  test.each(VIEWS.filter(({ key }) => key !== "").map(({ name, key }) => [name, key]))(
    "the view of %s fills the screen, and goes away by its key and by Esc",
    async (name, key) => {
      const t = await open(runOf("leader-crash"), size);
      await t.press("n", "n", "f", "n", "n");
      const before = t.text();
      await t.press(key);
      expect(t.lines()[2]).toMatch(new RegExp(`^── ${name === "history" ? "history" : name}`));
      expect(t.lines()[rows - 2]).toContain("q quit");
      expect(t.lines()[rows - 1]).toBe("");
      expect(t.text()).not.toBe(before);
      await t.press(key);
      expect(t.text()).toBe(before);
      await t.press(key, "\u001B");
      await new Promise((resolve) => setTimeout(resolve, 80));
      await t.settle();
      expect(t.text()).toBe(before);
    },
  );

  test("cluster: roles and votes in boxes, packets on the way, timers that fill", async () => {
    const t = await open(runOf("leader-crash"), size);
    await t.press("z", "n", "n");
    expect(t.row("★ m3 leader")).toContain("┌");
    expect(t.row("◆ append 4")).not.toBe("");
    // Whoever gave its vote waits anew: its timer has just begun.
    expect(t.row("░")).toMatch(/░{4,} \d+(?:\.\d+)?(?:µs|ms)/);
    await t.press("f");
    expect(t.row("✗ m3 down")).not.toBe("");
    expect(t.text()).not.toContain("who hears");
  });

  test("cluster: cuts are drawn, and who hears whom stands beside", async () => {
    const t = await open(runOf("isolated-leader"), size);
    await t.press("z", "f");
    expect(t.row("── cluster")).toContain("12 links cut");
    expect(t.row("who hears")).not.toBe("");
    expect(t.lines().some((line) => /m1 +· +✓ +✗ +✗ +✗/.test(line))).toBe(true);
    expect(t.lines().some((line) => /m3 +✗ +✗ +· +✓ +✓/.test(line))).toBe(true);
  });

  test("logs: a log that ends left of the window says where, and is not empty", async () => {
    const t = await open(runOf("catch-up-by-snapshot"), size);
    await t.press("G", "F", "t");
    const row = t.lines().find((line) => /m3 +◂/.test(line)) ?? "";
    expect(row).toMatch(/◂ ends at 4 \(\d+ behind\)/);
    expect(t.text()).not.toContain("(empty)");
    // In the view that one begins with, too.
    await t.press("t");
    expect(t.row("◂ ends at 4")).toMatch(/\(\d+ behind\)/);
  });

  test("logs: the cursor goes to an entry, which is told with who has it", async () => {
    const t = await open(runOf("old-term-entry"), size);
    await t.press("G", "t");
    expect(t.row("── logs")).toContain("entry 9 of 9");
    await t.press("k");
    expect(t.row("── logs")).toContain("entry 8 of 9");
    expect(t.row("▸ ")).toMatch(/8 +term 3 +put x=of term 3 +on all, committed/);
    await t.press("\u001B[A", "\u001B[B", "j", "j", "j");
    expect(t.row("── logs")).toContain("entry 9 of 9");
    await t.press(...Array.from({ length: 20 }, () => "k"));
    expect(t.row("── logs")).toContain("entry 1 of 9");
  });

  test("logs: what differs from the leader's is marked", async () => {
    const t = await open(runOf("old-term-entry"), size);
    await t.press("t");
    for (let i = 0; i < 60 && !t.text().includes("≠ "); i++) await t.press("l");
    for (let i = 0; i < 60 && !/m5 .*3≠ 3≠/.test(t.text()); i++) await t.press("l");
    expect(t.lines().find((line) => /[✗○] m5/.test(line))).toContain("3≠ 3≠");
  });

  test("why, beside a view or below it, is of what its cursor is on, and follows it", async () => {
    const t = await open(runOf("isolated-leader"), size);
    await t.press("G", "t", "w");
    const why = () => t.text().slice(t.text().indexOf("── why"));
    expect(why()).toMatch(/^── why: entry 9 \(w: back, PgUp PgDn: scroll\)/);
    // The sentence may be broken anywhere.
    const words = () => why().replace(/\n[^\n]{0,93}?│? *(?=\S)/g, " ");
    expect(why()).toMatch(/entry 9 \(put colour=blue\)/);
    await t.press("k");
    expect(why()).toMatch(/^── why: entry 8/);
    expect(words()).toContain("empty entry");
    await t.press("z");
    expect(why()).toMatch(/^── why: m5 /);
    expect(why()).toContain("m5  leads in term 3");
    await t.press("1");
    expect(why()).toMatch(/m1 {2}is a follower in term 3/);
    await t.press("d");
    expect(why()).toMatch(/^── why: key colour/);
    await t.press("y", "k");
    expect(why()).toContain("c2  put colour=blue is acknowledged");
    await t.press("k");
    expect(why()).toContain("c1  gives up on put colour=green");
    await t.press("i", "k");
    expect(why()).toMatch(/^── why: entry 8/);
    await t.press("m");
    expect(why()).toMatch(/^── why \(w: back/);
    // Long reasons scroll.
    await t.press("d");
    if (rows === 24) {
      await t.press("\u001B[6~");
      expect(why()).toContain("above (↑)");
    }
    await t.press("w");
    expect(t.text()).not.toContain("── why");
  });

  test("store: the cursor goes on to the leases, which have reasons of their own", async () => {
    const t = await open(runOf("lock-lost-while-paused"), size);
    await t.press("n", "n", "f", "d", "w");
    expect(t.text()).toMatch(/── why: key guarded/);
    await t.press("j", "j");
    expect(t.text()).toMatch(/▸ lease/);
    expect(t.text()).toMatch(/── why: lease [0-9a-f]{16}/);
    for (let i = 0; i < 5; i++) await t.press("j");
    expect(t.text()).toMatch(/▸ lease/);
  });

  test("columns: a sentence stands in its member's column", async () => {
    const t = await open(runOf("leader-crash"), size);
    await t.press("o", "n", "n");
    const head = t.row("m3 leader 2");
    const became = t.row("becomes leader in");
    expect(Math.abs(became.indexOf("becomes") - head.indexOf("★ m3"))).toBeLessThan(4);
    const own = t.lines().map((line) => line.slice(0, columns === 160 ? 90 : columns));
    const votes = own.filter((line) => line.includes("votes for m3"));
    expect(new Set(votes.map((line) => line.indexOf("votes for m3"))).size).toBe(2);
  });

  test("messages: arrows from lane to lane, losses with a mark, heartbeats on request", async () => {
    const t = await open(runOf("leader-crash"), size);
    await t.press("m", "n", "n");
    expect(t.row("◀")).toContain("pre? t2");
    expect(t.row("▶")).toContain("pre yes");
    expect(t.row("★ leader 2")).not.toBe("");
    expect(t.row("── on their way")).not.toBe("");
    await t.press("f");
    expect(t.text()).not.toContain("beat ok");
    await t.press("v");
    expect(t.row("beat ok")).not.toBe("");
    await t.press("v", "n", "n");
    expect(t.row("✗")).not.toBe("");
  });

  test("store: keys with revisions and the past of the one at the cursor, leases counted down", async () => {
    const t = await open(runOf("lock-lost-while-paused"), size);
    await t.press("f", "f", "d");
    expect(t.row("── store")).toMatch(/revision \d+, \d+ keys/);
    expect(t.row("guarded/")).toMatch(/▸ guarded/);
    await t.press("j");
    expect(t.row("▸ ")).toMatch(/▸ (guarded|naive)/);
    expect(t.row("lease  ")).toMatch(/[█░]{10} .* of 5 s left/);
    expect(t.row("   lock   guarded")).toContain("fence");
  });

  test("store: a long key is whole where its value leaves it room", async () => {
    const t = await open(runOf("lock-lost-while-paused"), size);
    await t.press("d", "f", "f");
    expect(t.row(" ▸ ")).toMatch(/guarded\/[0-9a-f]{16} +\d+ +\d+ +\d+ [0-9a-f]{8}… \d/);
  });

  test("history: bars in real time, with how each call ended", async () => {
    const t = await open(runOf("leader-crash"), size);
    await t.press("f", "y");
    expect(t.row("put k20=v20")).toMatch(/█+ ✓ .*rev 21/);
    expect(t.row("put k21=v21")).toMatch(/▒+ ▸/);
    for (let i = 0; i < 9 && !/k21=v21 .*█/.test(t.text()); i++) await t.press("l");
    expect(t.row("put k21=v21")).toMatch(/█+ \?/);
  });

  test("inspector: progress of the peers, and what a crash would lose", async () => {
    const t = await open(runOf("leader-crash"), size);
    await t.press("n", "n", "i");
    expect(t.row("── inspector")).toContain("m3 leader");
    expect(t.row("m1   ")).toMatch(/m1 +0 +4 +\d+ +probe ‖/);
    expect(t.row("write-ahead log")).toContain("a crash may lose 1");
    expect(t.row("▣ syncing")).toMatch(/4 +term 2 +▣ syncing +the empty entry/);
    await t.press("1");
    expect(t.row("── inspector")).toContain("m1 follower");
    expect(t.row("   timer")).toMatch(/[█░]{20}/);
  });

  test("a rule that is broken is on stage: banner, marks, entries, and a stop of f", async () => {
    const broken = runOf("old-term-entry", (text) =>
      text.replace(/^cluster:/m, "cluster:\n  bugs: [R4]"),
    );
    const first = broken.violations[0];
    expect(first?.invariant).toBe("commit-quorum");
    const t = await open(broken, size);
    for (let i = 0; i < 20 && t.row(" ‼ violated commit-quorum") === ""; i++) await t.press("f");
    expect(t.lines()[2]).toContain("‼ violated commit-quorum");
    expect(t.lines()[0]).toContain("‼ 1 violated");
    expect(t.lines()[1]).toContain("‼");
    const row = t.lines().findIndex((line) => line.includes("★ m1‼"));
    // On narrow terminals a member and its log share a line.
    const log = t.lines()[row]?.includes("2│") ? row : row + 1;
    const column = t.lines()[log]?.lastIndexOf("2│") ?? -1;
    expect(t.cell(log, column)).toMatchObject({ bg: 1 });
    // The same rule broken again is no news; the next one is.
    await t.press("l");
    expect(t.row(" ‼ violated commit-quorum (")).toBe("");
    expect(t.lines()[0]).toContain("‼ 1 violated");
  });
});

test("wide terminals show the story beside any view, tall ones details of all members", async () => {
  const t = await open(runOf("leader-crash"), [160, 50]);
  await t.press("n", "n", "m");
  const rule = t.row("── messages");
  expect(rule).toContain("── what happened");
  expect(t.row("becomes leader in term 2")).not.toBe("");
  await t.press("m");
  for (const id of [1, 2, 3]) expect(t.row(`── m${id} `)).not.toBe("");
});

test("a line is held where its messages are on the wire, behind a sync, too", () => {
  const { header, events } = runOf("leader-crash");
  const recording = new Recording(header, events);
  const onTheWire = (text: string, type: string) => {
    const place = recording.story.findIndex((line) => line.text.startsWith(text));
    const flights = recording.frames.seek(recording.stops[place] ?? 0).flights;
    return flights.filter(({ message }) => message.type === type).length;
  };
  expect(onTheWire("asks whether it could win term 2", "MsgPreVote")).toBe(2);
  // It has to have its own vote on disk before it asks for others.
  expect(onTheWire("becomes candidate in term 2", "MsgVote")).toBe(2);
  expect(onTheWire("becomes leader in term 2", "MsgApp")).toBe(2);
});

describe("the first page", () => {
  test("says what to look for, stays, scrolls, and is left by any key", async () => {
    terminal = new TestTerminal(80, 24);
    await terminal.begin(runOf("leader-crash"));
    const t = terminal;
    expect(t.row("── what to look for")).not.toBe("");
    expect(t.row("0.000s / ")).not.toBe("");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await t.settle();
    expect(t.text()).toContain("any key: begin");
    await t.press("\u001B[6~");
    expect(t.text()).toContain("missed.");
    await t.press("n", "n");
    expect(t.text()).not.toContain("what to look for");
    // That key did nothing else.
    expect(t.text()).not.toContain("becomes leader");
  });
});

test("ASCII alone where a terminal has no more, every picture as wide as with signs", async () => {
  const run = runOf("isolated-leader");
  const t = new TestTerminal(80, 24);
  terminal = t;
  await t.open({ ...run, ascii: true });
  const plain: string[] = [];
  for (const key of ["n", "f", "z", "t", "o", "m", "y", "d", "i", "?"]) {
    await t.press(key);
    expect(t.text(), key).toMatch(/^[\x20-\x7e\n]*$/);
    plain.push(
      t
        .lines()
        .map((line) => line.length)
        .join(),
    );
  }
  t.keyboard.type("q");
  await t.done;
  terminal = new TestTerminal(80, 24);
  await terminal.open(run);
  const signs: string[] = [];
  for (const key of ["n", "f", "z", "t", "o", "m", "y", "d", "i", "?"]) {
    await terminal.press(key);
    signs.push(
      terminal
        .lines()
        .map((line) => line.length)
        .join(),
    );
  }
  expect(plain).toEqual(signs);
});
