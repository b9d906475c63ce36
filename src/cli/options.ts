import { InvalidArgumentError } from "commander";
import type { Instant } from "../base/time.ts";
import { parseDuration } from "../scenario/read/duration.ts";
import { InputError } from "../scenario/read/input-error.ts";

/** What `detcd replay` was told besides what to replay. */
export interface ReplayOptions {
  readonly seed?: number;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly all?: boolean;
  readonly verify?: boolean;
  readonly trace?: string;
  readonly until?: Instant;
  readonly speed?: number;
}

/** Parsers of option values; what they throw, commander turns into one line and exit code 2. */

export function seedOption(text: string): number {
  const seed = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError("a seed is a whole number from 0 on.");
  }
  return seed;
}

export function timeOption(text: string): Instant {
  const us = parseDuration(text);
  if (typeof us === "string") throw new InvalidArgumentError(`${us}.`);
  if (us < 0) throw new InvalidArgumentError("a time of the run is not negative.");
  return us;
}

export function speedOption(text: string): number {
  const speed = Number(text.replace(/x$/, ""));
  if (!(speed > 0 && speed <= 1000)) {
    throw new InvalidArgumentError("a speed is a number above 0, up to 1000; 1 is real time.");
  }
  return speed;
}

/** The seed of `DETCD_SEED`, for commands that were given none. */
export function seedOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): number | null {
  const { DETCD_SEED: text = "" } = env;
  if (text === "") return null;
  try {
    return seedOption(text);
  } catch {
    throw InputError.plain(`DETCD_SEED is "${text}", but a seed is a whole number from 0 on`);
  }
}
