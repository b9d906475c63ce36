import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Permission } from "../../src/api/requests.ts";
import { isValidPermissionRange, KeyRanges } from "../../src/auth/key-ranges.ts";

const all = (): boolean => true;
const read = (key: string, rangeEnd = ""): Permission => ({ permType: "READ", key, rangeEnd });

/** All keys of one and two letters, and each followed by a zero byte, where ranges may end. */
const LETTERS = ["a", "b", "c", "d", "e"];
const KEYS = LETTERS.flatMap((a) => [a, ...LETTERS.map((b) => a + b)])
  .flatMap((key) => [key, `${key}\0`])
  .sort();

function inRange(key: string, low: string, rangeEnd: string): boolean {
  if (rangeEnd === "") return key === low;
  return key >= low && (rangeEnd === "\0" || key < rangeEnd);
}

const bound = fc.constantFrom(...KEYS);
const end = fc.oneof(fc.constant(""), fc.constant("\0"), bound);
const permission = fc
  .record({ permType: fc.constant("READ" as const), key: bound, rangeEnd: end })
  .filter(({ key, rangeEnd }) => isValidPermissionRange(key, rangeEnd));

describe("a set of key ranges", () => {
  property.prop([fc.array(permission, { maxLength: 6 }), bound, end], { seed: 5, numRuns: 5000 })(
    "covers a range exactly if it covers each of its keys",
    (permissions, key, rangeEnd) => {
      const wanted = KEYS.filter((k) => inRange(k, key, rangeEnd));
      // A range without keys is a matter of its own.
      fc.pre(wanted.length > 0);
      const covered = (k: string): boolean =>
        permissions.some((p) => inRange(k, p.key, p.rangeEnd));
      // No finite set of keys reaches the end: only a grant that is open does.
      const open = permissions.filter((p) => p.rangeEnd === "\0").map((p) => p.key);
      const reachesEnd = rangeEnd !== "\0" || open.length > 0;
      expect(new KeyRanges(permissions, all).hasRange(key, rangeEnd)).toBe(
        wanted.every(covered) && reachesEnd,
      );
    },
  );

  // After etcd's server/auth/range_perm_cache_test.go: what was granted, what is asked, may it?
  test.each<[Permission[], string, string, boolean]>([
    [[], "a", "", false],
    [[read("a")], "a", "", true],
    [[read("a")], "a", "b", false],
    [[read("a")], "a\0", "", false],
    [[read("a")], "a", "a\0", true],
    [[read("a", "c")], "b", "", true],
    [[read("a", "c")], "a", "c", true],
    [[read("a", "c")], "a", "d", false],
    [[read("a", "c")], "c", "", false],
    [[read("a", "c")], "\0", "", false],
    [[read("a", "b"), read("b", "c")], "a", "c", true],
    [[read("b", "c"), read("a", "b")], "a", "c", true],
    [[read("a", "b"), read("c", "d")], "a", "d", false],
    [[read("a", "d"), read("b", "c")], "a", "d", true],
    [[read("a"), read("b", "c")], "a", "c", false],
    [[read("a", "c")], "a", "\0", false],
    [[read("a", "\0")], "a", "\0", true],
    [[read("a", "\0")], "b", "\0", true],
    [[read("a", "\0")], "b", "c", true],
    [[read("b", "\0")], "a", "\0", false],
    [[read("a", "b"), read("b", "\0")], "a", "\0", true],
    [[read("\0", "\0")], "\0", "\0", true],
    [[read("a", "c")], "b", "a", true],
    [[read("a", "c")], "b", "0", true],
    [[read("a", "c")], "a", "a", true],
    [[read("a", "c")], "c", "a", false],
    [[read("b", "c")], "a", "0", false],
    [[read("a", "\0")], "b", "\0\0", true],
    [[read("c", "a")], "b", "", false],
  ])("%j: may read %j to %j: %s", (permissions, key, rangeEnd, may) => {
    expect(new KeyRanges(permissions, all).hasRange(key, rangeEnd)).toBe(may);
  });

  test.each([
    ["", "", false],
    ["", "a", false],
    ["a", "", true],
    ["a", "b", true],
    ["a", "a", false],
    ["b", "a", false],
    ["a", "\0", true],
    ["\0", "\0", true],
  ])("a permission on %j to %j makes sense: %s", (key, rangeEnd, valid) => {
    expect(isValidPermissionRange(key, rangeEnd)).toBe(valid);
  });
});
