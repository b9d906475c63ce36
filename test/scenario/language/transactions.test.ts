import { describe, expect, test } from "vitest";
import type { KeyValue, RangeResponse, TxnResponse } from "../../../src/api/requests.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import { keysOf, keysProblem } from "../../../src/scenario/language/actions/key-ranges.ts";
import { parseGuard, parseOperation } from "../../../src/scenario/language/actions/txn-syntax.ts";
import type { ClientCall } from "../../../src/scenario/run/client-call.ts";
import { complaints, smallRun } from "./small-run.ts";

const QUIET = "when: nothing pending";
/** k1=v1 … k5=v5, at the revisions 2 … 6. */
const WRITTEN = ["puts: { count: 5, every: 5ms }", "when: puts done"];

function shown(kvs: readonly KeyValue[]): string {
  return kvs.map(({ key, value }) => `${key}=${bytesToBinary(value)}`).join(" ");
}

function rangeOf({ response }: ClientCall): RangeResponse {
  if (response?.type !== "range") throw new Error("no range");
  return response.response;
}

function txnOf({ response }: ClientCall): TxnResponse {
  if (response?.type !== "txn") throw new Error("no transaction");
  return response.response;
}

describe("keys", () => {
  test.each([
    ["a", "a", ""],
    ["a*", "a", "b"],
    ["*", "\0", "\0"],
    ["a..c", "a", "c"],
    ["a..", "a", "\0"],
  ])("%s", (text, key, rangeEnd) => {
    expect(keysProblem(text)).toBeNull();
    expect(keysOf(text)).toEqual({ key, rangeEnd });
  });

  test.each([
    ["a*b", 'in "a*b" a * is not at the end'],
    ["..c", '"..c" is no range of keys'],
    ["a..b..c", '"a..b..c" is no range of keys'],
    ["c..a", '"c..a" holds nothing: it ends where it begins, or before'],
  ])("%s are refused", (text, problem) => {
    expect(keysProblem(text)).toContain(problem);
    expect(complaints(`get: "${text}"`)).toEqual([expect.stringContaining(problem)]);
    expect(complaints(`delete: { key: "${text}" }`)).toEqual([expect.stringContaining(problem)]);
  });
});

describe("a get", () => {
  test.each([
    ["key: k*", "k1=v1 k2=v2 k3=v3 k4=v4 k5=v5", 5, false],
    ["key: k2..k4", "k2=v2 k3=v3", 2, false],
    ["key: k4.., serializable: true", "k4=v4 k5=v5", 2, false],
    ["key: k*, limit: 2", "k1=v1 k2=v2", 5, true],
    ["key: k*, limit: 2, sort: modified descending", "k5=v5 k4=v4", 5, true],
    ["key: k*, sort: key descending, revision: newest - 3", "k2=v2 k1=v1", 2, false],
    ["key: k1, keys-only: true", "k1=", 1, false],
    ["key: k*, count-only: true", "", 5, false],
    ["key: k*, stream: true", "k1=v1 k2=v2 k3=v3 k4=v4 k5=v5", 5, false],
    ["key: k*, stream: true, limit: 2, to: follower, only: true", "k1=v1 k2=v2", 5, true],
    ["key: k*, stream: true, count-only: true", "", 5, false],
  ])("of %s", (range, kvs, count, more) => {
    const { named } = smallRun([...WRITTEN, `get: { ${range}, as: g }`, QUIET]);
    const found = rangeOf(named("g"));
    expect({ kvs: shown(found.kvs), count: found.count, more: found.more }).toEqual({
      ...{ kvs, count, more },
    });
  });

  test("is known by its keys", () => {
    const { named } = smallRun([...WRITTEN, "get: k*", "when: { answered: k* }"]);
    expect(named("k*").text).toBe("get k*");
  });

  test("in an order that there is not is refused", () => {
    expect(complaints("get: { key: a, sort: modifed }")).toEqual([
      'nothing can be sorted by "modifed", did you mean "modified"?; the order may be "key descending"',
    ]);
  });
});

test("a delete of several returns what was there", () => {
  const { named } = smallRun([...WRITTEN, "delete: { key: k2..k4, prev-kv: true, as: d }", QUIET], {
    expect: ["value: { k1: v1, k2: null, k3: null, k4: v4 }"],
  });
  const { response } = named("d");
  expect(response?.type === "deleteRange" && shown(response.response.prevKvs)).toBe("k2=v2 k3=v3");
});

describe("an operation", () => {
  test.each([
    ["put a=1", { kind: "put", key: "a", value: "1", lease: null, prevKv: false }],
    ["put a=b c=d", { kind: "put", key: "a", value: "b c=d", lease: null, prevKv: false }],
    ["put a=1 under L", { kind: "put", key: "a", value: "1", lease: "L", prevKv: false }],
    ["put a=1 with prev", { kind: "put", key: "a", value: "1", lease: null, prevKv: true }],
    ["put a= under L with prev", { kind: "put", key: "a", value: "", lease: "L", prevKv: true }],
    ["get a", { kind: "get", key: "a", rangeEnd: "", revision: 0 }],
    ["get k* at 7", { kind: "get", key: "k", rangeEnd: "l", revision: 7 }],
    ["get a at newest - 3", { kind: "get", key: "a", rangeEnd: "", revision: { newest: -3 } }],
    ["delete a", { kind: "delete", key: "a", rangeEnd: "", prevKv: false }],
    ["delete * with prev", { kind: "delete", key: "\0", rangeEnd: "\0", prevKv: true }],
  ])("%s", (text, operation) => {
    expect(parseOperation(text)).toEqual(operation);
  });

  test.each([
    ["get a at newst", '"newst" is no revision'],
    ["get a with prev", '"get a with prev" is no operation; write e.g.'],
    ["delete a at 7", '"delete a at 7" is no operation; write e.g.'],
    ["get a*b", 'in "a*b" a * is not at the end'],
    ["put a", '"put a" is no operation'],
  ])("%s is refused", (text, problem) => {
    expect(parseOperation(text)).toContain(problem);
  });
});

describe("a guard", () => {
  test.each([
    ["modified of a < newest - 3", { kind: "modified", key: "a", revision: { newest: -3 } }],
    ["created of k* != 7", { kind: "created", key: "k", rangeEnd: "l", revision: 7 }],
    ["lease of a = L", { kind: "lease", key: "a", rangeEnd: "", lease: "L" }],
    ["version of k* = 0", { kind: "compare", compare: { target: "VERSION", rangeEnd: "l" } }],
  ])("%s", (text, guard) => {
    expect(parseGuard(text)).toMatchObject(guard);
  });

  test.each([
    ["version of a = newest", 'the version of a key is a whole number, not "newest"'],
    ["modified of a = x", 'the modified of a key is a whole number, or newest, not "x"'],
    ["value of a = 1 - 2", '"value of a = 1 - 2" is no guard'],
    ["colour of a = 1", 'a key has no "colour"'],
    ["value of a*b = 1", 'in "a*b" a * is not at the end'],
  ])("%s is refused", (text, problem) => {
    expect(parseGuard(text)).toContain(problem);
  });
});

describe("a transaction", () => {
  const nested = (then: string) => `txn: { then: [{ if: [version of k1 = 1], then: [${then}] }] }`;

  test("holds others", () => {
    const { named } = smallRun([...WRITTEN, nested("put k1=x, {else: [put k2=y]}"), QUIET], {
      expect: ["value: { k1: x, k2: v2 }"],
    });
    const [inner] = txnOf(named("txn")).responses;
    expect(inner?.type === "txn" && inner.response.succeeded).toBe(true);
  });

  test("reads the past, and puts under a lease", () => {
    const steps = [
      ...WRITTEN,
      "lease: { ttl: 9s, as: L }",
      QUIET,
      "txn: { if: [modified of k5 = newest, modified of k* < newest + 1], then: [put k1=x under L with prev, get k* at newest - 3] }",
      QUIET,
      "revoke: L",
      QUIET,
    ];
    const { named } = smallRun(steps, { expect: ["value: { k1: null }"] });
    const [put, get] = txnOf(named("txn")).responses;
    expect(put?.type === "put" && shown(put.response.prevKv ? [put.response.prevKv] : [])).toBe(
      "k1=v1",
    );
    expect(get?.type === "range" && shown(get.response.kvs)).toBe("k1=v1 k2=v2");
  });

  test("within one is checked as the outer one is", () => {
    expect(complaints(nested("put k1=x under M"))).toEqual([
      'unknown lease "M"; grant it before: `lease: {ttl: 5s, as: M}`',
    ]);
    expect(complaints(nested("{ if: [holds jobs] }"))).toEqual([
      expect.stringContaining('unknown lock or election "jobs"'),
    ]);
    expect(complaints(nested("{ unless: [] }"))).toEqual([
      expect.stringContaining('unknown key of a transaction "unless"'),
    ]);
    expect(complaints(nested("7"))).toEqual([
      'expected an operation such as "put a=1", or {if: …, then: …, else: …}, found 7',
    ]);
    expect(complaints(nested("putt k=1"))).toEqual([
      expect.stringContaining('"putt k=1" is no operation'),
    ]);
  });
});
