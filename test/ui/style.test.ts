import { expect, test } from "vitest";
import { wrap } from "../../src/ui/style.ts";

test("a sentence is broken between words, and within one that is too long", () => {
  expect(wrap("m1 votes for m2", 8)).toEqual(["m1 votes", "for m2"]);
  expect(wrap("abcdefgh ij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrap("", 4)).toEqual([""]);
});

test("where there is no room it ends all the same", () => {
  for (const columns of [1, 0, -5]) expect(wrap("abc", columns)).toEqual(["a", "b", "c"]);
});
