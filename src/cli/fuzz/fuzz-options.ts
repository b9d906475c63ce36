import { InvalidArgumentError } from "commander";
import { DEFAULT_PROFILE, PROFILES } from "../../fuzz/profiles.ts";
import { KNOWN_MISTAKES, unknownMistake } from "../../museum/catalogue.ts";
import { parseDuration } from "../../scenario/read/duration.ts";
import { suggestion } from "../../scenario/read/suggest.ts";
import { REPORTERS, type ReporterName } from "./reporters/reporter.ts";
import { parseShard, type Shard } from "./shard.ts";

/** What `detcd fuzz` was told. */
export interface FuzzOptions {
  readonly runs?: number;
  /** Real ms. */
  readonly time?: number;
  readonly seed?: number;
  readonly profile: string;
  readonly workers?: number;
  readonly shard?: Shard;
  readonly case?: number;
  readonly bug?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
  readonly reporter?: ReporterName;
  readonly verify?: boolean;
  readonly maxFailures: number;
  /** Real ms for making one failure smaller; 0: not at all. */
  readonly shrinkTime: number;
}

export const PROFILE_DEFAULT = DEFAULT_PROFILE.name;
export const SHRINK_TIME_DEFAULT = 60_000;

/** Parsers of option values; what they throw, commander turns into one line and exit code 2. */

export function countOption(text: string): number {
  const count = Number(text.replaceAll("_", ""));
  if (!/^[0-9][0-9_]*$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError("a count is a whole number from 1 on.");
  }
  return count;
}

export function caseOption(text: string): number {
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError("a case is a whole number from 0 on.");
  }
  return number;
}

const WORKERS_MAX = 256;

export function workersOption(text: string): number {
  const workers = countOption(text);
  if (workers > WORKERS_MAX) throw new InvalidArgumentError(`at most ${WORKERS_MAX} workers.`);
  return workers;
}

/** How long a campaign goes on: one of no time would hold nothing against anything, and pass. */
export function campaignTimeOption(text: string): number {
  const ms = realTimeOption(text);
  if (ms === 0) throw new InvalidArgumentError("in no time nothing is run.");
  return ms;
}

/** `60s` → 60000. */
export function realTimeOption(text: string): number {
  const us = parseDuration(text);
  if (typeof us === "string") throw new InvalidArgumentError(`${us}.`);
  if (us < 0) throw new InvalidArgumentError("a time is not negative.");
  return us / 1000;
}

export function profileOption(text: string): string {
  if (PROFILES.has(text)) return text;
  const known = [...PROFILES.keys()];
  const hint = suggestion(text, known) || ` (known: ${known.join(", ")})`;
  throw new InvalidArgumentError(`there is no profile "${text}"${hint}`);
}

export function bugOption(text: string, before: readonly string[] = []): readonly string[] {
  if (!KNOWN_MISTAKES.some(({ id }) => id === text)) {
    throw new InvalidArgumentError(`${unknownMistake(text)}.`);
  }
  return before.includes(text) ? before : [...before, text];
}

export function shardOption(text: string): Shard {
  const shard = parseShard(text);
  if (shard !== null) return shard;
  throw new InvalidArgumentError('a shard is written I/N, from 1 to N: "3/16".');
}

export function reporterOption(text: string): ReporterName {
  const known = REPORTERS.find((name) => name === text);
  if (known !== undefined) return known;
  throw new InvalidArgumentError("a reporter is github or junit.");
}
