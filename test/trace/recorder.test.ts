import { expect, test } from "vitest";
import { KINDS, Layer, type TraceEvent } from "../../src/trace/events.ts";
import { ListSink, Recorder } from "../../src/trace/recorder.ts";
import { everyKind } from "./samples.ts";

const WAKE: TraceEvent = { seq: 0, at: 0, member: 1, cause: 0, kind: "wake", ticks: 1 };
const SEND: TraceEvent = {
  seq: 0,
  at: 0,
  member: 1,
  cause: 0,
  kind: "send",
  message: { type: "MsgApp", from: 1, to: 2, term: 1 },
};

test("events are numbered 1, 2, 3 in the order of their emission", () => {
  const sink = new ListSink();
  const recorder = new Recorder([sink]);
  expect([recorder.emit({ ...WAKE }), recorder.emit({ ...SEND })]).toEqual([1, 2]);
  expect(sink.events.map((e) => [e.seq, e.kind])).toEqual([
    [1, "wake"],
    [2, "send"],
  ]);
});

test("without listeners nothing is wanted and nothing is numbered", () => {
  const recorder = new Recorder([]);
  expect(recorder.layers).toBe(0);
  expect(recorder.emit({ ...WAKE })).toBe(0);
  expect(recorder.count).toBe(0);
});

test("a sink observes its own layers alone, and the recorder wants the union of them", () => {
  const steps = new ListSink(Layer.Step);
  const details = new ListSink(Layer.Detail);
  const recorder = new Recorder([steps, details]);
  expect(recorder.layers).toBe(Layer.Step | Layer.Detail);
  for (const event of everyKind()) recorder.emit({ ...event, cause: 0 });
  expect(steps.events.every((e) => (KINDS[e.kind].layers & Layer.Step) !== 0)).toBe(true);
  expect(details.events.map((e) => e.kind)).toEqual([
    "send",
    "drop",
    "duplicate",
    "sync",
    "log",
    "note",
    "ready",
    "attempt",
  ]);
  const observed = new Set<TraceEvent>([...steps.events, ...details.events]);
  expect(observed.size).toBe(recorder.count);
});

test("events are kept if one sink keeps them, and a sink does unless it says otherwise", () => {
  const forgetful = { layers: Layer.All, keeps: false, event: () => undefined };
  const { keeps: _, ...silent } = forgetful;
  expect(new Recorder([]).keeps).toBe(false);
  expect(new Recorder([forgetful]).keeps).toBe(false);
  expect(new Recorder([forgetful, silent]).keeps).toBe(true);
  expect(new Recorder([forgetful, new ListSink()]).keeps).toBe(true);
});

test("an effect before its cause is refused", () => {
  const recorder = new Recorder([new ListSink()]);
  expect(() => recorder.emit({ ...WAKE, cause: 1 })).toThrow("a cause comes before its effect");
});
