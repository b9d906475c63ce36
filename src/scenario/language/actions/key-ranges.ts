import { prefixEnd } from "../../../api/ranges.ts";

/** What is wrong with keys, if they look like a range that can't be written so; else null. */
export function keysProblem(text: string): string | null {
  const how = 'write one key, as "a", or all that begin with something, as "jobs/*"';
  if (text.includes("..")) return `"${text}" is no range of keys; ${how}`;
  return text.slice(0, -1).includes("*") ? `in "${text}" a * is not at the end; ${how}` : null;
}

/** `a`: one key; `a*`: all that begin with it; `*`: all keys. */
export function keysOf(text: string): { readonly key: string; readonly rangeEnd: string } {
  if (!text.endsWith("*")) return { key: text, rangeEnd: "" };
  const prefix = text.slice(0, -1);
  return prefix === ""
    ? { key: "\0", rangeEnd: "\0" }
    : { key: prefix, rangeEnd: prefixEnd(prefix) };
}
