import { describe, expect, test } from "vitest";
import { parseConfChanges } from "../../src/conformance/conf-change-text.ts";
import { quoteBytes, quoteText } from "../../src/conformance/go-format.ts";
import { atoi, parseBool, parseInt64, parseUint64 } from "../../src/conformance/go-number.ts";

/** Each expectation is what the Go function of the same name prints for the same value. */

describe("%q", () => {
  test.each([
    ["", '""'],
    ["foo", '"foo"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["back\\slash", '"back\\\\slash"'],
    ["\u0007\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'],
    ["\u0000\u001f\u007f", '"\\x00\\x1f\\x7f"'],
    ["grüße, 世界 😀", '"grüße, 世界 😀"'],
    ["\u00a0\u200b\u0085", '"\\u00a0\\u200b\\u0085"'],
    ["\u{e0001}", '"\\U000e0001"'],
    ["e\u0301", '"e\u0301"'],
    ["\ufffd", '"\ufffd"'],
  ])("of %j is %s", (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  test.each([
    [[0xff], '"\\xff"'],
    [[0xc3], '"\\xc3"'],
    [[0xc0, 0x80], '"\\xc0\\x80"'],
    [[0xe0, 0x80, 0x80], '"\\xe0\\x80\\x80"'],
    [[0xed, 0xa0, 0x80], '"\\xed\\xa0\\x80"'],
    [[0xf4, 0x90, 0x80, 0x80], '"\\xf4\\x90\\x80\\x80"'],
    [[0x61, 0xe4, 0xb8, 0x62], '"a\\xe4\\xb8b"'],
  ])("of the bytes %j, which are not UTF-8, is %s", (bytes, quoted) => {
    expect(quoteBytes(Uint8Array.from(bytes))).toBe(quoted);
  });
});

describe("strconv", () => {
  test("ParseUint reads decimal digits alone", () => {
    expect(parseUint64("0")).toBe(0n);
    expect(parseUint64("18446744073709551615")).toBe(18446744073709551615n);
    expect(parseUint64("18446744073709551616")).toBe(
      'strconv.ParseUint: parsing "18446744073709551616": value out of range',
    );
    for (const text of ["", "-1", "+1", " 1", "0x1", "1_0", "a\n"]) {
      expect(parseUint64(text)).toBe(
        `strconv.ParseUint: parsing ${quoteText(text)}: invalid syntax`,
      );
    }
  });

  test("ParseInt and Atoi take a sign", () => {
    expect(parseInt64("-9223372036854775808")).toBe(-9223372036854775808n);
    expect(atoi("+7")).toBe(7);
    expect(atoi("-7")).toBe(-7);
    expect(atoi("7a")).toBe('strconv.Atoi: parsing "7a": invalid syntax');
    expect(parseInt64("9223372036854775808")).toBe(
      'strconv.ParseInt: parsing "9223372036854775808": value out of range',
    );
  });

  test("ParseBool knows six words for each value", () => {
    for (const text of ["1", "t", "T", "true", "TRUE", "True"]) expect(parseBool(text)).toBe(true);
    for (const text of ["0", "f", "F", "false", "FALSE", "False"]) {
      expect(parseBool(text)).toBe(false);
    }
    expect(parseBool("yes")).toBe('strconv.ParseBool: parsing "yes": invalid syntax');
  });
});

describe("conf changes as text", () => {
  test("are operations separated by single spaces", () => {
    expect(parseConfChanges(" v1 l2 r3 u4\n")).toEqual([
      { type: 0, nodeId: 1 },
      { type: 3, nodeId: 2 },
      { type: 1, nodeId: 3 },
      { type: 2, nodeId: 4 },
    ]);
    expect(parseConfChanges("")).toEqual([]);
  });

  test.each([
    ["v", "unknown token v"],
    ["v1  v2", "unknown token "],
    ["x1", "unknown input: x1"],
    ["vv", 'strconv.ParseUint: parsing "v": invalid syntax'],
    ["v1\nv2", 'strconv.ParseUint: parsing "1\\nv2": invalid syntax'],
  ])("%j is refused: %s", (text, error) => {
    expect(parseConfChanges(text)).toBe(error);
  });
});
