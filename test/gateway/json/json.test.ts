import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONCURRENCY_METHODS } from "../../../src/api/wire/concurrency-methods.ts";
import { decode, encode, type Message } from "../../../src/api/wire/message.ts";
import { METHODS } from "../../../src/api/wire/method-table.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import { utf8Encode } from "../../../src/base/utf8.ts";
import { CorruptInput, decodeBase64 } from "../../../src/gateway/json/base64.ts";
import { GoDecoder } from "../../../src/gateway/json/go-decoder.ts";
import { JsonError } from "../../../src/gateway/json/json-error.ts";
import { jsonString } from "../../../src/gateway/json/json-string.ts";
import { integerString } from "../../../src/gateway/json/numbers.ts";
import { JsonReader } from "../../../src/gateway/json/read-json.ts";
import { writeJson } from "../../../src/gateway/json/write-json.ts";
import { pathsOf } from "../../../src/gateway/routes.ts";
import { LINES, RELEASES } from "../../../src/profile/lines.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { arbitraryOf } from "../../api/wire/arbitrary.ts";

const MESSAGES = [
  ...new Map(
    [...Object.values(METHODS), ...Object.values(CONCURRENCY_METHODS)]
      .flatMap(({ request, response }) => [request, response] as Message<unknown>[])
      .map((of) => [of.name, of]),
  ).values(),
];

describe.each(MESSAGES.map((of) => [of.name, of] as const))("%s", (_name, of) => {
  property.prop([arbitraryOf(of), fc.constantFrom(...LINES), fc.boolean()], { numRuns: 30 })(
    "comes back from JSON as it went, whoever reads it",
    (value, line, escapesHtml) => {
      const json = writeJson(of, value, escapesHtml);
      expect(() => JSON.parse(json)).not.toThrow();
      const reader = new JsonReader(utf8Encode(json), profileOf(RELEASES[line]));
      const wire = reader.next(of) ?? new Uint8Array(0);
      expect(encode(of, decode(of, wire))).toEqual(encode(of, value));
      expect(reader.next(of)).toBeNull();
    },
  );
});

/** JSON, and what is nearly JSON. */
const nearlyJson = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom("", "x", '"', "{", "]", ",", ":", "\\", "0", "-", "e", "\n"),
  )
  .map(([json, at, char]) => {
    const i = at % (json.length + 1);
    return json.slice(0, i) + char + json.slice(i + (at % 2));
  });

describe("JSON is read as Go reads it", () => {
  property.prop([nearlyJson], { numRuns: 2000 })(
    "where it is JSON, and not where it is none",
    (text) => {
      const whole = () => new GoDecoder(bytesToBinary(utf8Encode(text)), "text").only();
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (isJson) expect(whole).not.toThrow();
      else expect(whole).toThrow(JsonError);
    },
  );

  test("value after value", () => {
    const decoder = new GoDecoder(' {"a":[1,{}]}2 "x"\n');
    const kinds = [decoder.next(), decoder.next(), decoder.next(), decoder.next()];
    expect(kinds.map((node) => node?.kind ?? null)).toEqual(["object", "number", "string", null]);
  });

  test("as deep as Go goes, without falling over", () => {
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(new GoDecoder(nested(10_000)).next()?.kind).toBe("array");
    expect(() => new GoDecoder(nested(10_001)).next()).toThrow("exceeded max depth");
  });

  test.each(LINES)("what nests without end is refused by %s", (line) => {
    const depth = 3_000;
    const body = `${'{"success":[{"request_txn":'.repeat(depth)}{}${"}]}".repeat(depth)}`;
    const reader = new JsonReader(utf8Encode(body), profileOf(RELEASES[line]));
    expect(() => reader.next(METHODS.txn.request as Message<unknown>)).toThrow(JsonError);
  });
});

describe("base64 is read as Go reads it", () => {
  property.prop([fc.uint8Array({ maxLength: 40 })])("in both alphabets, padded or not", (bytes) => {
    const buffer = Buffer.from(bytes);
    const standard = buffer.toString("base64");
    expect(decodeBase64(standard)).toEqual(bytes);
    expect(decodeBase64(standard.replaceAll("=", ""), "standard", false)).toEqual(bytes);
    expect(decodeBase64(buffer.toString("base64url"), "url", false)).toEqual(bytes);
  });

  test.each([
    ["a", 0],
    ["ab", 0],
    ["ab=", 3],
    ["ab=x", 2],
    ["ab==x", 4],
    ["a===", 1],
    ["abcdé", 4],
    ["=", 0],
  ])("%s is wrong at byte %d", (text, at) => {
    const found = decodeBase64(text);
    expect(found instanceof CorruptInput ? found.at : "right").toBe(at);
  });
});

test.each([
  ["0", "0"],
  ["-0", "0"],
  ["1.0", "1"],
  ["1.50", null],
  ["1.5e1", "15"],
  ["1.5e-1", null],
  ["10.5e-1", null],
  ["-12e2", "-1200"],
  ["1200e-2", "12"],
  ["12e-2", null],
  ["0e99", "0"],
  ["1e21", null],
])("the integer of %s is %s", (number, integer) => {
  expect(integerString(number)).toBe(integer);
});

test("texts are written as Go writes them", () => {
  const text = '<a&b> =?@AZ[]^~ "\\" \u0001\b\f\n\r\t\u2028\u00e9';
  expect(jsonString(text, false)).toBe(
    '"<a&b> =?@AZ[]^~ \\"\\\\\\" \\u0001\\b\\f\\n\\r\\t\u2028\u00e9"',
  );
  expect(jsonString(text, true)).toBe(
    '"\\u003ca\\u0026b\\u003e =?@AZ[]^~ \\"\\\\\\" \\u0001\\b\\f\\n\\r\\t\\u2028\u00e9"',
  );
});

test("44 paths lead to etcd's services since 3.5, and 7 to locks and elections", () => {
  const counts = LINES.map((line) => {
    const paths = pathsOf(profileOf(RELEASES[line]));
    const ofClients = paths.filter((path) => /^\/v3\/(?:lock|election)\//.test(path));
    return [line, paths.length - ofClients.length, ofClients.length];
  });
  expect(counts).toEqual([
    ["3.4", 41, 7],
    ["3.5", 44, 7],
    ["3.6", 44, 7],
    ["3.7", 44, 7],
  ]);
});
