import { expect, test } from "vitest";
import { Digest } from "../../src/base/digest.ts";
import { KIND_PLANS } from "../../src/trace/digest.ts";
import { KINDS } from "../../src/trace/events.ts";
import { CLIENT_KINDS } from "../../src/trace/schema/client-kinds.ts";
import { DATA_KINDS } from "../../src/trace/schema/data-kinds.ts";
import { DETAIL_KINDS } from "../../src/trace/schema/detail-kinds.ts";
import { feedInteger, feedRecord, hashOf, planOf } from "../../src/trace/schema/feed.ts";
import {
  flag,
  integer,
  list,
  nullable,
  optional,
  record,
  type Shape,
  text,
  variants,
  word,
} from "../../src/trace/schema/shape.ts";
import { STATE_KINDS } from "../../src/trace/schema/state-kinds.ts";
import { STEP_KINDS } from "../../src/trace/schema/step-kinds.ts";

/** The words that are fed, as they are. */
class Words extends Digest {
  readonly words: number[] = [];

  override u32(n: number): void {
    this.words.push(n | 0);
  }
}

function wordsOf(shape: Shape, value: unknown): string {
  const words = new Words();
  feedRecord(words, planOf({ value: shape }), { value });
  return words.words.join(" ");
}

test("no two kinds of event have the same tag", () => {
  const tags = [...KIND_PLANS.values()].map(({ tag }) => tag);
  expect(tags).toHaveLength(Object.keys(KINDS).length);
  expect(new Set(tags).size).toBe(tags.length);
});

test("no kind stands in two tables", () => {
  const tables = [STEP_KINDS, STATE_KINDS, DETAIL_KINDS, DATA_KINDS, CLIENT_KINDS];
  const kinds = tables.flatMap((table) => Object.keys(table));
  expect(kinds.sort()).toEqual(Object.keys(KINDS).sort());
});

test("no two words of a list have the same hash", () => {
  const lists: (readonly string[])[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { form, words, variants } = value as Record<string, object | undefined>;
    if ((form as unknown) === "word") lists.push(words as readonly string[]);
    if ((form as unknown) === "variants") lists.push(Object.keys(variants ?? {}));
    for (const inner of Object.values(value)) collect(inner);
  };
  collect(KINDS);
  expect(lists.length).toBeGreaterThan(15);
  for (const words of lists) expect(new Set(words.map(hashOf)).size).toBe(words.length);
});

test("integers feed words by which the next begin can be told", () => {
  const edges = [0, 1, -1, 2 ** 30 - 1, 2 ** 30, -(2 ** 30), -(2 ** 30) - 1, 2 ** 31, 2 ** 32];
  const all = [...edges, -(2 ** 32), 2 ** 52, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  const fed = all.map((n) => {
    const words = new Words();
    feedInteger(words, n);
    return words.words;
  });
  expect(new Set(fed.map((words) => words.join(" "))).size).toBe(all.length);
  const heads = new Set(fed.filter(({ length }) => length === 1).map(([head]) => head));
  for (const [head] of fed.filter(({ length }) => length === 2)) expect(heads).not.toContain(head);
  expect(() => feedInteger(new Words(), 0.5)).toThrow("safe integers");
  expect(() => feedInteger(new Words(), Number.NaN)).toThrow("safe integers");
});

test("what is absent, null, false, 0 and empty are told apart", () => {
  const of = nullable(
    record({ a: optional(nullable(text)), b: optional(flag), c: optional(integer) }),
  );
  const values = [null, {}, { a: null }, { a: "" }, { b: false }, { c: 0 }, { b: false, c: 0 }];
  expect(new Set(values.map((value) => wordsOf(of, value))).size).toBe(values.length);
});

test("lists are told from their elements, and variants by their type", () => {
  const lists = [[], [[]], [[], []], [[0]], [[0, 0]], [[0], [0]]];
  expect(new Set(lists.map((value) => wordsOf(list(list(integer)), value))).size).toBe(
    lists.length,
  );
  const either = variants({ put: { key: text }, get: { key: text } });
  expect(wordsOf(either, { type: "put", key: "a" })).not.toBe(
    wordsOf(either, { type: "get", key: "a" }),
  );
});

test("a word that is none of the list is refused", () => {
  expect(() => wordsOf(word("a", "b"), "c")).toThrow("the trace has no such word");
});
