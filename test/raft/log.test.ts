import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { ErrCompacted, ErrSnapOutOfDate, RaftPanic } from "../../src/raft/errors.ts";
import {
  entriesEncodingSize,
  entryEncodingSize,
  limitSize,
  NO_LIMIT,
} from "../../src/raft/log/limit-size.ts";
import { NO_MATCH, RaftLog } from "../../src/raft/log/raft-log.ts";
import { Logger } from "../../src/raft/logger.ts";
import { LogLevel, type RaftObserver } from "../../src/raft/observer.ts";
import { MemoryStorage } from "../../src/raft/storage.ts";
import { EMPTY, EMPTY_CONF_STATE, type Entry } from "../../src/raft/types.ts";

const QUIET = new Logger(null);

function entry(index: number, term: number, size = 0): Entry {
  return { index, term, type: 0, data: size === 0 ? EMPTY : new Uint8Array(size) };
}

function entriesOf(first: number, terms: readonly number[]): Entry[] {
  return terms.map((term, i) => entry(first + i, term));
}

/** A log whose first `stable` entries lie in the storage. */
function logOf(terms: readonly number[], stable: number, maxApplying = NO_LIMIT): RaftLog {
  const storage = new MemoryStorage();
  storage.append(entriesOf(1, terms.slice(0, stable)));
  const log = new RaftLog(storage, maxApplying, QUIET, NO_MISTAKES);
  log.append(entriesOf(stable + 1, terms.slice(stable)));
  return log;
}

function termsOf(log: RaftLog): number[] {
  const found = log.slice(log.firstIndex(), log.lastIndex() + 1, NO_LIMIT);
  if (found instanceof Error) throw found;
  return found.map((each) => each.term);
}

describe("AppendEntries at the receiver (figure 2 of the Raft paper)", () => {
  // The follower of each table has terms 1 1 2 2 3 at indexes 1 to 5, of which 1 and 2 are committed.
  const append = (prevTerm: number, prevIndex: number, terms: number[], commit: number) => {
    const log = logOf([1, 1, 2, 2, 3], 3);
    log.commitTo(2);
    const last = log.maybeAppend(prevTerm, prevIndex, entriesOf(prevIndex + 1, terms), commit);
    return { last, terms: termsOf(log), committed: log.committed };
  };

  it("replies false if the log has no entry at prevLogIndex whose term is prevLogTerm", () => {
    expect(append(3, 4, [4], 5).last).toBe(NO_MATCH);
    expect(append(3, 6, [4], 5).last).toBe(NO_MATCH);
    expect(append(3, 4, [4], 5).terms).toEqual([1, 1, 2, 2, 3]);
  });

  it("deletes a conflicting entry and all that follow it", () => {
    const after = append(2, 3, [4], 2);
    expect(after).toEqual({ last: 4, terms: [1, 1, 2, 4], committed: 2 });
  });

  it("keeps what follows if nothing conflicts", () => {
    expect(append(1, 2, [2], 2)).toEqual({ last: 3, terms: [1, 1, 2, 2, 3], committed: 2 });
  });

  it("appends entries not already in the log", () => {
    expect(append(2, 4, [3, 4], 2).terms).toEqual([1, 1, 2, 2, 3, 4]);
  });

  it("sets commitIndex to min(leaderCommit, index of the last new entry)", () => {
    expect(append(2, 3, [], 5).committed).toBe(3);
    expect(append(2, 4, [3], 4).committed).toBe(4);
    expect(append(2, 4, [3], 9).committed).toBe(5);
  });

  it("refuses entries that do not follow what comes before them", () => {
    const log = logOf([1, 1], 0);
    expect(() => log.maybeAppend(1, 2, entriesOf(4, [1]), 0)).toThrow(/follow what comes before/);
    expect(termsOf(log)).toEqual([1, 1]);
  });

  it("panics when a committed entry conflicts", () => {
    expect(() => append(0, 0, [9], 2)).toThrow(RaftPanic);
    expect(() => append(0, 0, [9], 2)).toThrow(
      "entry 1 conflict with committed entry [committed(2)]",
    );
  });
});

describe("a leader's log", () => {
  it("is more up-to-date with a later last term, then with a greater length (5.4.1)", () => {
    const log = logOf([1, 2, 2], 2);
    expect([
      log.isUpToDate(3, 1),
      log.isUpToDate(2, 3),
      log.isUpToDate(2, 2),
      log.isUpToDate(1, 9),
    ]).toEqual([true, true, false, false]);
  });

  it("skips whole terms that cannot agree", () => {
    const log = logOf([1, 3, 3, 3, 5, 5, 5, 5, 5], 4);
    expect(log.findConflictByTerm(6, 2)).toBe(1);
    expect(log.findConflictByTerm(9, 5)).toBe(9);
    expect(log.findConflictByTerm(9, 4)).toBe(4);
    expect(log.findConflictByTerm(9, 0)).toBe(0);
  });
});

type Command =
  | { readonly do: "append"; readonly back: number; readonly count: number }
  | { readonly do: "write" }
  | { readonly do: "compact"; readonly keep: number }
  | { readonly do: "commit"; readonly more: number }
  | { readonly do: "apply" };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant("append" as const),
    back: fc.nat({ max: 3 }),
    count: fc.nat({ max: 5 }),
  }),
  fc.record({ do: fc.constant("write" as const) }),
  fc.record({ do: fc.constant("compact" as const), keep: fc.nat({ max: 4 }) }),
  fc.record({ do: fc.constant("commit" as const), more: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant("apply" as const) }),
);

describe("a log in two parts", () => {
  it("behaves like one list of entries, whatever is durable or compacted", () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 60 }),
        fc.nat({ max: 60 }),
        (commands, maxSize) => {
          const storage = new MemoryStorage();
          const log = new RaftLog(storage, NO_LIMIT, QUIET, NO_MISTAKES);
          let model: Entry[] = [];
          let compacted = 0;
          const applied: Entry[] = [];
          commands.forEach((each, term) => {
            if (each.do === "append" && each.count > 0) {
              const first = Math.max(log.committed, model.length - each.back) + 1;
              const added = Array.from({ length: each.count }, (_, i) =>
                entry(first + i, term + 1, i * 7),
              );
              expect(log.append(added)).toBe(first + each.count - 1);
              model = [...model.slice(0, first - 1), ...added];
            } else if (each.do === "write") {
              const last = log.unstable.entries.at(-1);
              storage.append(log.unstable.nextEntries());
              log.unstable.acceptInProgress();
              if (last !== undefined) log.unstable.stableTo(last.term, last.index);
            } else if (each.do === "compact") {
              const to = Math.min(log.applied, storage.lastIndex()) - each.keep;
              if (to > compacted) {
                expect(storage.compact(to)).toBe(null);
                compacted = to;
              }
            } else if (each.do === "commit") {
              log.commitTo(Math.min(model.length, log.committed + each.more));
            } else if (each.do === "apply") {
              const page = log.nextCommitted(true);
              applied.push(...page);
              const last = page.at(-1);
              if (last !== undefined) {
                log.acceptApplying(last.index, 0, true);
                log.appliedTo(last.index, 0);
              }
            }
            expect(log.lastIndex()).toBe(Math.max(model.length, compacted));
            expect(log.firstIndex()).toBe(compacted + 1);
            for (let i = compacted + 1; i <= model.length; i++) {
              expect(log.term(i)).toBe(model[i - 1]?.term);
            }
            const [lo, hi] = [compacted + 1, model.length + 1];
            expect(log.slice(lo, hi, NO_LIMIT)).toEqual(model.slice(compacted));
            if (lo < hi) {
              expect(log.slice(lo, hi, maxSize)).toEqual(
                limitSize(model.slice(compacted), maxSize),
              );
            }
            if (compacted > 0) expect(log.slice(compacted, hi, NO_LIMIT)).toBe(ErrCompacted);
          });
          expect(applied).toEqual(model.slice(0, applied.length));
        },
      ),
      { seed: 31, numRuns: 300 },
    );
  });

  it("hands out committed entries in pages, and waits while too much is applying", () => {
    const size = entryEncodingSize(entry(1, 1));
    const log = logOf([1, 1, 1, 1], 4, 2 * size);
    log.commitTo(4);
    const page = log.nextCommitted(false);
    expect(page.map((each) => each.index)).toEqual([1, 2]);
    log.acceptApplying(2, entriesEncodingSize(page), false);
    expect(log.hasNextCommitted(false)).toBe(false);
    log.appliedTo(1, size);
    expect(log.nextCommitted(false).map((each) => each.index)).toEqual([3]);
  });

  it("applies entries that are not durable yet only if told so", () => {
    const log = logOf([1, 1], 1);
    log.commitTo(2);
    expect(log.nextCommitted(false).length).toBe(1);
    expect(log.nextCommitted(true).length).toBe(2);
  });
});

describe("the unstable part", () => {
  const heard: string[] = [];
  const observer: RaftObserver = {
    level: LogLevel.Info,
    log: (_, text) => heard.push(text),
    role: () => {},
  };
  const fresh = (): RaftLog => {
    heard.length = 0;
    const storage = new MemoryStorage();
    storage.append(entriesOf(1, [1, 1]));
    const log = new RaftLog(storage, NO_LIMIT, new Logger(observer), NO_MISTAKES);
    log.append(entriesOf(3, [1, 1, 1]));
    return log;
  };

  it("tells when it replaces or truncates what it holds", () => {
    const log = fresh();
    log.append(entriesOf(4, [2]));
    log.append(entriesOf(2, [3]));
    expect(heard).toEqual([
      "truncate the unstable entries before index 4",
      "replace the unstable entries from index 2",
    ]);
    expect(termsOf(log)).toEqual([1, 3]);
  });

  it("hands out again what was rewritten while it was being written", () => {
    const log = fresh();
    log.unstable.acceptInProgress();
    expect(log.unstable.nextEntries()).toEqual([]);
    log.append(entriesOf(4, [2]));
    expect(log.unstable.nextEntries().map((each) => each.index)).toEqual([4]);
  });

  it("ignores an ack of what it no longer holds", () => {
    const log = fresh();
    log.unstable.stableTo(1, 9);
    log.append(entriesOf(5, [2]));
    log.unstable.stableTo(1, 5);
    expect(heard).toEqual([
      "entry at index 9 missing from unstable log; ignoring",
      "truncate the unstable entries before index 5",
      "entry at (index,term)=(5,1) mismatched with entry at (5,2) in unstable log; ignoring",
    ]);
    expect(log.unstable.entries.length).toBe(3);
  });

  it("refuses a gap", () => {
    expect(() => fresh().append(entriesOf(9, [1]))).toThrow(
      "unstable.slice[3,9) out of bound [3,6]",
    );
  });
});

describe("the memory storage", () => {
  const filled = (): MemoryStorage => {
    const storage = new MemoryStorage();
    storage.append(entriesOf(1, [1, 1, 2, 2, 3]));
    return storage;
  };

  it("keeps the term of the last compacted entry", () => {
    const storage = filled();
    expect(storage.compact(3)).toBe(null);
    expect([storage.firstIndex(), storage.lastIndex(), storage.term(3)]).toEqual([4, 5, 2]);
    expect(storage.term(2)).toBeLessThan(0);
    expect(storage.compact(3)).toBe(ErrCompacted);
    expect(() => storage.compact(6)).toThrow("compact 6 is out of bound lastindex(5)");
  });

  it("replaces from an append's first entry on, and leaves out what is compacted", () => {
    const storage = filled();
    storage.compact(2);
    storage.append(entriesOf(2, [1, 4]));
    expect(storage.entries(3, storage.lastIndex() + 1, NO_LIMIT)).toEqual(entriesOf(3, [4]));
    storage.append(entriesOf(1, [1]));
    expect(storage.lastIndex()).toBe(3);
    expect(() => storage.append(entriesOf(5, [5]))).toThrow(
      "missing log entry [last: 3, append at: 5]",
    );
  });

  it("makes and takes only newer snapshots", () => {
    const storage = filled();
    storage.createSnapshot(4, EMPTY_CONF_STATE, EMPTY);
    expect(storage.createSnapshot(4, null, EMPTY)).toBe(ErrSnapOutOfDate);
    const snapshot = { data: EMPTY, metadata: { confState: EMPTY_CONF_STATE, index: 4, term: 2 } };
    expect(storage.applySnapshot(snapshot)).toBe(ErrSnapOutOfDate);
    expect(() => storage.createSnapshot(6, null, EMPTY)).toThrow(
      "snapshot 6 is out of bound lastindex(5)",
    );
  });

  it("keeps its entries through many compactions", () => {
    const storage = new MemoryStorage();
    for (let i = 1; i <= 5000; i++) {
      storage.append([entry(i, i)]);
      if (i > 10) storage.compact(i - 10);
    }
    expect(storage.entries(4991, 5001, NO_LIMIT)).toEqual(
      Array.from({ length: 10 }, (_, i) => entry(4991 + i, 4991 + i)),
    );
  });
});

describe("sizes", () => {
  it("count a plain entry without its type, and no data at all if there is none", () => {
    expect(entryEncodingSize(entry(1, 1))).toBe(4);
    expect(entryEncodingSize(entry(128, 1))).toBe(5);
    expect(entryEncodingSize(entry(1, 1, 10))).toBe(4 + 2 + 10);
    expect(entryEncodingSize({ index: 1, term: 1, type: 2, data: EMPTY })).toBe(6);
    expect(entryEncodingSize(entry(2 ** 40, 1))).toBe(2 + 1 + 6);
  });

  it("give at least one entry", () => {
    const list = [entry(1, 1, 100), entry(2, 1), entry(3, 1)];
    expect(limitSize(list, 0).length).toBe(1);
    expect(limitSize(list, entriesEncodingSize(list) - 1).length).toBe(2);
    expect(limitSize(list, entriesEncodingSize(list))).toBe(list);
  });
});
