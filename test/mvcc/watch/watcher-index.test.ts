import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { Channel } from "../../../src/mvcc/watch/channel.ts";
import { StoreWatcher, type StoreWatchResponse } from "../../../src/mvcc/watch/watcher.ts";
import { WatcherIndex } from "../../../src/mvcc/watch/watcher-index.ts";
import { inRange } from "../model.ts";

const channel = new Channel<StoreWatchResponse>(() => true);

function watcher(id: number, key: string, rangeEnd: string): StoreWatcher {
  const request = {
    ...{ key, rangeEnd, startRevision: 0, progressNotify: false, filters: [] },
    ...{ prevKv: false, watchId: id, fragment: false },
  };
  return new StoreWatcher(id, request, channel, 1);
}

function found(index: WatcherIndex, key: string): number[] {
  const ids: number[] = [];
  index.visit(key, ({ id }) => ids.push(id));
  return ids;
}

const KEYS = ["", "\0", "a", "aa", "ab", "b", "ba", "c", "\xff", "\xff\xff"];
const key = fc.constantFrom(...KEYS);
const end = fc.constantFrom("", "\0", ...KEYS.slice(2));
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("add" as const), key, end }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete" as const), at: fc.nat() }) },
);

describe("which watchers a key has", () => {
  test.prop([fc.array(command, { maxLength: 60, size: "max" })])(
    "as by asking each watcher, after watchers came and went",
    (commands) => {
      const index = new WatcherIndex();
      const there: StoreWatcher[] = [];
      for (const [id, command] of commands.entries()) {
        if (command.type === "add") {
          const added = watcher(id, command.key, command.end);
          there.push(added);
          index.add(added);
        } else if (there.length > 0) {
          const [gone] = there.splice(command.at % there.length, 1);
          index.delete(gone as StoreWatcher);
        }
      }
      for (const key of KEYS) {
        const naive = there.filter((w) => inRange(key, w.key, w.request.rangeEnd));
        const byId = (a: number, b: number) => a - b;
        expect(found(index, key).sort(byId)).toEqual(naive.map(({ id }) => id).sort(byId));
      }
    },
  );

  test("ten thousand ranges in order make no list of the tree", () => {
    const index = new WatcherIndex();
    const name = (i: number) => `k${String(i).padStart(5, "0")}`;
    const watchers = Array.from({ length: 10_000 }, (_, i) => watcher(i, name(i), name(i + 1)));
    for (const w of watchers) index.add(w);
    // A list would be deeper than the stack at the latest here, and slow long before.
    for (let i = 0; i < 10_000; i += 7) expect(found(index, name(i))).toEqual([i]);
    for (const w of watchers) index.delete(w);
    expect(found(index, name(5))).toEqual([]);
  });
});
