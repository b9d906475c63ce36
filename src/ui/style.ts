import type { ConfSummary } from "../trace/events.ts";
import type { MemberFrame } from "../trace/frames/frame.ts";
import type { Topic } from "../trace/story/story.ts";

export type Colour =
  | "black"
  | "red"
  | "green"
  | "yellow"
  | "blue"
  | "magenta"
  | "cyan"
  | "white"
  | "gray"
  // Beyond the sixteen that every terminal has: where it has not more, one of those stands for each.
  | "violet"
  | "lime"
  | "orange"
  | "pink"
  | "teal"
  | "tan";

/** A piece of text of one look. */
export interface Segment {
  readonly text: string;
  readonly color?: Colour;
  readonly background?: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
}

/** One row of the screen. Rows too long are cut at its edge. */
export type Row = readonly Segment[];

export function plain(text: string): Segment {
  return { text };
}

export function dim(text: string): Segment {
  return { text, dim: true };
}

export function textOf(row: Row): string {
  return row.map((segment) => segment.text).join("");
}

// Red is for faults alone. The second six are shown as the first six where there are but sixteen colours.
const TERM_COLOURS: readonly Colour[] = [
  ...(["blue", "green", "yellow", "magenta", "cyan", "white"] as const),
  ...(["violet", "lime", "orange", "pink", "teal", "tan"] as const),
];

/** Terms next to each other never share a colour, however few a terminal has. */
export function termColour(term: number): Colour {
  return TERM_COLOURS[(term - 1 + TERM_COLOURS.length) % TERM_COLOURS.length] as Colour;
}

export interface Look {
  readonly symbol: string;
  readonly word: string;
  readonly color: Colour;
}

/** What a member is at this moment: the first of these that holds. */
export function lookOf(member: MemberFrame): Look {
  switch (member.status) {
    case "absent":
      return { symbol: " ", word: "not started", color: "gray" };
    case "down":
      return { symbol: "✗", word: "down", color: "red" };
    case "refused":
      return { symbol: "!", word: "refuses", color: "red" };
    case "paused":
      return { symbol: "‖", word: "paused", color: "red" };
    case "up":
      return lookOfRole(member);
  }
}

function lookOfRole(member: MemberFrame): Look {
  switch (member.role) {
    case "leader":
      return { symbol: "★", word: "leader", color: "green" };
    case "candidate":
      return { symbol: "▲", word: "candidate", color: "yellow" };
    case "pre-candidate":
      return { symbol: "△", word: "pre-candidate", color: "yellow" };
    case "follower":
      return isLearner(member.conf, member.id)
        ? { symbol: "◌", word: "learner", color: "cyan" }
        : { symbol: "○", word: "follower", color: "white" };
  }
}

function isLearner(conf: ConfSummary, id: number): boolean {
  return conf.learners.includes(id) && !conf.voters.includes(id);
}

export const TOPIC_COLOURS: Readonly<Record<Topic, Colour>> = {
  election: "yellow",
  fault: "red",
  commit: "green",
  log: "blue",
  membership: "magenta",
  client: "cyan",
  lease: "yellow",
  watch: "cyan",
  lock: "magenta",
  alarm: "red",
  note: "white",
  network: "gray",
  disk: "gray",
  raft: "gray",
};

/** `text` filled or cut to exactly `width` columns (all our own text is one column a character). */
export function sized(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text.padEnd(width);
}

/** The row filled or cut to exactly `width` columns. */
export function fitted(row: Row, width: number): Row {
  const out: Segment[] = [];
  let left = width;
  for (const segment of row) {
    if (segment.text.length > left) {
      const text = left < 1 ? "" : `${segment.text.slice(0, left - 1)}…`;
      return [...out, { ...segment, text }];
    }
    out.push(segment);
    left -= segment.text.length;
  }
  return left === 0 ? out : [...out, plain(" ".repeat(left))];
}

/** Blocks of rows side by side, each with its width; as high as the highest. */
export function beside(
  ...blocks: readonly (readonly [rows: readonly Row[], width: number])[]
): Row[] {
  const height = Math.max(0, ...blocks.map(([rows]) => rows.length));
  return Array.from({ length: height }, (_, i) =>
    blocks.flatMap(([rows, width]) => fitted(rows[i] ?? [], width)),
  );
}

/** Neighbours of the same look as one segment. */
export function joined(segments: readonly Segment[]): Row {
  const out: Segment[] = [];
  let first = segments[0];
  if (first === undefined) return out;
  let text = first.text;
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i] as Segment;
    if (sameLook(first, segment)) text += segment.text;
    else {
      out.push({ ...first, text });
      first = segment;
      text = segment.text;
    }
  }
  out.push({ ...first, text });
  return out;
}

function sameLook(a: Segment, b: Segment): boolean {
  return (
    a.color === b.color &&
    a.background === b.background &&
    a.bold === b.bold &&
    a.dim === b.dim &&
    a.inverse === b.inverse
  );
}

/** A key for people, and what it does. */
export type KeyWord = readonly [key: string, what: string];

/** The line of keys at the bottom: as many of the first ones as fit, the more useful ones first, and the last ones. */
export function keysRow(first: readonly KeyWord[], last: readonly KeyWord[], columns: number): Row {
  let count = first.length;
  while (count > 0 && widthOf([...first.slice(0, count), ...last]) > columns) count--;
  const shown = [...first.slice(0, count), ...last];
  const words = shown.flatMap(([key, what]) => [{ text: key, bold: true }, dim(` ${what}  `)]);
  return [plain(" "), ...words];
}

function widthOf(keys: readonly KeyWord[]): number {
  return keys.reduce((sum, [key, what]) => sum + key.length + what.length + 3, 1);
}

/** A rule with words in it: `── words ─────`. */
export function rule(words: readonly Segment[], width: number): Row {
  const used = words.reduce((sum, word) => sum + word.text.length, 0);
  return [dim("── "), ...words, dim(` ${"─".repeat(Math.max(0, width - used - 4))}`)];
}

/** Breaks a sentence into lines of at most `columns`, between words where it can. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  // A view may be given no room at all: a column at least, or no line would ever be done.
  const width = Math.max(1, columns);
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  lines.push(rest);
  return lines;
}
