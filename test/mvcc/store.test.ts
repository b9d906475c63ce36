import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { binaryToBytes, bytesToBinary } from "../../src/base/bytes.ts";
import { decodeImage, encodeImage } from "../../src/mvcc/image.ts";
import { RevisionError, Store } from "../../src/mvcc/store.ts";

/** The naive model: every state that there ever was, whole, by revision. */
class Model {
  readonly states: Map<string, { value: string; create: number; mod: number; version: number }>[] =
    [new Map(), new Map()];
  compacted = -1;

  get revision(): number {
    return this.states.length - 1;
  }

  get newest() {
    return this.states[this.revision] as (typeof this.states)[number];
  }

  write(change: (state: Model["newest"], revision: number) => void): void {
    const next = new Map(this.newest);
    change(next, this.revision + 1);
    this.states.push(next);
  }
}

const keys = fc.constantFrom("a", "b", "bb", "c", "\xff");
const ends = fc.constantFrom("", "b", "c", "\0");
const command = fc.oneof(
  fc.record({ type: fc.constant("put" as const), key: keys, value: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant("delete" as const), key: keys, end: ends }),
  fc.record({ type: fc.constant("compact" as const), back: fc.nat(5) }),
  fc.record({ type: fc.constant("restore" as const) }),
  fc.record({
    type: fc.constant("range" as const),
    key: keys,
    end: ends,
    back: fc.nat(8),
    limit: fc.nat(2),
  }),
);

function inRange(key: string, from: string, end: string): boolean {
  if (end === "") return key === from;
  return key >= from && (end === "\0" || key < end);
}

describe("the store agrees with a list of all states", () => {
  test.prop([fc.array(command, { maxLength: 80 })], { seed: 11, numRuns: 400 })(
    "whatever is put, deleted, compacted, restored and read",
    (commands) => {
      let store = new Store();
      const model = new Model();
      for (const c of commands) {
        if (c.type === "put") {
          store.begin();
          store.put(c.key, binaryToBytes(c.value.replace(/[^\0-\xff]/g, "?")), 0n);
          store.end();
          model.write((state, mod) => {
            const old = state.get(c.key);
            const value = c.value.replace(/[^\0-\xff]/g, "?");
            state.set(c.key, {
              value,
              create: old?.create ?? mod,
              mod,
              version: (old?.version ?? 0) + 1,
            });
          });
        } else if (c.type === "delete") {
          const doomed = [...model.newest.keys()]
            .filter((key) => inRange(key, c.key, c.end))
            .sort();
          store.begin();
          expect(store.deleteRange(c.key, c.end).map((kv) => kv.key)).toEqual(doomed);
          store.end();
          if (doomed.length > 0) {
            model.write((state) => {
              for (const key of doomed) state.delete(key);
            });
          }
        } else if (c.type === "compact") {
          const at = model.revision - c.back;
          if (at <= model.compacted) expect(() => store.compact(at)).toThrow(RevisionError);
          else {
            store.compact(at);
            model.compacted = at;
          }
        } else if (c.type === "restore") {
          const { hash } = store;
          store = decodeImage(encodeImage(store, new Map())).store;
          expect(store.hash).toBe(hash);
        } else {
          const at = model.revision + 2 - c.back;
          const read = () =>
            store.range({
              key: c.key,
              end: c.end,
              revision: at,
              limit: c.limit,
              countOnly: false,
              keysOnly: false,
            });
          if (at > model.revision) expect(read).toThrow("future revision");
          else if (at > 0 && at < model.compacted) expect(read).toThrow("compacted");
          else {
            const state = at <= 0 ? model.newest : model.states[at];
            const all = [...(state ?? [])].filter(([key]) => inRange(key, c.key, c.end));
            all.sort(([a], [b]) => (a < b ? -1 : 1));
            const limit = c.limit === 0 || c.end === "" ? all.length : c.limit;
            const result = read();
            expect(result.count).toBe(all.length);
            expect(result.more).toBe(all.length > limit);
            expect(
              result.kvs.map((kv) => [
                kv.key,
                bytesToBinary(kv.value),
                kv.createRevision,
                kv.modRevision,
                kv.version,
              ]),
            ).toEqual(
              all.slice(0, limit).map(([key, v]) => [key, v.value, v.create, v.mod, v.version]),
            );
          }
        }
        expect(store.revision).toBe(model.revision);
        expect(store.compactRevision).toBe(model.compacted);
      }
    },
  );

  test("the hash tells states apart and does not depend on the way to a state", () => {
    const write = (store: Store, key: string, value: string): void => {
      store.begin();
      store.put(key, binaryToBytes(value), 0n);
      store.end();
    };
    const one = new Store();
    write(one, "a", "1");
    write(one, "b", "2");
    const two = new Store();
    write(two, "a", "1");
    expect(two.hash).not.toBe(one.hash);
    write(two, "b", "3");
    expect(two.hash).not.toBe(one.hash);
    const three = new Store();
    write(three, "a", "0");
    three.compact(2);
    write(three, "a", "1");
    three.compact(3);
    const four = Store.restore(3, 3, [...three.versions()]);
    expect(four.hash).toBe(three.hash);
  });

  test("changes of one transaction share a main revision and are visible inside it", () => {
    const store = new Store();
    store.begin();
    store.put("a", binaryToBytes("1"), 0n);
    store.put("b", binaryToBytes("2"), 0n);
    expect(store.get("a")?.modRevision).toBe(2);
    expect(store.get("b")?.modRevision).toBe(2);
    expect(store.end()).toBe(2);
    store.begin();
    expect(store.end()).toBe(2);
  });
});
