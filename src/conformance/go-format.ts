import { utf8Encode } from "../base/utf8.ts";

/** The verbs of Go's fmt that the harness prints with. */

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** `%q` of bytes: quoted as a Go string literal; bytes that are not UTF-8 become `\x..`. */
export function quoteBytes(bytes: Uint8Array): string {
  let text = '"';
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] as number;
    if (first < 0x80) {
      text += quoteAscii(first);
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += `\\x${first.toString(16).padStart(2, "0")}`;
      at++;
      continue;
    }
    text += quotePoint(pointAt(bytes, at, length));
    at += length;
  }
  return `${text}"`;
}

/** `%q` of a string. */
export function quoteText(text: string): string {
  return quoteBytes(utf8Encode(text));
}

/** `%v` of a slice of numbers: `[1 2 3]`. */
export function formatSlice(values: readonly number[]): string {
  return `[${values.join(" ")}]`;
}

/** `%x` of an unsigned number. */
export function formatHex(value: number): string {
  return value.toString(16);
}

function quoteAscii(byte: number): string {
  const escaped = ESCAPES.get(byte);
  if (escaped !== undefined) return escaped;
  if (byte < 0x20 || byte === 0x7f) return `\\x${byte.toString(16).padStart(2, "0")}`;
  return String.fromCharCode(byte);
}

function quotePoint(point: number): string {
  const char = String.fromCodePoint(point);
  if (PRINTABLE.test(char)) return char;
  return point < 0x10000
    ? `\\u${point.toString(16).padStart(4, "0")}`
    : `\\U${point.toString(16).padStart(8, "0")}`;
}

/** The length of the well-formed UTF-8 sequence of two or more bytes at `at`; 0 if there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  const point = pointAt(bytes, at, length);
  const shortest = length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80;
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < shortest || point > 0x10ffff || isSurrogate ? 0 : length;
}

function pointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = (bytes[at] as number) & (0x7f >> length);
  for (let i = 1; i < length; i++) point = point * 64 + ((bytes[at + i] as number) & 0x3f);
  return point;
}
