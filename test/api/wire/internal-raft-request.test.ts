import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { putRequest, rangeRequest } from "../../../src/api/build.ts";
import type { InternalRaftRequest, RequestHeader } from "../../../src/api/requests.ts";
import {
  decodeInternalRaftRequest,
  encodeInternalRaftRequest,
} from "../../../src/api/wire/internal-raft-request.ts";
import type { Message } from "../../../src/api/wire/message.ts";
import { OPERATIONS } from "../../../src/api/wire/operations.ts";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { ProtobufError } from "../../../src/base/protobuf.ts";
import { utf8Encode } from "../../../src/base/utf8.ts";
import { arbitraryOf } from "./arbitrary.ts";

const seed = 7004;
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const id64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const int64 = id64.map((bits) => BigInt.asIntN(64, bits));
const bool = fc.boolean();

const header: fc.Arbitrary<RequestHeader> = fc
  .record({
    id: fc.maxSafeNat(),
    idHigh: fc.option(fc.integer({ min: 1, max: 2047 })),
    username: text,
    authRevision: fc.nat(),
  })
  .map(({ idHigh, ...rest }) => (idHigh === null ? rest : { ...rest, idHigh }));

const v2 = fc.record({
  method: fc.constantFrom("PUT", "SYNC"),
  path: text,
  value: text,
  dir: bool,
  prevValue: text,
  prevIndex: id64,
  prevExist: fc.option(bool),
  expiration: int64,
  wait: bool,
  since: id64,
  recursive: bool,
  sorted: bool,
  quorum: bool,
  time: int64,
  stream: bool,
  refresh: fc.option(bool),
});

const requests: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
  ...Object.entries(OPERATIONS).map(
    ([type, [, message]]) => [type, arbitraryOf(message as Message<unknown>)] as const,
  ),
  ["v2", v2],
];

describe("InternalRaftRequest", () => {
  for (const [type, arbitrary] of requests) {
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

  it("has a field of its own for every operation", () => {
    const fields = Object.values(OPERATIONS).map(([field]) => field);
    expect(new Set(fields).size).toBe(fields.length);
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

  it("of the v2 store is the bare request, as protobufjs writes it", () => {
    const hex =
      "08effdb6f5fdddefd6de01 1203505554 1a0c2f302f6d656d626572732f31 22027b7d 2800 3200 3800 4001 " +
      "48fbffffffffffffffff01 5000 5807 6001 6800 7000 7809 800100";
    const id = 16045690984833335023n;
    const request: InternalRaftRequest = {
      header: {
        ...{ id: Number(id & ((1n << 53n) - 1n)), idHigh: Number(id >> 53n) },
        ...{ username: "", authRevision: 0 },
      },
      op: {
        type: "v2",
        request: {
          ...{ method: "PUT", path: "/0/members/1", value: "{}", dir: false, prevValue: "" },
          ...{ prevIndex: 0n, prevExist: true, expiration: -5n, wait: false, since: 7n },
          ...{ recursive: true, sorted: false, quorum: false, time: 9n, stream: false },
          refresh: null,
        },
      },
    };
    expect(toHex(encodeInternalRaftRequest(request))).toBe(hex.replaceAll(" ", ""));
    expect(decodeInternalRaftRequest(fromHex(hex))).toEqual(request);
  });

  it("refuses what it cannot mean", () => {
    const refused: [string, RegExp][] = [
      ["", /a request without operation at byte 0/],
      ["a206020801", /a request without operation/],
      ["a20602 0801 ea4d00", /unknown operation 1245/],
      ["2200 2200", /a second operation/],
      ["2200 2a00", /a second operation/],
      ["1a022803", /field 5: no such choice 3/],
      ["32021200", /etcdserverpb.RequestOp is empty/],
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
