import { describe, expect, test } from "vitest";
import { FrameIndex } from "../../src/trace/frames/frames.ts";
import { scenarioRun } from "./support/runs.ts";
import { written } from "./support/traces.ts";

type Value = string | boolean | bigint | Value[] | Map<string, Value> | { [name: string]: Value };

/** A value as Quint's and Apalache's readers take it (ADR 15). */
function itfValue(json: unknown): Value {
  if (typeof json === "string" || typeof json === "boolean") return json;
  if (Array.isArray(json)) return json.map(itfValue);
  if (typeof json !== "object" || json === null) throw new Error(`no ITF: ${JSON.stringify(json)}`);
  const [first, ...more] = Object.entries(json);
  if (first?.[0] === "#bigint" && more.length === 0) {
    if (!/^-?\d+$/.test(String(first[1]))) throw new Error("no integer");
    return BigInt(first[1] as string);
  }
  if (first?.[0] === "#map" && more.length === 0) {
    const pairs = first[1] as [unknown, unknown][];
    const map = new Map(pairs.map(([key, value]) => [itfValue(key) as string, itfValue(value)]));
    if (map.size !== pairs.length) throw new Error("a key twice");
    return map;
  }
  const names = Object.keys(json);
  if (names.some((name) => name.startsWith("#"))) throw new Error(`unknown ${names.join()}`);
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, itfValue(value)]));
}

interface State {
  readonly [name: string]: Value;
}

function read(text: string): State[] {
  const trace = JSON.parse(text);
  expect(Object.keys(trace)).toEqual(["#meta", "params", "vars", "states"]);
  expect(trace["#meta"].format).toBe("ITF");
  return trace.states.map((state: Record<string, unknown>, i: number) => {
    const { "#meta": meta, ...variables } = state;
    expect(meta).toEqual({ index: i });
    expect(Object.keys(variables)).toEqual(trace.vars);
    return Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, itfValue(v)]));
  });
}

describe.each(["leader-crash", "catch-up-by-snapshot", "joint-change"])("states: %s", (name) => {
  const run = scenarioRun(name);
  const states = read(written("itf", run, { limit: 100_000 }).text);
  const frames = new FrameIndex(run.header, run.events);

  test("each is that of the run after its event, with all its logs", () => {
    for (const state of states) {
      const { seq } = state["event"] as { seq: bigint };
      for (const member of frames.seek(Number(seq)).members) {
        const of = (variable: string) =>
          (state[variable] as Map<string, Value>).get(`m${member.id}`);
        expect(of("role")).toBe(member.role);
        expect(of("currentTerm")).toBe(BigInt(member.term));
        expect(of("commitIndex")).toBe(BigInt(member.commit));
        expect(of("snapshotIndex")).toBe(BigInt(member.log.snapshotIndex));
        const log = of("log") as { term: bigint; command: string }[];
        expect(log.length).toBe(member.log.length);
        expect(log.at(-1)?.term).toBe(log.length === 0 ? undefined : BigInt(member.log.lastTerm));
      }
    }
  });

  test("no two that follow each other are the same but for the event", () => {
    const texts = states.map(({ event: _, ...others }) =>
      JSON.stringify(others, (_key, value) =>
        value instanceof Map ? [...value] : typeof value === "bigint" ? String(value) : value,
      ),
    );
    texts.forEach((text, i) => {
      expect(text === texts[i - 1]).toBe(false);
    });
  });
});

test("there are as many states as asked for, and what is missing is said", () => {
  const run = scenarioRun("leader-crash");
  const whole = read(written("itf", run, { limit: 100_000 }).text);
  const { text, notes } = written("itf", run, { limit: 20 });
  expect(read(text)).toEqual(whole.slice(0, 20));
  expect(notes).toEqual([expect.stringContaining(`${whole.length - 20} states are left out`)]);
  const late = read(written("itf", run, { from: 3_000_000, limit: 3 }).text);
  expect((late[0]?.["currentTerm"] as Map<string, bigint> | undefined)?.get("m1")).toBe(2n);
});
