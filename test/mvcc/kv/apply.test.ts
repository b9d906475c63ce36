import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type {
  Compare,
  KvRequest,
  KvResponse,
  PutRequest,
  RangeRequest,
  RangeResponse,
  RequestOp,
  TxnResponse,
} from "../../../src/api/requests.ts";
import { binaryToBytes, bytesToBinary } from "../../../src/base/bytes.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { checkRequest } from "../../../src/mvcc/kv/check-request.ts";
import { Store } from "../../../src/mvcc/store.ts";
import { Kv } from "./kv.ts";

type Op = RequestOp;

const put = (key: string, value: string, options: Partial<PutRequest> = {}): Op => ({
  type: "put",
  request: putRequest(key, binaryToBytes(value), options),
});
const get = (key: string, options: Partial<RangeRequest> = {}): Op => ({
  type: "range",
  request: rangeRequest(key, options),
});
const del = (key: string, rangeEnd = "", prevKv = false): Op => ({
  type: "deleteRange",
  request: deleteRangeRequest(key, { rangeEnd, prevKv }),
});
const txn = (success: readonly Op[], failure: readonly Op[] = [], compare: Compare[] = []): Op => ({
  type: "txn",
  request: { compare, success, failure },
});
const value = (key: string, is: string): Compare => ({
  ...{ result: "EQUAL", key, rangeEnd: "", target: "VALUE" },
  value: binaryToBytes(is),
});

/** b=1 at 2, a=2 at 3, c=3 at 4, then a=0 at 5. */
function sample(): Kv {
  const kv = new Kv(new Store());
  for (const op of [put("b", "1"), put("a", "2"), put("c", "3"), put("a", "0")]) ok(kv, op);
  return kv;
}

function ok(kv: Kv, op: KvRequest): KvResponse {
  const { response, error } = kv.apply(op);
  expect(error).toBeNull();
  return response as KvResponse;
}

function keysOf(kv: Kv, options: Partial<RangeRequest>): string {
  const { response } = ok(kv, get("a", { rangeEnd: "\0", ...options })) as {
    response: RangeResponse;
  };
  const keys = response.kvs.map(({ key }) => key).join("");
  return `${keys}${response.more ? " and more" : ""} of ${response.count}`;
}

describe("a range", () => {
  test.each<[string, Partial<RangeRequest>, string]>([
    ["is in key order", {}, "abc of 3"],
    ["of an old revision", { revision: 3 }, "ab of 2"],
    ["counts all keys, whatever the limit", { limit: 2 }, "ab and more of 3"],
    ["has no more if the limit is met exactly", { limit: 3 }, "abc of 3"],
    ["takes a negative limit for none", { limit: -1 }, "abc of 3"],
    ["gives no keys where only the count is asked for", { countOnly: true }, " of 3"],
    ["descends", { sortOrder: "DESCEND" }, "cba of 3"],
    ["sorts before it cuts", { sortOrder: "DESCEND", limit: 1 }, "c and more of 3"],
    ["by value, ties in key order", { sortOrder: "ASCEND", sortTarget: "VALUE" }, "abc of 3"],
    ["by modification", { sortOrder: "ASCEND", sortTarget: "MOD" }, "bca of 3"],
    ["by creation", { sortOrder: "DESCEND", sortTarget: "CREATE" }, "cab of 3"],
    ["by version", { sortOrder: "DESCEND", sortTarget: "VERSION" }, "abc of 3"],
    ["ascends by a target without an order", { sortTarget: "MOD" }, "bca of 3"],
    ["filters before it cuts", { minModRevision: 4, limit: 1 }, "a and more of 3"],
    ["by least modification", { minModRevision: 4 }, "ac of 3"],
    ["by greatest modification", { maxModRevision: 4 }, "bc of 3"],
    ["by least creation", { minCreateRevision: 3 }, "ac of 3"],
    ["by greatest creation", { maxCreateRevision: 3 }, "ab of 3"],
  ])("%s", (_what, options, keys) => {
    expect(keysOf(sample(), options)).toBe(keys);
  });

  test("with keys only sorts by the values that it does not show", () => {
    const kv = sample();
    const options = { sortTarget: "VALUE", sortOrder: "DESCEND", keysOnly: true } as const;
    expect(keysOf(kv, options)).toBe("cba of 3");
    const { response } = ok(kv, get("a", { keysOnly: true })) as { response: RangeResponse };
    expect(response.kvs[0]?.value.length).toBe(0);
    expect(response.kvs[0]?.modRevision).toBe(5);
  });

  test("with keys only tells no lease, unless it sorts by value", () => {
    const leases = { exists: () => true, attach: () => undefined, detach: () => undefined };
    const kv = new Kv(new Store(undefined, { leases }), leases);
    ok(kv, put("a", "1", { lease: 5n }));
    const told = (op: Op) => {
      const { response } = ok(kv, op) as { response: RangeResponse };
      return response.kvs.map(({ lease }) => lease);
    };
    expect(told(get("a"))).toEqual([5n]);
    expect(told(get("a", { keysOnly: true }))).toEqual([0n]);
    expect(told(get("a", { keysOnly: true, sortTarget: "MOD", minModRevision: 1 }))).toEqual([0n]);
    expect(told(get("a", { keysOnly: true, sortTarget: "VALUE" }))).toEqual([5n]);
    const { response } = ok(kv, txn([get("a", { keysOnly: true })])) as { response: TxnResponse };
    expect(response.responses[0]?.response).toMatchObject({
      kvs: [{ key: "a", createRevision: 2, modRevision: 2, version: 1, lease: 0n }],
    });
  });

  test("reads no further than its limit for a sort without an order, as etcd does", () => {
    const kv = new Kv(new Store());
    for (const key of ["c", "a", "b"]) ok(kv, put(key, ""));
    expect(keysOf(kv, { sortTarget: "MOD", limit: 1 })).toBe("a and more of 3");
    const ascending = { sortTarget: "MOD", sortOrder: "ASCEND", limit: 1 } as const;
    expect(keysOf(kv, ascending)).toBe("c and more of 3");
  });

  test("at a revision that is not there, or no longer, is an error", () => {
    const kv = sample();
    expect(kv.apply(get("a", { revision: 6 })).error).toBe(Errors.futureRevision);
    ok(kv, { type: "compaction", request: { revision: 4, physical: false } });
    expect(kv.apply(get("a", { revision: 3 })).error).toBe(Errors.compacted);
    expect(kv.apply(get("a", { revision: 4 })).error).toBeNull();
  });
});

describe("a put", () => {
  test("gives what was before, if asked", () => {
    const { response } = ok(sample(), put("a", "9", { prevKv: true })) as {
      response: { prevKv: { value: Uint8Array; version: number } };
    };
    expect([bytesToBinary(response.prevKv.value), response.prevKv.version]).toEqual(["0", 2]);
  });

  test("can leave the value as it is, but not where there is none", () => {
    const kv = sample();
    ok(kv, put("a", "", { ignoreValue: true }));
    expect(bytesToBinary(kv.store.get("a")?.value ?? new Uint8Array(0))).toBe("0");
    expect(kv.store.get("a")?.version).toBe(3);
    expect(kv.apply(put("x", "", { ignoreValue: true })).error).toBe(Errors.keyNotFound);
    expect(kv.apply(put("x", "1", { ignoreLease: true })).error).toBe(Errors.keyNotFound);
    expect(kv.store.revision).toBe(6);
  });

  test("tells the lessor of every change, and takes over a lease if asked", () => {
    const told: string[] = [];
    const leases = {
      exists: (lease: bigint) => lease < 9n,
      attach: (lease: bigint, key: string) => void told.push(`+${lease} ${key}`),
      detach: (lease: bigint, key: string) => void told.push(`-${lease} ${key}`),
    };
    const kv = new Kv(new Store(Backend.inMemory(), { leases }), leases);
    expect(kv.apply(put("a", "1", { lease: 9n })).error).toBe(Errors.leaseNotFound);
    expect(kv.apply(txn([put("b", "1"), put("a", "1", { lease: 9n })])).error).toBe(
      Errors.leaseNotFound,
    );
    ok(kv, put("a", "1", { lease: 1n }));
    ok(kv, put("a", "2", { ignoreLease: true }));
    ok(kv, put("a", "3", { lease: 2n }));
    ok(kv, put("b", "3", { lease: 3n }));
    const image = kv.store.backend.image();
    ok(kv, put("a", "4"));
    ok(kv, del("a", "z"));
    expect(told).toEqual(["+1 a", "-1 a", "+1 a", "-1 a", "+2 a", "+3 b", "-2 a", "-3 b"]);
    told.length = 0;
    new Store(Backend.ofBytes(image), { leases });
    expect(told).toEqual(["+2 a", "+3 b"]);
  });
});

describe("a deletion", () => {
  test("counts keys and gives them if asked; without any the revision stays", () => {
    const kv = sample();
    const { response } = ok(kv, del("b", "\0", true)) as unknown as {
      response: { deleted: number; prevKvs: { key: string }[]; header: { revision: number } };
    };
    expect(response.deleted).toBe(2);
    expect(response.prevKvs.map(({ key }) => key)).toEqual(["b", "c"]);
    expect(response.header.revision).toBe(6);
    ok(kv, del("b", "\0"));
    expect(kv.store.revision).toBe(6);
  });
});

describe("a transaction", () => {
  const range = { result: "EQUAL", rangeEnd: "\0", key: "a" } as const;
  test.each<[string, Compare, boolean]>([
    ["a value", value("a", "0"), true],
    ["another value", value("a", "1"), false],
    ["the value of a key that is absent, which never holds", value("x", ""), false],
    ["a version", { ...range, rangeEnd: "", target: "VERSION", version: 2 }, true],
    ["version 0 of an absent key", { ...range, key: "x", target: "VERSION", version: 0 }, true],
    ["a creation", { ...range, key: "c", target: "CREATE", createRevision: 4 }, true],
    ["less", { ...range, result: "LESS", rangeEnd: "", target: "MOD", modRevision: 6 }, true],
    ["not less", { ...range, result: "LESS", rangeEnd: "", target: "MOD", modRevision: 5 }, false],
    ["greater", { ...range, result: "GREATER", target: "MOD", modRevision: 1 }, true],
    ["all keys of a range", { ...range, result: "GREATER", target: "MOD", modRevision: 2 }, false],
    ["a lease", { ...range, result: "NOT_EQUAL", target: "LEASE", lease: 1n }, true],
  ])("compares %s", (_what, compare, holds) => {
    const { response } = ok(sample(), txn([], [], [compare])) as { response: TxnResponse };
    expect(response.succeeded).toBe(holds);
  });

  test("shares one revision, sees its own writes, and answers as etcd 3.4.23 does", () => {
    const kv = new Kv(new Store());
    const nested = txn([put("y", "1"), get("x")]);
    const { response } = ok(kv, txn([del("n"), put("x", "1"), nested, get("x"), del("m")])) as {
      response: TxnResponse;
    };
    const revisions = response.responses.map(({ response: { header } }) => header.revision);
    // A deletion of nothing before the first change still has the old one, a nested one has none.
    expect(revisions).toEqual([1, 2, 0, 2, 2]);
    expect(response.header.revision).toBe(2);
    const read = response.responses[3] as { response: RangeResponse };
    expect(read.response.kvs.map((kv) => [kv.key, kv.modRevision])).toEqual([["x", 2]]);
  });

  test("evaluates nested guards before it changes anything", () => {
    const kv = sample();
    const nested = txn([put("seen", "1")], [put("unseen", "1")], [value("a", "9")]);
    ok(kv, txn([put("a", "9"), nested]));
    expect([kv.store.get("seen"), kv.store.get("unseen")?.version]).toEqual([null, 1]);
  });

  const failing = [
    put("a", "partly"),
    put("z", "", { ignoreValue: true }),
    get("a", { revision: 99 }),
  ];

  test("that can't be executed to its end changes nothing", () => {
    const kv = sample();
    const { hash } = kv.store;
    expect(kv.apply(txn(failing)).error).toBe(Errors.keyNotFound);
    expect(kv.apply(txn([put("a", "1"), get("a", { revision: 7 })])).error).toBe(
      Errors.futureRevision,
    );
    expect(kv.apply(txn([put("a", "1"), txn([get("a", { revision: 9 })])])).error).toBe(
      Errors.futureRevision,
    );
    expect([kv.store.hash, kv.store.revision]).toEqual([hash, 5]);
  });

  test("leaves half of itself behind with the known mistake W17", () => {
    const mistakes = mistakesOf(["W17"]);
    const kv = new Kv(new Store(Backend.inMemory(), { mistakes }));
    expect(kv.apply(txn(failing)).error).toBe(Errors.keyNotFound);
    expect(kv.store.get("a")?.version).toBe(1);
  });
});

describe("a request is refused before it is proposed", () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => put(`k${i}`, ""));
  test.each<[string, KvRequest, (typeof Errors)[keyof typeof Errors] | null]>([
    ["a read without key", get(""), Errors.emptyKey],
    ["a put without key", put("", "1"), Errors.emptyKey],
    ["a deletion without key", del(""), Errors.emptyKey],
    ["a value that is to be ignored", put("a", "1", { ignoreValue: true }), Errors.valueProvided],
    [
      "a lease that is to be ignored",
      put("a", "1", { ignoreLease: true, lease: 1n }),
      Errors.leaseProvided,
    ],
    ["a guard without key", txn([], [], [value("", "")]), Errors.emptyKey],
    ["an operation without key", txn([], [get("")]), Errors.emptyKey],
    ["128 operations", txn(many(128)), null],
    ["129 operations", txn(many(129)), Errors.tooManyOps],
    ["a nested one with what is left", txn([txn(many(127))]), null],
    ["a nested one with more", txn([txn(many(128))]), Errors.tooManyOps],
    ["two puts of a key", txn([put("a", "1"), put("a", "2")]), Errors.duplicateKey],
    ["a put of each branch", txn([put("a", "1")], [put("a", "2")]), null],
    ["a put in a deleted range", txn([del("a", "z"), put("b", "1")]), Errors.duplicateKey],
    ["a put behind a deleted range", txn([del("a", "b"), put("b", "1")]), null],
    ["a put of a deleted key", txn([put("b", "1"), del("b")]), Errors.duplicateKey],
    ["a put and a deletion from a key on", txn([del("a", "\0"), put("b", "1")]), null],
    ["a put and a nested one", txn([put("a", "1"), txn([], [put("a", "2")])]), Errors.duplicateKey],
    ["a nested put, deleted", txn([txn([put("a", "1")]), del("a")]), Errors.duplicateKey],
    [
      "a put, deleted by a nested one",
      txn([txn([del("a", "c")]), put("b", "1")]),
      Errors.duplicateKey,
    ],
    ["nested branches that exclude each other", txn([txn([put("a", "1")], [put("a", "2")])]), null],
    ["two nested ones", txn([txn([put("a", "1")]), txn([], [put("a", "2")])]), Errors.duplicateKey],
    [
      "a deletion in one nested, a put in another",
      txn([txn([del("a", "z")]), txn([put("c", "1")])]),
      Errors.duplicateKey,
    ],
  ])("%s", (_what, request, error) => {
    expect(checkRequest(request)).toBe(error);
  });
});
