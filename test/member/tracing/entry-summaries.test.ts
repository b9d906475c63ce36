import { expect, test } from "vitest";
import { EntrySummaries } from "../../../src/member/tracing/entry-summaries.ts";
import { entrySummary } from "../../../src/member/tracing/entry-text.ts";
import { type Entry, EntryType } from "../../../src/raft/types.ts";

function entry(index: number, term: number, bytes: readonly number[] = []): Entry {
  return { index, term, type: EntryType.Normal, data: Uint8Array.from(bytes) };
}

test("an entry is summed up once, whoever asks", () => {
  const summaries = new EntrySummaries(false);
  const e = entry(7, 2, [1, 2, 3]);
  const first = summaries.of(e);
  expect(first).toEqual(entrySummary(e, false));
  expect(summaries.of(e)).toBe(first);
});

test("another entry at the same index is another entry, and so is one far away", () => {
  const summaries = new EntrySummaries(false);
  const entries = [entry(7, 2, [1]), entry(7, 3, [1]), entry(7, 2, [2])];
  for (let i = 1; i < 3000; i++) entries.push(entry(i, 4, [i & 255]));
  for (const e of [...entries, ...entries]) expect(summaries.of(e)).toEqual(entrySummary(e, false));
});
