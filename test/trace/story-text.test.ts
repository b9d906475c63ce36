import { expect, test } from "vitest";
import type { MessageSummary } from "../../src/trace/events.ts";
import { confText, durationText, messageDetail, timeText } from "../../src/trace/names.ts";
import { renderStory } from "../../src/trace/story/story-text.ts";
import { entry, SAMPLE_HEADER, sampleTrace, TraceWriter } from "../support/sample-trace.ts";

test("the text begins with the title and what the run teaches, then tells the story", () => {
  const lines = renderStory(SAMPLE_HEADER, sampleTrace());
  expect(lines.slice(0, 5)).toEqual([
    "A leader crashes",
    "",
    "  The others notice, and one of them takes over.",
    "",
    "   1.200s  m1  becomes candidate in term 1: no leader showed up for 1.2s",
  ]);
  expect(lines.at(-1)).toContain("m1  has caught up with entry 3: m2 sent it entry 3");
});

test("nothing that happened after `until` is told", () => {
  const lines = renderStory(SAMPLE_HEADER, sampleTrace(), { until: 1_500_000 });
  expect(lines.at(-1)).toContain("1.202s  m1  entry 1");
  const crash = renderStory(SAMPLE_HEADER, sampleTrace(), { until: 1_700_000 });
  expect(crash.at(-1)).toContain("1.700s  m1  crashes");
});

test("the full account tells every step, and all of the story", () => {
  const all = renderStory(SAMPLE_HEADER, sampleTrace(), { detail: "all" });
  expect(all.length).toBeGreaterThan(60);
  for (const line of renderStory(SAMPLE_HEADER, sampleTrace())) expect(all).toContain(line);
});

/** A leader that commits and acknowledges `puts` writes. */
function writes(puts: number): string[] {
  const w = new TraceWriter();
  w.boot(1);
  w.emit(1, 0, "role", { role: "leader", term: 1, lead: 1, reason: "election won" });
  const request = { type: "put", key: "k", value: "v" } as const;
  for (let i = 1; i <= puts; i++) {
    const invoke = w.emit(0, 0, "invoke", { client: 1, op: i, request, text: `put k=${i}` });
    w.emit(1, 0, "append", { entries: [entry(i, 1, `put k=${i}`)], truncated: 0 });
    w.emit(1, 0, "commit", { index: i, term: 1 });
    w.emit(0, invoke, "complete", {
      client: 1,
      op: i,
      outcome: "ok",
      result: { revision: i + 1 },
      text: `put k=${i}`,
    });
    w.now += 1000;
  }
  return renderStory(SAMPLE_HEADER, w.events).slice(5);
}

test("many writes that went well are told together", () => {
  const lines = writes(50);
  expect(lines).toHaveLength(5);
  expect(lines[3]).toBe("   0.001s  c1  put k=2 is acknowledged at revision 3");
  expect(lines[4]).toBe(
    "           … 48 more commits, 48 more answers to clients until 0.049s, the last: c1 put k=50 is acknowledged at revision 51",
  );
});

test("transactions whose guards did not hold are counted", () => {
  const w = new TraceWriter();
  for (let op = 1; op <= 20; op++) {
    const request = { type: "call", method: "txn", writes: true } as const;
    w.emit(0, 0, "invoke", { client: 1, op, request, text: "txn" });
    const result = { revision: op, succeeded: op % 5 > 0 };
    w.emit(0, 0, "complete", { client: 1, op, outcome: "ok", result, text: "" });
  }
  expect(renderStory(SAMPLE_HEADER, w.events).at(-1)).toMatch(
    /16 more answers to clients \(4 of them to transactions whose guards did not hold\) until/,
  );
});

test("a few are told one by one", () => {
  expect(writes(3)).toHaveLength(6);
});

test.each([
  [0, "0µs"],
  [999, "999µs"],
  [1500, "1.5ms"],
  [12_999, "12ms"],
  [1_000_000, "1s"],
  [1_290_000, "1.2s"],
  [180_000_000, "3min"],
])("%i µs is %s", (us, text) => {
  expect(durationText(us)).toBe(text);
});

test("a moment is in seconds, with milliseconds rounded down", () => {
  expect([0, 999, 1_843_999, 3_600_000_000].map(timeText)).toEqual([
    "0.000s",
    "0.000s",
    "1.843s",
    "3600.000s",
  ]);
});

test("messages are told by what they carry", () => {
  const base = { from: 1, to: 2, term: 3 };
  const of = (rest: Partial<MessageSummary> & { type: string }) =>
    messageDetail({ ...base, ...rest });
  expect(of({ type: "MsgApp", index: 7, logTerm: 2, commit: 6, entries: [3, 3] })).toBe(
    "entries 8…9 after 7/2, commit 6",
  );
  expect(of({ type: "MsgApp", index: 7, logTerm: 2, commit: 7, entries: [] })).toBe(
    "no entries after 7/2, commit 7",
  );
  expect(of({ type: "MsgAppResp", index: 9, reject: true, rejectHint: 5, logTerm: 1 })).toBe(
    "not 9, try 5/1",
  );
  expect(of({ type: "MsgVote", index: 5, logTerm: 2 })).toBe("log ends at 5/2");
});

test("one voter is a voter, two are voters", () => {
  const conf = { votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  expect(confText({ ...conf, voters: [1] })).toBe("voter m1");
  expect(confText({ ...conf, voters: [1, 2], learners: [3] })).toBe("voters m1, m2; learner m3");
});
