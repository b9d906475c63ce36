import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import { foldFrame } from "../../src/trace/frames/fold.ts";
import { type Frame, firstFrame, isQuorum, memberOf } from "../../src/trace/frames/frame.ts";
import { FrameIndex } from "../../src/trace/frames/frames.ts";
import { LogView } from "../../src/trace/frames/log-view.ts";
import { entry, SAMPLE_HEADER, sampleTrace, TraceWriter } from "../support/sample-trace.ts";

const events = sampleTrace();

/** A frame as plain data: a log's entries by value, whatever they share. */
function plain(frame: Frame): unknown {
  return {
    ...frame,
    members: frame.members.map((member) => ({
      ...member,
      log: {
        snapshot: [member.log.snapshotIndex, member.log.snapshotTerm],
        entries: member.log.slice(0, member.log.lastIndex),
      },
    })),
  };
}

function folded(list: readonly TraceEvent[], count: number): Frame {
  return list.slice(0, count).reduce(foldFrame, firstFrame(SAMPLE_HEADER));
}

/** The frame after the first event that `wanted` picks. */
function moment(wanted: (event: TraceEvent) => boolean): Frame {
  const place = events.findIndex(wanted);
  expect(place).toBeGreaterThanOrEqual(0);
  return folded(events, place + 1);
}

property.prop(
  [
    fc.array(fc.integer({ min: -3, max: events.length + 3 }), { minLength: 1 }),
    fc.integer({ min: 1, max: 40 }),
  ],
  { seed: 5, numRuns: 60 },
)(
  "any moment, reached by any way forward and back, equals folding from the start",
  (seeks, every) => {
    const index = new FrameIndex(SAMPLE_HEADER, events, every);
    for (const position of seeks) {
      const count = Math.max(0, Math.min(events.length, position));
      expect(plain(index.seek(position))).toEqual(plain(folded(events, count)));
    }
  },
);

test("folding leaves the frames before as they were", () => {
  const frames = [firstFrame(SAMPLE_HEADER)];
  for (const event of events) frames.push(foldFrame(frames.at(-1) as Frame, event));
  frames.forEach((frame, count) => {
    expect(plain(frame)).toEqual(plain(folded(events, count)));
  });
});

test("a time shows all that happened at or before it", () => {
  const index = new FrameIndex(SAMPLE_HEADER, events);
  for (const at of [-1, 0, 1_200_000, 1_200_399, 1_200_400, 3_799_999, 9_000_000]) {
    const count = events.filter((event) => event.at <= at).length;
    expect(index.seekTime(at).seq).toBe(count);
  }
});

describe("a frame shows", () => {
  test("who campaigns, who granted its vote, and who leads", () => {
    const campaign = moment((e) => e.kind === "role" && e.role === "candidate" && e.term === 2);
    expect(memberOf(campaign, 2)).toMatchObject({
      role: "candidate",
      term: 2,
      vote: 2,
      granted: [2],
    });
    const won = moment((e) => e.kind === "role" && e.role === "leader" && e.term === 2);
    expect(memberOf(won, 2)).toMatchObject({ role: "leader", lead: 2, granted: [2, 3] });
    expect(memberOf(won, 3)).toMatchObject({ role: "follower", term: 2, vote: 2 });
  });

  test("messages from their sending to their arrival, copies and losses", () => {
    const w = new TraceWriter();
    const message = { type: "MsgHeartbeat" as const, from: 1, to: 2, term: 1, commit: 0 };
    const sent = w.send(0, message);
    const copies = (count: number) =>
      w.events
        .slice(0, count)
        .reduce(foldFrame, firstFrame(SAMPLE_HEADER))
        .flights.map((flight) => [flight.seq, flight.copies]);
    w.emit(1, sent, "duplicate", { message });
    w.deliver(sent, 10);
    w.emit(1, sent, "drop", { message, reason: "loss" });
    expect([1, 2, 3, 4].map(copies)).toEqual([[[1, 1]], [[1, 2]], [[1, 1]], []]);
  });

  test("a crashed member without its volatile state, and what its disk kept when it is back", () => {
    const crashed = moment((e) => e.kind === "crash");
    expect(memberOf(crashed, 1)).toMatchObject({
      status: "down",
      role: "follower",
      lead: 0,
      peers: [],
    });
    const back = moment((e) => e.kind === "recover" && e.repaired !== "");
    expect(memberOf(back, 1)).toMatchObject({ status: "up", term: 1, commit: 1 });
    expect(memberOf(back, 1).log.lastIndex).toBe(2);
  });

  test("what the leader knows of its peers", () => {
    const leader = memberOf(
      moment((e) => e.kind === "commit" && e.index === 2),
      1,
    );
    expect(leader.peers).toMatchObject([
      { id: 2, match: 2 },
      { id: 3, match: 0, heard: -1 },
    ]);
  });

  test("clients that wait, and how their operations ended", () => {
    const waiting = moment((e) => e.kind === "attempt");
    expect(waiting.pending).toMatchObject([{ op: 1, client: 1, to: 1, text: "put a=1" }]);
    const done = moment((e) => e.kind === "complete");
    expect(done.pending).toEqual([]);
    expect(done.outcomes).toEqual({ ok: 1, fail: 0, ambiguous: 0 });
  });

  test("members that join later, in the order of their ids", () => {
    const w = new TraceWriter();
    w.boot(5);
    w.boot(4);
    const frame = w.events.reduce(foldFrame, firstFrame(SAMPLE_HEADER));
    expect(frame.members.map((m) => [m.id, m.status])).toEqual([
      [1, "absent"],
      [2, "absent"],
      [3, "absent"],
      [4, "up"],
      [5, "up"],
    ]);
  });
});

test("a quorum is more than half, in a joint configuration of both halves", () => {
  const conf = {
    voters: [1, 4, 5],
    votersOutgoing: [1, 2, 3],
    learners: [],
    learnersNext: [],
    autoLeave: true,
  };
  expect(isQuorum(conf, [1, 4])).toBe(false);
  expect(isQuorum(conf, [1, 2])).toBe(false);
  expect(isQuorum(conf, [1, 2, 4])).toBe(true);
  const simple = { ...conf, votersOutgoing: [] };
  expect(isQuorum(simple, [1, 4])).toBe(true);
  expect(isQuorum({ ...simple, voters: [1, 2, 3, 4] }, [1, 2])).toBe(false);
});

// The log against a naive model: an array of entries behind a snapshot.
const step = fc.oneof(
  fc.record({
    type: fc.constant("append" as const),
    back: fc.nat({ max: 3 }),
    count: fc.integer({ min: 1, max: 4 }),
    view: fc.nat(),
  }),
  fc.record({
    type: fc.constant("compact" as const),
    by: fc.integer({ min: -2, max: 4 }),
    view: fc.nat(),
  }),
);

property.prop([fc.array(step, { maxLength: 40 })], { seed: 6, numRuns: 300 })(
  "a log's older views stay as they were while newer ones grow, shrink and branch",
  (steps) => {
    const views = [
      { log: LogView.after(0, 0), model: [] as { index: number; term: number }[], base: 0 },
    ];
    let term = 0;
    for (const action of steps) {
      const from = views[action.view % views.length];
      if (from === undefined) throw new Error("no view");
      const last = from.base + from.model.length;
      if (action.type === "append") {
        term++;
        const first = Math.max(from.base + 1, last + 1 - action.back);
        const entries = Array.from({ length: action.count }, (_, i) => entry(first + i, term));
        const kept = from.model.filter((e) => e.index < first);
        const model = [...kept, ...entries.map((e) => ({ index: e.index, term }))];
        views.push({ log: from.log.append(entries), model, base: from.base });
      } else {
        // What is compacted already stays so.
        const upTo = Math.max(0, Math.min(last, from.base + action.by));
        const base = Math.max(from.base, upTo);
        const model = from.model.filter((e) => e.index > base);
        views.push({ log: from.log.compact(upTo, from.log.termAt(upTo) ?? 0), model, base });
      }
    }
    for (const { log, model, base } of views) {
      expect(log.slice(0, 1000).map((e) => ({ index: e.index, term: e.term }))).toEqual(model);
      expect([log.firstIndex, log.lastIndex]).toEqual([base + 1, base + model.length]);
      for (const e of model) expect(log.termAt(e.index)).toBe(e.term);
      expect(log.at(base)).toBeUndefined();
      expect(log.at(log.lastIndex + 1)).toBeUndefined();
    }
  },
);
