import { afterEach, describe, expect, test } from "vitest";
import type { ScenarioReport } from "../../src/scenario/run/report.ts";
import { dataTrace } from "../support/data-trace.ts";
import { SAMPLE_HEADER, sampleTrace } from "../support/sample-trace.ts";
import { TestTerminal } from "./terminal.ts";

const run = { header: SAMPLE_HEADER, events: sampleTrace() };
let terminal: TestTerminal | undefined;

async function open(columns: number, rows: number, more: object = {}): Promise<TestTerminal> {
  terminal = new TestTerminal(columns, rows);
  await terminal.open({ ...run, ...more });
  return terminal;
}

afterEach(async () => {
  terminal?.keyboard.type("q");
  await terminal?.done;
  terminal = undefined;
});

describe("at 80×24 the screen shows", () => {
  test("the whole situation at once, in at most 23 rows", async () => {
    const t = await open(80, 24);
    await t.press("n", "n", "n", "n", "l");
    expect(t.text()).toMatchInlineSnapshot(`
      " A leader crashes                                 ‖ paused  1x  2.902s / 3.800s 
       ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▲┄★─────────────────✗┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▲┄★●───────────↑──────────
          1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 
       ✗ m1  down          term 1   vote m1  lead -   commit 2    applied 2    
          1  1│
       ★ m2  leader        term 2   vote m2  lead m2  commit 3    applied 0
          1  1  2│
       ○ m3  follower      term 2   vote m2  lead m2  commit 0    applied 0
          1  1  2
      ── no messages in flight ───────────────────────────────────────────────────────



      ── what happened (v: every step, w: why) ───────────────────────────────────────
         1.501s  c1  put a=1 is acknowledged at revision 2
         1.700s  m1  crashes as leader of term 1: all bytes were synced
         2.900s  m2  becomes candidate in term 2: it heard nothing from its leader
                     m1 for 1.3s
         2.900s  m3  votes for m2 in term 2: m2's log is more up-to-date
         2.900s  m2  becomes leader in term 2: votes from m2, m3 (2 of 3)
         2.902s  m2  entry 3 (the empty entry of a new leader) is committed:
                     stored on m2, m3
       space play  ←→ step  w why  ztomdyi views  1-3 member  ? help  q quit  
      "
    `);
    expect(t.lines()[23]).toBe("");
  });

  test("committed entries filled with the colour of their term, others not", async () => {
    const t = await open(80, 24);
    await t.press("n", "n", "n", "n");
    const leader = t.lines().findIndex((line) => line.includes("m2  leader"));
    const log = t.lines()[leader + 1] ?? "";
    expect(log).toBe("    1│ 1  2");
    expect(t.cell(leader + 1, 4)).toMatchObject({ text: "1", bg: 4 });
    expect(t.cell(leader + 1, 7)).toMatchObject({ text: "1", fg: 4, bg: -1 });
    await t.press("l");
    // The new leader's entry is of another term: another colour.
    expect(t.lines()[leader + 1]).toBe("    1  1  2│");
    expect(t.cell(leader + 1, 10)).toMatchObject({ text: "2", fg: 0, bg: 2 });
  });

  test("messages on their way, and those that are lost at this moment", async () => {
    const t = await open(80, 24);
    await t.press("G");
    expect(t.row("m2 ▶")).toContain("m1  heartbeat term 2 · commit 3");
    await t.press("g", "f");
    expect(t.row("✗·")).toMatch(/m2 ─+✗·+ m1 {2}heartbeat term 1/);
  });
});

describe("what clients have", () => {
  const traced = { header: SAMPLE_HEADER, events: dataTrace() };

  test("is counted beside the messages, and shown in their place", async () => {
    const t = await open(80, 24, traced);
    await t.press("G");
    expect(t.row("messages in flight")).toContain(
      "1 alarm · 2 locks · 1 lease · 2 watches (c: show)",
    );
    await t.press("c");
    expect(t.text()).toMatchInlineSnapshot(`
      " A leader crashes                                 ‖ paused  1x  8.000s / 8.000s 
       ★─────────────────────────────────────✗┄┄┄┄┄┄┄┄┄┄┄┄★─────────────────────────✗
          1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 
       ✗ m1  down          term 1   vote -   lead -   commit 0    applied 3    
          1
       ★ m2  leader        term 2   vote -   lead m2  commit 0    applied 7
         (empty)
       ○ m3! follower      term 0   vote -   lead -   commit 0    applied 7
         (empty)
      ── what clients have: 1 alarm · 2 locks · 1 lease · 2 watches ──────────────────
         alarm  NOSPACE of m3
         lock   lock           c2  fence 4, as others do  lease 8c000000…, 1s of 5 s …
         lock   lock           c1  fence 2, as others do  lease 7b000000… is gone
         lease  8c000000…      ██░░░░░░░░ 1s of 5 s left  1 key: lock/8c
         watch  w2 c1    [b, c)               nowhere yet  next revision 3
         watch  w1 c1    a                    at m3  next revision 7, heard 2 times
      ── what happened (v: every step, w: why) ───────────────────────────────────────

         8.000s  c2  holds lock (fence 4), while c1 (fence 2) still believes to
                     hold it: the key of c1 went with its lease 7b00000000000001, …
         8.000s  m2  raises the alarm NOSPACE of m3: its backend would grow beyond
                     the quota, so that no member takes puts or leases now
       space play  ← step  esc back  w why  ztomdyi views  ? help  q quit  
      "
    `);
    await t.press("c");
    expect(t.text()).toContain("messages in flight");
  });

  test("fits narrow and low terminals, where rows are cut at the edge", async () => {
    const t = await open(64, 18, traced);
    await t.press("G", "c");
    expect(t.text()).toMatchInlineSnapshot(`
      " A leader crashes                 ‖ paused  1x  8.000s / 8.000s 
       ★─────────────────────────────✗┄┄┄┄┄┄┄┄┄★────────────────────✗
                          term vote lead  app  1  2  3  4  5  6  7  8 
       ✗ m1  down            1    -    -    3  1
       ★ m2  leader          2    -   m2    7 (empty)
       ○ m3! follower        0    -    -    7 (empty)
      ── what clients have: 1 alarm · 2 locks · 1 lease · 2 watches ──
         alarm  NOSPACE of m3
         lock   lock           c2  fence 4, as others do  lease 8c000…
         lock   lock           c1  fence 2, as others do  lease 7b000…
         lease  8c000000…      ██░░░░░░░░ 1s of 5 s left  1 key: lock…
         watch  w2 c1    [b, c)               nowhere yet  next revis…
      ── what happened (v: every step, w: why) ───────────────────────
         8.000s  m2  raises the alarm NOSPACE of m3: its backend
                     would grow beyond the quota, so that no member
                     takes puts or leases now
       space play  ← step  esc back  w why  ? help  q quit  
      "
    `);
  });

  test("goes back in time with all else", async () => {
    const t = await open(80, 24, traced);
    await t.press("G", "c", "F", "F");
    expect(t.row("✗ m1")).toContain("down");
    expect(t.row("lease  ")).toContain("3 s, no leader counts it down");
    await t.press("h");
    expect(t.row("lease  ")).toContain("3s of 3 s left");
  });

  test("of a member is among its details, its alarms too", async () => {
    const t = await open(80, 24, traced);
    await t.press("G", "3");
    expect(t.row("   alarm")).toContain("NOSPACE");
    expect(t.row("   watches")).toContain("w1 of c1 (a)");
    await t.press("2");
    expect(t.row("   leases")).toContain("8c000000…");
    // It has none.
    expect(t.lines().filter((line) => line.includes("   alarm "))).toEqual([]);
    const row = t.lines().findIndex((line) => line.includes(" m3!"));
    expect(t.cell(row, 3)).toMatchObject({ text: "m", fg: 1 });
  });
});

test("at 120×40 all of it has room", async () => {
  const t = await open(120, 40);
  await t.press("n", "n", "n", "n", "l");
  expect(t.row("m2  leader")).toContain("rev 0");
  expect(t.text()).toContain("c1  put a=1 is acknowledged at revision 2");
  // Details of all members at once.
  for (const title of ["m1 down", "m2 leader in term 2", "m3 follower in term 2"]) {
    expect(t.row(`── ${title}`), title).not.toBe("");
  }
  expect(t.lines()[38]).toContain("q quit");
  expect(t.lines()[39]).toBe("");
});

describe("keys", () => {
  test("step through the story, forward and back to the same picture", async () => {
    const t = await open(80, 24);
    const pictures = [t.text()];
    for (let i = 0; i < 6; i++) {
      await t.press("\u001B[C");
      pictures.push(t.text());
    }
    expect(new Set(pictures).size).toBe(7);
    for (let i = 5; i >= 0; i--) {
      await t.press("\u001B[D");
      expect(t.text()).toBe(pictures[i]);
    }
  });

  test("step through single events", async () => {
    const t = await open(80, 24);
    await t.press("l", "v");
    expect(
      t.lines().filter((line) => line.includes("m1  sends m2 a request for a vote")),
    ).toHaveLength(1);
    await t.press(",", ",");
    expect(t.row("m1  sends m2")).toBe("");
  });

  test("jump to elections and faults", async () => {
    const t = await open(80, 24);
    await t.press("n", "n");
    expect(t.text()).toContain("m1  becomes leader in term 1");
    await t.press("f");
    expect(t.text()).toContain("m1  crashes as leader of term 1");
    await t.press("n", "n");
    expect(t.text()).toContain("m2  becomes leader in term 2");
    await t.press("F");
    expect(t.row("✗ m1")).toContain("down");
    await t.press("N");
    expect(t.row("★ m1")).toContain("leader");
  });

  test("typed faster than they are read are all obeyed", async () => {
    const t = await open(80, 24);
    await t.press("nnfnn");
    expect(t.text()).toContain("m2  becomes leader in term 2");
  });

  test("select a member, and show what it knows of its peers", async () => {
    const t = await open(80, 24);
    await t.press("G", "2");
    expect(t.text()).toContain("m2 leader in term 2 since 2.900s: election won");
    expect(t.row("peer     m1")).toContain("matches up to 3 (has everything)");
    await t.press("\t");
    expect(t.text()).toContain("m3 follower in term 2");
    await t.press("\u001B[Z");
    expect(t.text()).toContain("m2 leader in term 2");
    await t.press("2");
    expect(t.text()).toContain("messages in flight: 2");
  });

  test("say why: the chain of causes", async () => {
    const t = await open(120, 40);
    await t.press("n", "n", "w");
    const from = t.lines().findIndex((line) => line.includes("── why"));
    expect(
      t
        .lines()
        .slice(from + 1, from + 6)
        .map((line) => line.slice(11)),
    ).toEqual([
      "m1  becomes leader in term 1: votes from m1, m2 (2 of 3)  §5.2: votes of a majority make a leader",
      "└ m1  receives m2's vote of term 1  §5.4.1: one vote a term, only for a log as good as one's own",
      "└ m2  votes for m1 in term 1: their logs end alike",
      "└ m2  receives m1's request for a vote of term 1 (log ends at 0/0)",
      "  §5.4.1: a candidate shows where its log ends",
    ]);
  });

  test("change the speed", async () => {
    const t = await open(80, 24);
    expect(t.lines()[0]).toContain("paused  1x");
    await t.press("+", "+");
    expect(t.lines()[0]).toContain("  5x");
    await t.press("-");
    expect(t.lines()[0]).toContain("  2x");
  });

  test("show help, with what the scenario teaches", async () => {
    const t = await open(80, 24);
    await t.press("?");
    expect(t.text()).toContain("to where the next, the previous election begins or is won");
    expect(t.text()).not.toContain("The others notice, and one of them takes over.");
    expect(t.row("more (↓)")).not.toBe("");
    await t.press("\u001B[6~", "\u001B[6~", "\u001B[6~", "\u001B[6~");
    expect(t.text()).toContain("The others notice, and one of them takes over.");
    await t.press("\u001B");
    await new Promise((resolve) => setTimeout(resolve, 80));
    await t.settle();
    expect(t.text()).toContain("what happened");
  });
});

test("it plays by itself, and stops at the end", async () => {
  const t = await open(80, 24, { speed: 100 });
  await t.press("g", " ");
  // That it stopped is noticed a tick after the end is drawn.
  for (let i = 0; i < 200 && !t.text().includes("paused  100x  3.800s / 3.800s"); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await t.settle();
  expect(t.lines()[0]).toContain("paused  100x  3.800s / 3.800s");
});

test("what a terminal would obey never reaches it raw", async () => {
  const rude = "\u001B[2J\u009B1A\r\nnext";
  const report = {
    ok: false,
    seed: 7,
    expectations: [{ text: `text ${rude}`, ok: false, found: `found ${rude}`, step: null }],
    violations: [],
    unreached: [],
    failure: null,
  } as unknown as ScenarioReport;
  const t = await open(120, 30, { report });
  await t.press("G");
  expect(t.row("text \\u{1b}[2J")).toContain("found \\u{1b}[2J\\u{9b}1A\\u{d}\\u{a}next");
});

test("at the end it shows how the run was judged", async () => {
  const report = {
    ok: false,
    seed: 7,
    expectations: [
      { text: "leader changed", ok: true, found: "m2", step: null },
      { text: "logs equal", ok: false, found: "m3 lacks entry 3", step: null },
    ],
    violations: [],
    unreached: [],
    failure: null,
  } as unknown as ScenarioReport;
  const t = await open(80, 24, { report });
  expect(t.text()).not.toContain("FAILED");
  await t.press("G");
  expect(t.row("FAILED")).toBe(" FAILED · seed 7 · 1 of 2 expectations");
  expect(t.row("logs equal")).toBe("  ✗ logs equal — m3 lacks entry 3");
});

describe("resizing", () => {
  test("draws the same picture as a terminal of that size from the start", async () => {
    const sizes = [
      [120, 40],
      [70, 18],
      [80, 24],
      [80, 17],
      [100, 30],
    ] as const;
    const t = await open(80, 24);
    await t.press("n", "n", "n", "n");
    for (const [columns, rows] of sizes) {
      await t.resize(columns, rows);
      const fresh = new TestTerminal(columns, rows);
      await fresh.open(run);
      await fresh.press("n", "n", "n", "n");
      expect(t.lines(), `${columns}×${rows}`).toEqual(fresh.lines());
      fresh.keyboard.type("q");
      await fresh.done;
    }
  });

  test("to something too small says so, and what it needs", async () => {
    const t = await open(80, 24);
    await t.resize(50, 10);
    expect(t.lines().slice(0, 3)).toEqual([
      "The terminal is 50×10.",
      "3 members need at least 64×15.",
      "Make it larger, or press q",
    ]);
    await t.resize(5, 2);
    expect(t.lines()[0]).toBe("The t");
    await t.resize(80, 24);
    expect(t.text()).toContain("what happened");
  });
});

describe("at the end the terminal is as it was", () => {
  test.each([
    ["q", "q"],
    ["ctrl-c", "\u0003"],
  ])("after %s", async (_, key) => {
    const t = await open(80, 24);
    expect(t.alternate).toBe(true);
    expect(t.keyboard.raw).toBe(true);
    expect(t.written).toContain("\u001B[?25l");
    await t.press(key);
    await t.done;
    await t.settle();
    expect(t.alternate).toBe(false);
    expect(t.keyboard.raw).toBe(false);
    expect(t.text().trim()).toBe("$ before");
    expect(t.written.lastIndexOf("\u001B[?25h")).toBeGreaterThan(
      t.written.lastIndexOf("\u001B[?25l"),
    );
  });

  test("and nothing was written to its scroll-back", async () => {
    const t = await open(80, 24);
    await t.press("n", "n", "n", "n", "G", "g");
    await t.resize(80, 18);
    expect(t.written).not.toContain("\u001B[3J");
    expect(t.written).not.toContain("\n");
  });
});

test("without colours the terms are still to be read", async () => {
  const t = await open(80, 24, { colour: "none" });
  await t.press("G");
  const leader = t.lines().findIndex((line) => line.includes("★ m2"));
  expect(t.lines()[leader + 1]).toBe("    1  1  2│");
  for (let row = 0; row < 24; row++) {
    for (let column = 0; column < 80; column++) {
      expect(t.cell(row, column)).toMatchObject({ fg: -1, bg: -1 });
    }
  }
});
