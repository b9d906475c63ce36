import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/raft/types.ts";
import type { CrashMode } from "../../src/sim/fault.ts";
import {
  createWal,
  openWal,
  Snapshotter,
  validSnapshots,
  type Wal,
  WalError,
  walExists,
} from "../../src/wal/index.ts";
import { DiskWorld } from "../sim/machine/disk-world.ts";
import { DIR, entry, METADATA, NOTHING, options, type Said } from "./sample.ts";

const SNAP = "member/snap";
const CONF = { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

type Step =
  | {
      readonly type: "save";
      readonly count: number;
      readonly length: number;
      readonly newTerm: boolean;
    }
  | { readonly type: "commit" }
  | { readonly type: "settle"; readonly syncs: number }
  | { readonly type: "snapshot" }
  | { readonly type: "crash"; readonly mode: CrashMode; readonly seed: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("save" as const),
      count: fc.integer({ min: 1, max: 3 }),
      length: fc.constantFrom(0, 5, 60, 600),
      newTerm: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: "commit" as const }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("settle" as const), syncs: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constant({ type: "snapshot" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("crash" as const),
      mode: fc.constantFrom<CrashMode>(
        "lose",
        "keep",
        "prefix",
        "tear",
        "rewind",
        "forget",
        "scatter",
        "random",
      ),
      seed: fc.nat(1000),
    }),
  },
);

/** A member's storage, and what it may have to remember, through crashes and restarts. */
class Life {
  restarts = 0;
  repairs = 0;
  readonly #world = new DiskWorld();
  readonly #options;
  #wal: Wal;
  /** What the log said after each record; the last is now. Entries count from 1. */
  #story: Said[] = [NOTHING];
  #promised = -1;
  #promisedSnapshot = 0;
  #snapshot = 0;
  /** What to promise once a sync is done. */
  #waiting: { token: number; story: number; snapshot: number }[] = [];

  constructor(segmentBytes: number, bugs: readonly string[]) {
    this.#options = options(segmentBytes, ...bugs);
    this.#wal = this.#create();
  }

  do(step: Step): void {
    if (step.type === "save") this.#save(step.count, step.length, step.newTerm);
    else if (step.type === "commit") this.#commit();
    else if (step.type === "settle") this.#settle(step.syncs);
    else if (step.type === "snapshot") this.#takeSnapshot();
    else this.#crash(step.mode, step.seed);
  }

  get #now(): Said {
    return this.#story.at(-1) as Said;
  }

  #create(): Wal {
    this.#story = [NOTHING];
    this.#promised = -1;
    this.#waiting = [];
    const wal = createWal(this.#world.disk, DIR, METADATA, this.#options);
    this.#waiting.push({ token: wal.startToken, story: 0, snapshot: 0 });
    return wal;
  }

  /** Appends entries; in a new term they overwrite what was not committed. */
  #save(count: number, length: number, newTerm: boolean): void {
    const { hardState, entries } = this.#now;
    const before = Math.max(1, hardState.term, entries.at(-1)?.term ?? 0);
    const term = newTerm ? before + 1 : before;
    const kept = newTerm ? Math.max(hardState.commit, entries.length - 1) : entries.length;
    const added = Array.from({ length: count }, (_, i) => entry(kept + 1 + i, term, length));
    const state = { term, vote: 1, commit: hardState.commit };
    let list: readonly Entry[] = entries;
    for (const e of added) {
      list = [...list.slice(0, e.index - 1), e];
      this.#story.push({ hardState, entries: list });
    }
    this.#story.push({ hardState: state, entries: list });
    this.#await(this.#wal.save(state, added, true), this.#story.length - 1);
  }

  #commit(): void {
    const { hardState, entries } = this.#now;
    if (entries.length === 0) return;
    // A crash may have left entries without the state that was written behind them.
    const term = Math.max(hardState.term, (entries.at(-1) as Entry).term);
    const state = { term, vote: 1, commit: entries.length };
    this.#story.push({ hardState: state, entries });
    this.#await(this.#wal.save(state, [], false), this.#story.length - 1);
  }

  #await(token: number, story: number, snapshot = 0): void {
    if (token !== 0) this.#waiting.push({ token, story, snapshot });
  }

  #settle(syncs: number): void {
    this.#world.settle(syncs);
    const done = this.#world.done.at(-1) ?? 0;
    while ((this.#waiting[0]?.token ?? Number.POSITIVE_INFINITY) <= done) {
      const { story, snapshot } = this.#waiting.shift() as { story: number; snapshot: number };
      this.#promised = story;
      if (snapshot === 0) continue;
      this.#promisedSnapshot = snapshot;
      this.#wal.releaseTo(snapshot);
      new Snapshotter(this.#world.disk, SNAP).purge(2);
    }
  }

  #takeSnapshot(): void {
    const { hardState, entries } = this.#now;
    const index = hardState.commit;
    if (index <= this.#snapshot) return;
    this.#snapshot = index;
    const metadata = { index, term: (entries[index - 1] as Entry).term, confState: CONF };
    new Snapshotter(this.#world.disk, SNAP, this.#options).save({ data: METADATA, metadata });
    this.#await(this.#wal.saveSnapshot(metadata), this.#story.length - 1, index);
  }

  #crash(mode: CrashMode, seed: number): void {
    this.#world.crash(mode, seed);
    this.restarts++;
    const { disk } = this.#world;
    if (!walExists(disk, DIR)) {
      expect(this.#promised, "a log that was promised is gone").toBe(-1);
      this.#wal = this.#create();
      return;
    }
    const snapshotter = new Snapshotter(disk, SNAP);
    const found = snapshotter.loadNewest(validSnapshots(disk, DIR, this.#options));
    expect(snapshotter.findings).toEqual([]);
    const at = found?.metadata ?? { index: 0, term: 0 };
    expect(at.index, "a snapshot that was promised").toBeGreaterThanOrEqual(this.#promisedSnapshot);
    const opened = openWal(disk, DIR, { index: at.index, term: at.term }, this.#options);
    if (opened.repaired !== "") this.repairs++;
    const place = this.#story.findLastIndex((said) => says(said, opened, at.index));
    expect(place, "records that were promised").toBeGreaterThanOrEqual(Math.max(this.#promised, 0));
    this.#wal = opened.wal;
    this.#story = [this.#story[place] as Said];
    this.#snapshot = at.index;
    this.#promisedSnapshot = at.index;
    this.#promised = -1;
    this.#waiting = [{ token: opened.wal.startToken, story: 0, snapshot: 0 }];
  }
}

function says(said: Said, opened: Said, from: number): boolean {
  const { term, vote, commit } = opened.hardState;
  const state = said.hardState;
  return (
    state.term === term &&
    state.vote === vote &&
    state.commit === commit &&
    said.entries.length === from + opened.entries.length &&
    opened.entries.every((e, i) => {
      const mine = said.entries[from + i] as Entry;
      return e.index === mine.index && e.term === mine.term && e.data.length === mine.data.length;
    })
  );
}

function live(segmentBytes: number, steps: readonly Step[], ...bugs: string[]): Life {
  const life = new Life(segmentBytes, bugs);
  for (const each of steps) life.do(each);
  return life;
}

const lives = fc.tuple(
  fc.constantFrom(1, 500, 2000, 1_000_000),
  fc.array(step, { minLength: 5, maxLength: 60, size: "max" }),
);

/** Whether some random life goes wrong. */
function goesWrong(bug: string, numRuns: number): boolean {
  const result = fc.check(
    fc.property(lives, ([segmentBytes, steps]) => {
      live(segmentBytes, steps, bug);
    }),
    { seed: 7006, numRuns, endOnFailure: true },
  );
  return result.failed;
}

describe("log and snapshots on the simulated disk", () => {
  it("keep every promise through any number of crashes, and always open again", () => {
    let restarts = 0;
    let repairs = 0;
    fc.assert(
      fc.property(lives, ([segmentBytes, steps]) => {
        try {
          const life = live(segmentBytes, steps);
          restarts += life.restarts;
          repairs += life.repairs;
        } catch (error) {
          if (error instanceof WalError) throw new Error(`refused: ${error.message}`);
          throw error;
        }
      }),
      { seed: 7006, numRuns: 400 },
    );
    expect(restarts).toBeGreaterThan(1000);
    expect(repairs).toBeGreaterThan(50);
  });

  for (const bug of ["W2", "W3", "W4"]) {
    it(`break promises with ${bug}`, () => {
      expect(goesWrong(bug, 400)).toBe(true);
    });
  }
});
