import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Digest, hash52 } from "../../src/base/digest.ts";
import { NEVER } from "../../src/base/time.ts";

type Value = number | string | Uint8Array;

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.maxSafeInteger(),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.uint8Array({ maxLength: 9 }),
);

function digestOf(values: readonly Value[]): Digest {
  const digest = new Digest();
  for (const each of values) {
    if (typeof each === "number") digest.number(each);
    else if (typeof each === "string") digest.string(each);
    else digest.bytes(each);
  }
  return digest;
}

describe("digests", () => {
  test("equal sequences have equal digests, in 16 hexadecimal digits", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const hex = digestOf(values).hex();
        expect(hex).toMatch(/^[0-9a-f]{16}$/);
        expect(digestOf(values).hex()).toBe(hex);
      }),
      { seed: 1 },
    );
  });

  test("a digest never changes between versions: reports are compared", () => {
    const digest = digestOf([1, -1, 2 ** 53 - 1, "key", new Uint8Array([1, 2, 3, 4, 5])]);
    expect([new Digest().hex(), digest.hex(), digest.hash52()]).toMatchInlineSnapshot(`
      [
        "85a5df7a80ddbf60",
        "17cb196fc6456fcb",
        1530292951783791,
      ]
    `);
  });

  test("taking one more value changes the digest", () => {
    fc.assert(
      fc.property(fc.array(value), value, (values, more) => {
        expect(digestOf([...values, more]).hex()).not.toBe(digestOf(values).hex());
      }),
      { seed: 2 },
    );
  });

  test("the order counts", () => {
    expect(digestOf([1, 2]).hex()).not.toBe(digestOf([2, 1]).hex());
  });

  test("strings and bytes are framed: moving a boundary changes the digest", () => {
    expect(digestOf(["ab", "c"]).hex()).not.toBe(digestOf(["a", "bc"]).hex());
    expect(digestOf(["", "a"]).hex()).not.toBe(digestOf(["a", ""]).hex());
    const bytes = (...list: number[]) => new Uint8Array(list);
    expect(digestOf([bytes(1), bytes(2)]).hex()).not.toBe(digestOf([bytes(1, 2)]).hex());
    expect(digestOf([bytes(0)]).hex()).not.toBe(digestOf([bytes(0, 0)]).hex());
  });

  test("numbers that differ above 32 bits or in sign differ", () => {
    const hexes = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, -(2 ** 32), 2 ** 53 - 1].map((n) =>
      digestOf([n]).hex(),
    );
    expect(new Set(hexes).size).toBe(hexes.length);
    expect(digestOf([-0]).hex()).toBe(digestOf([0]).hex());
    expect(() => digestOf([0.5])).toThrow("safe integers");
    expect(() => digestOf([2 ** 53])).toThrow("safe integers");
  });

  test("clone, hex and reset leave what they should", () => {
    const digest = digestOf(["a"]);
    const copy = digest.clone();
    expect(digest.hex()).toBe(copy.hex());
    copy.u32(1);
    expect(digest.hex()).not.toBe(copy.hex());
    copy.reset();
    expect(copy.hex()).toBe(new Digest().hex());
  });

  test("no collisions, in 64 bits or in either half, beyond chance among 100,000 like inputs", () => {
    const whole = new Set<string>();
    const high = new Set<string>();
    const low = new Set<string>();
    const short = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      const hex = digestOf([i]).hex();
      whole.add(hex);
      high.add(hex.slice(0, 8));
      low.add(hex.slice(8));
      short.add(hash52(new Uint8Array([i & 255, (i >> 8) & 255, i >> 16])));
    }
    expect(whole.size).toBe(100_000);
    expect(short.size).toBe(100_000);
    // 1.16 expected in each half.
    expect(high.size).toBeGreaterThan(100_000 - 10);
    expect(low.size).toBeGreaterThan(100_000 - 10);
  });

  test("of an instant knows NEVER, too", () => {
    const of = (at: number): string => {
      const digest = new Digest();
      digest.instant(at);
      return digest.hex();
    };
    expect(new Set([0, 1, 2 ** 52, NEVER].map(of)).size).toBe(4);
  });

  test("hash52 is a safe integer that depends on every byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (bytes, pick) => {
        const hash = hash52(bytes);
        expect(hash >= 0 && hash < 2 ** 52 && Number.isInteger(hash)).toBe(true);
        expect(hash52(bytes.slice())).toBe(hash);
        const other = bytes.slice();
        other[pick % bytes.length] = (other[pick % bytes.length] ?? 0) ^ 1;
        expect(hash52(other)).not.toBe(hash);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
