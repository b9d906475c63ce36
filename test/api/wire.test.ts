import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import { Errors, GrpcCode } from "../../src/api/errors.ts";
import type {
  Compare,
  InternalOp,
  InternalRaftRequest,
  KeyValue,
  RequestHeader,
  RequestOp,
  ServiceRequest,
  TxnRequest,
} from "../../src/api/requests.ts";
import {
  decodeInternalRaftRequest,
  encodeInternalRaftRequest,
} from "../../src/api/wire/internal-raft-request.ts";
import { decodeKeyValue, encodeKeyValue } from "../../src/api/wire/key-value.ts";
import { OPS } from "../../src/api/wire/operations.ts";
import { sizeAbove, sizeBound } from "../../src/api/wire/request-size.ts";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { ProtobufError, ProtobufWriter } from "../../src/base/protobuf.ts";
import { utf8Encode } from "../../src/base/utf8.ts";

const seed = 7004;
const key = fc.string({ unit: fc.nat(255).map((c) => String.fromCharCode(c)), maxLength: 50 });
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const value = fc.uint8Array({ maxLength: 200 });
const int = fc.oneof(fc.nat(300), fc.maxSafeInteger());
const lease = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }));
const memberId = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const bool = fc.boolean();

const header: fc.Arbitrary<RequestHeader> = fc
  .record({
    id: fc.maxSafeNat(),
    idHigh: fc.option(fc.integer({ min: 1, max: 2047 })),
    username: text,
    authRevision: fc.nat(),
  })
  .map(({ idHigh, ...rest }) => (idHigh === null ? rest : { ...rest, idHigh }));

const range = fc.record({
  key,
  rangeEnd: key,
  limit: int,
  revision: int,
  sortOrder: fc.constantFrom("NONE", "ASCEND", "DESCEND"),
  sortTarget: fc.constantFrom("KEY", "VERSION", "CREATE", "MOD", "VALUE"),
  serializable: bool,
  keysOnly: bool,
  countOnly: bool,
  minModRevision: int,
  maxModRevision: int,
  minCreateRevision: int,
  maxCreateRevision: int,
});
const put = fc.record({ key, value, lease, prevKv: bool, ignoreValue: bool, ignoreLease: bool });
const deleteRange = fc.record({ key, rangeEnd: key, prevKv: bool });
const result = fc.constantFrom("EQUAL", "GREATER", "LESS", "NOT_EQUAL");
const target = fc.oneof(
  fc.record({ target: fc.constant("VERSION"), version: int }),
  fc.record({ target: fc.constant("CREATE"), createRevision: int }),
  fc.record({ target: fc.constant("MOD"), modRevision: int }),
  fc.record({ target: fc.constant("VALUE"), value }),
  fc.record({ target: fc.constant("LEASE"), lease }),
);
const compare = fc
  .tuple(fc.record({ result, key, rangeEnd: key }), target)
  .map(([a, b]) => ({ ...a, ...b }) as Compare);
const { txn } = fc.letrec<{ op: RequestOp; txn: TxnRequest }>((tie) => ({
  op: fc.oneof(
    { maxDepth: 3 },
    fc.record({ type: fc.constant("put"), request: put }),
    fc.record({ type: fc.constant("range"), request: range }),
    fc.record({ type: fc.constant("deleteRange"), request: deleteRange }),
    fc.record({ type: fc.constant("txn"), request: tie("txn") }),
  ) as fc.Arbitrary<RequestOp>,
  txn: fc.record({
    compare: fc.array(compare, { maxLength: 3 }),
    success: fc.array(tie("op"), { maxLength: 3 }),
    failure: fc.array(tie("op"), { maxLength: 3 }),
  }),
}));

const empty = fc.constant({});
const name = fc.record({ name: text });
const role = fc.record({ role: text });
const requests: Record<InternalOp["type"], fc.Arbitrary<unknown>> = {
  range,
  put,
  deleteRange,
  txn,
  compaction: fc.record({ revision: int, physical: bool }),
  leaseGrant: fc.record({ ttl: int, id: lease }),
  leaseRevoke: fc.record({ id: lease }),
  leaseCheckpoint: fc.record({
    checkpoints: fc.array(fc.record({ id: lease, remainingTtl: int })),
  }),
  alarm: fc.record({
    action: fc.constantFrom("GET", "ACTIVATE", "DEACTIVATE"),
    memberId,
    alarm: fc.constantFrom("NONE", "NOSPACE", "CORRUPT"),
  }),
  authEnable: empty,
  authDisable: empty,
  authStatus: empty,
  authenticate: fc.record({ name: text, password: text, simpleToken: text }),
  authUserAdd: fc.record({
    name: text,
    password: text,
    options: fc.option(fc.record({ noPassword: bool })),
    hashedPassword: text,
  }),
  authUserDelete: name,
  authUserGet: name,
  authUserChangePassword: fc.record({ name: text, password: text, hashedPassword: text }),
  authUserGrantRole: fc.record({ user: text, role: text }),
  authUserRevokeRole: fc.record({ user: text, role: text }),
  authUserList: empty,
  authRoleList: empty,
  authRoleAdd: name,
  authRoleDelete: role,
  authRoleGet: role,
  authRoleGrantPermission: fc.record({
    name: text,
    permission: fc.record({
      permType: fc.constantFrom("READ", "WRITE", "READWRITE"),
      key,
      rangeEnd: key,
    }),
  }),
  authRoleRevokePermission: fc.record({ role: text, key, rangeEnd: key }),
  clusterVersionSet: fc.record({ version: text }),
  clusterMemberAttrSet: fc.record({
    memberId,
    attributes: fc.record({ name: text, clientUrls: fc.array(text) }),
  }),
  downgradeInfoSet: fc.record({ enabled: bool, version: text }),
  v2: fc.record({
    method: fc.constantFrom("PUT", "SYNC"),
    path: text,
    value: text,
    dir: bool,
    prevValue: text,
    prevIndex: memberId,
    prevExist: fc.option(bool),
    expiration: lease,
    wait: bool,
    since: memberId,
    recursive: bool,
    sorted: bool,
    quorum: bool,
    time: lease,
    stream: bool,
    refresh: fc.option(bool),
  }),
};

/** Whether clients ask for it. */
function isCall(type: InternalOp["type"]): boolean {
  const own = ["leaseCheckpoint", "clusterVersionSet", "clusterMemberAttrSet", "downgradeInfoSet"];
  return !own.includes(type);
}

describe("InternalRaftRequest", () => {
  for (const [type, arbitrary] of Object.entries(requests)) {
    it(`${type} comes back as it was`, () => {
      fc.assert(
        fc.property(header, arbitrary, (h, request) => {
          const bare = { id: h.id, ...(h.idHigh === undefined ? {} : { idHigh: h.idHigh }) };
          // A bare v2 request has an id and no more.
          const sent = type === "v2" ? { ...bare, username: "", authRevision: 0 } : h;
          const whole = { header: sent, op: { type, request } } as InternalRaftRequest;
          expect(decodeInternalRaftRequest(encodeInternalRaftRequest(whole))).toEqual(whole);
        }),
        { seed, numRuns: 60 },
      );
    });
  }

  it.each(OPS.filter(({ type }) => isCall(type)))(
    "$type never takes more than what is guessed of it",
    ({ type, write }) => {
      fc.assert(
        fc.property(requests[type], (request) => {
          const writer = new ProtobufWriter();
          write(writer, request);
          const call = { type, request } as ServiceRequest;
          expect(sizeBound(call)).toBeGreaterThanOrEqual(writer.length);
          if (writer.length > 0) expect(sizeAbove(call, writer.length - 1)).toBe(writer.length);
        }),
        { seed, numRuns: 60 },
      );
    },
  );

  it("has a field of its own for every operation but v2", () => {
    expect(new Set(OPS.map((op) => op.field)).size).toBe(OPS.length);
    const types = [...OPS.map((op) => op.type), "v2"].sort();
    expect(types).toEqual(Object.keys(requests).sort());
  });

  it("writes what etcd writes", () => {
    const h: RequestHeader = { id: 300, username: "root", authRevision: 3 };
    const none: RequestHeader = { id: 1, username: "", authRevision: 0 };
    const table: [InternalRaftRequest, string][] = [
      [
        { header: h, op: { type: "put", request: putRequest("a", utf8Encode("1")) } },
        "2206 0a0161 120131 a2060b 08ac02 1204726f6f74 1803",
      ],
      [
        { header: none, op: { type: "range", request: rangeRequest("", { rangeEnd: "\0" }) } },
        "1a03 120100 a20602 0801",
      ],
      [{ header: none, op: { type: "authEnable", request: {} } }, "a20602 0801 c23e00"],
      [
        {
          header: none,
          op: {
            type: "txn",
            request: {
              compare: [
                { target: "VERSION", result: "EQUAL", key: "a", rangeEnd: "b", version: 0 },
              ],
              success: [{ type: "put", request: putRequest("a", new Uint8Array(0)) }],
              failure: [],
            },
          },
        },
        "3212 0a09 1a0161 2000 82040162 1205 1203 0a0161 a20602 0801",
      ],
    ];
    for (const [request, hex] of table) {
      expect(toHex(encodeInternalRaftRequest(request))).toBe(hex.replaceAll(" ", ""));
    }
  });

  it("refuses what it cannot mean", () => {
    const refused: [string, RegExp][] = [
      ["", /a request without operation at byte 0/],
      ["a206020801", /a request without operation/],
      ["a20602 0801 ea4d00", /unknown operation 1245/],
      ["2200 2200", /a second operation/],
      ["2200 2a00", /a second operation/],
      ["1a022803", /field 5: no such choice 3/],
      ["32021200", /a transaction's operation is empty/],
      ["2205 0a01", /unexpected end/],
    ];
    for (const [hex, problem] of refused) {
      expect(() => decodeInternalRaftRequest(fromHex(hex)), hex).toThrow(problem);
      expect(() => decodeInternalRaftRequest(fromHex(hex)), hex).toThrow(ProtobufError);
    }
  });

  it("takes an operand of another kind for none, as etcd applies it", () => {
    // target VALUE with a version as operand
    const { op } = decodeInternalRaftRequest(fromHex("3209 0a07 1003 1a0161 2005"));
    expect(op).toMatchObject({
      request: { compare: [{ target: "VALUE", key: "a", value: new Uint8Array(0) }] },
    });
  });

  it("with its id in the old place is read", () => {
    expect(decodeInternalRaftRequest(fromHex("0805 2200")).header.id).toBe(5);
  });

  it("of broken bytes throws ProtobufError or reads something", () => {
    const put1: InternalRaftRequest = {
      header: { id: 5, username: "u", authRevision: 0 },
      op: { type: "put", request: putRequest("key", utf8Encode("value")) },
    };
    const whole = encodeInternalRaftRequest(put1);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const broken = whole.slice();
      broken[bit >> 3] = (broken[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        decodeInternalRaftRequest(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    }
  });
});

describe("KeyValue", () => {
  const keyValue: fc.Arbitrary<KeyValue> = fc.record({
    key,
    createRevision: int,
    modRevision: int,
    version: int,
    value,
    lease,
  });

  it("comes back as it was", () => {
    fc.assert(
      fc.property(keyValue, (kv) => {
        expect(decodeKeyValue(encodeKeyValue(kv))).toEqual(kv);
      }),
      { seed },
    );
  });

  it("writes what etcd stores", () => {
    const kv: KeyValue = {
      key: "a",
      createRevision: 2,
      modRevision: 300,
      version: 5,
      value: utf8Encode("1"),
      lease: -1n,
    };
    expect(toHex(encodeKeyValue(kv))).toBe("0a0161100218ac0220052a013130ffffffffffffffffff01");
    const zero = { ...kv, key: "", createRevision: 0, modRevision: 0, version: 0, lease: 0n };
    expect(toHex(encodeKeyValue({ ...zero, value: new Uint8Array(0) }))).toBe("");
  });
});

describe("Errors", () => {
  it("have texts and codes of etcd, each text once", () => {
    const all = Object.values(Errors);
    expect(new Set(all.map((e) => e.message)).size).toBe(all.length);
    for (const e of all) {
      expect(e.message).toMatch(/^etcdserver: \S/);
      expect(GrpcCode).toHaveProperty(e.code);
    }
    expect(Errors.timeout).toEqual({
      code: "Unavailable",
      message: "etcdserver: request timed out",
    });
  });
});
