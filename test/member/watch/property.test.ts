import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WatchCreateRequest } from "../../../src/api/watch-requests.ts";
import { MILLISECOND, MINUTE } from "../../../src/base/time.ts";
import { timeLimitMs } from "../../support/time-limit.ts";
import { History, judge, type Seen } from "./rules.ts";
import { change, createRequest, WatchWorld } from "./support.ts";

/**
 * Random histories, watchers of all kinds and clients that stop reading, against a naive model of
 * the delivery rules.
 */
const STREAMS = [1, 2];
const { DETCD_FUZZ_RUNS = "0" } = process.env;
/** Enough to see everything at least once; more where asked for. */
const RUNS = Math.max(300, Number(DETCD_FUZZ_RUNS));

/** Within so many each mistake is found. */
const HUNT_RUNS = 3_000;

const key = fc.constantFrom("a", "ab", "b", "c");
const stream = fc.constantFrom(...STREAMS);
const transaction = fc.uniqueArray(
  fc.record({ key, put: fc.boolean(), length: fc.constantFrom(1, 40) }),
  { minLength: 1, maxLength: 4, selector: (c) => c.key },
);
const options = fc.record({
  key: fc.constantFrom("a", "a", "ab", "b", "c", ""),
  rangeEnd: fc.constantFrom("", "", "b", "c", "\0"),
  /** From now on, so far from the present revision, or from the compacted one. */
  start: fc.oneof(
    fc.constant(null),
    fc.record({ now: fc.integer({ min: -40, max: 6 }) }),
    fc.record({ now: fc.constantFrom(-2000, -1000) }),
    fc.record({ compacted: fc.integer({ min: -1, max: 1 }) }),
  ),
  watchId: fc.constantFrom(0, 0, 0, 1, 5),
  filters: fc.subarray(["NOPUT", "NODELETE"] as const),
  prevKv: fc.boolean(),
  fragment: fc.boolean(),
  progressNotify: fc.boolean(),
});
const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("write" as const), transaction }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("burst" as const),
      count: fc.constantFrom(30, 150, 300, 1100),
      transaction,
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("create" as const), stream, options }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("cancel" as const), stream, id: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("progress" as const), stream }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("stall" as const), stream, on: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("compact" as const), back: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("restore" as const),
      writes: fc.array(transaction, { maxLength: 4 }),
      compact: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("wait" as const),
      us: fc.constantFrom(MILLISECOND, 10 * MILLISECOND, 100 * MILLISECOND, 11 * MINUTE),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
const program = fc.array(command, { minLength: 1, maxLength: 50, size: "max" });

interface Coverage extends Seen {
  victims: number;
  unsynced: number;
  restored: number;
}

const NOTHING: Coverage = {
  ...{ fragments: 0, compactions: 0, progress: 0, refused: 0, batches: 0, lostBefore: 0 },
  ...{ events: 0, victims: 0, unsynced: 0, restored: 0 },
};

class Run {
  readonly world: WatchWorld;
  readonly history = new History();
  readonly creates = new Map<number, WatchCreateRequest[]>(STREAMS.map((id) => [id, []]));
  readonly seen: Coverage;
  private written = 0;

  constructor(bugs: readonly string[], seen: Coverage) {
    this.world = new WatchWorld(bugs, { windowBytes: 300, maxResponseBytes: 400 });
    this.seen = seen;
  }

  private changes(transaction: readonly { key: string; put: boolean; length: number }[]): string[] {
    return transaction.map(({ key, put, length }) =>
      put ? `${key}=${String(this.written++).padStart(length, ".")}` : `-${key}`,
    );
  }

  private look(): void {
    const { victims, unsynced } = this.world.server.hub.counts;
    if (victims > 0) this.seen.victims++;
    if (unsynced > 0) this.seen.unsynced++;
  }

  do(command: Command): void {
    const { world, history } = this;
    const { revision, compactRevision } = world.store;
    switch (command.type) {
      case "write": {
        const changes = this.changes(command.transaction);
        history.write(changes);
        world.write(...changes);
        break;
      }
      case "burst":
        for (let i = 0; i < command.count; i++) this.do({ ...command, type: "write" });
        break;
      case "create": {
        const { start, ...rest } = command.options;
        const from = start === null ? 0 : "now" in start ? revision + start.now : 0;
        const at =
          start !== null && "compacted" in start ? compactRevision + start.compacted : from;
        const startRevision = start === null ? 0 : Math.max(1, at);
        const request = createRequest(rest.key, { ...rest, startRevision });
        this.creates.get(command.stream)?.push(request);
        world.request(command.stream, { type: "create", request });
        break;
      }
      case "cancel":
        world.cancel(command.stream, command.id);
        break;
      case "progress":
        world.progress(command.stream);
        break;
      case "stall":
        if (command.on) world.stalled.add(command.stream);
        else world.stalled.delete(command.stream);
        world.read();
        break;
      case "compact": {
        const at = revision - command.back;
        if (at > Math.max(0, compactRevision)) world.compact(at);
        break;
      }
      case "restore": {
        if (world.server.hub.counts.synced > 0) this.seen.restored++;
        world.restore((ahead) => {
          for (const write of command.writes) {
            const changes = this.changes(write);
            history.write(changes);
            change(ahead, changes);
          }
          if (command.compact && ahead.revision > Math.max(1, ahead.compactRevision)) {
            ahead.compact(ahead.revision);
          }
        });
        break;
      }
      case "wait":
        world.wait(command.us);
        break;
    }
    this.look();
  }

  /** Lets everyone read everything, and judges. */
  end(): string[] {
    const { world } = this;
    world.stalled.clear();
    world.read();
    for (let i = 0; i < 100; i++) {
      const { victims, unsynced } = world.server.hub.counts;
      if (victims + unsynced === 0) break;
      world.wait(100 * MILLISECOND);
    }
    const { victims, unsynced } = world.server.hub.counts;
    const stuck = victims + unsynced > 0 ? ["never caught up"] : [];
    const wrong = STREAMS.flatMap((id) =>
      judge(this.history, this.creates.get(id) ?? [], world.sent.get(id) ?? [], true, this.seen),
    );
    return [...stuck, ...wrong];
  }
}

function wrongIn(commands: readonly Command[], bugs: readonly string[], seen: Coverage): string[] {
  const run = new Run(bugs, seen);
  for (const command of commands) run.do(command);
  return run.end();
}

describe("the delivery rules", () => {
  test("hold in random histories", { timeout: timeLimitMs(RUNS) }, () => {
    const seen = { ...NOTHING };
    fc.assert(
      fc.property(program, (commands) => {
        expect(wrongIn(commands, [], seen)).toEqual([]);
      }),
      { seed: 4711, numRuns: RUNS },
    );
    // It did come to all that the rules are about.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0);
  });

  test.each(["M4", "M5", "M6", "M7", "M8", "M9a", "M9b", "M10", "M11", "M12"])(
    "find %s",
    { timeout: timeLimitMs(HUNT_RUNS) },
    (bug) => {
      const found = fc.check(
        fc.property(program, (commands) => {
          return wrongIn(commands, [bug], { ...NOTHING }).length === 0;
        }),
        { seed: 4711, numRuns: HUNT_RUNS, endOnFailure: true },
      );
      expect(found.failed).toBe(true);
    },
  );
});
