import type { Disk } from "../../src/base/disk.ts";
import { mistakesOf } from "../../src/museum/switches.ts";
import type { Entry, HardState } from "../../src/raft/types.ts";
import { createWal, type Wal, type WalOptions } from "../../src/wal/index.ts";

export const DIR = "member/wal";
export const ORIGIN = { index: 0, term: 0 } as const;
export const METADATA = Uint8Array.from([8, 1, 16, 2]);

export function options(segmentBytes = 64_000_000, ...bugs: string[]): WalOptions {
  return { segmentBytes, mistakes: mistakesOf(bugs) };
}

/** Bytes that look random and hold no zero. */
export function payload(length: number, salt: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, i) => 1 + (((Math.imul(i + 1, 2_654_435_761) >>> 9) + salt) % 255),
  );
}

export function entry(index: number, term: number, length = 20): Entry {
  return { index, term, type: 0, data: payload(length, index + 31 * term) };
}

export interface Save {
  readonly state: HardState | null;
  readonly entries: readonly Entry[];
  readonly mustSync: boolean;
}

/** A log's life: entries small and large, commits without a sync, a new term that overwrites. */
export const SAVES: readonly Save[] = [
  { state: { term: 4, vote: 1, commit: 0 }, entries: [entry(1, 4, 0)], mustSync: true },
  {
    state: { term: 4, vote: 1, commit: 1 },
    entries: [entry(2, 4), entry(3, 4, 300)],
    mustSync: true,
  },
  { state: { term: 4, vote: 1, commit: 3 }, entries: [], mustSync: false },
  { state: null, entries: [entry(4, 4, 700), entry(5, 4, 3)], mustSync: true },
  { state: { term: 4, vote: 1, commit: 4 }, entries: [], mustSync: false },
  {
    state: { term: 6, vote: 3, commit: 4 },
    entries: [entry(5, 6, 100), entry(6, 6)],
    mustSync: true,
  },
  { state: { term: 6, vote: 3, commit: 6 }, entries: [entry(7, 6, 450)], mustSync: true },
  { state: null, entries: [entry(8, 6, 0), entry(9, 6, 64)], mustSync: true },
  { state: { term: 6, vote: 3, commit: 9 }, entries: [], mustSync: false },
];

/** What a log says after some of its records. */
export interface Said {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

export const NOTHING: Said = { hardState: { term: 0, vote: 0, commit: 0 }, entries: [] };

/** What the log says after each record of a save: entries one by one, then the state. */
export function saidDuring(before: Said, save: Save): Said[] {
  const all: Said[] = [];
  let said = before;
  for (const e of save.entries) {
    said = { ...said, entries: [...said.entries.slice(0, e.index - 1), e] };
    all.push(said);
  }
  if (save.state !== null) all.push({ ...said, hardState: save.state });
  return all;
}

/** Writes the whole life; `saved` hears of each save once its commands are given. */
export function writeLife(
  disk: Disk,
  opts: WalOptions,
  saved: (wal: Wal, save: Save) => void = () => {},
): Wal {
  const wal = createWal(disk, DIR, METADATA, opts);
  for (const save of SAVES) {
    wal.save(save.state, save.entries, save.mustSync);
    saved(wal, save);
  }
  return wal;
}
