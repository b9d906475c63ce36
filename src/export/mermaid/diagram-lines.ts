import type { Instant } from "../../base/time.ts";
import { plural, timeText } from "../../trace/names.ts";

/** Mermaid draws no more than 50,000 characters (its `maxTextSize`); some are kept for the end. */
const MOST_TEXT = 49_500;
const LONGEST_TITLE = 120;
/** Sentences are broken into lines of about so many columns. */
const WRAP = 44;

/** Who takes part: clients as little people, members as boxes, from left to right. */
export interface Parties {
  readonly actors: readonly string[];
  readonly participants: readonly string[];
}

/** A sequence diagram that is written from above, as long as it may become. */
export class Diagram {
  readonly #head: string[];
  readonly #lines: string[] = [];
  readonly #names: readonly string[];
  readonly #limit: number;
  #size: number;
  #arrows = 0;
  /** When it was long enough; null: not yet. */
  #end: Instant | null = null;
  readonly #leftOut = { arrows: 0, notes: 0 };

  /** @param limit the most arrows */
  constructor(title: string, { actors, participants }: Parties, limit: number) {
    this.#names = [...actors, ...participants];
    this.#limit = limit;
    this.#head = [
      "sequenceDiagram",
      `  title ${titleText(title)}`,
      ...actors.map((name) => `  actor ${name}`),
      ...participants.map((name) => `  participant ${name}`),
    ];
    this.#size = this.#head.join("\n").length;
  }

  /** @param tip Mermaid's sign: `->>`, `-->>` for an answer, `-x` for what is lost */
  arrow(at: Instant, from: string, tip: string, to: string, text: string): void {
    const line = `  ${from}${tip}${to}: ${escapedText(`${timeText(at)} ${text}`)}`;
    if (this.#arrows === this.#limit) this.#end ??= at;
    if (this.#add(line, at)) this.#arrows++;
    else this.#leftOut.arrows++;
  }

  /** A note over one of the parties; over them all, if `who` is none of them. */
  note(at: Instant, who: string, text: string): void {
    const over = this.#names.includes(who) ? who : this.#all();
    const line = `  Note over ${over}: ${broken(escapedText(`${timeText(at)} ${text}`))}`;
    if (!this.#add(line, at)) this.#leftOut.notes++;
  }

  /** A note above everything else. */
  preface(text: string): void {
    this.#head.push(`  Note over ${this.#all()}: ${escapedText(text)}`);
  }

  /** What did not fit, as a sentence; null: everything did. */
  leftOut(): string | null {
    if (this.#end === null) return null;
    const { arrows, notes } = this.#leftOut;
    const parts = [
      ...(arrows === 0 ? [] : [`${arrows} more ${plural(arrows, "arrow")}`]),
      ...(notes === 0 ? [] : [`${notes} more ${plural(notes, "note")}`]),
    ];
    return `${parts.join(" and ")} from ${timeText(this.#end)} on left out`;
  }

  *lines(): Generator<string, void> {
    yield* this.#head;
    yield* this.#lines;
    const leftOut = this.leftOut();
    if (leftOut !== null) yield `  Note over ${this.#all()}: … ${leftOut}`;
  }

  #all(): string {
    const first = this.#names[0] ?? "";
    return this.#names.length < 2 ? first : `${first},${this.#names.at(-1)}`;
  }

  #add(line: string, at: Instant): boolean {
    if (this.#size + line.length > MOST_TEXT) this.#end ??= at;
    if (this.#end !== null) return false;
    this.#size += line.length + 1;
    this.#lines.push(line);
    return true;
  }
}

/**
 * Mermaid takes `;` and line ends for the end of a statement and `#` for the beginning of a
 * character's code, looks for comments that begin with `%%`, and breaks lines at `<br>`.
 */
function escapedText(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[#;<>]|%(?=%)/g, (char) => `#${char.charCodeAt(0)};`);
}

/** In a title Mermaid knows no codes. */
function titleText(text: string): string {
  return text
    .replace(/;/g, ",")
    .replace(/[\p{Cc}#<>% ]+/gu, " ")
    .slice(0, LONGEST_TITLE);
}

/** Broken between words. */
function broken(text: string): string {
  const out: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WRAP) {
      out.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...out, line].join("<br>");
}
