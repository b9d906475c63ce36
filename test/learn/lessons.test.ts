import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type PreparedLesson, prepareLesson } from "../../src/learn/prepare.ts";
import { NO_PROGRESS } from "../../src/learn/progress.ts";
import { lessonJsonSchema } from "../../src/learn/read/schema.ts";
import { columnsOf } from "../../src/learn/text/columns.ts";
import { plainLesson } from "../../src/learn/text/plain.ts";
import { inLanguage, LANGUAGES, type Words } from "../../src/learn/words.ts";
import { Classroom } from "../../src/ui/learn/classroom.ts";
import { learnScreen } from "../../src/ui/learn/screen.ts";
import { type LearnState, listState, opened, reduceLearning } from "../../src/ui/learn/state.ts";
import { textOf } from "../../src/ui/style.ts";
import { LESSON_FILES, lessonOf } from "./lesson-files.ts";

/**
 * The answers that the lessons' texts explain, by number. Nobody is graded by these: they say that what the
 * run answers is what the page says why of.
 */
const EXPLAINED: Readonly<Record<string, readonly number[]>> = {
  "terms-and-votes": [2, 4, 3, 3],
  timeouts: [2, 2, 3],
  replication: [2, 2, 1, 3],
  commitment: [2, 2, 2, 3],
  "log-repair": [2, 2, 2],
  "figure-8": [3, 2, 1, 2],
  prevote: [2, 2],
  reads: [1, 3, 1],
  snapshots: [2, 1],
  membership: [2, 2],
  "one-put": [2, 1, 2],
  "fsync-the-directory": [1, 3],
  leases: [1, 2],
  watches: [2, 2],
  locks: [2, 1, 3],
};

test("there are lessons for all that is to be learnt, in order", () => {
  const names = LESSON_FILES.map((file) => file.replace(/^[0-9]{2}-|\.yaml$/g, ""));
  expect(names).toEqual(Object.keys(EXPLAINED));
  expect(LESSON_FILES.map((file) => Number(file.slice(0, 2)))).toEqual(names.map((_, i) => i + 1));
  expect(LESSON_FILES.map((file) => lessonOf(file).name)).toEqual(names);
});

test("the schema for editors is the one that lessons are read by", () => {
  const file = resolve(import.meta.dirname, "../../lessons/lesson.schema.json");
  expect(readFileSync(file, "utf8")).toBe(lessonJsonSchema());
});

const prepared = new Map<string, PreparedLesson>();

function preparedOf(file: string): PreparedLesson {
  const known = prepared.get(file) ?? prepareLesson(lessonOf(file));
  prepared.set(file, known);
  return known;
}

describe.each(LESSON_FILES)("%s", (file) => {
  test("has a text, questions, something to break and a summary with sources", () => {
    const kinds = preparedOf(file).pages.map(({ kind }) => kind);
    expect(kinds[0]).toBe("say");
    expect(kinds.at(-1)).toBe("summary");
    expect(kinds.filter((kind) => kind === "ask").length).toBeGreaterThanOrEqual(2);
    expect(kinds).toContain("show");
    expect(kinds).toContain("break");
    for (const page of preparedOf(file).pages) {
      if (page.kind === "summary") expect(page.sources.length).toBeGreaterThanOrEqual(2);
    }
  });

  test("is whole in both languages, each in its own", () => {
    for (const words of wordsOf(lessonOf(file))) {
      if (typeof words === "string") continue;
      expect(Object.keys(words).sort(), JSON.stringify(words)).toEqual(["en", "zh"]);
      expect(inLanguage(words, "en"), "no Chinese in English").not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  test("asks what the run answers, one choice being right, as its text explains", () => {
    const { name, pages } = preparedOf(file);
    const right = pages.flatMap((page) => {
      if (page.kind !== "ask") return [];
      expect(page.choices.filter((choice) => choice.right)).toHaveLength(1);
      return [page.choices.findIndex((choice) => choice.right) + 1];
    });
    expect(right).toEqual(EXPLAINED[name]);
  });

  test("lets its learners break something, of which comes what it says", () => {
    for (const page of preparedOf(file).pages) {
      if (page.kind !== "break") continue;
      expect(page.choices.length).toBeGreaterThanOrEqual(2);
      for (const { outcome } of page.choices) {
        const { reports, from, to } = outcome();
        expect(reports.length).toBeGreaterThan(0);
        expect(reports.filter(({ ok }) => !ok)).toEqual([]);
        expect(to.at).toBeGreaterThan(from.at);
      }
    }
  });

  test.each(LANGUAGES)("is a text to read, no wider than 78 columns (%s)", (language) => {
    const lines = plainLesson(preparedOf(file), 1, language);
    const text = lines.join("\n");
    for (const page of preparedOf(file).pages) {
      if (page.kind !== "ask") continue;
      const label = page.choices.find((choice) => choice.right)?.label ?? "";
      expect(text).toContain(language === "zh" ? "答案: " : "Answer: ");
      if (typeof label !== "string") {
        const first = inLanguage(label, language).split(" ")[0] ?? "";
        expect(text.replaceAll("\n", "")).toContain(first);
      }
    }
    // Lines of the story are as long as they are, as everywhere.
    const own = lines.filter((line) => !/^ *([0-9.]+s|…) /.test(line) && !line.includes("https:"));
    expect(own.filter((line) => columnsOf(line) > 78)).toEqual([]);
  });

  test.each(LANGUAGES)("fits 80×24 at every step: text and run (%s)", (language) => {
    const entry = { name: "x", title: "x", prepare: () => preparedOf(file) };
    const room = new Classroom([entry], language, false);
    for (const state of statesOf(room)) {
      const { rows, keys } = learnScreen(state, room, { columns: 80, rows: 24 }, "");
      const text = rows.map(textOf);
      const where = `page ${state.page + 1}, picked ${state.picked}\n${text.join("\n")}`;
      expect(rows.length, where).toBe(23);
      const kind = room.page(0, state.page).kind;
      // Nothing to scroll, and a picture of the run wherever there is one.
      expect(
        keys.map(({ key }) => key),
        where,
      ).not.toContain("down");
      if (kind === "show" || kind === "ask" || kind === "break")
        expect(where).toMatch(/── .*s \/ /);
      for (const id of room.lesson(0).run.header.members) {
        if (kind !== "say" && kind !== "summary") expect(where).toMatch(new RegExp(` m${id}[ !]`));
      }
      // The run's own rows are cut at the edge; the lesson's are not.
      const edge = text.findIndex((line) => /^── .*s \/ /.test(line));
      const own = [...(edge < 0 ? text : text.slice(0, edge)), text.at(-1) ?? ""];
      expect(
        own.filter((line) => columnsOf(line) > 80),
        where,
      ).toEqual([]);
    }
  });
});

/** All states that the lesson has if one goes through it, answers everything and tries everything. */
function* statesOf(room: Classroom): Generator<LearnState> {
  let state = opened(listState(NO_PROGRESS, 0), 0, room);
  for (;;) {
    yield state;
    const page = room.page(0, state.page);
    if (page.kind === "ask" || page.kind === "break") {
      for (const [choice] of page.choices.entries()) {
        const watching = reduceLearning(state, { type: "pick", choice }, room);
        yield watching;
        const told = reduceLearning(watching, { type: "skip" }, room);
        yield told;
      }
    }
    const next = reduceLearning(state, { type: "next" }, room);
    if (next.lesson === null) return;
    state = next;
  }
}

/** All texts anywhere in a lesson that are for people. */
function wordsOf(value: unknown): Words[] {
  if (typeof value !== "object" || value === null) return [];
  if ("en" in value || "zh" in value) return [value as Words];
  return Object.entries(value).flatMap(([key, inner]) => (key === "data" ? [] : wordsOf(inner)));
}
