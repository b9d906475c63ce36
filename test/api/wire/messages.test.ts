import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Kind } from "../../../src/api/wire/kinds.ts";
import {
  decode,
  encode,
  type Message,
  message,
  TableMessage,
} from "../../../src/api/wire/message.ts";
import { concatBytes, fromHex, toHex } from "../../../src/base/bytes.ts";
import { ProtobufError, ProtobufReader } from "../../../src/base/protobuf.ts";
import { MESSAGES } from "./all-messages.ts";
import { arbitraryOf } from "./arbitrary.ts";
import { rowsOf, samplesOf } from "./sample.ts";
import { VECTORS } from "./vectors.ts";

const RUNS = { seed: 7004, numRuns: 40 };

/** Field 15000, which no message has, in every wire type: varint, fixed64, bytes, group, fixed32. */
const UNKNOWN = fromHex(
  "c0a907 ffffffffffffffffff01  c1a907 0102030405060708  c2a907 03 010203 " +
    "c3a907 0801 c4a907  c5a907 01020304",
);

const sameBytes = (a: Uint8Array, b: Uint8Array): void => expect(toHex(a)).toBe(toHex(b));

describe.each(MESSAGES.map((of) => [of.name, of] as const))("%s", (name, of) => {
  const any = arbitraryOf(of);

  it("is written as others write it", () => {
    const samples = samplesOf(of);
    expect(samples.map((sample) => toHex(encode(of, sample)))).toEqual(VECTORS.get(name));
    expect(VECTORS.get(name)?.map((hex) => decode(of, fromHex(hex)))).toEqual(samples);
  });

  it("comes back as it was, and its size is that of its bytes", () => {
    fc.assert(
      fc.property(any, (value) => {
        const bytes = encode(of, value);
        expect(of.size(value)).toBe(bytes.length);
        expect(decode(of, bytes)).toEqual(value);
      }),
      RUNS,
    );
  });

  it("is read past fields that it does not know", () => {
    fc.assert(
      fc.property(any, (value) => {
        const bytes = encode(of, value);
        expect(decode(of, concatBytes([UNKNOWN, bytes, UNKNOWN]))).toEqual(value);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });

  it("cut off inside of a field is an error", () => {
    for (const sample of samplesOf(of)) {
      const whole = encode(of, sample);
      const ends = fieldEnds(whole);
      for (let length = 1; length < whole.length; length++) {
        const read = attempt(of, whole.subarray(0, length));
        if (ends.has(length)) expect(read).not.toBeInstanceOf(ProtobufError);
        else expect(read).toMatchObject({ message: expect.stringContaining("unexpected end") });
      }
    }
  });

  it("of broken bytes is an error, or something else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), any, fc.nat(), (noise, value, at) => {
        const bytes = encode(of, value);
        bytes.set(
          noise.subarray(0, bytes.length - (at % (bytes.length + 1))),
          at % (bytes.length + 1),
        );
        attempt(of, bytes);
        attempt(of, noise);
      }),
      RUNS,
    );
  });
});

function fieldEnds(bytes: Uint8Array): ReadonlySet<number> {
  const reader = new ProtobufReader(bytes);
  const ends = new Set<number>();
  while (reader.next()) {
    reader.skip();
    ends.add(reader.position);
  }
  return ends;
}

/** What is read, or why it is not. */
function attempt<T>(of: Message<T>, bytes: Uint8Array): T | ProtobufError {
  try {
    return decode(of, bytes);
  } catch (error) {
    if (error instanceof ProtobufError) return error;
    throw error;
  }
}

describe("a tuned message", () => {
  const tuned = MESSAGES.filter(
    (of): of is TableMessage<object> =>
      of instanceof TableMessage && ["write", "read", "size"].some((way) => Object.hasOwn(of, way)),
  );

  it("is rare", () => {
    expect(tuned.map(({ name }) => name).sort()).toEqual([
      "etcdserverpb.PutRequest",
      "etcdserverpb.ResponseHeader",
      "mvccpb.Event",
      "mvccpb.KeyValue",
    ]);
  });

  it("is empty as its table says, field by field", () => {
    for (const of of MESSAGES) {
      if (!(of instanceof TableMessage)) continue;
      const [own, plain] = [of.empty(), message(of.name, of.table).empty()];
      expect(own).toEqual(plain);
      expect(Object.keys(own)).toEqual(Object.keys(plain));
    }
  });

  it.each(tuned.map((of) => [of.name, of] as const))("%s does what its table says", (name, of) => {
    const plain = message(name, of.table);
    fc.assert(
      fc.property(arbitraryOf(of), (value) => {
        const bytes = encode(plain, value as object);
        sameBytes(encode(of, value as object), bytes);
        expect(of.size(value as object)).toBe(plain.size(value as object));
        const doubled = concatBytes([UNKNOWN, bytes, UNKNOWN, bytes]);
        expect(decode(of, doubled)).toEqual(decode(plain, doubled));
      }),
      { seed: 7004 },
    );
  });
});

it("every message has its vectors", () => {
  expect([...VECTORS.keys()].sort()).toEqual(MESSAGES.map(({ name }) => name).sort());
});

describe("fields", () => {
  const named = (name: string): Message<object> => {
    const found = MESSAGES.find((of) => of.name === name);
    if (found === undefined) throw new Error(`no message ${name}`);
    return found as Message<object>;
  };
  const read = (name: string, hex: string): object => decode(named(name), fromHex(hex));

  it("of zero are not written, and what is not there is zero", () => {
    for (const of of MESSAGES) {
      if (!(of instanceof TableMessage)) continue;
      const zero = decode(of, new Uint8Array(0)) as Record<string, unknown>;
      const given = rowsOf(of).filter(([name, [, kind]]) => !kind.isAbsent(zero[name]));
      // Messages in it that are not optional: written even if empty, like those of etcd's servers.
      const embedded = given.flatMap(([, [number]]) => [number * 8 + 2, 0]);
      sameBytes(encode(of, zero), new Uint8Array(embedded));
    }
  });

  it("that come twice count as they came last, and lists grow", () => {
    expect(read("etcdserverpb.DeleteRangeRequest", "0a0161 0a0162 1801 1800")).toEqual({
      key: "b",
      rangeEnd: "",
      prevKv: false,
    });
    expect(read("etcdserverpb.MemberAddRequest", "0a0161 1001 0a0162")).toEqual({
      peerUrls: ["a", "b"],
      isLearner: true,
    });
    expect(read("etcdserverpb.WatchRequest", "12020807 1a00")).toEqual({
      type: "progress",
      request: {},
    });
  });

  it("with a list of numbers are read packed or one by one", () => {
    const filters = ["NOPUT", "NODELETE", "NODELETE"];
    for (const hex of ["2a03 000101", "2800 2801 2801", "2800 2a02 0101", "2a00 2a02 0001 2801"]) {
      expect(read("etcdserverpb.WatchCreateRequest", hex)).toMatchObject({ filters });
    }
  });

  it.each([
    ["etcdserverpb.AuthStatusResponse", "18 ffffffffffffffffff01", /an integer beyond 2\^53/],
    ["etcdserverpb.CompactionRequest", "0a 0101", /field 1 should be a varint, has wire type 2/],
    ["etcdserverpb.PutRequest", "0801", /field 1 should be a length-delimited field/],
    ["etcdserverpb.RangeRequest", "2803", /field 5: no such choice 3 at byte 1/],
    ["etcdserverpb.WatchCreateRequest", "2a 02 0002", /field 5: no such choice 2 at byte 3/],
    ["etcdserverpb.WatchCreateRequest", "2a 01 80", /unexpected end inside a varint at byte 2/],
    ["etcdserverpb.WatchRequest", "", /etcdserverpb.WatchRequest is empty at byte 0/],
    ["etcdserverpb.RequestOp", "2801", /etcdserverpb.RequestOp is empty at byte 0/],
    ["etcdserverpb.PutRequest", "0a 05 61", /unexpected end: 5 bytes wanted, 1 left at byte 2/],
  ])("of %s in the bytes %s are refused", (name, hex, problem) => {
    expect(() => read(name, hex)).toThrow(problem);
    expect(() => read(name, hex)).toThrow(ProtobufError);
  });

  it("nest only so deep", () => {
    const nested = (levels: number): Uint8Array => {
      const of = named("etcdserverpb.RequestOp");
      let value: object = { type: "put", request: samplesOf(named("etcdserverpb.PutRequest"))[0] };
      for (let i = 0; i < levels; i++) {
        value = { type: "txn", request: { compare: [], success: [value], failure: [] } };
      }
      return encode(of, value);
    };
    const of = named("etcdserverpb.RequestOp");
    expect(decode(of, nested(100))).toMatchObject({ type: "txn" });
    expect(() => decode(of, nested(200))).toThrow(/messages nest too deep at byte/);
  });

  it("stand in the order of their numbers", () => {
    const { key } = (named("etcdserverpb.PutRequest") as TableMessage<{ key: string }>).table;
    const kind = key[1] as Kind<string>;
    expect(() => message("m", { a: [2, kind], b: [1, kind] })).toThrow(/m: b stands in the order/);
    expect(() => message("m", { a: [2, kind], b: [2, kind] })).toThrow(/m: b stands in the order/);
  });
});

it("an integer that no number can hold is the nearest one", () => {
  const range = MESSAGES.find(({ name }) => name === "etcdserverpb.RangeRequest");
  // limit: the largest int64, and the smallest.
  const limits = ["18ffffffffffffffff7f", "1880808080808080808001"].map(
    (hex) => decode(range as Message<{ limit: number }>, fromHex(hex)).limit,
  );
  expect(limits).toEqual([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
});
