/** Input as messages quote it. */

/** Longer texts are cut: a file that is something else altogether may be one long text. */
const SHOWN_MAX = 40;

/** The beginning of a text, printable. */
export function short(text: string): string {
  return printable(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}

/** The text on one line, with all that a terminal would obey or can't show escaped. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}

/** What stands there instead of what was expected: `"leeder"`, `3`, `a list`. */
export function foundText(input: unknown): string {
  if (input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "a map";
  return typeof input === "string" ? `"${short(input)}"` : String(input);
}
