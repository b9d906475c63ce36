import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatDuration,
  parseBytes,
  parseDuration,
  parseRatio,
} from "../../../src/scenario/read/duration.ts";
import { editDistance, nearest, suggestion } from "../../../src/scenario/read/suggest.ts";

describe("a duration", () => {
  test.each([
    ["1.5s", 1_500_000],
    ["200ms", 200_000],
    ["10us", 10],
    ["10µs", 10],
    ["2m", 120_000_000],
    ["0.000001s", 1],
    ["-3ms", -3000],
    ["0s", 0],
  ])("%s is %d µs", (text, us) => {
    expect(parseDuration(text)).toBe(us);
  });

  test.each([
    "",
    "s",
    "1",
    "1.5",
    "1h",
    "1.s",
    ".5s",
    "1e3s",
    "1 s",
    "0.0000001s",
    `${"9".repeat(17)}s`,
  ])("%j is refused in words", (text) => {
    expect(parseDuration(text)).toBeTypeOf("string");
  });

  test("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }), (us) => {
        expect(parseDuration(formatDuration(us))).toBe(us);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

test("a share is given in percent or ppm", () => {
  expect(["1%", "0.05%", "100%", "40ppm", "0%"].map(parseRatio)).toEqual([
    ...[10_000, 500, 1_000_000, 40, 0],
  ]);
  expect(["101%", "1.5ppm", "1", "-1%", "0.00001%"].map((text) => typeof parseRatio(text))).toEqual(
    Array(5).fill("string"),
  );
});

test("a size is given in bytes, KiB or MiB", () => {
  expect(["0B", "64KiB", "1MiB"].map(parseBytes)).toEqual([0, 65_536, 1_048_576]);
  expect(["1", "1kb", "-1B"].map((text) => typeof parseBytes(text))).toEqual(
    Array(3).fill("string"),
  );
});

describe("what may have been meant", () => {
  test.each([
    ["partiton", "partition", 1],
    ["leadre", "leader", 1],
    ["", "abc", 3],
    ["same", "same", 0],
    ["ab", "ba", 1],
    ["kitten", "sitting", 3],
  ])("%s and %s are %d edits apart", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  test("is the nearest word, if it is near at all", () => {
    const words = ["crash", "restart", "partition"];
    expect(nearest("crsh", words)).toBe("crash");
    expect(nearest("Partition", words)).toBe("partition");
    expect(nearest("xyzzy", words)).toBeNull();
    expect(suggestion("xyzzy", words)).toBe(" (known: crash, restart, partition)");
    expect(suggestion("x", [])).toBe("");
  });
});
