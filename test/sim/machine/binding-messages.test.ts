import { expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { RaftMonitor } from "../../../src/check/raft/raft-monitor.ts";
import { messageSummary } from "../../../src/member/tracing/summaries.ts";
import { makeMessage } from "../../../src/raft/messages.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import { Acknowledgements, BindingMessages } from "../../../src/sim/machine/binding-messages.ts";
import { ListSink } from "../../../src/trace/recorder.ts";
import type { TraceSink } from "../../../src/trace/trace.ts";
import { ask } from "../../support/patient.ts";

const { AppResp, App, Vote, VoteResp, Heartbeat } = MessageType;

/** Whether each of `messages` to m1 promises something new. */
function news(messages: readonly Parameters<typeof makeMessage>[0][]): boolean[] {
  const promises = new BindingMessages();
  return messages.map((message) => promises.isNew(makeMessage({ to: 1, ...message })));
}

test("votes, asked for and given, and refusals always bind; appends and heartbeats never", () => {
  const types = [Vote, VoteResp, App, Heartbeat];
  const twice = [...types, ...types].map((type) => ({ type, from: 2, term: 1, index: 3 }));
  expect(news(twice)).toEqual([true, true, false, false, true, true, false, false]);
  const refusal = { type: AppResp, from: 2, term: 1, index: 3, reject: true };
  expect(news([refusal, refusal])).toEqual([true, true]);
});

test("an acknowledgement binds unless it repeats its sender's last one", () => {
  const ack = (from: number, term: number, index: number) => ({ type: AppResp, from, term, index });
  const told = news([
    ack(2, 1, 5),
    ack(2, 1, 5),
    ack(3, 1, 5),
    ack(2, 1, 6),
    ack(2, 1, 4), // overtaken: what follows it is told again
    ack(2, 1, 6),
    ack(2, 1, 6),
    ack(2, 2, 6), // another leader
  ]);
  expect(told).toEqual([true, false, true, true, true, true, false, true]);
});

test("an acknowledgement's event says what its summary would", () => {
  const acknowledgements = new Acknowledgements();
  for (const index of [3, 4]) {
    const message = makeMessage({ type: AppResp, from: 2, to: 1, term: 5, index });
    expect(acknowledgements.event({ at: 70, id: 1 }, message, 0)).toEqual({
      seq: 0,
      at: 70,
      member: 1,
      cause: 0,
      kind: "deliver",
      message: messageSummary(message, false),
    });
  }
});

test("a run is judged alike whether events are kept or not", () => {
  const judged = (sinks: readonly TraceSink[]) => {
    const monitor = new RaftMonitor();
    const options = { ...DEFAULT_CLUSTER, bugs: ["R3", "R10"] };
    const cluster = new Cluster(options, { sinks: [monitor, ...sinks] });
    cluster.runUntil(3_000_000);
    ask(cluster, 1, op.put("a", "1"));
    cluster.runUntil(3_000_700);
    for (const member of [1, 2, 3]) cluster.inject({ type: "crash", member, disk: "lose" });
    for (const member of [1, 2, 3]) cluster.inject({ type: "restart", member });
    cluster.runUntil(9_000_000);
    return { violations: monitor.violations, events: monitor.events };
  };
  const alone = judged([]);
  const kept = judged([new ListSink(new RaftMonitor().layers)]);
  expect(alone.events).toBeGreaterThan(30);
  expect(alone).toEqual(kept);
});
