import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { outsideOf } from "../../src/cli/replay/outside.ts";
import { Session } from "../../src/session/session.ts";
import { detcdIn } from "./detcd-in.ts";

const { cwd, detcd } = detcdIn("by-hand");

describe("a moment of a run", () => {
  test("is shown as the screen would show it, and the verdict behind it", async () => {
    const { code, out } = await detcd(["replay", "leader-crash", "--at", "3.5265s", "--plain"]);
    expect(code).toBe(0);
    expect(out).toMatch(/▲ m2 {2}candidate +term 3/);
    expect(out).toContain("m2  becomes candidate in term 3");
    expect(out).not.toContain("m2  becomes leader in term 3");
    expect(out).toContain("held · seed 1");
  });

  test("that the run does not have is bad input", async () => {
    for (const [moment, text] of [
      ["100s", "--at is 100.000s, but the run ends at 6.4"],
      ["3.526416s#12", "but event 12 is at 0.025s: leave one of them out"],
      ["3.526416s#999999", "--at names event 999999, but the run has"],
    ] as const) {
      const { code, error } = await detcd(["replay", "leader-crash", "--plain", `--at=${moment}`]);
      expect(code).toBe(2);
      expect(error).toContain(text);
    }
    const told = await detcd(["replay", "leader-crash", "--plain", "--at=3.526416s#1516"]);
    expect(told.out).toContain("m2  becomes candidate in term 3");
  });

  test("that is no moment is bad input", async () => {
    for (const moment of ["soon", "3s#x", "-1s", "3s#1#2"]) {
      const { code, error } = await detcd(["replay", "leader-crash", `--at=${moment}`]);
      expect(code).toBe(2);
      expect(error).toContain("is no moment; write e.g. 3.526s");
    }
  });
});

describe("why something is so at a moment", () => {
  const ask = (why: string, at = "2s", what = "isolated-leader") =>
    detcd(["replay", what, "--at", at, "--why", why]);

  test("is told as text, link by link, with each rule and its place", async () => {
    const { code, out } = await ask("entry 8");
    expect(code).toBe(0);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(
      /^ +\d\.\d+s {2}m1 {2}has not committed entry 8 .*m3, m4, m5 are cut off$/,
    );
    expect(lines[1]).toMatch(/^ +§5\.3: without a majority/);
    expect(lines[2]).toMatch(/^ +1\.274s {2}└ !! {2}the network is parted: m1 m2 \| m3 m4 m5$/);
    expect(out).toContain("held · seed");
  });

  test.each([
    ["entry 8 on m3", "2.9s", /\n +2\.\d+s {2}entry 8 .* of term 3 is committed, as m3/],
    ["m1", "2s", /m1 {2}leads in term 2/],
    ["key colour", "2s", /makes revision 2 of entry 7: put colour=red/],
    ["call 2", "2s", /c1 {2}waits for the answer to put colour=green from m1/],
    ["#1", "2s", /\n +0\.\d+s/],
  ])("of %s", async (why, at, told) => {
    const { code, out } = await ask(why, at);
    expect(code).toBe(0);
    expect(`\n${out}`).toMatch(told);
  });

  test("of a recorded run, too, and of its end where no moment is named", async () => {
    await detcd(["replay", "isolated-leader", "--quiet", "--trace", "why.ndjson"]);
    const { code, out } = await detcd(["replay", "why.ndjson", "--why", "key colour"]);
    expect(code).toBe(0);
    expect(out).toMatch(/put colour=blue\n[\s\S]*c2 {2}wants to put colour=blue\n$/);
  });

  test("is bad input where there is no such thing, or not yet", async () => {
    for (const [why, at] of [
      ...[
        ["entry 9", "1s"],
        ["entry 8 on m9", "2s"],
        ["m9", "2s"],
        ["key nothing", "2s"],
      ],
      ...[
        ["lease 7b", "2s"],
        ["call 99", "2s"],
        ["#999999", "2s"],
        ["everything", "2s"],
      ],
      ...[
        ["key colour", "0.5s"],
        ["", "2s"],
      ],
    ] as const) {
      const { code, error } = await ask(why, at);
      expect({ why, code }).toEqual({ why, code: 2 });
      expect(error).toMatch(/there is no such thing; ask for "entry 7"/);
    }
    const { code, error } = await detcd(["replay", "leader-crash", "--json", "--why", "m1"]);
    expect({ code, error }).toEqual({ code: 2, error: expect.stringMatching(/--json|--why/) });
  });
});

test("play without a terminal says what to do instead", async () => {
  const { code, out, error } = await detcd(["play"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error).toMatch(/^detcd: play needs a terminal: .*--plain/);
});

describe("what is done by hand is saved", () => {
  const data = {
    ...{ name: "x", title: "A cluster", teaches: "Nothing.", seed: 1, cluster: { members: 3 } },
    ...{ steps: [{ after: "2s" }], expect: ["nothing is violated"] },
  };
  const session = Session.of(data).act(1_800_000, { crash: "leader" });
  const io = {
    ...{ out: () => undefined, error: () => undefined, stdin: () => "", env: {}, cwd },
    ...{ interactive: true, colors: false, clock: () => 0 },
  };
  const outside = outsideOf("detcd replay x", io);

  test("as a file of its own, under the name that was given, and replays to the same digest", async () => {
    const { data: branch, run } = session.branch;
    expect(outside.save(branch, "mine")).toBe("saved: detcd replay mine.yaml");
    const { code, out } = await detcd(["replay", "mine.yaml", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: "mine",
      traceDigest: run.report.traceDigest,
      stateDigest: run.report.stateDigest,
    });
  });

  test("beside what is there, which is never overwritten", () => {
    const first = readFileSync(join(cwd, "mine.yaml"), "utf8");
    const other = session.act(1_900_000, { heal: true }).branch.data;
    expect(outside.save(other, "mine.yaml")).toBe("saved: detcd replay mine-2.yaml");
    expect(readFileSync(join(cwd, "mine.yaml"), "utf8")).toBe(first);
    expect(existsSync(join(cwd, "mine-2.yaml"))).toBe(true);
  });

  test("under a name that a scenario can have", () => {
    expect(outside.save(session.branch.data, "A B.yaml")).toBe("saved: detcd replay a-b.yaml");
  });

  test("or it is said why it can't be", () => {
    expect(outside.save(session.branch.data, "/dev/null/mine.yaml")).toMatch(/can't be written/);
  });

  test("a moment has a command that opens it; of a branch that is not saved, what to do", () => {
    expect(outside.command(null, "2s#7")).toBe("detcd replay x --at 2s#7");
    expect(outside.command(session.branch, "2s#7")).toMatch(/^s saves this branch; .*--at 2s#7/);
  });
});
