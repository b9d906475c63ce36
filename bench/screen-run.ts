import { parseScenario } from "../src/scenario/read/parse.ts";
import { runScenario } from "../src/scenario/run/run.ts";
import type { TraceEvent, TraceHeader } from "../src/trace/events.ts";
import { ListSink } from "../src/trace/recorder.ts";

/** Events that a put brings about in a cluster of five, all layers of the trace together; about. */
const EVENTS_A_PUT = 82;

/** A run of at least `count` events, and no more of it: puts all along, a crash, a partition. */
export function longRun(count: number): { header: TraceHeader; events: readonly TraceEvent[] } {
  const puts = Math.ceil(count / EVENTS_A_PUT) + 50;
  const third = Math.round((puts * 5) / 3);
  const text = `
name: long-run
title: a long run
teaches: how long it takes to be shown
cluster: { members: 5 }
steps:
  - when: leader elected
  - puts: { count: ${puts}, every: 5ms }
  - after: ${third}ms
    crash: leader
  - after: 3s
    restart: old-leader
  - after: ${third}ms
    partition: [[m1, m2], [m3, m4, m5]]
  - after: 2s
    heal: true
until: ${Math.ceil((puts * 5) / 1000) + 30}s
expect: [one leader per term]
`;
  // Kept by a listener: how much a run itself may keep is bounded for people's machines.
  const list = new ListSink();
  const { header } = runScenario(parseScenario(text, "long-run.yaml"), {
    digests: false,
    events: false,
    only: [],
    sinks: [list],
  });
  const { events } = list;
  if (events.length < count) throw new Error(`${events.length} events: more puts are needed`);
  return { header, events: events.slice(0, count) };
}
