import { describe, expect, test } from "vitest";
import { KINDS } from "../../src/trace/events.ts";
import { encodeTrace, parseTrace, readTrace, traceLines } from "../../src/trace/ndjson.ts";
import { TraceError } from "../../src/trace/trace-error.ts";
import { SAMPLE_HEADER, sampleTrace } from "../support/sample-trace.ts";
import { changesOf, everyKind } from "./samples.ts";

const events = sampleTrace();
const text = encodeTrace(SAMPLE_HEADER, events);
const lines = text.trimEnd().split("\n");

function problem(broken: string): string {
  try {
    parseTrace(broken, "run.ndjson");
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  return "no error";
}

/** The file with its line `number` (from 1) replaced. */
function withLine(number: number, line: string): string {
  return `${lines.map((old, i) => (i === number - 1 ? line : old)).join("\n")}\n`;
}

test("what is written is read back", () => {
  expect(parseTrace(text, "run.ndjson")).toEqual({ header: SAMPLE_HEADER, events });
});

test("every kind of event survives, and is written the same again", () => {
  const once = encodeTrace(SAMPLE_HEADER, everyKind());
  const back = parseTrace(once, "run.ndjson");
  expect(back.events).toEqual(everyKind());
  expect(encodeTrace(back.header, back.events)).toBe(once);
});

describe("a file that comes in pieces", () => {
  /** Pieces of `size` letters, and how many of them were asked for. */
  function inPieces(whole: string, size: number) {
    const asked = { count: 0 };
    function* pieces() {
      for (let i = 0; i < whole.length; i += size) {
        asked.count++;
        yield whole.slice(i, i + size);
      }
    }
    return { asked, pieces: pieces() };
  }

  function told(read: () => unknown): unknown {
    try {
      return read();
    } catch (error) {
      if (error instanceof TraceError) return error.message;
      throw error;
    }
  }

  test.each([1, 7, 100, 1 << 20])(
    "of %i letters is read as the whole, or refused in its words",
    (size) => {
      const cut = text.slice(0, -20);
      const broken = [
        text,
        "",
        "\n",
        cut,
        lines.slice(0, 5).join("\n"),
        `${text}more`,
        `${text}\n`,
      ];
      for (const whole of [...broken, withLine(3, "{"), withLine(4, ""), withLine(1, "[]")]) {
        expect(told(() => readTrace(inPieces(whole, size).pieces, "run.ndjson"))).toEqual(
          told(() => parseTrace(whole, "run.ndjson")),
        );
      }
    },
  );

  test("is read as it comes: too much of it is refused where it is too much", () => {
    const { asked, pieces } = inPieces(text, 200);
    const mostBytes = 2000;
    const problem = told(() => readTrace(pieces, "run.ndjson", { mostBytes }));
    expect(problem).toMatch(/^run\.ndjson:\d+:1 the trace is too long: its first \d+ events take/);
    expect(problem).toMatch(/--until.*NODE_OPTIONS=--max-old-space-size/);
    expect(asked.count * 200).toBeLessThan(text.length / 2);
  });

  test("is kept up to a time, and checked to its end", () => {
    const until = events[Math.floor(events.length / 2)]?.at ?? 0;
    const kept = events.filter(({ at }) => at <= until);
    expect(kept.length).toBeLessThan(events.length);
    expect(readTrace([text], "run.ndjson", { until }).events).toEqual(kept);
    const changed = withLine(lines.length - 1, (lines.at(-2) ?? "").replace(/"at":\d/, '"at":9'));
    expect(told(() => readTrace([changed], "run.ndjson", { until }))).toMatch(
      /digest does not fit/,
    );
    // What is left out takes nothing.
    expect(readTrace([text], "run.ndjson", { until: -1, mostBytes: 0 }).events).toEqual([]);
  });

  test("has each word in it once, and is what was written all the same", () => {
    const read = readTrace([text], "run.ndjson").events;
    expect(read).toEqual(events);
    expect(encodeTrace(SAMPLE_HEADER, read)).toBe(text);
  });
});

test.each(everyKind().map((event) => [event.kind, event] as const))(
  "a %s event survives with any of its fields changed",
  (_, event) => {
    const written = changesOf(event).map((change, i) => ({ ...change.event, seq: i + 1 }));
    const back = parseTrace(encodeTrace(SAMPLE_HEADER, written), "run.ndjson").events;
    expect(back).toEqual(written);
    const lines = written.map((changed) => JSON.stringify({ ...changed, seq: 0 }));
    expect(new Set(lines).size).toBe(lines.length);
  },
);

test.each(everyKind().map((event) => [event.kind, event] as const))(
  "a %s event without any one of its fields is refused",
  (kind, event) => {
    for (const name of ["at", "member", "cause", ...Object.keys(KINDS[kind].fields)]) {
      const { [name as "at"]: _, ...rest } = { ...event, seq: 2 };
      expect(problem(withLine(3, JSON.stringify(rest)))).toContain(
        `the "${kind}" event has no "${name}"`,
      );
    }
  },
);

test("the bytes do not depend on the order of an object's keys", () => {
  const turned = everyKind().map((e) => Object.fromEntries(Object.entries(e).reverse()));
  expect(encodeTrace(SAMPLE_HEADER, turned as never)).toBe(encodeTrace(SAMPLE_HEADER, everyKind()));
});

test("a trace is one line a record: header, events, end", () => {
  const all = [...traceLines(SAMPLE_HEADER, events)];
  expect(all).toHaveLength(events.length + 2);
  expect(all.every((line) => line.indexOf("\n") === line.length - 1)).toBe(true);
  expect(all.join("")).toBe(text);
});

test("Windows line ends are read", () => {
  expect(parseTrace(text.replaceAll("\n", "\r\n"), "run.ndjson").events).toEqual(events);
});

test("a file cut off anywhere is told from a whole one", () => {
  for (let length = 0; length < text.length - 1; length += 7) {
    expect(() => parseTrace(text.slice(0, length), "run.ndjson"), `${length}`).toThrow(TraceError);
  }
});

describe("a broken trace is refused with its place and a remedy", () => {
  const cutInside = `${lines.slice(0, 16).join("\n")}\n${(lines[16] as string).slice(0, 20)}`;
  const cutBetween = `${lines.slice(0, 17).join("\n")}\n`;
  const cases: [name: string, broken: string, message: string][] = [
    ["empty", "", "run.ndjson:1:1 the trace is empty — record it again with --trace"],
    [
      "cut off within an event",
      cutInside,
      "run.ndjson:17:21 the trace ends in the middle of an event; it was cut off — record it again with --trace",
    ],
    [
      "cut off between events",
      cutBetween,
      `run.ndjson:17:${(lines[16] as string).length + 1} the trace has no end line: it was cut off after event 16 — record it again with --trace`,
    ],
    [
      "cut off within the header",
      (lines[0] as string).slice(0, 30),
      "run.ndjson:1:31 the trace ends in the middle of its header; it was cut off — record it again with --trace",
    ],
    [
      "a YAML file",
      "name: leader-crash\n",
      "run.ndjson:1:1 this is not a detcd trace — a trace is what `detcd replay NAME --trace FILE` writes",
    ],
    [
      "other JSON",
      '{"name":"x"}\n',
      "run.ndjson:1:1 this is not a detcd trace: its first line is no header — a trace is what `detcd replay NAME --trace FILE` writes",
    ],
    [
      "no header",
      lines.slice(1).join("\n"),
      "run.ndjson:1:1 this is not a detcd trace: its first line is no header — a trace is what `detcd replay NAME --trace FILE` writes",
    ],
    [
      "a later version",
      withLine(1, (lines[0] as string).replace('"version":1', '"version":2')),
      "run.ndjson:1:18 the trace has version 2, this detcd reads version 1 — record it again with this detcd",
    ],
    [
      "a header without seed",
      withLine(1, (lines[0] as string).replace('"seed":7,', "")),
      'run.ndjson:1:1 the header has no "seed" — record it again with --trace',
    ],
    [
      "a missing line",
      `${lines.filter((_, i) => i !== 5).join("\n")}\n`,
      "run.ndjson:6:2 event 5 is missing: this line holds event 6 — lines were lost or moved, record it again",
    ],
    [
      "malformed JSON",
      withLine(3, '{"seq":2,"at":0;"member":1}'),
      'run.ndjson:3:16 malformed JSON at ";" — record it again with --trace',
    ],
    [
      "an event broken over two lines",
      withLine(3, '{"seq":2,\n"at":0}'),
      "run.ndjson:3:10 the line ends in the middle of an event — record it again with --trace",
    ],
    ["an empty line", withLine(3, ""), "run.ndjson:3:1 an empty line within the trace — remove it"],
    [
      "a line that is no object",
      withLine(3, "[1,2]"),
      "run.ndjson:3:1 this line is no event — record it again with --trace",
    ],
    [
      "an unknown kind",
      withLine(3, '{"seq":2,"at":0,"member":1,"cause":0,"kind":"explode"}'),
      'run.ndjson:3:38 unknown event kind "explode" — record it again with --trace',
    ],
    [
      "a wrong type",
      withLine(3, '{"seq":2,"at":0,"member":1,"cause":0,"kind":"wake","ticks":"1"}'),
      'run.ndjson:3:52 "ticks" of the "wake" event must be a whole number — record it again with --trace',
    ],
    [
      "a missing field",
      withLine(3, '{"seq":2,"at":0,"member":1,"cause":0,"kind":"wake"}'),
      'run.ndjson:3:1 the "wake" event has no "ticks" — record it again with --trace',
    ],
    [
      "a word that is none of those",
      withLine(3, '{"seq":2,"at":0,"member":1,"cause":0,"kind":"log","level":"LOUD","text":""}'),
      'run.ndjson:3:51 "level" of the "log" event must be one of DEBUG, INFO, WARN, ERROR, FATAL — record it again with --trace',
    ],
    [
      "a fault deep within a field",
      withLine(
        3,
        '{"seq":2,"at":0,"member":1,"cause":0,"kind":"ready","token":0,"steps":[{"step":"ready","term":1,"vote":0,"commit":0,"role":"king","last":0}]}',
      ),
      'run.ndjson:3:63 "steps[0].role" of the "ready" event must be one of follower, pre-candidate, candidate, leader — record it again with --trace',
    ],
    [
      "a record of no known type",
      withLine(
        3,
        '{"seq":2,"at":0,"member":0,"cause":0,"kind":"invoke","client":1,"op":1,"request":{"type":"steal","key":"a"},"text":""}',
      ),
      'run.ndjson:3:72 "request.type" of the "invoke" event must be one of put, get, delete, call, lease — record it again with --trace',
    ],
    [
      "something that is no record",
      withLine(3, '{"seq":2,"at":0,"member":1,"cause":0,"kind":"send","message":7}'),
      'run.ndjson:3:52 "message" of the "send" event must be a record {type, from, to, …} — record it again with --trace',
    ],
    [
      "something that is neither a record nor null",
      withLine(
        3,
        '{"seq":2,"at":0,"member":0,"cause":0,"kind":"complete","client":1,"op":1,"outcome":"ok","result":7,"text":""}',
      ),
      'run.ndjson:3:89 "result" of the "complete" event must be a record {revision, value, modRevision, …} or null — record it again with --trace',
    ],
    [
      "columns of different lengths",
      withLine(
        3,
        '{"seq":2,"at":0,"member":1,"cause":0,"kind":"apply","index":1,"terms":[1,1],"hashes":[5],"revisions":[2,3],"texts":[]}',
      ),
      'run.ndjson:3:77 "hashes" of the "apply" event must be as long as "terms" — record it again with --trace',
    ],
    [
      "a cause that comes later",
      withLine(3, '{"seq":2,"at":0,"member":1,"cause":9,"kind":"wake","ticks":1}'),
      "run.ndjson:3:28 event 2 names event 9 as its cause, which is not before it — record it again with --trace",
    ],
    [
      "a changed event",
      withLine(2, (lines[1] as string).replace('"restart":false', '"restart":true')),
      `run.ndjson:${lines.length}:${(lines.at(-1) as string).indexOf('"digest"') + 1} the digest does not fit the events: the trace was changed after it was recorded — record it again with --trace`,
    ],
    [
      "something behind the end",
      `${text}{}\n`,
      `run.ndjson:${lines.length + 1}:1 something stands behind the end line — remove all from here on`,
    ],
  ];
  test.each(cases)("%s", (_, broken, message) => {
    expect(problem(broken)).toBe(message);
  });
});
