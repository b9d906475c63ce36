import { expect, test } from "vitest";
import { digestOf, TraceDigest } from "../../src/trace/digest.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { sampleTrace } from "../support/sample-trace.ts";
import { everyKind } from "./every-kind.ts";

type Path = readonly (string | number)[];

/** Every leaf of a value, and every list (to be made longer) but pairs. */
function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, child]) => paths(child, [...at, key]));
  const pair = at[0] === "cut" || at[0] === "clogged" ? at.length === 2 : false;
  return Array.isArray(value) && !pair ? [at, ...inner] : inner;
}

function altered(event: TraceEvent, path: Path): TraceEvent {
  const copy = structuredClone(event) as unknown as Record<string | number, unknown>;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  const last = path.at(-1) as string;
  const value = holder[last];
  if (Array.isArray(value)) value.push(value[0]);
  else if (typeof value === "number") holder[last] = value + 1;
  else if (typeof value === "boolean") holder[last] = !value;
  else if (last === "type" && value === "conf-change") holder[last] = "normal";
  else holder[last] = `${value}~`;
  return copy as unknown as TraceEvent;
}

test.each(everyKind().map((event) => [event.kind, event] as const))(
  "any field of a %s event changes the digest",
  (_, event) => {
    const before = digestOf([event]);
    const leaves = paths(event).filter((path) => path[0] !== "kind");
    expect(leaves.length).toBeGreaterThan(3);
    for (const path of leaves) {
      expect(digestOf([altered(event, path)]), path.join(".")).not.toBe(before);
    }
  },
);

test("kinds with the same fields differ", () => {
  const base = { seq: 1, at: 0, member: 1, cause: 0 };
  expect(digestOf([{ ...base, kind: "pause" }])).not.toBe(digestOf([{ ...base, kind: "resume" }]));
});

test("the order of events matters, the order of an object's keys does not", () => {
  const [a, b] = everyKind() as [TraceEvent, TraceEvent];
  expect(digestOf([a, b])).not.toBe(digestOf([b, a]));
  const turned = Object.fromEntries(Object.entries(a).reverse()) as unknown as TraceEvent;
  expect(digestOf([turned])).toBe(digestOf([a]));
});

test("an absent result, a missing key and an empty value are three things", () => {
  const of = (result: object | null) =>
    digestOf([{ ...(everyKind().at(-1) as TraceEvent), result } as TraceEvent]);
  const digests = [
    of(null),
    of({ revision: 1 }),
    of({ revision: 1, value: null }),
    of({ revision: 1, value: "" }),
  ];
  expect(new Set(digests).size).toBe(4);
});

test("a digest may be read while it grows", () => {
  const rolling = new TraceDigest();
  const events = sampleTrace();
  events.forEach((event, i) => {
    rolling.event(event);
    if (i % 10 === 0) expect(rolling.hex()).toBe(digestOf(events.slice(0, i + 1)));
  });
  expect(rolling.hex()).toMatch(/^[0-9a-f]{16}$/);
});
