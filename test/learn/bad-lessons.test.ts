import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { prepareLesson, tryBreaks } from "../../src/learn/prepare.ts";
import { readLesson } from "../../src/learn/read/read-lesson.ts";
import { EXPRESSION_FORMS } from "../../src/learn/run/expressions.ts";
import { InputError } from "../../src/scenario/read/input-error.ts";
import { LIBRARY } from "./lesson-files.ts";

/** A whole lesson, to be spoilt in one place. */
const WHOLE = `name: mine
title: Mine
scenario:
  cluster: { members: 3 }
  steps:
    - at: 200ms
      campaign: m1
    - when: m1 is leader
    - put: { key: a, value: 1 }
    - after: 1s
  until: 3s
pages:
  - say: Hello.
  - show: Watch.
    to: step 2
  - ask: Who leads?
    about: leader
    at: 1s
    choices: [m1, m2, nobody]
    why: It was told to.
  - ask: What does the client get?
    at: 1s
    choices:
      - { say: Success, if: { acknowledged: a } }
      - { say: Nothing, if: { pending: a } }
    why: All is well.
  - break: Now you.
    at: 1s
    choices:
      - say: Crash m2
        do: { crash: m2 }
        for: 2s
        expect: leader unchanged
        why: Two of three.
      - say: Without PreVote
        with: { pre-vote: false }
        for: 1s
        expect: [leader is m1]
        why: The same.
  - summary: That is all.
    sources: [The Raft paper]
`;

/** What is said of a lesson that is read, run and tried. */
function problemsOf(text: string): string {
  try {
    tryBreaks(prepareLesson(readLesson(text, "mine.yaml", LIBRARY)));
    return "";
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function spoilt(from: string, to: string): string {
  expect(WHOLE).toContain(from);
  return problemsOf(WHOLE.replace(from, to));
}

test("the whole lesson is good", () => {
  expect(problemsOf(WHOLE)).toBe("");
});

describe("docs/lessons.md", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/lessons.md"), "utf8");

  test("shows a lesson that is good", () => {
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? "";
    expect(example).toContain("pages:");
    expect(problemsOf(example)).toBe("");
  });

  test("names all that can be asked", () => {
    const missing = EXPRESSION_FORMS.map(({ template }) =>
      template.replace("<m>", "m2").replace("<n>", "7").replace("<n>", "2"),
    ).filter((asked) => !page.includes(`\`${asked}\``));
    expect(missing).toEqual([]);
  });
});

describe("a lesson file is refused with the place and a remedy if", () => {
  test.each([
    ["it is empty", WHOLE, "", "mine.yaml:1:1 the file is empty; a lesson needs name, title"],
    ["it is no YAML", "pages:", "pages: [", "mine.yaml:"],
    [
      "a key is misspelt",
      "title: Mine",
      "titel: Mine",
      'mine.yaml:2:1 unknown key "titel", did you mean "title"?',
    ],
    [
      "a page is of no kind",
      "- say: Hello.",
      "- tell: Hello.",
      'mine.yaml:13:5 unknown key of a page "tell"',
    ],
    [
      "a page is two things",
      "- say: Hello.",
      "- say: Hello.\n    show: x",
      'mine.yaml:14:5 a page is one thing, this one "say" and "show"',
    ],
    [
      "a page lacks what it needs",
      "    to: step 2\n",
      "",
      "mine.yaml:14:5 a run is shown to some moment: `to: 2.5s`",
    ],
    [
      "a page has what it can't use",
      "- say: Hello.",
      "- say: Hello.\n    at: 1s",
      'mine.yaml:14:5 "at" means nothing on a "say" page',
    ],
    [
      "a moment is none",
      "to: step 2",
      "to: stp 2",
      'mine.yaml:15:9 "stp 2" is no moment; write a time such as 1.5s',
    ],
    [
      "a moment's offset is none",
      "to: step 2",
      "to: step 2 + 20",
      "mine.yaml:15:9 a duration needs a unit",
    ],
    [
      "what is asked is nothing",
      "about: leader",
      "about: leder",
      'mine.yaml:17:12 "leder" is nothing that can be asked of a run, did you mean "leader"?',
    ],
    [
      "nothing is asked",
      "    about: leader\n",
      "",
      "mine.yaml:18:15 the page does not say of what this is the value",
    ],
    [
      "there is one choice only",
      "choices: [m1, m2, nobody]",
      "choices: [m1]",
      "mine.yaml:19:14 a question has two choices or more",
    ],
    [
      "a choice has no condition",
      "if: { pending: a } }",
      "then: x }",
      'mine.yaml:25:25 unknown key of a choice "then"',
    ],
    [
      "a choice says nothing of when it is right",
      ", if: { pending: a } }",
      " }",
      "mine.yaml:25:9 when is this choice right?",
    ],
    [
      "a condition is none",
      "if: { pending: a } }",
      "if: { pendin: a } }",
      'mine.yaml:25:31 unknown expectation "pendin", did you mean "pending"?',
    ],
    [
      "a condition names what is not there",
      "if: { pending: a } }",
      "if: { pending: b } }",
      'mine.yaml:25:40 no client asks for "b"',
    ],
    [
      "a condition is asked too early",
      "    at: 1s\n    choices:\n      - { say: Success",
      "    at: 10ms\n    see: start\n    choices:\n      - { say: Success",
      'no client asks for "a"',
    ],
    [
      "what is done is no step",
      "do: { crash: m2 }",
      "do: { crahs: m2 }",
      'mine.yaml:31:15 unknown fault "crahs", did you mean "crash"?',
    ],
    [
      "what is done is impossible",
      "do: { crash: m2 }",
      "do: { restart: m2 }",
      "mine.yaml:31:13 m2",
    ],
    [
      "what is done names nobody",
      "do: { crash: m2 }",
      "do: { crash: m9 }",
      "mine.yaml:31:13 there is no m9",
    ],
    [
      "nothing is done",
      "        do: { crash: m2 }\n",
      "",
      "mine.yaml:30:9 what is done? say `do: {crash: leader}`",
    ],
    [
      "what is done has a time of its own",
      "do: { crash: m2 }",
      "do: { at: 2s, crash: m2 }",
      'mine.yaml:31:13 what is done here has `after`, or no time; not "at"',
    ],
    [
      "nothing is expected of it",
      "        expect: leader unchanged\n",
      "",
      "mine.yaml:30:9 what comes of it? `expect: leader changed`",
    ],
    [
      "a cluster's option is none",
      "with: { pre-vote: false }",
      "with: { prevote: false }",
      'mine.yaml:36:17 unknown key of cluster "prevote", did you mean "pre-vote"?',
    ],
    [
      "the scenario is not in the library",
      WHOLE.slice(WHOLE.indexOf("scenario:"), WHOLE.indexOf("pages:")),
      "scenario: leader-crahs\n",
      'mine.yaml:3:11 there is no scenario "leader-crahs" in the library, did you mean "leader-crash"?',
    ],
    [
      "its scenario has a mistake",
      "campaign: m1",
      "campain: m1",
      'mine.yaml:7:7 unknown fault "campain", did you mean "campaign"?',
    ],
    ["its scenario names nobody", "campaign: m1", "campaign: m7", "mine.yaml:7:17 "],
  ])("%s", (_, from, to, said) => {
    expect(spoilt(from, to)).toContain(said);
  });
});

describe("a lesson is run before it begins, and refused if", () => {
  test.each([
    [
      "no choice is right",
      "choices: [m1, m2, nobody]",
      "choices: [m2, m3]",
      "mine.yaml:19:14 no choice is right at 1s: it is m1",
    ],
    [
      "two are",
      "choices: [m1, m2, nobody]",
      "choices: [m1, { say: The first, is: m1 }, m2]",
      "mine.yaml:19:14 choices 1 and 2 are both right at 1s",
    ],
    [
      "no condition holds",
      "if: { acknowledged: a } }",
      "if: { refused: a } }",
      "mine.yaml:24:7 no choice is right at 1s: put a=1 of client 1 is acknowledged",
    ],
    [
      "two conditions hold",
      "if: { pending: a } }",
      "if: m1 is leader }",
      "mine.yaml:24:7 choices 1 and 2 are both right at 1s",
    ],
    [
      "an open question has no choices",
      "about: leader\n    at: 1s\n    choices: [m1, m2, nobody]",
      "about: term of m1\n    at: 1s",
      "mine.yaml:17:12 this may be any number: give choices",
    ],
    [
      "the run has no such moment",
      "to: step 2",
      "to: step 12",
      "mine.yaml:15:9 the run has 4 steps, no step 12",
    ],
    [
      "the run is over by then",
      "to: step 2",
      "to: 5s",
      "mine.yaml:15:9 the run goes from 0s to 3s: it has no 5s",
    ],
    [
      "there are not so many elections",
      "to: step 2",
      "to: election 2",
      "mine.yaml:15:9 the run has 1 elections, no election 2",
    ],
    [
      "a page ends before it begins",
      "to: step 2",
      "from: 1s\n    to: 500ms",
      "mine.yaml:16:9 500ms is before 1s, where the page begins",
    ],
    [
      "something else comes of a break",
      "expect: leader unchanged",
      "expect: m2 is leader",
      "mine.yaml:33:17 this does not come of it by 3s: m2 is down",
    ],
    [
      "of one of several things",
      "expect: [leader is m1]",
      "expect: [leader is m1, m3 is leader]",
      "mine.yaml:38:32 this does not come of it by 2s: m3",
    ],
    [
      "its run can't go on",
      "when: m1 is leader",
      "when: m2 is leader\n      within: 1s",
      'mine.yaml:8:7 step 2 of the run: waited 1s in vain for "m2 is leader"',
    ],
  ])("%s", (_, from, to, said) => {
    expect(spoilt(from, to)).toContain(said);
  });

  test("a moment lies within a step that takes time", () => {
    const text = WHOLE.replace("    - after: 1s\n", "    - settle: 30s\n")
      .replace("  until: 3s\n", "")
      .replace("    to: step 2", "    to: step 3")
      .replaceAll("at: 1s", "at: step 4 - 20ms");
    expect(problemsOf(text)).toMatch(
      /lies within a step that takes until .*: ask about a moment before or after it/,
    );
  });
});

test("is read as scenarios are: binary, too deep, and a doubled key beside what else is wrong", () => {
  expect(problemsOf("\u007fELF\u0000")).toContain("mine.yaml:1:5 this is a binary file");
  // How deep is too deep is the stack's to say.
  expect(problemsOf("[".repeat(3000))).toMatch(/^mine\.yaml:1:\d+ this is nested too deeply$/);
  const doubled = WHOLE.replace("title: Mine", "title: Mine\ntitle: Yours").replace(
    "to: step 2",
    "to: nowhere",
  );
  expect(problemsOf(doubled)).toMatch(
    /mine\.yaml:3:1 this key is there twice\n.*:16:9 "nowhere" is no moment/,
  );
});
