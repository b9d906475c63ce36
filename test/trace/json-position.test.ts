import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { findJsonFault } from "../../src/trace/json-position.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['{"a":1}', null],
  ['{"a":1', { kind: "cut" }],
  ['{"a', { kind: "cut" }],
  ['{"a":tr', { kind: "cut" }],
  ['{"a":-', { kind: "cut" }],
  ['{"a":"\\u00', { kind: "cut" }],
  ['{"a":1,}', { kind: "bad", offset: 7 }],
  ["{a:1}", { kind: "bad", offset: 1 }],
  ['{"a":"\\x"}', { kind: "bad", offset: 6 }],
  ['{"a":"\u0001"}', { kind: "bad", offset: 6 }],
  ["[1 2]", { kind: "bad", offset: 3 }],
  ["{} {}", { kind: "bad", offset: 3 }],
  ["", { kind: "cut" }],
])("%s", (text, fault) => {
  expect(findJsonFault(text)).toEqual(fault);
});

property.prop([fc.json(), fc.nat(), fc.string({ maxLength: 2 })], { seed: 11, numRuns: 2000 })(
  "a fault is found exactly where JSON.parse finds one",
  (json, at, junk) => {
    const place = at % (json.length + 1);
    const broken = json.slice(0, place) + junk + json.slice(place + junk.length);
    expect(findJsonFault(broken) === null).toBe(parses(broken));
    expect(findJsonFault(json)).toBeNull();
  },
);

property.prop([fc.object(), fc.nat()], { seed: 12, numRuns: 500 })(
  "the beginning of an object is cut, never bad",
  (value, at) => {
    const json = JSON.stringify(value);
    expect(findJsonFault(json.slice(0, at % json.length))).toEqual({ kind: "cut" });
  },
);
