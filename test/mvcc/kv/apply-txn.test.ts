import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type { RequestOp } from "../../../src/api/requests.ts";
import { KvApplier } from "../../../src/mvcc/kv/apply-kv.ts";
import { Store } from "../../../src/mvcc/store.ts";

const EMPTY = new Uint8Array(0);
const put = (key: string, ignoreValue = false): RequestOp => ({
  type: "put",
  request: putRequest(key, EMPTY, { ignoreValue }),
});
const deleteFrom = (key: string, rangeEnd: string): RequestOp => ({
  type: "deleteRange",
  request: deleteRangeRequest(key, { rangeEnd }),
});
const nested = (...success: RequestOp[]): RequestOp => ({
  type: "txn",
  request: { compare: [], success, failure: [] },
});

describe("a put that keeps the value of a key which the same transaction deletes first", () => {
  // A real etcd 3.4.23 panics on the first four, on all members and again after each restart.
  test.each<[string, RequestOp[], boolean]>([
    ["everything is deleted", [deleteFrom("a", "\0"), put("b", true)], false],
    ["another key is put first", [put("a"), deleteFrom("b", "\0"), put("b", true)], false],
    ["a nested one deletes", [nested(deleteFrom("a", "\0")), put("b", true)], false],
    ["a nested one puts", [deleteFrom("a", "\0"), nested(put("b", true))], false],
    ["other keys are deleted", [deleteFrom("c", "\0"), put("b", true)], true],
    ["the deletion comes after", [put("b", true), deleteFrom("a", "\0")], true],
    ["it was put in between", [deleteFrom("a", "\0"), put("b"), put("b", true)], true],
  ])("%s: done as a whole or not at all", (_, success, done) => {
    const kv = new KvApplier(new Store());
    kv.apply(put("b"));
    const { revision, hash } = kv.store;
    const { error } = kv.apply({ type: "txn", request: { compare: [], success, failure: [] } });
    expect(error).toBe(done ? null : Errors.keyNotFound);
    if (!done) expect([kv.store.revision, kv.store.hash]).toEqual([revision, hash]);
  });
});
