import { InvalidArgumentError } from "commander";
import { PROFILES } from "../../fuzz/profiles.ts";
import { KNOWN_MISTAKES, unknownMistake } from "../../museum/catalogue.ts";
import { suggestion } from "../../scenario/read/suggest.ts";
import { type ReporterName, realTimeOption } from "../option-values.ts";
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
  readonly times: boolean;
  readonly maxFailures: number;
  /** Real ms for making one failure smaller; 0: not at all. */
  readonly shrinkTime: number;
}

/** Parsers of option values; what they throw, commander turns into one line and exit code 2. */

/** How long a campaign goes on: one of no time would hold nothing against anything, and pass. */
export function campaignTimeOption(text: string): number {
  const ms = realTimeOption(text);
  if (ms === 0) throw new InvalidArgumentError("in no time nothing is run.");
  return ms;
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
