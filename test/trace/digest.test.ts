import { expect, test } from "vitest";
import { digestOf, TraceDigest } from "../../src/trace/digest.ts";
import { KINDS, type TraceEvent, type TraceKind } from "../../src/trace/events.ts";
import { sampleTrace } from "../support/sample-trace.ts";
import { changesOf, everyKind } from "./samples.ts";

test.each(everyKind().map((event) => [event.kind, event] as const))(
  "any two %s events that differ in one place have different digests",
  (_, event) => {
    const seen = new Map([[digestOf([event]), "unchanged"]]);
    const base = (["seq", "at", "member", "cause"] as const).map((name) => ({
      where: name,
      event: { ...event, [name]: event[name] + 1 },
    }));
    for (const { where, event: changed } of [...base, ...changesOf(event)]) {
      const digest = digestOf([changed]);
      expect(`${where} like ${seen.get(digest) ?? "no other"}`).toBe(`${where} like no other`);
      seen.set(digest, where);
    }
  },
);

test("events of different kinds differ, even if their fields are the same", () => {
  const all = Object.assign({}, ...everyKind()) as TraceEvent;
  const pairs = Object.entries(KINDS).map(([kind, { fields }]) => {
    const alike = Object.entries(KINDS).filter(([, other]) => sameFields(fields, other.fields));
    return alike.map(([other]) => [kind, other]);
  });
  for (const [kind, other] of pairs.flat()) {
    if (kind === other) continue;
    const as = (name: string | undefined) =>
      digestOf([{ ...all, kind: name as TraceKind } as never]);
    expect(as(kind), `${kind}, ${other}`).not.toBe(as(other));
  }
});

function sameFields(a: object, b: object): boolean {
  return JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
}

test("the order of events matters, the order of an object's keys does not", () => {
  const [a, b] = everyKind() as [TraceEvent, TraceEvent];
  expect(digestOf([a, b])).not.toBe(digestOf([b, a]));
  const turned = Object.fromEntries(Object.entries(a).reverse()) as unknown as TraceEvent;
  expect(digestOf([turned])).toBe(digestOf([a]));
});

test("an absent field equals an undefined one", () => {
  const base = { seq: 1, at: 0, member: 1, cause: 0, kind: "send" } as const;
  const message = { type: "MsgApp", from: 1, to: 2, term: 3 } as const;
  const undef = { ...message, index: undefined } as unknown as typeof message;
  expect(digestOf([{ ...base, message: undef }])).toBe(digestOf([{ ...base, message }]));
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
