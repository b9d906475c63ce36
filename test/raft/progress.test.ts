import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Inflights } from "../../src/raft/tracker/inflights.ts";
import { Progress, ProgressState } from "../../src/raft/tracker/progress.ts";

/**
 * A follower's progress as plain numbers and the list of its messages in flight: the rules of
 * etcd-io/raft's tracker.Progress, one a case.
 */
interface Model {
  state: "probe" | "replicate" | "snapshot";
  match: number;
  next: number;
  snapshot: number;
  sentCommit: number;
  /** In Probe: an append is out. In Replicate: the window is full and it was told so. */
  waits: boolean;
  flights: { readonly last: number; readonly bytes: number }[];
}

type Command =
  | { readonly do: "send"; readonly count: number; readonly bytes: number; readonly commit: number }
  | { readonly do: "ack"; readonly offset: number }
  | { readonly do: "reject"; readonly offset: number; readonly hint: number }
  | { readonly do: "free"; readonly offset: number }
  | { readonly do: "commit"; readonly offset: number }
  | { readonly do: "probe" | "replicate" | "heard" }
  | { readonly do: "snapshot"; readonly ahead: number }
  | { readonly do: "report"; readonly delivered: boolean };

const offset = fc.integer({ min: -4, max: 4 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      count: fc.nat({ max: 3 }),
      bytes: fc.nat({ max: 30 }),
      commit: fc.nat({ max: 8 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("ack" as const), offset }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("reject" as const), offset, hint: fc.nat(12) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("free" as const), offset }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("commit" as const), offset }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("probe", "replicate", "heard", "heard") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("snapshot" as const), ahead: fc.nat(5) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("report" as const), delivered: fc.boolean() }),
  },
);

const WINDOW = { messages: 2, bytes: 40 };
const STATES = {
  probe: ProgressState.Probe,
  replicate: ProgressState.Replicate,
  snapshot: ProgressState.Snapshot,
};

function isFull({ flights }: Model): boolean {
  const bytes = flights.reduce((sum, flight) => sum + flight.bytes, 0);
  return flights.length >= WINDOW.messages || bytes >= WINDOW.bytes;
}

function enter(model: Model, state: Model["state"]): void {
  model.state = state;
  model.waits = false;
  model.flights = [];
  model.snapshot = 0;
}

/** Takes the command on both; what a leader would not do is left out. */
function take(model: Model, progress: Progress, given: Command): void {
  switch (given.do) {
    case "send": {
      const paused = model.state === "snapshot" || model.waits;
      expect(progress.isPaused()).toBe(paused);
      if (paused) return;
      const count = model.state === "replicate" && isFull(model) ? 0 : given.count;
      expect(progress.canSendEntries()).toBe(model.state === "probe" || !isFull(model));
      progress.sentAppend(count, count === 0 ? 0 : given.bytes, given.commit);
      model.sentCommit = given.commit;
      if (model.state === "probe") model.waits = count > 0;
      else {
        model.next += count;
        if (count > 0) model.flights.push({ last: model.next - 1, bytes: given.bytes });
        model.waits = isFull(model);
      }
      return;
    }
    case "ack": {
      const index = model.match + given.offset;
      const news = index > model.match;
      expect(progress.maybeUpdate(index)).toBe(news);
      if (!news) return;
      model.match = index;
      model.next = Math.max(model.next, index + 1);
      model.waits = false;
      return;
    }
    case "reject": {
      const rejected = Math.max(0, model.next - 1 + given.offset);
      const stale =
        model.state === "replicate" ? rejected <= model.match : rejected !== model.next - 1;
      expect(progress.maybeDecrTo(rejected, given.hint)).toBe(!stale);
      if (stale) return;
      if (model.state === "replicate") model.next = model.match + 1;
      else {
        // Never above what was rejected, never below what is known to agree.
        const wanted = given.hint + 1 < rejected ? given.hint + 1 : rejected;
        model.next = wanted > model.match ? wanted : model.match + 1;
        model.waits = false;
      }
      model.sentCommit = Math.min(model.sentCommit, model.next - 1);
      return;
    }
    case "free": {
      const index = model.match + given.offset;
      progress.inflights.freeUpTo(index);
      model.flights = model.flights.filter((flight) => flight.last > index);
      return;
    }
    case "commit": {
      const commit = Math.max(0, model.next + given.offset);
      // Worth telling if the follower could commit more of what it (perhaps) has.
      const useful = Math.min(commit, model.next - 1) > model.sentCommit;
      expect(progress.canBumpCommit(commit)).toBe(useful);
      progress.sentHeartbeat(commit);
      model.sentCommit = commit;
      return;
    }
    case "probe": {
      const from = model.state === "snapshot" ? Math.max(model.match, model.snapshot) : model.match;
      progress.becomeProbe();
      enter(model, "probe");
      model.next = from + 1;
      model.sentCommit = Math.min(model.sentCommit, from);
      return;
    }
    case "replicate":
      progress.becomeReplicate();
      enter(model, "replicate");
      model.next = model.match + 1;
      return;
    case "snapshot": {
      const index = model.match + given.ahead;
      progress.becomeSnapshot(index);
      enter(model, "snapshot");
      model.snapshot = index;
      model.next = index + 1;
      model.sentCommit = index;
      return;
    }
    case "report": {
      if (model.state !== "snapshot") return;
      const from = given.delivered ? Math.max(model.match, model.snapshot) : model.match;
      progress.becomeProbeAfterSnapshot(given.delivered);
      progress.pause();
      enter(model, "probe");
      model.next = from + 1;
      model.sentCommit = Math.min(model.sentCommit, from);
      model.waits = true;
      return;
    }
    case "heard":
      progress.answeredHeartbeat();
      expect(progress.recentActive).toBe(true);
      // One that is known to have all is only asked where it stands while that is not known.
      expect(progress.needsProbe(model.match)).toBe(model.state === "probe");
      expect(progress.needsProbe(model.match + 1)).toBe(true);
      model.waits = false;
  }
}

describe("what a leader knows of a follower", () => {
  it("behaves like its rules, one after the other", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const progress = new Progress(
          2,
          5,
          false,
          true,
          new Inflights(WINDOW.messages, WINDOW.bytes),
        );
        const model: Model = {
          state: "probe",
          match: 0,
          next: 5,
          snapshot: 0,
          sentCommit: 0,
          waits: false,
          flights: [],
        };
        for (const each of commands) {
          take(model, progress, each);
          const window = model.state === "replicate" && isFull(model) ? ", window full" : "";
          seen.add(`${model.state} ${model.waits ? "waits" : "goes on"}${window}`);
          expect({
            state: progress.state,
            match: progress.match,
            next: progress.next,
            snapshot: progress.pendingSnapshot,
            sentCommit: progress.sentCommit,
            paused: progress.isPaused(),
            inflight: progress.inflights.count,
          }).toEqual({
            state: STATES[model.state],
            match: model.match,
            next: model.next,
            snapshot: model.snapshot,
            sentCommit: model.sentCommit,
            paused: model.state === "snapshot" || model.waits,
            inflight: model.flights.length,
          });
          expect(progress.match).toBeLessThan(progress.next);
          expect(progress.describe()).toBe(progress.clone().describe());
        }
      }),
      { seed: 51, numRuns: 500 },
    );
    expect([...seen].sort()).toEqual([
      "probe goes on",
      "probe waits",
      "replicate goes on",
      "replicate goes on, window full",
      "replicate waits",
      "replicate waits, window full",
      "snapshot goes on",
    ]);
  });
});
