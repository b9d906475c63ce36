import stringWidth from "string-width";

/** Columns of a terminal that the text takes: Chinese characters take two. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** `text` filled or cut to exactly `width` columns. */
export function fitted(text: string, width: number): string {
  const wide = columnsOf(text);
  if (wide <= width) return text + " ".repeat(width - wide);
  let out = "";
  let used = 0;
  for (const char of text) {
    const more = columnsOf(char);
    if (used + more > width - 1) break;
    out += char;
    used += more;
  }
  return width < 1 ? "" : `${out}…${" ".repeat(Math.max(0, width - used - 1))}`;
}

/** No line begins with one of these, and none ends with one of those. */
const CLOSING = /^[，。、；：？！）》」』】”’…,.;:?!)\]]/u;
const OPENING = /[（《「『【“‘([]$/u;
/** What is written without spaces between words: a line may end behind any of its characters. */
const CHINESE = /[\u2E80-\u303F\u3040-\u30FF\u3400-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]/u;

/**
 * A text as lines of at most `width` columns. Its own line ends mean nothing within a paragraph; an empty
 * line is a paragraph's end, and a line that begins with a dash an item of a list.
 */
export function wrapped(text: string, width: number): string[] {
  return paragraphsOf(text).flatMap((paragraph) => {
    if (paragraph === "") return [""];
    if (/^ {4}/.test(paragraph)) return [fitted(paragraph, width).trimEnd()];
    const indent = /^- /.test(paragraph) ? "  " : "";
    return filledLines(paragraph, width - indent.length).map((line, i) =>
      i === 0 ? line : indent + line,
    );
  });
}

/** Paragraphs, items, lines that are indented (kept as they are), and empty lines between them. */
function paragraphsOf(text: string): string[] {
  const out: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const last = out.at(-1);
    const begins = line.trim() === "" || /^(- | {4})/.test(line);
    const open = last !== undefined && last !== "" && !/^ {4}/.test(last);
    if (begins || !open) out.push(line.trimEnd());
    else out[out.length - 1] = joined(last, line.trim());
  }
  return out;
}

/** Chinese goes on without a space. */
function joined(before: string, after: string): string {
  const tight = CHINESE.test(before.slice(-1)) || CHINESE.test(after.slice(0, 1));
  return tight ? before + after : `${before} ${after}`;
}

function filledLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of piecesOf(text)) {
    const next = line + piece;
    if (columnsOf(next.trimEnd()) <= width || line === "")
      line = line === "" ? piece.trimStart() : next;
    else {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    }
    while (columnsOf(line.trimEnd()) > width) {
      const head = cut(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line.trimEnd() !== "" || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** The longest beginning of a text that fits, at least a character of it. */
function cut(text: string, width: number): string {
  let out = "";
  for (const char of text) {
    if (out !== "" && columnsOf(out + char) > width) break;
    out += char;
  }
  return out;
}

/** What must not be broken: words with the space before them, Chinese characters with their punctuation. */
function piecesOf(text: string): string[] {
  const raw =
    text.match(
      /\s*(?:[\u2E80-\u303F\u3040-\u30FF\u3400-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]|[^\s\u2E80-\u303F\u3040-\u30FF\u3400-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]+)/gu,
    ) ?? [];
  const pieces: string[] = [];
  for (const piece of raw) {
    const last = pieces.at(-1);
    const stays = CLOSING.test(piece) || (last !== undefined && OPENING.test(last));
    if (last !== undefined && stays) pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
  return pieces;
}
