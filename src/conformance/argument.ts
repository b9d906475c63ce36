import { HarnessFatal } from "./failures.ts";
import { parseBool, parseInt64, parseUint64 } from "./go-number.ts";

/** One argument of a directive line: `key`, `key=value` or `key=(value, value)`. */
export interface Argument {
  readonly key: string;
  /** Empty for a bare `key`; one empty string for `key=`. */
  readonly values: readonly string[];
}

/** An argument as cockroachdb/datadriven prints it in its error texts. */
export function describeArgument(argument: Argument): string {
  const { key, values } = argument;
  if (values.length === 0) return key;
  return values.length === 1 ? `${key}=${values[0]}` : `${key}=(${values.join(", ")})`;
}

/** Go's `%+v` of several arguments. */
export function describeArguments(list: readonly Argument[]): string {
  return `[${list.map(describeArgument).join(" ")}]`;
}

/** An unsigned number, at most 2^53-1; refuses as `t.Fatal` does. */
export function scanUint(text: string): number {
  const parsed = parseUint64(text);
  if (typeof parsed === "string") throw new HarnessFatal(parsed);
  if (parsed > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new HarnessFatal(
      `${text} is above 2^53-1, the largest number that this harness can hold`,
    );
  }
  return Number(parsed);
}

/** A size or a count: as {@link scanUint}, but what is above 2^53-1 is as good as no limit. */
export function scanLimit(text: string): number {
  const parsed = parseUint64(text);
  if (typeof parsed === "string") throw new HarnessFatal(parsed);
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(parsed > limit ? limit : parsed);
}

/** A signed number; values beyond 2^53-1 are clamped. */
export function scanInt(text: string): number {
  const parsed = parseInt64(text);
  if (typeof parsed === "string") throw new HarnessFatal(parsed);
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (parsed > limit) return Number(limit);
  return Number(parsed < -limit ? -limit : parsed);
}

export function scanBool(text: string): boolean {
  const parsed = parseBool(text);
  if (typeof parsed === "string") throw new HarnessFatal(parsed);
  return parsed;
}

/**
 * The only value of the argument named `key`; refuses with datadriven's texts where the argument
 * is missing or has another number of values.
 */
export function requireValue(list: readonly Argument[], key: string): string {
  const found = list.find((argument) => argument.key === key);
  if (found === undefined) throw new HarnessFatal(`missing argument: ${key}`);
  const value = found.values[0];
  if (value === undefined || found.values.length !== 1) {
    throw new HarnessFatal(`${key}: got 1 destinations, but ${found.values.length} values`);
  }
  return value;
}
