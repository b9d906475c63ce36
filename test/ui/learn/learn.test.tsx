import { afterEach, describe, expect, test } from "vitest";
import { prepareLesson } from "../../../src/learn/prepare.ts";
import { NO_PROGRESS, type Progress } from "../../../src/learn/progress.ts";
import { columnsOf } from "../../../src/learn/text/columns.ts";
import { inLanguage, LANGUAGES, type Language } from "../../../src/learn/words.ts";
import type { LessonEntry } from "../../../src/ui/learn/classroom.ts";
import { startLearning } from "../../../src/ui/learn/start.ts";
import { LESSON_FILES, lessonOf } from "../../learn/lesson-files.ts";
import { TestTerminal } from "../terminal.ts";

const FIRST = LESSON_FILES.slice(0, 3).map((file) => prepareLesson(lessonOf(file)));
const ENTRIES: LessonEntry[] = FIRST.map((prepared) => ({
  name: prepared.name,
  title: prepared.title,
  prepare: () => prepared,
}));

const ENTER = "\r";
const ESC = "\u001B";

let terminal: TestTerminal | undefined;
let progress: Progress;

async function learn(
  language: Language,
  more: Partial<Parameters<typeof startLearning>[0]> = {},
  columns = 80,
  rows = 24,
): Promise<TestTerminal> {
  const opened = new TestTerminal(columns, rows);
  terminal = opened;
  progress = NO_PROGRESS;
  await opened.run((ends) =>
    startLearning({
      lessons: ENTRIES,
      language,
      open: null,
      single: false,
      progress,
      onProgress: (now) => {
        progress = now;
      },
      notice: "",
      ...more,
      ...ends,
    }),
  );
  return opened;
}

/** ink waits a moment whether more follows an escape. */
async function pressEscape(t: TestTerminal): Promise<void> {
  await t.press(ESC);
  await new Promise((resolve) => setTimeout(resolve, 120));
  await t.settle();
}

afterEach(async () => {
  terminal?.keyboard.type("q");
  await terminal?.done;
  terminal = undefined;
});

/** The keys on the last line: what a learner sees that can be pressed. */
function keysOn(t: TestTerminal): string {
  return t.lines()[t.rows - 2] ?? "";
}

describe.each(LANGUAGES)(
  "the first three lessons, by the keys on the screen alone (%s)",
  (language) => {
    test.each([0, 1, 2])("lesson %d", async (number) => {
      const lesson = FIRST[number] as (typeof FIRST)[number];
      const t = await learn(language);
      expect(t.text()).toContain(inLanguage(lesson.title, language));
      for (let i = 0; i < number; i++) await t.press("\u001B[B");
      expect(t.row("▸")).toContain(inLanguage(lesson.title, language));
      await t.press(ENTER);
      for (const [place, page] of lesson.pages.entries()) {
        const where = `page ${place + 1}\n${t.text()}`;
        expect(t.lines()[0], where).toContain(`${place + 1}/${lesson.pages.length}`);
        // The first words of the page stand there, in that language.
        const begins = inLanguage(page.text, language).replaceAll("`", "").trim();
        expect(t.text().replace(/\s/g, ""), where).toContain(
          begins.replace(/\s/g, "").slice(0, 20),
        );
        expect(t.lines()[23], where).toBe("");
        // Beside a run, what its English words mean.
        if (page.kind === "show") {
          const explained = /[a-z] [一-鿿]+ · [a-z]/.test(t.text());
          expect(explained, where).toBe(language === "zh");
        }
        if (page.kind === "ask") {
          expect(keysOn(t), where).toMatch(new RegExp(`^ 1-${page.choices.length} `));
          expect(keysOn(t), where).not.toContain("⏎");
          const wrong = page.choices.findIndex((choice) => !choice.right);
          await t.press(String(wrong + 1));
          if (keysOn(t).includes(language === "zh" ? "跳过" : "skip")) await t.press(ENTER);
          expect(t.row("✗ ")).toContain(language === "zh" ? "这次没猜中" : "Not this time");
          const why = inLanguage(page.why, language).replace(/\s/g, "").slice(0, 16);
          expect(t.text().replace(/\s/g, "")).toContain(why);
        }
        if (page.kind === "break") {
          for (const [i, choice] of page.choices.entries()) {
            await t.press(String(i + 1));
            await t.press(ENTER);
            const found = choice.outcome().reports[0]?.found ?? "";
            expect(t.text().replace(/\s/g, "")).toContain(
              `✓${found.replace(/\s/g, "").slice(0, 20)}`,
            );
            await pressEscape(t);
            expect(t.text()).toContain(language === "zh" ? "试过了" : "(tried)");
          }
        }
        expect(keysOn(t)).toContain("⏎");
        await t.press(ENTER);
      }
      // Back in the list, with the lesson done and the next one chosen.
      expect(t.row("✓")).toContain(inLanguage(lesson.title, language));
      expect(progress.lessons[lesson.name]).toMatchObject({ done: true });
      const asked = lesson.pages.filter(({ kind }) => kind === "ask").length;
      expect(t.row("✓")).toContain(`0/${asked}`);
    });
  },
);

describe("the screen", () => {
  test("before the answer shows nothing of what comes, and then all of it", async () => {
    const t = await learn("en", { open: 0 });
    await t.press(ENTER, ENTER);
    expect(t.text()).not.toContain("m3  becomes leader");
    expect(t.text()).not.toContain("★");
    expect(t.row("▲ m3")).toContain("candidate");
    await t.press("2", ENTER);
    expect(t.row("✓ Right.")).toContain("two");
    expect(t.text()).toContain("m3  becomes leader in term 2");
    expect(progress.lessons["terms-and-votes"]?.answers).toEqual({ "2": true });
  });

  test("plays a run, steps in it back and forth, never before its part or behind it", async () => {
    const t = await learn("en", { open: 0 });
    await t.press(ENTER);
    expect(keysOn(t)).toContain("space play");
    await t.press("\u001B[C");
    expect(t.text()).toContain("m3  becomes candidate in term 2");
    await t.press("\u001B[D", "\u001B[D", ",");
    expect(t.text()).toContain("0.150s / 1.285s");
    await t.press(ENTER, "2", ENTER, ENTER);
    // The next part begins where the last one ended.
    expect(t.text()).toContain("1.292s / 1.992s");
    await t.press("\u001B[D", "\u001B[D", "\u001B[D");
    expect(t.text()).toContain("1.292s / 1.992s");
  });

  test("says why, and Esc leaves one level at a time", async () => {
    const t = await learn("en", { open: 0 });
    await t.press(ENTER, ENTER, "2", ENTER, "w");
    expect(t.text()).toContain("── why");
    expect(keysOn(t)).toContain("esc leave");
    await pressEscape(t);
    expect(t.text()).not.toContain("── why");
    expect(t.text()).toContain("Right.");
    await pressEscape(t);
    expect(t.row("▸")).toContain("Terms and votes");
    await pressEscape(t);
    await t.done;
    expect(t.alternate).toBe(false);
    expect(t.text().trim()).toBe("$ before");
  });

  test("from what came of a break Esc leads to its choices, then to the list", async () => {
    const t = await learn("en", { open: 0 });
    for (let i = 0; i < 20 && !t.text().includes("Now you."); i++) await t.press("1", ENTER);
    await t.press("2");
    expect(t.row("▸")).toContain("Crash the leader and a follower");
    await pressEscape(t);
    expect(t.text()).toContain("Crash one follower");
    expect(t.row("2  ")).toContain("(tried)");
    await pressEscape(t);
    expect(t.row("▸")).toContain("Terms and votes");
  });

  test("a key that is not on the line of keys does nothing", async () => {
    const t = await learn("en", { open: 0 });
    const before = t.text();
    await t.press("1", "9", "w", "v", " ", "b", "x", "\u001B[C");
    expect(t.text()).toBe(before);
  });

  test("a lesson goes on where it was left", async () => {
    const t = await learn("en", { open: 0 });
    await t.press(ENTER, ENTER);
    await pressEscape(t);
    await t.press(ENTER);
    expect(t.lines()[0]).toContain("3/");
    await t.press("b");
    expect(t.lines()[0]).toContain("2/");
  });

  test("a lesson that is the only one has no list to go back to", async () => {
    const t = await learn("en", { lessons: ENTRIES.slice(0, 1), open: 0, single: true });
    expect(keysOn(t)).toContain("esc leave");
    await pressEscape(t);
    await t.done;
    expect(t.alternate).toBe(false);
  });

  test("tells on the list what has to be told", async () => {
    const t = await learn("zh", { notice: "learn.json is damaged and you begin anew" });
    expect(t.row("damaged")).toContain("learn.json");
  });

  test("shows no run where there is no room for every member, and says so", async () => {
    const t = await learn("en", { open: 1 }, 80, 24);
    await t.press(ENTER);
    for (let rows = 24; rows >= 6; rows--) {
      await t.resize(80, rows);
      const shown = [1, 2, 3, 4, 5].filter((id) => t.row(`○ m${id}`) !== "");
      expect([0, 5], `${rows} rows\n${t.text()}`).toContain(shown.length);
      expect(t.text().includes("make the terminal larger"), `${rows} rows`).toBe(
        shown.length === 0,
      );
    }
  });

  test("Chinese takes two columns, and no row is wider than the terminal", async () => {
    const t = await learn("zh", { open: 0 });
    expect(t.cell(0, 4)).toMatchObject({ text: "任" });
    expect(t.cell(0, 5)).toMatchObject({ text: "" });
    expect(t.cell(0, 6)).toMatchObject({ text: "期" });
    for (const line of t.lines()) expect(columnsOf(line)).toBeLessThanOrEqual(80);
    const ends = t.lines()[0] ?? "";
    expect(columnsOf(ends.trimEnd())).toBe(79);
  });

  test.each([
    [40, 12],
    [64, 17],
    [160, 50],
    [10, 3],
    [250, 80],
  ])("fits %d×%d, where texts scroll if they must", async (columns, rows) => {
    const t = await learn("en", { open: 0 }, columns, rows);
    expect(t.lines()).toHaveLength(rows);
    expect(t.lines()[rows - 1]).toBe("");
    const first = t.text();
    if (keysOn(t).includes("scroll")) {
      await t.press("\u001B[B");
      expect(t.text()).not.toBe(first);
      await t.press("\u001B[A");
      expect(t.text()).toBe(first);
    }
    await t.press(ENTER);
    await t.resize(80, 24);
    expect(t.text()).toContain("Three members: m1, m2, m3.");
    expect(t.row("○ m3")).toContain("follower");
  });
});
