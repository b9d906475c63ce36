import { describe, expect, test } from "vitest";
import {
  answered,
  NO_PROGRESS,
  parseProgress,
  progressOf,
  progressText,
  reached,
  scoreOf,
} from "../../src/learn/progress.ts";
import { EXPRESSION_FORMS, parseExpression } from "../../src/learn/run/expressions.ts";
import { findMoment, parseMoment } from "../../src/learn/run/moment.ts";
import { columnsOf, fitted, wrapped } from "../../src/learn/text/columns.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { FrameIndex } from "../../src/trace/frames/frames.ts";

describe("columns", () => {
  test("Chinese characters take two", () => {
    expect(columnsOf("任期 term")).toBe(9);
    expect(fitted("任期与投票", 10)).toBe("任期与投票");
    expect(fitted("任期与投票", 12)).toBe("任期与投票  ");
    // Half a character can't be shown: a space is left.
    expect(fitted("任期与投票", 8)).toBe("任期与… ");
    expect(fitted("任期与投票", 9)).toBe("任期与投…");
    expect(columnsOf(fitted("任期与投票", 8))).toBe(8);
    expect(fitted("abc", 2)).toBe("a…");
    expect(fitted("abc", 0)).toBe("");
  });

  test("lines break between words in English, anywhere but before punctuation in Chinese", () => {
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapped("领导者（leader）领导，大家跟随。", 10)).toEqual([
      "领导者",
      "（leader）",
      "领导，大家",
      "跟随。",
    ]);
    for (const line of wrapped("“甲”，“乙”。“丙”！（丁）；戊：己", 8)) {
      expect(line).not.toMatch(/^[，。！；：”）]/u);
      expect(line).not.toMatch(/[“（]$/u);
    }
    expect(wrapped("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(wrapped("", 4)).toEqual([""]);
  });

  test("a paragraph's own line ends mean nothing; items and indented lines are kept", () => {
    expect(wrapped("one\ntwo\n\n- three\n  four\n- five\n\n    as  it is\n", 20)).toEqual([
      "one two",
      "",
      "- three four",
      "- five",
      "",
      "    as  it is",
    ]);
    expect(wrapped("任期\n投票 a\nb", 20)).toEqual(["任期投票 a b"]);
  });
});

describe("progress", () => {
  test("is kept and read back, and only the first answer counts", () => {
    let progress = reached(NO_PROGRESS, "a", 3, false);
    progress = answered(progress, "a", 2, false);
    progress = answered(progress, "a", 2, true);
    progress = answered(progress, "a", 4, true);
    expect(scoreOf(progressOf(progress, "a"))).toEqual({ right: 1, asked: 2 });
    expect(progressOf(progress, "a").done).toBe(false);
    progress = reached(progress, "a", 9, true);
    progress = reached(progress, "a", 1, false);
    expect(progressOf(progress, "a")).toMatchObject({ page: 1, done: true });
    expect(parseProgress(progressText(progress))).toEqual(progress);
    expect(progressOf(progress, "toString").page).toBe(0);
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    "3",
    '{"version":2,"lessons":{}}',
    '{"version":1}',
    '{"version":1,"lessons":[]}',
    '{"version":1,"lessons":{"a":{"page":-1,"done":true,"answers":{}}}}',
    '{"version":1,"lessons":{"a":{"page":1,"done":1,"answers":{}}}}',
    '{"version":1,"lessons":{"a":{"page":1,"done":true,"answers":{"1":"yes"}}}}',
  ])("that is damaged is seen to be so: %s", (text) => {
    expect(parseProgress(text)).toBeNull();
  });
});

const RUN = runScenario(
  parseScenario(
    `name: x
title: t
teaches: t
cluster: { members: 3, pre-vote: false, network: { latency: 5ms }, disk: { sync: 1ms } }
steps:
  - at: 200ms
    campaign: m2
  - when: m2 is leader
  - put: { key: a, value: 1 }
  - after: 100ms
    crash: m3
until: 1s
expect: [nothing is violated]
`,
    "x.yaml",
  ),
);

describe("moments", () => {
  test.each([
    ["0.3s", 300_000],
    ["start", 0],
    ["end", 1_000_000],
    ["end - 1ms", 999_000],
    ["step 1", 200_000],
    ["step 1 + 20ms", 220_000],
  ])("%s", (text, at) => {
    const name = parseMoment(text);
    if (typeof name === "string") throw new Error(name);
    const moment = findMoment(name, RUN);
    expect(moment).toMatchObject({ at });
    const { position } = moment as { position: number };
    expect(RUN.events.filter((event) => event.at <= at)).toHaveLength(position);
  });

  test("an election is the moment at which it is won", () => {
    const moment = findMoment(parseMoment("election 1") as never, RUN) as { at: number };
    const won = RUN.events.find((event) => event.kind === "role" && event.role === "leader");
    expect(moment.at).toBe(won?.at);
  });

  test.each([
    "",
    "soon",
    "step",
    "step 0",
    "election one",
    "1.5",
    "step 1 + soon",
    "-1s",
    "end + -1s s",
  ])("%j is none", (text) => {
    expect(typeof parseMoment(text)).toBe("string");
  });
});

describe("what can be asked of a run", () => {
  const frames = new FrameIndex(RUN.header, RUN.events);
  const valueAt = (text: string, at: number) => {
    const expression = parseExpression(text);
    if (typeof expression === "string") throw new Error(expression);
    return expression.value(frames.seekTime(at));
  };

  test.each([
    ["leader", 100_000, "nobody"],
    ["leader", 500_000, "m2"],
    ["role of m1", 500_000, "follower"],
    ["role of m2", 201_000, "candidate"],
    ["role of m3", 500_000, "down"],
    ["term of m1", 500_000, "2"],
    ["vote of m1", 500_000, "m2"],
    ["vote of m1", 100_000, "nobody"],
    ["votes of m2", 201_000, "1"],
    ["votes of m2", 500_000, "2"],
    ["leader of m1", 100_000, "nobody"],
    ["leader of m1", 500_000, "m2"],
    ["last entry of m1", 500_000, "5"],
    ["commit of m2", 500_000, "5"],
    ["applied of m2", 500_000, "5"],
    ["revision of m2", 500_000, "2"],
    ["term of entry 5 on m1", 500_000, "2"],
    ["term of entry 6 on m1", 500_000, "nobody"],
    ["copies of entry 5", 500_000, "3"],
    ["copies of entry 5", 100_000, "0"],
    ["copies of entry 5 of term 1", 500_000, "0"],
    ["entry 5 committed", 100_000, "no"],
    ["entry 5 committed", 500_000, "yes"],
  ])("%s at %dµs: %s", (text, at, value) => {
    expect(valueAt(text, at)).toBe(value);
  });

  test("each is asked here, and has its value among all that it may be", () => {
    const asked = EXPRESSION_FORMS.map(({ template }) =>
      template.replace("<m>", "m1").replaceAll("<n>", "2"),
    );
    for (const text of asked) {
      const expression = parseExpression(text);
      if (typeof expression === "string") throw new Error(expression);
      const frame = frames.seekTime(500_000);
      const domain = expression.domain(frame);
      if (domain !== null) expect(domain).toContain(expression.value(frame));
    }
  });
});
