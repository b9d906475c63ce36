import type { ScenarioRun } from "../../scenario/run/run.ts";
import { timeText } from "../../trace/names.ts";
import { tellStory } from "../../trace/story/story.ts";
import { summed } from "../../trace/story/story-text.ts";
import type { PreparedBreak, PreparedLesson, PreparedQuestion } from "../prepare.ts";
import type { Moment } from "../run/moment.ts";
import { inLanguage, type Language, type Words } from "../words.ts";
import { wrapped } from "./columns.ts";
import { lessonNumber, type Phrases, phrasesIn } from "./phrases.ts";

const WIDTH = 78;

/** A lesson as a text to read: what is said, what happens, questions and their answers. */
export function plainLesson(
  lesson: PreparedLesson,
  number: number | null,
  language: Language,
): string[] {
  return new PlainText(lesson, language).lines(number);
}

class PlainText {
  readonly #lesson: PreparedLesson;
  readonly #language: Language;
  readonly #phrases: Phrases;

  constructor(lesson: PreparedLesson, language: Language) {
    this.#lesson = lesson;
    this.#language = language;
    this.#phrases = phrasesIn(language);
  }

  lines(number: number | null): string[] {
    const { title, pages, run } = this.#lesson;
    const words = this.#words(title);
    const head = number === null ? words : `${lessonNumber(number, this.#language)} · ${words}`;
    const out = [head, "=".repeat(WIDTH)];
    for (const page of pages) {
      out.push("");
      switch (page.kind) {
        case "say":
          out.push(...this.#wrapped(page.text));
          break;
        case "show":
          out.push(...this.#wrapped(page.text), "", ...this.#story(run, page.from, page.to));
          break;
        case "ask":
          out.push(...this.#question(page));
          break;
        case "break":
          out.push(...this.#break(page));
          break;
        case "summary":
          out.push(
            this.#phrases.summary,
            "",
            ...this.#wrapped(page.text),
            "",
            `${this.#phrases.sources}:`,
          );
          for (const { text, url } of page.sources) {
            out.push(...this.#item("- ", this.#words(text)), ...(url === "" ? [] : [`  ${url}`]));
          }
      }
    }
    return out;
  }

  #question({ text, see, at, choices, why }: PreparedQuestion): string[] {
    const { question, answer } = this.#phrases;
    const out = [`${question} (${timeText(see.at)})`, ...this.#wrapped(text)];
    for (const [i, { label }] of choices.entries()) {
      out.push(...this.#item(`  ${i + 1}. `, labelText(label, this.#language)));
    }
    const label = choices.find(({ right }) => right)?.label ?? "";
    out.push("", ...this.#item("", `${answer}: ${labelText(label, this.#language)}`));
    out.push(...this.#wrapped(why));
    if (at.position > see.position) out.push("", ...this.#story(this.#lesson.run, see, at));
    return out;
  }

  #break({ text, at, choices }: PreparedBreak): string[] {
    const out = [`${this.#phrases.break} (${timeText(at.at)})`, ...this.#wrapped(text)];
    for (const [i, { label, why, outcome }] of choices.entries()) {
      const { run, from, to, reports } = outcome();
      out.push("", ...this.#item(`${i + 1}. `, this.#words(label)), "");
      out.push(...this.#story(run, from, to), "", ...this.#wrapped(why));
      for (const { found } of reports) out.push(...this.#item("  ✓ ", found));
    }
    return out;
  }

  /** What the story tells between two moments of a run, and nothing of what comes later. */
  #story({ header, events }: ScenarioRun, from: Moment, to: Moment): string[] {
    const lines = tellStory(header, events.slice(0, to.position)).filter(
      ({ seq, detail }) => seq > from.position && detail === "story",
    );
    if (lines.length === 0) return [`  (${this.#phrases.nothing})`];
    return summed(lines);
  }

  #wrapped(words: Words): string[] {
    return wrapped(this.#words(words), WIDTH);
  }

  /** A text behind a mark, its other lines indented as far. */
  #item(mark: string, text: string): string[] {
    const lines = wrapped(text, WIDTH - mark.length);
    return lines.map((line, i) => (i === 0 ? mark : " ".repeat(mark.length)) + line);
  }

  #words(words: Words): string {
    return inLanguage(words, this.#language);
  }
}

/** What a choice says; an answer that is a word is said in that language. */
export function labelText(label: Words, language: Language): string {
  if (typeof label !== "string") return inLanguage(label, language);
  const { answers } = phrasesIn(language);
  return Object.hasOwn(answers, label) ? (answers[label] ?? label) : label;
}
