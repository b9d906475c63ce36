import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryToBytes, bytesToBinary, equalBytes } from "../../src/base/bytes.ts";
import { checkFile, writeBolt } from "../../src/bolt/index.ts";
import { timeLimitMs } from "../support/time-limit.ts";
import { bucketAt, bucketOf, contentOf, fileOf, numbered, open, pair } from "./support.ts";

const RUNS = 200;

const text = (min: number, max: number) =>
  fc
    .array(fc.integer({ min: 0, max: 255 }), { minLength: min, maxLength: max })
    .map((codes) => String.fromCharCode(...codes));
const length = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.nat(3000) },
);
const value = fc.tuple(fc.constantFrom("x", "\0"), length).map(([char, n]) => char.repeat(n));
const content = fc.oneof(
  fc.dictionary(text(1, 3), value, { maxKeys: 200 }),
  fc.dictionary(text(1, 400), value, { maxKeys: 20 }),
);
const drawnBuckets = fc.dictionary(text(1, 8), content, { maxKeys: 6 });
const pageSize = fc.constantFrom(512, 1024, 4096, 65_536);

describe("a written file", () => {
  test(
    "holds what it was given, and every key is found",
    () => {
      fc.assert(
        fc.property(drawnBuckets, pageSize, text(1, 3), (drawn, size, from) => {
          const names = Object.keys(drawn).sort();
          const bytes = fileOf(
            names.map((name) => bucketOf(name, drawn[name] ?? {})),
            size,
          );
          const file = open(bytes);
          expect(file.size).toBe(bytes.length);
          expect(contentOf(file.root)).toEqual({ ...drawn });
          const pairs = names.map((name) => Object.keys(drawn[name] ?? {}).length);
          expect(checkFile(file)).toEqual({
            used: file.meta.highWater,
            free: 0,
            buckets: names.length,
            pairs: pairs.reduce((sum, n) => sum + n, 0),
          });
          for (const name of names) {
            const bucket = bucketAt(file, name);
            const keys = Object.keys(drawn[name] ?? {}).sort();
            for (const key of keys) {
              const found = bucket.get(binaryToBytes(key));
              expect(found === null ? null : bytesToBinary(found)).toBe(drawn[name]?.[key]);
            }
            const behind = [...bucket.items(binaryToBytes(from))];
            expect(behind.map(({ key }) => bytesToBinary(key))).toEqual(
              keys.filter((key) => key >= from),
            );
          }
        }),
        { seed: 1511, numRuns: RUNS },
      );
    },
    timeLimitMs(RUNS),
  );

  test("is the same every time, in parts of whole pages", () => {
    const buckets = [numbered("a", 5000, (i) => (i === 17 ? 9000 : 20)), numbered("b", 3, () => 1)];
    const parts = [...writeBolt(buckets)];
    expect(parts.length).toBeGreaterThan(50);
    expect(parts.every((part) => part.length % 4096 === 0)).toBe(true);
    expect(equalBytes(fileOf(buckets), fileOf(buckets))).toBe(true);
  });

  test("keeps a small bucket in the page of the one above, as bbolt does", () => {
    // An inline bucket takes a quarter of a page at the most: 1024 bytes, header included.
    const inline = (bytes: number) => {
      const file = open(fileOf([bucketOf("b", { k: "x".repeat(bytes) })]));
      return "inline" in bucketAt(file, "b").root;
    };
    expect([inline(0), inline(1024 - 33), inline(1024 - 32)]).toEqual([true, true, false]);
  });

  test("has no branch with a single child", () => {
    for (let count = 100; count < 400; count++) {
      const file = open(fileOf([numbered("b", count, () => 60)], 512));
      expect(checkFile(file).pairs).toBe(count);
      const { root } = bucketAt(file, "b");
      const ids = "page" in root ? [root.page] : [];
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        const page = file.page(id);
        if (page.isLeaf) continue;
        expect(page.count, `${count} pairs, page ${id}`).toBeGreaterThan(1);
        for (let i = 0; i < page.count; i++) ids.push(page.child(i));
      }
    }
  });

  test("is not made of what is not sorted, nor of empty keys", () => {
    const of = (...keys: string[]) => ({
      name: binaryToBytes("b"),
      pairs: () => keys.map((key) => pair(key, "")),
    });
    expect(() => fileOf([of("b", "a")])).toThrow(/pairs are sorted/);
    expect(() => fileOf([of("a", "a")])).toThrow(/pairs are sorted/);
    expect(() => fileOf([of("")])).toThrow(/no empty keys/);
    expect(() => fileOf([numbered("b", 1, () => 1), numbered("a", 1, () => 1)])).toThrow(/sorted/);
  });

  test("is not made of what changes on the way", () => {
    let asked = 0;
    const pairs = numbered("b", 100, () => 50).pairs;
    const shrinks = { name: binaryToBytes("b"), pairs: () => [...pairs()].slice(asked++) };
    expect(() => fileOf([shrinks])).toThrow(/as many pairs as before/);
  });
});
