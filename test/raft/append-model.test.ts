import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { RaftPanic } from "../../src/raft/errors.ts";
import { entriesEncodingSize, entryEncodingSize, NO_LIMIT } from "../../src/raft/log/limit-size.ts";
import { NO_MATCH, RaftLog } from "../../src/raft/log/raft-log.ts";
import { Logger } from "../../src/raft/logger.ts";
import { MemoryStorage } from "../../src/raft/storage.ts";
import type { Entry } from "../../src/raft/types.ts";

function entry(index: number, term: number): Entry {
  // Of many sizes, and the same wherever the entry is made.
  return { index, term, type: 0, data: new Uint8Array((index * 7 + term * 13) % 40) };
}

function entriesOf(terms: readonly number[], after = 0): Entry[] {
  return terms.slice(after).map((term, i) => entry(after + 1 + i, term));
}

/** Terms of a log, which never fall. */
const terms = fc
  .array(fc.nat({ max: 2 }), { maxLength: 9 })
  .map((rises) => rises.map((_, i) => 1 + rises.slice(0, i + 1).reduce((a, b) => a + b, 0)));

/** A log of these terms, of which `stable` are in the storage, `compacted` of them no longer. */
interface Shape {
  readonly terms: readonly number[];
  readonly stable: number;
  readonly compacted: number;
  readonly committed: number;
}

const shape: fc.Arbitrary<Shape> = fc
  .tuple(terms, fc.nat(), fc.nat(), fc.nat())
  .map(([list, a, b, c]) => {
    const stable = a % (list.length + 1);
    const committed = b % (list.length + 1);
    const compacted = c % (Math.min(stable, committed) + 1);
    return { terms: list, stable, compacted, committed };
  });

function logOf({ terms: list, stable, compacted, committed }: Shape): RaftLog {
  const storage = new MemoryStorage();
  storage.append(entriesOf(list.slice(0, stable)));
  if (compacted > 0) storage.compact(compacted);
  const log = new RaftLog(storage, NO_LIMIT, new Logger(null), NO_MISTAKES);
  log.append(entriesOf(list, stable));
  log.commitTo(committed);
  return log;
}

function termsOf(log: RaftLog): number[] {
  const found = log.slice(log.firstIndex(), log.lastIndex() + 1, NO_LIMIT);
  if (found instanceof Error) throw found;
  return found.map((each) => each.term);
}

/** What figure 2 makes of an append to a list of terms: the list, or why not. */
function appended(
  ours: readonly number[],
  theirs: readonly number[],
  prev: number,
  count: number,
): readonly number[] {
  const news = theirs.slice(prev, prev + count);
  const agree = news.every((term, i) => ours[prev + i] === term);
  if (agree && ours.length >= prev + news.length) return ours;
  return [...ours.slice(0, prev), ...news];
}

const OPTIONS = { seed: 61, numRuns: 1000 };

describe("an append to a log", () => {
  it("does what figure 2 does to a list of terms, wherever the entries lie", () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(
        shape,
        terms,
        fc.nat(),
        fc.nat({ max: 5 }),
        fc.nat({ max: 12 }),
        (ours, theirs, at, count, commit) => {
          const prev = at % (theirs.length + 1);
          const prevTerm = theirs[prev - 1] ?? 0;
          const log = logOf(ours);
          const append = () =>
            log.maybeAppend(prevTerm, prev, entriesOf(theirs, prev).slice(0, count), commit);
          const saw = (outcome: string): void => {
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          };
          if (prev < ours.compacted) return saw("answered before, with the commit index");
          if (prevTerm !== (prev === 0 ? 0 : ours.terms[prev - 1])) {
            expect(append()).toBe(NO_MATCH);
            expect(termsOf(log)).toEqual(ours.terms.slice(ours.compacted));
            return saw("refused");
          }
          const after = appended(ours.terms, theirs, prev, count);
          const lost = after.findIndex((term, i) => term !== ours.terms[i]);
          if (lost >= 0 && lost < ours.committed) {
            expect(append).toThrow(RaftPanic);
            return saw("conflicts with what is committed");
          }
          const last = Math.min(prev + count, theirs.length);
          expect(append()).toBe(last);
          expect(termsOf(log)).toEqual(after.slice(ours.compacted));
          expect(log.committed).toBe(Math.max(ours.committed, Math.min(commit, last)));
          // What is not durable begins no later than where the logs parted.
          expect(log.unstable.offset).toBeLessThanOrEqual(
            Math.min(ours.stable, lost < 0 ? 99 : lost) + 1,
          );
          saw(
            after === ours.terms
              ? "nothing new"
              : lost >= 0 && lost < ours.terms.length
                ? "replaced"
                : "extended",
          );
        },
      ),
      OPTIONS,
    );
    for (const [outcome, count] of outcomes) expect([outcome, count > 20]).toEqual([outcome, true]);
    expect(outcomes.size).toBe(6);
  });

  it("hands the storage what it lacks: after a write, storage and log are the same", () => {
    fc.assert(
      fc.property(shape, terms, fc.nat(), fc.boolean(), (ours, theirs, at, writing) => {
        const log = logOf({ ...ours, committed: ours.compacted });
        const prev = at % (theirs.length + 1);
        if (prev < ours.compacted) return;
        const storage = log.storage as MemoryStorage;
        if (writing) {
          // A write is under way, and nobody has said yet that it is done.
          storage.append(log.unstable.nextEntries());
          log.unstable.acceptInProgress();
        }
        log.maybeAppend(theirs[prev - 1] ?? 0, prev, entriesOf(theirs, prev), 0);
        storage.append(log.unstable.nextEntries());
        log.unstable.acceptInProgress();
        const last = log.unstable.entries.at(-1);
        if (last !== undefined) log.unstable.stableTo(last.term, last.index);
        expect(log.unstable.entries).toEqual([]);
        expect(storage.lastIndex()).toBe(log.lastIndex());
        const all = storage.entries(storage.firstIndex(), storage.lastIndex() + 1, NO_LIMIT);
        expect(all instanceof Error ? [] : all.map((each) => each.term)).toEqual(termsOf(log));
      }),
      OPTIONS,
    );
  });
});

describe("the search for where two logs part", () => {
  it("finds the last index whose term is not above the given one", () => {
    fc.assert(
      fc.property(shape, fc.nat({ max: 12 }), fc.nat({ max: 20 }), (ours, index, term) => {
        const log = logOf(ours);
        const from = Math.min(index, ours.terms.length);
        if (from < ours.compacted) return;
        const upTo = ours.terms.slice(0, from);
        const last = upTo.findLastIndex((each) => each <= term) + 1;
        // Below the last compacted entry nothing is known: that is where the search ends.
        expect(log.findConflictByTerm(from, term)).toBe(Math.max(last, ours.compacted - 1, 0));
      }),
      OPTIONS,
    );
  });

  it("never skips an index at which two logs agree", () => {
    fc.assert(
      fc.property(shape, terms, (ours, theirs) => {
        // As a leader and a follower do: the hint of one is looked up in the other.
        const [follower, leader] = [logOf({ ...ours, compacted: 0 }), theirs];
        const agree =
          leader.findLastIndex(
            (term, i) =>
              leader.slice(0, i + 1).every((each, j) => each === ours.terms[j]) && term > 0,
          ) + 1;
        const index = leader.length;
        const hint = follower.findConflictByTerm(
          Math.min(index, follower.lastIndex()),
          leader.at(-1) ?? 0,
        );
        expect(hint).toBeGreaterThanOrEqual(agree);
        const again = logOf({ terms: leader, stable: 0, compacted: 0, committed: 0 });
        const probe = again.findConflictByTerm(Math.min(hint, index), follower.termOrZero(hint));
        expect(probe).toBeGreaterThanOrEqual(agree);
      }),
      OPTIONS,
    );
  });
});

describe("the pages of a log", () => {
  it("are in order, whole, and as large as they may be", () => {
    fc.assert(
      fc.property(shape, fc.nat({ max: 150 }), (ours, limit) => {
        const log = logOf(ours);
        const all = entriesOf(ours.terms, ours.compacted);
        const read: Entry[] = [];
        for (let next = ours.compacted + 1; next <= ours.terms.length; ) {
          const page = log.entries(next, limit);
          if (page instanceof Error) throw page;
          const size = page.reduce((sum, each) => sum + entryEncodingSize(each), 0);
          expect(page.length === 1 || (page.length > 1 && size <= limit)).toBe(true);
          const following = all[read.length + page.length];
          if (following !== undefined)
            expect(size + entryEncodingSize(following) > limit).toBe(true);
          read.push(...page);
          next += page.length;
        }
        expect(read).toEqual(all);
      }),
      OPTIONS,
    );
  });

  it("reach the state machine once each, in order, while there is room", () => {
    fc.assert(
      fc.property(
        shape,
        fc.integer({ min: 1, max: 150 }),
        fc.boolean(),
        (ours, room, allowUnstable) => {
          const storage = logOf({ ...ours, compacted: 0 }).storage;
          const log = new RaftLog(storage, room, new Logger(null), NO_MISTAKES);
          log.append(entriesOf(ours.terms, ours.stable));
          log.commitTo(ours.committed);
          const reachable = allowUnstable ? ours.committed : Math.min(ours.committed, ours.stable);
          const seen: number[] = [];
          let applying: { last: number; size: number }[] = [];
          for (let turn = 0; turn < 40; turn++) {
            const page = log.nextCommitted(allowUnstable);
            expect(page.length > 0).toBe(log.hasNextCommitted(allowUnstable));
            const [last] = page.slice(-1);
            if (last !== undefined) {
              const size = entriesEncodingSize(page);
              const held = applying.reduce((sum, each) => sum + each.size, 0);
              expect(held).toBeLessThan(room);
              if (page.length > 1) expect(held + size).toBeLessThanOrEqual(room);
              log.acceptApplying(last.index, size, allowUnstable);
              applying.push({ last: last.index, size });
              seen.push(...page.map((each) => each.index));
            } else {
              const done = applying[0];
              if (done === undefined) break;
              log.appliedTo(done.last, done.size);
              applying = applying.slice(1);
            }
          }
          expect(seen).toEqual(Array.from({ length: reachable }, (_, i) => i + 1));
        },
      ),
      OPTIONS,
    );
  });
});
