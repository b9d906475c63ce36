import { z } from "zod";
import { prefixEnd } from "../../../api/ranges.ts";
import { key, parsed } from "../../read/scalars.ts";

/** One key, or a range of keys, as etcd's requests have it. */
export interface Keys {
  readonly key: string;
  /** "": the key alone; "\0": all from it on. */
  readonly rangeEnd: string;
}

/** As it is written, too. */
export interface NamedKeys extends Keys {
  readonly text: string;
}

const HOW = 'write one key, as "a", all that begin with something, as "jobs/*", or "a..c"';

/** What is wrong with keys, if they look like a range that can't be written so; else null. */
export function keysProblem(text: string): string | null {
  const [from = "", to = "", ...more] = text.split("..");
  if (text.includes("..")) {
    if (from === "" || more.length > 0) return `"${text}" is no range of keys; ${HOW}`;
    return to === "" || from < to
      ? null
      : `"${text}" holds nothing: it ends where it begins, or before`;
  }
  return text.slice(0, -1).includes("*") ? `in "${text}" a * is not at the end; ${HOW}` : null;
}

/** `a`: one key; `a*`: all that begin with it; `*`: all keys; `a..c`: from a on, without c; `a..`: all from a on. */
export function keysOf(text: string): Keys {
  const [from = "", to] = text.split("..");
  if (to !== undefined) return { key: from, rangeEnd: to === "" ? "\0" : to };
  if (!text.endsWith("*")) return { key: text, rangeEnd: "" };
  const prefix = text.slice(0, -1);
  return prefix === ""
    ? { key: "\0", rangeEnd: "\0" }
    : { key: prefix, rangeEnd: prefixEnd(prefix) };
}

function read(text: string): NamedKeys | string {
  return keysProblem(text) ?? { text, ...keysOf(text) };
}

/** Keys in a text: permissions are for them. */
export const keyRange = parsed<NamedKeys>('keys such as "a" or "jobs/*"', read);

/** One key or several, which may be written as a number, as a key may. */
export const keys = key.transform((text, context): NamedKeys => {
  const value = read(text);
  if (typeof value !== "string") return value;
  context.issues.push({ code: "custom", message: value, input: text });
  return z.NEVER;
});
