import { describe, expect, test } from "vitest";
import { SHIVIZ_PARSER } from "../../src/export/shiviz.ts";
import { scenarioRun } from "./support/runs.ts";
import { written } from "./support/traces.ts";

interface LogEvent {
  readonly event: string;
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
}

/** Reads a log as ShiViz does (its parser.js, vectorTimestamp.js, modelGraph.js), with its own complaints. */
function read(text: string): LogEvent[] {
  const events = [...text.matchAll(new RegExp(SHIVIZ_PARSER, "gm"))].map(({ groups = {} }) => ({
    event: groups["event"] as string,
    host: groups["host"] as string,
    clock: JSON.parse(groups["clock"] as string) as Record<string, number>,
  }));
  if (events.length === 0) throw new Error("The parser does not capture any events");
  const of = new Map<string, LogEvent[]>();
  for (const event of events) {
    if (event.clock[event.host] === undefined)
      throw new Error(`Local host "${event.host}" is missing`);
    of.set(event.host, [...(of.get(event.host) ?? []), event]);
  }
  for (const [host, own] of of) {
    own.sort((a, b) => (a.clock[host] as number) - (b.clock[host] as number));
    own.forEach((event, i) => {
      if (event.clock[host] !== i + 1) throw new Error(`${host} must increase monotonically by 1`);
      for (const [other, value] of Object.entries(event.clock)) {
        const before = own[i - 1]?.clock[other] ?? 0;
        if (value < before) throw new Error(`${host} forgets what it knew of ${other}`);
        if (value < 1 || value > (of.get(other)?.length ?? 0))
          throw new Error("invalid clock value");
      }
    });
  }
  return events;
}

describe.each([
  "leader-crash",
  "lock-lost-while-paused",
  "joint-change",
  "watch-survives-leader-change",
])("a log for ShiViz: %s", (name) => {
  const run = scenarioRun(name);
  const events = read(written("shiviz", run).text);

  test("holds every line of the log, two each", () => {
    expect(written("shiviz", run).text.split("\n").length).toBe(2 * events.length + 1);
  });

  test("who gets a message knows all that its sender knew when it was sent", () => {
    const last = new Map<string, LogEvent>();
    let looked = 0;
    for (const event of events) {
      const [, what, from] = / gets (.*) from (m\d+)/.exec(event.event) ?? [];
      if (from !== undefined) {
        const sent = events.find(
          ({ host, event: text, clock }) =>
            host === from &&
            clock[from] === event.clock[from] &&
            text.includes(` sends ${what} to ${event.host}`),
        );
        // A message that is behind what its receiver knows already draws no arrow of its own.
        const known = last.get(event.host)?.clock[from] ?? 0;
        if (sent === undefined) expect(known).toBe(event.clock[from]);
        else looked++;
        for (const [host, count] of Object.entries(sent?.clock ?? {})) {
          expect(event.clock[host]).toBeGreaterThanOrEqual(count);
        }
      }
      last.set(event.host, event);
    }
    expect(looked).toBeGreaterThan(20);
  });

  test("who has an answer knows that the request arrived", () => {
    const answers = events.filter(
      ({ host, event }) => /^c/.test(host) && /is acknowledged/.test(event),
    );
    for (const { clock } of answers) expect(Object.keys(clock).length).toBeGreaterThan(1);
  });
});

test("with heartbeats there are more messages, and from a moment on fewer", () => {
  const run = scenarioRun("split-vote");
  const count = (options: object) => read(written("shiviz", run, options).text).length;
  expect(count({ heartbeats: true })).toBeGreaterThan(count({}));
  const end = run.events.at(-1)?.at ?? 0;
  expect(count({ from: end >> 1 })).toBeLessThan(count({}));
});

test("the expression is that of ShiViz' page, and is said", () => {
  expect(SHIVIZ_PARSER).toBe("(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})");
  expect(written("shiviz", scenarioRun("split-vote")).notes[0]).toContain(SHIVIZ_PARSER);
});

test("the reader complains as ShiViz does", () => {
  expect(() => read("")).toThrow("does not capture any events");
  expect(() => read('a\nm1 {"m2":1}\n')).toThrow('"m1" is missing');
  expect(() => read('a\nm1 {"m1":1}\nb\nm1 {"m1":3}\n')).toThrow("increase monotonically");
  expect(() => read('a\nm1 {"m1":1,"m2":1}\n')).toThrow("invalid clock value");
});
