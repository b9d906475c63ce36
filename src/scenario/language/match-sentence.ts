import { nearest } from "../read/suggest.ts";
import { parseSelectorTerm, type Selector } from "./selectors.ts";

/** What stands in the gaps of a sentence: `<member> is <state>`, `term at least <n>`. */
export interface Gaps {
  readonly member: Selector;
  readonly state: MemberState;
  readonly n: number;
}

export const MEMBER_STATES = [
  "leader",
  "follower",
  "candidate",
  "pre-candidate",
  "learner",
  "voter",
  "up",
  "down",
  "paused",
] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** A sentence with gaps, and what it means. */
export interface Sentence<T> {
  readonly template: string;
  readonly about: string;
  make(gaps: Gaps): T;
}

export function sentence<T>(template: string, about: string, make: (gaps: Gaps) => T): Sentence<T> {
  return { template, about, make };
}

const GAP_PATTERNS: Readonly<Record<string, string>> = {
  "<member>": "(m[1-9][0-9]*|[a-z-]+)",
  "<state>": `(${MEMBER_STATES.join("|")})`,
  "<n>": "[0-9]+",
};

/** For an editor's JSON Schema: a regular expression that accepts the sentence. */
export function sentencePattern(template: string): string {
  return `^${template.replace(/<[a-z]+>/g, (gap) => GAP_PATTERNS[gap] ?? gap)}$`;
}

/** Finds the sentence that `text` says, and what fills its gaps; or says what is wrong with it. */
export function matchSentence<T>(
  text: string,
  sentences: readonly Sentence<T>[],
  noun: string,
): { readonly meaning: T; readonly gaps: Gaps } | { readonly error: string } {
  const words = text.trim().split(/\s+/);
  let complaint: string | null = null;
  for (const { template, make } of sentences) {
    const pattern = template.split(" ");
    if (pattern.length !== words.length) continue;
    if (!pattern.every((part, i) => part.startsWith("<") || part === words[i])) continue;
    const gaps = fill(pattern, words);
    if (typeof gaps !== "string") return { meaning: make(gaps), gaps };
    complaint ??= gaps;
  }
  if (complaint !== null) return { error: complaint };
  return { error: `unknown ${noun} "${text}"${didYouMean(words, sentences)}` };
}

/** The gaps' values, or a sentence about the first that is wrong. */
function fill(pattern: readonly string[], words: readonly string[]): Gaps | string {
  let member: Selector = [];
  let state: MemberState = "up";
  let n = 0;
  for (const [i, part] of pattern.entries()) {
    const word = words[i] ?? "";
    if (part === "<member>") {
      const parsed = parseSelectorTerm(word);
      if (typeof parsed === "object") return parsed.error;
      member = [parsed];
    } else if (part === "<state>") {
      const known = MEMBER_STATES.find((name) => name === word);
      if (known === undefined) {
        const near = nearest(word, MEMBER_STATES);
        const hint =
          near === null ? `: one of ${MEMBER_STATES.join(", ")}` : `, did you mean "${near}"?`;
        return `"${word}" is no state of a member${hint}`;
      }
      state = known;
    } else if (part === "<n>") {
      if (!/^[0-9]{1,9}$/.test(word)) return `expected a number instead of "${word}"`;
      n = Number(word);
    }
  }
  return { member, state, n };
}

function didYouMean(words: readonly string[], sentences: readonly { template: string }[]): string {
  // The gaps are filled with what stands at their place, so that only the fixed words count.
  const candidates = sentences.map(({ template }) =>
    template
      .split(" ")
      .map((part, i) => (part.startsWith("<") ? (words[i] ?? part) : part))
      .join(" "),
  );
  const near = nearest(words.join(" "), candidates);
  return near === null ? "" : `, did you mean "${near}"?`;
}
