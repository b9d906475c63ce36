import { terminalText } from "../../base/terminal-text.ts";

/** Input as messages quote it. */

/** Longer texts are cut: a file that is something else altogether may be one long text. */
const SHOWN_MAX = 40;

/** The beginning of a text, terminalText. */
export function short(text: string): string {
  return terminalText(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}

/** What stands there instead of what was expected: `"leeder"`, `3`, `a list`. */
export function foundText(input: unknown): string {
  if (input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "a map";
  return typeof input === "string" ? `"${short(input)}"` : String(input);
}
