import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes, fromHex, toHex } from "../../src/base/bytes.ts";
import {
  ProtobufError,
  ProtobufReader,
  ProtobufWriter,
  varint64Size,
  varintSize,
} from "../../src/base/protobuf.ts";

const seed = 7002;
const safe = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(),
  fc.nat(300),
  fc.nat(53).map((bits) => Math.min(2 ** bits, Number.MAX_SAFE_INTEGER)),
  fc.nat(53).map((bits) => 2 ** bits - 1),
);
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.nat(63).map((bits) => 1n << BigInt(bits)),
);

function written(write: (w: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter(1);
  write(writer);
  return toHex(writer.finish());
}

function reading(hex: string): ProtobufReader {
  const reader = new ProtobufReader(fromHex(hex));
  reader.next();
  return reader;
}

describe("the protobuf writer", () => {
  it("writes the encodings of protobuf's own documentation", () => {
    expect(written((w) => w.varintField(1, 150))).toBe("089601");
    expect(written((w) => w.stringField(2, "testing"))).toBe("120774657374696e67");
    expect(written((w) => w.intField(1, -2))).toBe("08feffffffffffffffff01");
    expect(written((w) => w.fixed64Field(1, 0x01020304, 0x05060708))).toBe("090807060504030201");
    expect(
      written((w) => {
        const at = w.open(3);
        w.varintField(1, 150);
        w.close(at);
      }),
    ).toBe("1a03089601");
  });

  it("gives numbers, halves and bigints of the same value the same bytes", () => {
    fc.assert(
      fc.property(safe, (n) => {
        const big = BigInt(n);
        const hi = Number(big >> 32n);
        const lo = Number(big & 0xffffffffn);
        const hex = written((w) => w.varint(n));
        expect(written((w) => w.varint64(hi, lo))).toBe(hex);
        expect(written((w) => w.bigint(big))).toBe(hex);
        expect(varintSize(n)).toBe(hex.length / 2);
        expect(varint64Size(hi, lo)).toBe(hex.length / 2);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("moves long embedded messages to make room for their length", () => {
    for (const length of [0, 126, 127, 128, 16_383, 16_384, 3_000_000]) {
      const body = new Uint8Array(length).fill(7);
      const hex = written((w) => {
        const outer = w.open(1);
        const inner = w.open(2);
        w.raw(body);
        w.close(inner);
        w.close(outer);
      });
      const reader = reading(hex);
      const end = reader.enter();
      expect(reader.next()).toBe(true);
      expect(equalBytes(reader.view(), body)).toBe(true);
      expect(reader.next()).toBe(false);
      reader.leave(end);
      expect(reader.next()).toBe(false);
    }
  });
});

describe("the protobuf reader", () => {
  it("gives back every integer it can hold", () => {
    fc.assert(
      fc.property(safe, uint64, fc.boolean(), (n, big, negative) => {
        const signed = negative ? -n : n;
        const writer = new ProtobufWriter();
        writer.varintField(1, n);
        writer.intField(2, signed);
        writer.bigintField(3, big);
        writer.bigintField(4, BigInt.asIntN(64, big));
        writer.fixed64Field(536870911, Number(big >> 32n), Number(big & 0xffffffffn));
        expect(writer.length).toBe(writer.view().length);
        const reader = new ProtobufReader(writer.finish());
        reader.next();
        expect(reader.uint()).toBe(n);
        reader.next();
        expect(reader.int()).toBe(signed === 0 ? 0 : signed);
        reader.next();
        expect(reader.ubigint()).toBe(big);
        reader.next();
        expect(reader.bigint()).toBe(BigInt.asIntN(64, big));
        reader.next();
        expect(reader.field).toBe(536870911);
        reader.fixed64();
        expect((BigInt(reader.hi) << 32n) | BigInt(reader.lo)).toBe(big);
        expect(reader.next()).toBe(false);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("names the problem and the offset", () => {
    const cases: [string, (r: ProtobufReader) => unknown, RegExp][] = [
      ["08", (r) => r.uint(), /unexpected end inside a varint at byte 1/],
      ["08ffffffffffffffffff7f", (r) => r.uint(), /beyond 64 bits at byte 1/],
      ["08ffffffffffffffffffff01", (r) => r.uint(), /longer than ten bytes at byte 1/],
      ["0880808080808080808001", (r) => r.uint(), /beyond 2\^53 at byte 1/],
      ["0a05aabb", (r) => r.view(), /unexpected end: 5 bytes wanted, 2 left at byte 2/],
      ["0a05aabb", (r) => r.uint(), /field 1 should be a varint, has wire type 2/],
      ["0801", (r) => r.enter(), /should be an embedded message/],
      ["0f", (r) => r.skip(), /illegal wire type 7/],
      ["0c", (r) => r.skip(), /illegal wire type 4/],
      ["0b0801", (r) => r.skip(), /a group without end/],
      ["0b14", (r) => r.skip(), /mismatched end of group/],
    ];
    for (const [hex, read, problem] of cases) {
      const reader = reading(hex);
      expect(() => read(reader), hex).toThrow(problem);
      expect(() => read(reading(hex)), hex).toThrow(ProtobufError);
    }
    expect(() => reading("00")).toThrow(/illegal tag at byte 0/);
  });

  it("skips unknown fields of every kind", () => {
    const reader = new ProtobufReader(
      fromHex("0801 110102030405060708 1a0141 2501020304 2b 0801 33 0801 34 2c 3005"),
    );
    const seen: number[] = [];
    while (reader.next()) {
      seen.push(reader.field);
      if (reader.field === 6) expect(reader.uint()).toBe(5);
      else reader.skip();
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("of arbitrary bytes ends or throws a ProtobufError, and stays in bounds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
        const reader = new ProtobufReader(input);
        try {
          while (reader.next()) reader.skip();
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
        expect(reader.position).toBeLessThanOrEqual(input.length);
      }),
      { seed, numRuns: 2000 },
    );
  });
});
