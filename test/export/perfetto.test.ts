import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { traceProcessor } from "./support/programs.ts";
import { scenarioRun } from "./support/runs.ts";
import { written } from "./support/traces.ts";

interface ChromeEvent {
  readonly name?: string;
  readonly cat?: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly id?: number;
  readonly bp?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Slice {
  readonly name: string;
  readonly track: string;
  readonly from: number;
  to: number;
}

interface Flow {
  readonly out: Slice;
  readonly in: Slice;
}

/**
 * Reads events as Perfetto's trace processor does (json_trace_parser, flow_tracker, slice_tracker): in the
 * order of time, those of one time in the file's; a slice is left by an end or when its duration is over;
 * an arrow's end counts only if a slice of its thread is open, and its id, category and name were started.
 * Throws at what the trace processor only counts in its stats, and shows nobody.
 */
function read(text: string) {
  const { traceEvents } = JSON.parse(text) as { traceEvents: ChromeEvent[] };
  const inOrder = traceEvents.map((event, i) => ({ event, i }));
  inOrder.sort((a, b) => (a.event.ts ?? 0) - (b.event.ts ?? 0) || a.i - b.i);
  const open = new Map<string, Slice[]>();
  const started = new Map<string, Slice>();
  const slices: Slice[] = [];
  const flows: Flow[] = [];
  const names = new Map<string, string>();
  for (const { event } of inOrder) {
    const { ph, ts, pid, tid, name = "" } = event;
    const track = `${pid}/${tid}`;
    if (ph === "M") {
      const value = event.args?.["name"];
      if (typeof value === "string") names.set(name === "process_name" ? `${pid}` : track, value);
      continue;
    }
    if (!Number.isInteger(ts) || ts < 0) throw new Error(`no time: ${JSON.stringify(event)}`);
    const stack = (open.get(track) ?? []).filter(({ to }) => to > ts || to === -1);
    open.set(track, stack);
    if (ph === "B" || ph === "X") {
      const to = ph === "B" ? -1 : ts + (event.dur ?? 0);
      const around = stack.at(-1);
      if (around !== undefined && around.to !== -1 && to > around.to) {
        throw new Error(`${name} at ${ts} overlaps ${around.name} and is not within it`);
      }
      const slice = { name, track, from: ts, to };
      stack.push(slice);
      slices.push(slice);
    } else if (ph === "E") {
      const slice = stack.findLast(({ to }) => to === -1);
      if (slice === undefined) throw new Error(`nothing ends at ${ts} on ${track}`);
      slice.to = ts;
      stack.splice(stack.indexOf(slice), 1);
    } else if (ph === "s" || ph === "f") {
      const slice = stack.at(-1);
      if (slice === undefined) throw new Error(`no slice encloses the arrow at ${ts} on ${track}`);
      const key = `${event.cat}/${event.id}/${name}`;
      if (ph === "s") {
        if (started.has(key)) throw new Error(`the arrow ${key} begins twice`);
        started.set(key, slice);
      } else {
        if (event.bp !== "e") throw new Error("an end that is not bound to the slice around it");
        const out = started.get(key);
        if (out === undefined) throw new Error(`the arrow ${key} ends and did not begin`);
        flows.push({ out, in: slice });
      }
    } else if (ph !== "i" && ph !== "C") throw new Error(`unknown phase ${ph}`);
  }
  const left = slices.filter(({ to }) => to === -1);
  if (left.length > 0) throw new Error(`${left[0]?.name} does not end`);
  return { slices, flows, names };
}

describe.each([
  "leader-crash",
  "lock-lost-while-paused",
  "joint-change",
  "duplicates-and-reordering",
])("a trace for Perfetto: %s", (name) => {
  const run = scenarioRun(name);
  const { text } = written("perfetto", run);
  const { slices, flows, names } = read(text);

  test("an arrow goes from every message that arrived to where it did", () => {
    const arrived = run.events.filter(
      (event) =>
        event.kind === "deliver" && event.message.to > 0 && event.message.to !== event.message.from,
    );
    const requests = run.events.filter(({ kind }) => kind === "request");
    expect(arrived.length).toBeGreaterThan(50);
    expect(flows.length).toBe(arrived.length + requests.length);
    for (const { out, in: end } of flows) expect(end.from).toBeGreaterThanOrEqual(out.from);
    const first = flows.find(({ in: { name: to } }) => to.startsWith("append from"));
    expect(first?.out.name).toMatch(/^append to m\d$/);
  });

  test("each member's roles follow each other without a gap, to the end", () => {
    const end = run.events.at(-1)?.at;
    for (const id of run.header.members) {
      const roles = slices.filter(({ track }) => track === `${id}/1`);
      expect(names.get(`${id}`)).toBe(`m${id}`);
      roles.forEach((role, i) => {
        expect(role.to).toBe(roles[i + 1]?.from ?? end);
      });
    }
    const led = slices.filter(
      ({ track, name: role }) => /\/1$/.test(track) && role.startsWith("leader"),
    );
    const elected = run.events.filter(
      (e) => e.kind === "role" && e.role === "leader" && e.lead === e.member,
    );
    expect(led.length).toBeGreaterThan(0);
    expect(elected.length).toBeGreaterThanOrEqual(led.length);
  });

  test("each call is a slice of its client, as long as it took", () => {
    const calls = run.events.filter((event) => event.kind === "invoke");
    const shown = slices.filter(({ track }) => Number(track.split("/")[0]) > 2000);
    expect(shown.map(({ name: text, from }) => `${from} ${text}`)).toEqual(
      calls.map(({ at, text }) => `${at} ${text}`),
    );
  });
});

test("the checker sees an arrow whose slice comes too late, and one without a beginning", () => {
  const event = (ph: string, more: object = {}) => ({
    ph,
    ts: 5,
    pid: 1,
    tid: 1,
    name: "x",
    cat: "x",
    id: 1,
    ...more,
  });
  const file = (...traceEvents: object[]) => JSON.stringify({ traceEvents });
  const slice = event("X", { dur: 1 });
  expect(() => read(file(event("s"), slice))).toThrow("no slice encloses");
  expect(() => read(file(slice, event("f", { bp: "e" })))).toThrow("did not begin");
  expect(read(file(slice, event("s"), event("f", { bp: "e" }))).flows.length).toBe(1);
  expect(() => read(file(event("X", { dur: 5 }), event("X", { ts: 7, dur: 9 })))).toThrow(
    "overlaps",
  );
});

const processor = traceProcessor();
if (processor === null) {
  test.skip("Perfetto's trace processor: none here (DETCD_TRACE_PROCESSOR names one)", () =>
    undefined);
} else {
  test("Perfetto's trace processor links every arrow and drops nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "detcd-perfetto-"));
    try {
      const { text } = written("perfetto", scenarioRun("leader-crash"));
      writeFileSync(join(folder, "run.json"), text);
      const query =
        "select (select count(*) from flow) || ' ' || (select count(*) from stats where name like 'flow%' and value > 0) as found";
      writeFileSync(join(folder, "q.sql"), query);
      const { stdout } = spawnSync(
        processor,
        ["-q", join(folder, "q.sql"), join(folder, "run.json")],
        { encoding: "utf8" },
      );
      expect(stdout).toContain(`"${read(text).flows.length} 0"`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
