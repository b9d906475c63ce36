/** How two outputs of one command differ, for people. */

/** The first difference of two texts. Lines count from 0; a missing line is null. */
export interface Difference {
  readonly line: number;
  readonly expected: string | null;
  readonly actual: string | null;
}

const CONTEXT_LINES = 3;
const SHOWN_LINES = 8;

/** Null if the texts are the same, byte for byte. */
export function firstDifference(expected: string, actual: string): Difference | null {
  if (expected === actual) return null;
  const left = splitLines(expected);
  const right = splitLines(actual);
  let line = 0;
  while (line < left.length && line < right.length && left[line] === right[line]) line++;
  return { line, expected: left[line] ?? null, actual: right[line] ?? null };
}

/**
 * The lines around the first difference, `-` for what the file expects and `+` for what came, and
 * below the first line that came a `^` under the first differing character.
 */
export function renderDiff(expected: string, actual: string): string {
  const difference = firstDifference(expected, actual);
  if (difference === null) return "";
  const left = splitLines(expected);
  const right = splitLines(actual);
  const { line } = difference;
  const shown: string[] = [];
  const from = Math.max(0, line - CONTEXT_LINES);
  if (from > 0) shown.push(`    ... ${from} equal ${plural(from, "line")}`);
  for (let i = from; i < line; i++) shown.push(`    ${left[i]}`);
  const [leftEnd, rightEnd] = commonTail(left, right, line);
  pushSide(shown, "  - ", left, line, leftEnd);
  pushSide(shown, "  + ", right, line, rightEnd, pointAtColumn(difference));
  const tail = left.length - leftEnd;
  for (let i = leftEnd; i < Math.min(left.length, leftEnd + CONTEXT_LINES); i++) {
    shown.push(`    ${left[i]}`);
  }
  const rest = tail - CONTEXT_LINES;
  if (rest > 0) shown.push(`    ... ${rest} equal ${plural(rest, "line")}`);
  return `${shown.join("\n")}\n`;
}

/** `pointer`: a line to put below the first one, or null. */
function pushSide(
  shown: string[],
  mark: string,
  lines: readonly string[],
  from: number,
  end: number,
  pointer: string | null = null,
): void {
  const last = Math.min(end, from + SHOWN_LINES);
  for (let i = from; i < last; i++) {
    shown.push(`${mark}${lines[i]}`);
    if (i === from && pointer !== null) shown.push(pointer);
  }
  if (end > last) shown.push(`${mark}... ${end - last} more ${plural(end - last, "line")}`);
  if (end === from) shown.push(`${mark}(nothing)`);
}

/** Only a difference inside of a line can be pointed at. */
function pointAtColumn({ expected, actual }: Difference): string | null {
  if (expected === null || actual === null) return null;
  let column = 0;
  while (column < expected.length && expected[column] === actual[column]) column++;
  return `    ${" ".repeat(column)}^ column ${column + 1}`;
}

/** Where the equal lines at the end of both begin. */
function commonTail(left: string[], right: string[], from: number): [number, number] {
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > from && rightEnd > from && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd--;
    rightEnd--;
  }
  return [leftEnd, rightEnd];
}

function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
