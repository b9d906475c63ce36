import { describe, expect, test } from "vitest";
import { op, rangeRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type { RangeChunk, RangeRequest } from "../../../src/api/requests.ts";
import { SECOND } from "../../../src/base/time.ts";
import { AUTH_ON, signIn } from "../support/asks.ts";
import { Streaming } from "../support/streaming-member.ts";

const ALL = rangeRequest("\0", { rangeEnd: "\0" });
const key = (i: number) => `k${String(i).padStart(4, "0")}`;

function filled(keys: number, bytes = 1, settings = {}): Streaming {
  const member = new Streaming(settings);
  for (let i = 0; i < keys; i++) member.get(op.put(key(i), "v".repeat(bytes)));
  return member;
}

const sizes = (chunks: readonly RangeChunk[]) => chunks.map(({ kvs }) => kvs.length);
const keysOf = (chunks: readonly RangeChunk[]) =>
  chunks.flatMap(({ kvs }) => kvs.map((kv) => kv.key));

describe("a range in parts", () => {
  test("begins with ten keys and doubles; the last part alone tells revision, count and more", () => {
    const member = filled(100);
    const { chunks, error } = member.stream(ALL);
    expect(error).toBeNull();
    expect(sizes(chunks)).toEqual([10, 20, 40, 30]);
    expect(keysOf(chunks)).toEqual(Array.from({ length: 100 }, (_, i) => key(i)));
    const last = chunks.at(-1);
    expect(last).toMatchObject({ count: 100, more: false, header: { revision: 101 } });
    expect(last?.header?.memberId).not.toBe(0n);
    for (const chunk of chunks.slice(0, -1)) {
      expect(chunk).toMatchObject({ header: null, count: 0, more: false });
    }
  });

  test.each([
    [3, [3], true],
    [10, [10], true],
    [25, [10, 15], true],
    [30, [10, 20], true],
    [100, [10, 20, 40, 30], false],
    [1000, [10, 20, 40, 30], false],
    [-1, [100], false],
  ])("with a limit of %i comes in parts of %j", (limit, parts, more) => {
    const { chunks } = filled(100).stream({ ...ALL, limit });
    expect(sizes(chunks)).toEqual(parts);
    expect(chunks.at(-1)).toMatchObject({ more, count: 100 });
  });

  test("has smaller parts where they are larger than two requests, and not larger ones than half of one", () => {
    const settings = { maxRequestBytes: 4_000 };
    expect(sizes(filled(60, 150, settings).stream(ALL).chunks)).toEqual([10, 20, 20, 10]);
    expect(sizes(filled(60, 400, settings).stream(ALL).chunks)).toEqual([10, 10, 10, 10, 10, 10]);
    const big = filled(1, 1, { maxRequestBytes: 4_000 });
    for (let i = 0; i < 30; i++) big.get(op.put(key(i), "v".repeat(1_000)));
    expect(sizes(big.stream(ALL).chunks)).toEqual([10, 5, 5, 5, 5]);
  });

  test("tells the number of keys alone if that is asked for", () => {
    const { chunks, error } = filled(30).stream({ ...ALL, countOnly: true, limit: 2 });
    expect(error).toBeNull();
    expect(chunks).toEqual([{ header: chunks[0]?.header, kvs: [], more: false, count: 30 }]);
    expect(chunks[0]?.header?.revision).toBe(31);
  });

  test("is of one revision, though keys are written meanwhile", () => {
    const member = filled(200, 4_000);
    const id = member.ask(ALL);
    // The window is full: the rest is not read yet.
    expect(member.pushed.length).toBeLessThan(4);
    for (let i = 0; i < 200; i++) member.get(op.put(key(i), "later"));
    member.get(op.delete("\0", { rangeEnd: "\0" }));
    const chunks: RangeChunk[] = [];
    for (let next = member.take(id); next !== null; next = member.take(id)) chunks.push(next);
    expect(keysOf(chunks)).toHaveLength(200);
    expect(chunks.flatMap(({ kvs }) => kvs).every(({ value }) => value.length === 4_000)).toBe(
      true,
    );
    expect(chunks.at(-1)).toMatchObject({ count: 200, header: { revision: 201 } });
  });

  test("ends with an error where a compaction overtakes it", () => {
    const member = filled(200, 4_000);
    const id = member.ask(ALL);
    member.get(op.put("k", "later"));
    member.get({ type: "compaction", request: { revision: 202, physical: false } });
    while (member.take(id) !== null);
    expect(member.ended.get(id)).toBe(Errors.compacted);
  });

  test.each<[string, Partial<RangeRequest>, unknown]>([
    ["no key", { key: "" }, Errors.emptyKey],
    ["another order", { sortOrder: "DESCEND" }, Errors.rangeStreamSorted],
    ["another target", { sortOrder: "ASCEND", sortTarget: "MOD" }, Errors.rangeStreamSorted],
    ["a filter", { minModRevision: 1 }, Errors.rangeStreamFiltered],
    ["a future revision", { revision: 99 }, Errors.futureRevision],
    ["keys in their order", { sortOrder: "ASCEND" }, null],
    ["a target without an order", { sortTarget: "MOD" }, null],
  ])("with %s", (_, more, error) => {
    expect(filled(3).stream({ ...ALL, ...more }).error).toBe(error);
  });

  test("is no method of a member before 3.7", () => {
    const { chunks, error } = filled(3, 1, { serverVersion: "3.6.16" }).stream(ALL);
    expect([chunks, error]).toEqual([[], Errors.rangeStreamUnknown]);
  });

  test("is for those alone who may read all of it; who changed meanwhile is told at the end", () => {
    const member = filled(200, 4_000);
    for (const step of AUTH_ON) member.get(step);
    const ann = member.get(signIn("ann", "a")).token;
    const root = member.get(signIn("root", "r")).token;
    expect(member.stream(ALL).error).toBe(Errors.userEmpty);
    expect(member.stream(ALL, "no.1").error).toBe(Errors.invalidAuthToken);
    expect(member.stream(ALL, ann).error).toBe(Errors.permissionDenied);
    expect(member.stream(ALL, root).error).toBeNull();
    const id = member.ask(ALL, root);
    member.get({ type: "authRoleAdd", request: { name: "another" } }, root);
    while (member.take(id) !== null);
    expect(member.ended.get(id)).toBe(Errors.authOldRevision);
  });

  test("that is closed is not read on", () => {
    const member = filled(200, 4_000);
    const id = member.ask(ALL);
    member.member.stream(member.now, { kind: "close", streamId: id });
    const before = member.pushed.length;
    member.pass(SECOND);
    while (member.take(id) !== null);
    expect(before).toBeGreaterThan(0);
    expect(member.ended.has(id)).toBe(false);
  });
});
