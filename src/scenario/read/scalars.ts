import { z } from "zod";
import { type Duration, type Instant, MINUTE, type Ppm } from "../../base/time.ts";
import { LINES, type Line, RELEASES } from "../../profile/lines.ts";
import {
  parseSelectorTerm,
  SELECTOR_PATTERN,
  type Selector,
  type SelectorWord,
} from "../language/selectors.ts";
import {
  BYTES_PATTERN,
  DURATION_PATTERN,
  formatBytes,
  formatDuration,
  parseBytes,
  parseDuration,
  parseRatio,
  RATIO_PATTERN,
} from "./duration.ts";
import { foundText, short } from "./quote.ts";
import { suggestion } from "./suggest.ts";

/**
 * An object that knows its keys: an unknown one is reported with `noun` and the nearest known key,
 * or in `special` words. (One line of the message a key, in zod's order of keys; see issues.ts.)
 */
export function record<S extends z.ZodRawShape>(
  noun: string,
  shape: S,
  special: (key: string) => string | null = () => null,
) {
  const known = Object.keys(shape);
  const unknown = (key: string) =>
    key === "<<" ? MERGE_KEYS : `unknown ${noun} "${short(key)}"${suggestion(key, known)}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => special(key) ?? unknown(key)).join("\n")
        : undefined,
  });
}

const MERGE_KEYS = "merge keys (<<) are not YAML 1.2, and not read: write the keys themselves here";

/**
 * A text with a meaning: `parse` returns what it means, or a sentence that says why it means
 * nothing. `id` is its name in the JSON Schema.
 */
function scalar<T extends number>(
  id: string,
  what: string,
  pattern: string,
  parse: (text: string) => T | string,
) {
  return z
    .string({ error: (issue) => expected(what, issue.input) })
    .meta({ pattern })
    .transform((text, context): T => {
      const value = parse(text);
      if (typeof value !== "string") return value;
      context.issues.push({ code: "custom", message: value, input: text });
      return z.NEVER;
    })
    .meta({ id });
}

/** `expected X, found 3`; nothing if the value is absent: then zod's own "missing" is better. */
export function expected(what: string, input: unknown): string | undefined {
  if (input === undefined) return undefined;
  return `expected ${what}, found ${foundText(input)}`;
}

const FORWARD = DURATION_PATTERN.replace("-?", "");

function forward(text: string): number | string {
  const us = parseDuration(text);
  return typeof us === "number" && us < 0 ? `"${text}" is negative` : us;
}

/** Longer than any run: what takes so long is a slip of the pen. */
const DURATION_MAX: Duration = 60_000 * MINUTE;

function ofARun(text: string): number | string {
  const us = forward(text);
  if (typeof us === "string" || us <= DURATION_MAX) return us;
  return `"${text}" is too long: at most ${DURATION_MAX / MINUTE}m`;
}

export const duration = scalar<Duration>("duration", 'a duration such as "200ms"', FORWARD, ofARun);
/** How long something lives, which may be longer than any run. */
export const lifetime = scalar<Duration>("lifetime", 'a duration such as "10s"', FORWARD, forward);
/** A time of the run: the duration since its start. */
export const instant = scalar<Instant>("time", 'a time such as "1.5s"', FORWARD, ofARun);
export const signedDuration = scalar<Duration>(
  "signed-duration",
  'a duration such as "-200ms"',
  DURATION_PATTERN,
  parseDuration,
);
export const ratio = scalar<Ppm>("share", 'a share such as "1%"', RATIO_PATTERN, parseRatio);
export const bytes = scalar<number>("size", 'a size such as "64KiB"', BYTES_PATTERN, parseBytes);

/** A duration between two others, both included. */
export function durationFrom(least: Duration, most: Duration = DURATION_MAX) {
  return duration.refine((us) => us >= least && us <= most, {
    error: ({ input }) => outside(input as Duration, least, most, formatDuration, "short", "long"),
  });
}

/** A size between two others, both included. */
export function bytesFrom(least: number, most: number) {
  return bytes.refine((size) => size >= least && size <= most, {
    error: ({ input }) => outside(input as number, least, most, formatBytes, "little", "much"),
  });
}

function outside(
  value: number,
  least: number,
  most: number,
  format: (value: number) => string,
  less: string,
  more: string,
): string {
  return value < least
    ? `${format(value)} is too ${less}: at least ${format(least)}`
    : `${format(value)} is too ${more}: at most ${format(most)}`;
}

export const flag = z.boolean({ error: (issue) => expected("true or false", issue.input) });
/** Of what is done by naming it, and is not done by leaving it away: `heal: true`. */
export const yes = z.literal(true, { error: (issue) => expected("true", issue.input) });
export const text = z.string({ error: (issue) => expected("a text", issue.input) });
/** Keys and values of clients: `value: 1` is meant as "1". ASCII, so that a char is a byte. */
export const word = z
  .union([z.string(), z.number()], { error: (issue) => expected("a text", issue.input) })
  .transform((input, context): string => {
    const value = String(input);
    if (/^[\x20-\x7e]*$/.test(value)) return value;
    const message = `${JSON.stringify(value)} holds more than printable ASCII`;
    context.issues.push({ code: "custom", message, input });
    return z.NEVER;
  });
/** A key is never empty. */
export const key = word.refine((value) => value !== "", { error: "a key is never empty" });

export function integer(min: number, max = Number.MAX_SAFE_INTEGER) {
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${min} on`
      : `a whole number from ${min} to ${max}`;
  const error = (issue: { input?: unknown }) => expected(range, issue.input);
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A text that `parse` makes something of, or a sentence that says why it can't. */
export function parsed<T extends object>(what: string, parse: (text: string) => T | string) {
  return z
    .string({ error: (issue) => expected(what, issue.input) })
    .transform((input, context): T => {
      const value = parse(input.trim());
      if (typeof value !== "string") return value;
      context.issues.push({ code: "custom", message: value, input });
      return z.NEVER;
    });
}

const term = z.string().meta({ pattern: SELECTOR_PATTERN });

/** One or more members: `m2`, `leader`, `[m1, followers]`. */
export const members = z
  .union([term, z.array(term).min(1, "an empty list names no member")], {
    error: (issue) => expected("members such as m2, leader or [m1, m2]", issue.input),
  })
  .transform((input, context): Selector => {
    const selector: (number | SelectorWord)[] = [];
    const listed = typeof input === "string" ? [input] : input;
    for (const [i, name] of listed.entries()) {
      const parsed = parseSelectorTerm(name);
      const twice = listed.indexOf(name) < i ? `${name} is listed twice` : undefined;
      const message = typeof parsed === "object" ? parsed.error : twice;
      if (message !== undefined) {
        const path = typeof input === "string" ? [] : [i];
        context.issues.push({ code: "custom", message, input: name, path });
      } else if (typeof parsed !== "object") selector.push(parsed);
    }
    return selector;
  })
  .meta({ id: "members" });

/** A member's name, for places where a role makes no sense: `m4`. Its id. */
export const memberId = z
  .string({ error: (issue) => expected("a member such as m4", issue.input) })
  .meta({ pattern: "^m[1-9][0-9]*$" })
  .transform((name, context): number => {
    const parsed = parseSelectorTerm(name);
    if (typeof parsed === "number") return parsed;
    const message =
      typeof parsed === "object" ? parsed.error : `"${name}" is a role; name the member, e.g. m4`;
    context.issues.push({ code: "custom", message, input: name });
    return z.NEVER;
  })
  .meta({ id: "member" });

/** A name, or several. */
export const someNames = z.union([text, z.array(text).min(1, "an empty list names nothing")], {
  error: (issue) => expected("a name, or a list of names", issue.input),
});

/** The value of a key; null where there is no such key. */
export const wordOrNull = z.union([word, z.null()], {
  error: (issue) => expected("a text, or null", issue.input),
});

/** `{m1: …, leader: …}`: something for each of several members. */
/** Of a server, or of a cluster. */
export const version = text.regex(
  /^\d+\.\d+\.\d+$/,
  'a version has three numbers, such as "3.4.23"',
);

/** A release of etcd, or a line of releases, which YAML may take for a number: that line's judge. */
export const release = z
  .union([text, z.number().transform(String)], {
    error: (issue) => expected("a line of etcd's, or a release such as 3.6.16", issue.input),
  })
  .transform((said, context) => {
    if (/^\d+\.\d+\.\d+$/.test(said)) return said;
    if (Object.hasOwn(RELEASES, said)) return RELEASES[said as Line];
    const message = `"${short(said)}" is no line of etcd's (${LINES.join(", ")}), and no release such as 3.6.16`;
    context.issues.push({ code: "custom", message, input: said });
    return z.NEVER;
  })
  .meta({ id: "release" });

export function perMember<V>(value: z.ZodType<V>) {
  return z.record(term, value).transform((map, context) => {
    const list: { members: Selector; value: V }[] = [];
    for (const [name, item] of Object.entries(map)) {
      const parsed = parseSelectorTerm(name);
      if (typeof parsed === "object") {
        context.issues.push({ code: "custom", message: parsed.error, input: name, path: [name] });
      } else list.push({ members: [parsed], value: item });
    }
    return list;
  });
}
