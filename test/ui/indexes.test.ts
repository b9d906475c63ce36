import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { CallsIndex } from "../../src/ui/calls-index.ts";
import { Conditions } from "../../src/ui/conditions.ts";
import { Flights } from "../../src/ui/flights.ts";
import { StoreIndex } from "../../src/ui/store-index.ts";
import { MARK_KINDS, marksOf, reignsOf } from "../../src/ui/time-marks.ts";
import { TimeScale } from "../../src/ui/time-scale.ts";
import { walTail } from "../../src/ui/wal-tail.ts";
import { DataWriter } from "../support/data-trace.ts";
import { entry, TraceWriter } from "../support/sample-trace.ts";

property.prop(
  [
    fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 50 }),
    fc.nat(6_000_000),
    fc.nat(),
  ],
  { seed: 3, numRuns: 300 },
)("a later moment never lies before an earlier one, all within the line", (stops, end, at) => {
  const times = stops.toSorted((a, b) => a - b);
  const last = Math.max(end, times.at(-1) ?? 0);
  const scale = new TimeScale(times, last);
  let before = 0;
  for (const moment of [...times, at % (last + 1), last].sort((a, b) => a - b)) {
    const part = scale.part(moment);
    expect(part).toBeGreaterThanOrEqual(before);
    expect(part).toBeLessThanOrEqual(1);
    before = part;
  }
});

test("four milliseconds of an election have more room than their share of a silent second", () => {
  const election = [1_000_000, 1_001_000, 1_002_000, 1_003_000, 1_004_000];
  const scale = new TimeScale(election, 2_000_000);
  expect(scale.part(1_004_000) - scale.part(1_000_000)).toBeGreaterThan(0.1);
});

describe("what the disk would keep", () => {
  function log(): TraceWriter {
    const w = new TraceWriter();
    w.boot(1);
    return w;
  }
  const states = (w: TraceWriter, count = 9) =>
    walTail(w.events, 1, w.events.length, count).map(({ entry: { index }, state }) => [
      index,
      state,
    ]);

  test("an entry is durable when the first sync after it is done", () => {
    const w = log();
    w.emit(1, 0, "append", { entries: [entry(1, 1)], truncated: 0 });
    expect(states(w)).toEqual([[1, "written"]]);
    w.emit(1, 0, "sync", { file: "wal", token: 1, took: 5 });
    w.emit(1, 0, "append", { entries: [entry(2, 1), entry(3, 1)], truncated: 0 });
    expect(states(w)).toEqual([
      [3, "written"],
      [2, "written"],
      [1, "syncing"],
    ]);
    w.emit(2, 0, "disk-done", { token: 1 });
    expect(states(w).at(-1)).toEqual([1, "syncing"]);
    w.emit(1, 0, "disk-done", { token: 1 });
    w.emit(1, 0, "sync", { file: "wal", token: 2, took: 5 });
    expect(states(w)).toEqual([
      [3, "syncing"],
      [2, "syncing"],
      [1, "synced"],
    ]);
  });

  test("what was written over is gone, and what a start found is on disk", () => {
    const w = log();
    w.emit(1, 0, "append", { entries: [entry(1, 1), entry(2, 1)], truncated: 0 });
    w.emit(1, 0, "append", { entries: [entry(2, 2)], truncated: 1 });
    expect(walTail(w.events, 1, w.events.length, 9).map(({ entry: { term } }) => term)).toEqual([
      2, 1,
    ]);
    w.emit(1, 0, "crash", { text: "", lostBytes: 0 });
    expect(states(w)).toEqual([]);
  });
});

test("keys are as of the position, each change counted once though every member tells it", () => {
  const w = new DataWriter();
  w.begin();
  w.put("a", "1", "", 2);
  const first = w.events.length;
  w.put("b", "2", "", 3);
  w.put("a", "3", "", 4);
  const store = new StoreIndex(w.events);
  const shown = (position: number) =>
    store.page(position, 0, 9).map(({ key, value }) => `${key}=${value}`);
  expect(shown(0)).toEqual([]);
  expect(shown(first)).toEqual(["a=1"]);
  expect(shown(w.events.length)).toEqual(["a=3", "b=2"]);
  expect(store.versions("a", w.events.length).map(({ revision }) => revision)).toEqual([2, 4]);
  // Back again.
  expect(shown(first)).toEqual(["a=1"]);
});

test("of many keys some are found as if all had been looked through", () => {
  const w = new TraceWriter();
  const name = (key: number): string => `k${String(key).padStart(3, "0")}`;
  // Each key is put twice, and every third deleted in between; neighbours at times far from each other.
  const writes = Array.from({ length: 2_400 }, (_, i): readonly [key: string, isPut: boolean] => {
    const key = (i * 389) % 800;
    return [name(key), !(i >= 800 && i < 1_600 && key % 3 === 0)];
  });
  writes.forEach(([key, isPut], i) => {
    const change = { key, value: `${i}`, lease: "", createRevision: 2, version: 1 };
    const changes = [{ ...change, type: isPut ? ("put" as const) : ("delete" as const) }];
    w.emit(1, 0, "changes", { index: i + 1, revision: i + 2, changes });
  });
  const store = new StoreIndex(w.events);
  for (const position of [0, 1, 300, 800, 1_000, 1_599, 1_900, 2_400]) {
    const live = new Set<string>();
    for (const [key, isPut] of writes.slice(0, position)) {
      if (isPut) live.add(key);
      else live.delete(key);
    }
    const names = [...live].sort();
    expect(store.count(position)).toBe(names.length);
    for (const from of [0, 5, 250, 256, 500, 799, 900]) {
      const found = store.page(position, from, 20).map(({ key }) => key);
      expect(found).toEqual(names.slice(from, from + 20));
    }
  }
});

test("calls are found with their ends, and counted up to a position", () => {
  const w = new TraceWriter();
  const put = { type: "put", key: "a", value: "1" } as const;
  w.emit(0, 0, "invoke", { client: 1, op: 1, request: put, text: "put a=1" });
  w.emit(0, 0, "invoke", { client: 2, op: 2, request: put, text: "put a=1" });
  w.emit(0, 0, "complete", { client: 1, op: 1, outcome: "ok", result: null, text: "" });
  const { calls } = new CallsIndex(w.events);
  expect(calls.map(({ op, end }) => [op, end?.outcome])).toEqual([
    [1, "ok"],
    [2, undefined],
  ]);
  expect([0, 1, 2, 3].map((at) => new CallsIndex(w.events).begun(at))).toEqual([0, 1, 2, 2]);
});

test("slow disks and clocks that drift last until they are mended", () => {
  const w = new TraceWriter();
  const fault = (word: string, text: string) =>
    w.emit(0, 0, "fault", { fault: word, text, members: [1] });
  fault("disk-full", "m1's disk is full");
  fault("drift", "m1's clock now runs 5 % fast");
  fault("disk-full", "m1's disk has room again");
  fault("drift", "m1's clock now runs true");
  const conditions = new Conditions(w.events);
  expect([0, 1, 2, 3, 4].map((at) => conditions.of(1, at))).toEqual([
    null,
    "full disk",
    "full disk, clock drifts",
    "clock drifts",
    null,
  ]);
  expect(conditions.of(2, 4)).toBeNull();
});

describe("flights", () => {
  const vote = { type: "MsgVote", from: 1, to: 2, term: 1 } as const;

  test("a copy that arrives counts, though another one is lost", () => {
    const w = new TraceWriter();
    const send = w.emit(1, 0, "send", { message: vote });
    w.now = 500;
    w.emit(2, send, "deliver", { message: vote });
    w.now = 900;
    w.emit(1, send, "drop", { message: vote, reason: "loss" });
    const flights = new Flights(w.events);
    expect(flights.fate(send)).toEqual({ at: 500, lost: false });
    expect(flights.losses).toEqual([]);
    expect(flights.slow.map(({ from, to }) => [from, to])).toEqual([[0, 500]]);
  });

  test("where several are under way, the shortest says how fast time goes; crowds are not slowed", () => {
    const w = new TraceWriter();
    const long = w.emit(1, 0, "send", { message: vote });
    w.now = 100;
    const short = w.emit(1, 0, "send", { message: vote });
    w.now = 200;
    w.emit(2, short, "deliver", { message: vote });
    w.now = 1_000;
    w.emit(2, long, "deliver", { message: vote });
    const { slow } = new Flights(w.events);
    expect(slow.map(({ from, to }) => [from, to])).toEqual([
      [0, 100],
      [100, 200],
      [200, 1_000],
    ]);
    expect((slow[0]?.rate ?? 0) / (slow[1]?.rate ?? 1)).toBeCloseTo(10);
    const crowd = new TraceWriter();
    for (let i = 0; i < 200; i++) {
      const send = crowd.emit(1, 0, "send", { message: vote });
      crowd.now += 10;
      crowd.emit(2, send, "deliver", { message: vote });
    }
    const end = new Flights(crowd.events).slow.at(-1)?.to ?? 0;
    expect(end).toBeGreaterThan(0);
    expect(end).toBeLessThan(crowd.now / 2);
  });
});

test("marks tell faults, repairs and what was asked for apart; a reign ends with a crash", () => {
  const w = new TraceWriter();
  w.emit(1, 0, "role", { role: "candidate", term: 1, lead: 0, reason: "" });
  w.emit(1, 0, "role", { role: "leader", term: 1, lead: 1, reason: "" });
  w.emit(1, 0, "role", { role: "leader", term: 1, lead: 1, reason: "" });
  w.now = 100;
  w.emit(1, 0, "crash", { text: "", lostBytes: 0 });
  w.now = 300;
  const line = (seq: number, text: string) => ({
    ...{ seq, at: 100, actor: "!!", text, because: "", detail: "story", routine: false },
    topic: "fault",
  });
  for (const fault of ["heal", "campaign", "partition"]) {
    w.emit(0, 0, "fault", { fault, text: fault, members: [] });
  }
  const lines = [
    line(4, "crashes"),
    line(4, "violated x"),
    line(5, "heal"),
    line(6, "campaign"),
    line(7, "partition"),
  ];
  const marks = marksOf(w.events, lines as never);
  expect(marks.map(({ kind }) => kind)).toEqual([
    "campaign",
    "leader",
    "fault",
    "violation",
    "repair",
    "action",
    "fault",
  ]);
  expect(MARK_KINDS.at(-1)).toBe("violation");
  expect(reignsOf(w.events)).toEqual([{ term: 1, from: 0, to: 100 }]);
});
