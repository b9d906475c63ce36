import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { type ScenarioData, scenarioYaml } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { Session, SessionError } from "../../src/session/session.ts";

const LIBRARY = resolve(import.meta.dirname, "../../scenarios");
/** Each is run three times: every second one. */
const FILES = readdirSync(LIBRARY)
  .filter((file) => file.endsWith(".yaml"))
  .filter((_, i) => i % 2 === 0);

function read(file: string): ScenarioData {
  return { seed: 1, cluster: {}, ...parse(readFileSync(resolve(LIBRARY, file), "utf8")) };
}

describe("a session", () => {
  test.each(FILES)("%s has the same past in a branch, whatever comes later", (file) => {
    const session = Session.of(read(file));
    const { run } = session.branch;
    const { taken, report } = run;
    const middle = Math.round(report.virtualMs * 500);
    const settling = taken.some(({ from, to }) => from <= middle && middle < to);
    if (settling) {
      expect(() => session.act(middle, { note: "here" })).toThrow(/goes on until/);
      return;
    }
    const { run: branch } = session.act(middle, { note: "here" }).branch;
    const past = run.events.filter(({ at }) => at <= middle);
    expect(past.length).toBeGreaterThan(10);
    const same = (event: object, i: number) =>
      JSON.stringify(event) === JSON.stringify(branch.events[i]);
    expect(past.find((event, i) => !same(event, i))).toBeUndefined();
  });

  test("something else happens from the moment on in which something was done", () => {
    const session = Session.of(read("leader-crash.yaml"));
    const before = session.branch.run;
    const other = session.act(500_000, { isolate: "m1" }).act(3_000_000, { heal: true });
    expect(other.branches).toHaveLength(2);
    expect(other.branch).toMatchObject({ parent: 0, forkedAt: 500_000, title: "heal: true" });
    expect(other.at(0).branch.run).toBe(before);
    const links = other.branch.run.events.filter(({ kind }) => kind === "links");
    expect(links.map(({ at }) => at)).toEqual([500_000, 3_000_000]);
  });

  test("a branch is a file that replays to the same digest", () => {
    let session = Session.of(read("lock-lost-while-paused.yaml"));
    session = session.act(700_123, { crash: "leader" }).act(2_000_001, { restart: "down" });
    session = session.act(1_500_000, { "pause-client": 1 });
    expect(session.branches.map(({ parent }) => parent)).toEqual([null, 0, 1]);
    for (const { data, run } of session.branches) {
      const again = runScenario(parseScenario(scenarioYaml(data), "saved.yaml"));
      expect(again.report.traceDigest).toBe(run.report.traceDigest);
      expect(again.report.stateDigest).toBe(run.report.stateDigest);
    }
  });

  test("what was done is undone, step by step, and other branches stay", () => {
    const first = Session.of(read("leader-crash.yaml"));
    const one = first.act(500_000, { crash: "m2" });
    const two = one.act(600_000, { crash: "m3" });
    const other = two.act(550_000, { note: "a fork of a fork" });
    expect(two.undo().branch.run.report.traceDigest).toBe(one.branch.run.report.traceDigest);
    expect(other.undo().current).toBe(1);
    const without = other.at(1).undo().undo();
    expect(without.branches.map(({ parent }) => parent)).toEqual([null, 0]);
    expect(without.current).toBe(0);
    expect(() => without.undo()).toThrow("nothing was done by hand in this run");
  });

  test("a branch goes on for longer when it is asked to, from the same past", () => {
    const session = Session.of(read("leader-crash.yaml"));
    expect(session.extend(1_000_000)).toBe(session);
    const short = session.act(400_000, { crash: "m1" });
    const long = short.extend(20_000_000).branch.run;
    expect(long.report.virtualMs).toBe(30_400);
    const { events } = short.branch.run;
    expect(long.events.slice(0, events.length)).toEqual(events);
  });

  test("what is impossible says why, and nothing is changed", () => {
    const session = Session.of(read("leader-crash.yaml"));
    const refused = (step: Record<string, unknown>): string => {
      try {
        session.act(500_000, step);
      } catch (error) {
        expect(error).toBeInstanceOf(SessionError);
        return (error as Error).message;
      }
      throw new Error("it was done");
    };
    expect(refused({ crash: "m9" })).toMatch(/m9/);
    expect(refused({ crahs: "m1" })).toMatch(/crash/);
    expect(refused({ restart: "m1" })).toMatch(/m1/);
  });
});
