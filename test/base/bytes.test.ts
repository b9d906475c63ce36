import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  binaryToBytes,
  bytesToBinary,
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  Slab,
  toHex,
} from "../../src/base/bytes.ts";
import { crc32cUpdate } from "../../src/base/crc32c.ts";
import { utf8Decode, utf8Encode, utf8Length } from "../../src/base/utf8.ts";

const seed = 7001;
const bytes = fc.uint8Array({ maxLength: 200 });

describe("bytes", () => {
  it("compare as their binary strings do", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const x = bytesToBinary(a);
        const y = bytesToBinary(b);
        expect(Math.sign(compareBytes(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
        expect(equalBytes(a, b)).toBe(x === y);
      }),
      { seed },
    );
  });

  it("survive the way through a binary string, hex and parts", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000, size: "max" }), (a) => {
        expect(equalBytes(binaryToBytes(bytesToBinary(a)), a)).toBe(true);
        expect(toHex(a)).toBe(Buffer.from(a).toString("hex"));
        expect(equalBytes(fromHex(toHex(a)), a)).toBe(true);
        const cut = a.length >>> 1;
        expect(equalBytes(concatBytes([a.subarray(0, cut), a.subarray(cut)]), a)).toBe(true);
      }),
      { seed, numRuns: 50 },
    );
  });

  it("that are no binary string or no hex are refused", () => {
    expect(() => binaryToBytes("ā")).toThrow(/binary string/);
    expect(() => fromHex("0")).toThrow(RangeError);
    expect(() => fromHex("zz")).toThrow(RangeError);
  });

  it("copied by a slab never overlap", () => {
    const slab = new Slab(1024);
    const parts = Array.from({ length: 100 }, (_, i) =>
      slab.copy(new Uint8Array(i * 7).fill(i % 256)),
    );
    parts.forEach((part, i) => {
      expect(part.length).toBe(i * 7);
      expect(part.every((byte) => byte === i % 256)).toBe(true);
    });
  });
});

describe("UTF-8", () => {
  it("is encoded as the platform does, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(0xffff)), (text, units) => {
        for (const t of [text, String.fromCharCode(...units)]) {
          const encoded = utf8Encode(t);
          expect(toHex(encoded)).toBe(Buffer.from(new TextEncoder().encode(t)).toString("hex"));
          expect(utf8Length(t)).toBe(encoded.length);
        }
      }),
      { seed },
    );
  });

  it("is decoded as the platform does, broken bytes included", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const piece = fc.oneof(
      fc.constantFrom(0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x80, 0x9f, 0xa0, 0xbf, 0x41),
      fc.nat(255),
    );
    fc.assert(
      fc.property(fc.array(piece), (list) => {
        const input = Uint8Array.from(list);
        expect(utf8Decode(input)).toBe(decoder.decode(input));
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe("CRC-32C", () => {
  it("gives the published check values", () => {
    const ascii = (text: string) => utf8Encode(text);
    expect(crc32cUpdate(0, ascii("123456789"))).toBe(0xe3069283);
    // RFC 3720, appendix B.4
    expect(crc32cUpdate(0, new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32cUpdate(0, new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(
      crc32cUpdate(
        0,
        Uint8Array.from({ length: 32 }, (_, i) => i),
      ),
    ).toBe(0x46dd794e);
    expect(crc32cUpdate(0, new Uint8Array(0))).toBe(0);
  });

  it("of a whole is that of its parts in turn", () => {
    fc.assert(
      fc.property(bytes, fc.nat(200), (input, at) => {
        const cut = Math.min(at, input.length);
        const first = crc32cUpdate(0, input, 0, cut);
        expect(crc32cUpdate(first, input, cut)).toBe(crc32cUpdate(0, input));
      }),
      { seed },
    );
  });
});
