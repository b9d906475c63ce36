import { InvalidArgumentError } from "commander";
import type { Instant } from "../base/time.ts";
import { parseDuration } from "../scenario/read/duration.ts";
import { type Edit, parseEdit } from "../scenario/read/edit.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { type Moment, parseMoment } from "../scenario/read/moment.ts";

/** Parsers of option values; what they throw, commander turns into one line and exit code 2. */

/** A whole number of `noun` from `from` to `to`. */
export function wholeOption(
  noun: string,
  from: number,
  to: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const number = Number(text.replaceAll("_", ""));
    if (/^[0-9][0-9_]*$/.test(text) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`${noun} is a whole number from ${from} to ${to}.`);
  };
}

export const countOption = wholeOption("a count", 1);
export const workersOption = wholeOption("a number of workers", 1, 256);
export const seedOption = wholeOption("a seed", 0);

/** The seeds from the first to the last, both among them. */
export interface Seeds {
  readonly from: number;
  readonly to: number;
}

/** The reports of so many runs have room in memory. */
const SEEDS_MAX = 1_000_000;

/** `1..100`. */
export function seedsOption(text: string): Seeds {
  const [, first, last] = /^([^.]+)\.\.([^.]+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) {
    throw new InvalidArgumentError('seeds are written FROM..TO: "1..100".');
  }
  const [from, to] = [seedOption(first), seedOption(last)];
  if (to < from) throw new InvalidArgumentError(`${to} comes before ${from}.`);
  if (to - from >= SEEDS_MAX) throw new InvalidArgumentError(`at most ${SEEDS_MAX} seeds.`);
  return { from, to };
}

export function setOption(text: string, before: readonly Edit[] = []): readonly Edit[] {
  const edit = parseEdit(text);
  if (typeof edit === "string") throw new InvalidArgumentError(`${edit}.`);
  return [...before, edit];
}

export function timeOption(text: string): Instant {
  const us = parseDuration(text);
  if (typeof us === "string") throw new InvalidArgumentError(`${us}.`);
  if (us < 0) throw new InvalidArgumentError("a time of the run is not negative.");
  return us;
}

/** `60s` → 60000 real ms. */
export function realTimeOption(text: string): number {
  const us = parseDuration(text);
  if (typeof us === "string") throw new InvalidArgumentError(`${us}.`);
  if (us < 0) throw new InvalidArgumentError("a time is not negative.");
  return us / 1000;
}

export function speedOption(text: string): number {
  const speed = Number(text.replace(/x$/, ""));
  if (!(speed > 0 && speed <= 1000)) {
    throw new InvalidArgumentError("a speed is a number above 0, up to 1000; 1 is real time.");
  }
  return speed;
}

export function momentOption(text: string): Moment {
  const moment = parseMoment(text);
  if (typeof moment === "string") throw new InvalidArgumentError(`${moment}.`);
  return moment;
}

/** Formats of CI systems: GitHub's workflow commands, JUnit's XML, the Test Anything Protocol. */
const REPORTERS = ["github", "junit", "tap"] as const;
export type ReporterName = (typeof REPORTERS)[number];

export function reporterOption(text: string): ReporterName {
  const known = REPORTERS.find((name) => name === text);
  if (known !== undefined) return known;
  throw new InvalidArgumentError("a reporter is github, junit or tap.");
}

/** The seed of `DETCD_SEED`, for commands that were given none. */
export function seedOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): number | null {
  const { DETCD_SEED: text = "" } = env;
  if (text === "") return null;
  try {
    return seedOption(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw InputError.plain(`DETCD_SEED is "${text}", but ${error.message.replace(/\.$/, "")}`);
  }
}
