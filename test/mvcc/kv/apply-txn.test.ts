import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type { RequestOp } from "../../../src/api/requests.ts";
import { Store } from "../../../src/mvcc/store.ts";
import { Kv } from "./kv.ts";

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
    const kv = new Kv(new Store());
    kv.apply(put("b"));
    const { revision, hash } = kv.store;
    const { error } = kv.apply({ type: "txn", request: { compare: [], success, failure: [] } });
    expect(error).toBe(done ? null : Errors.keyNotFound);
    if (!done) expect([kv.store.revision, kv.store.hash]).toEqual([revision, hash]);
  });
});

describe("of several errors the first is told, in the order of the operations (checkTxn, since 3.6)", () => {
  const read = (revision: number): RequestOp => ({
    type: "range",
    request: rangeRequest("a", { revision }),
  });
  const noKey = put("none", true);
  const noLease = { ...put("b"), request: putRequest("b", EMPTY, { lease: 77n }) } as RequestOp;
  const neither: RequestOp = {
    type: "put",
    request: putRequest("none", EMPTY, { lease: 77n, ignoreValue: true }),
  };
  const { compacted, futureRevision, keyNotFound, leaseNotFound } = Errors;
  // The first four as 3.7.3 answered them; 3.4.23 told keyNotFound, leaseNotFound, keyNotFound, keyNotFound.
  test.each<[string, RequestOp[], (typeof Errors)[keyof typeof Errors]]>([
    ["a compacted read before a put", [read(-5), noKey], compacted],
    ["a read of the future before a put", [read(99), noLease], futureRevision],
    ["a put without key and lease", [neither], leaseNotFound],
    ["the same in a nested transaction", [nested(neither)], leaseNotFound],
    ["a put before a read", [noKey, read(99)], keyNotFound],
    ["a nested read before a put", [nested(read(99)), noKey], futureRevision],
    ["a put before a nested read", [noKey, nested(read(99))], keyNotFound],
    ["a put before a nested put", [noLease, nested(noKey)], leaseNotFound],
    [
      "what a deletion leaves no key for before a read",
      [deleteFrom("b", "c"), put("b", true), read(99)],
      keyNotFound,
    ],
  ])("%s", (_, success, first) => {
    const kv = new Kv(new Store());
    kv.apply(put("b"));
    const { revision } = kv.store;
    expect(kv.apply({ type: "txn", request: { compare: [], success, failure: [] } }).error).toBe(
      first,
    );
    expect(kv.store.revision).toBe(revision);
  });
});
