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
