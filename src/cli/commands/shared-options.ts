import { Option } from "commander";
import { realTimeOption, reporterOption } from "../option-values.ts";

/** Options that several commands take. */

/** One that says something else than others do, or nothing beside them: commander refuses both at once. */
export function exclusive(flags: string, about: string, others: readonly string[]): Option {
  return new Option(flags, about).conflicts([...others]);
}

/** @param others what says something else about what to print */
export function reporter(others: readonly string[]): Option {
  const about = "github, junit or tap: what CI systems read";
  return exclusive("--reporter <name>", about, others).argParser(reporterOption);
}

export function noTimes(): Option {
  return new Option("--no-times", "leave out how long it took: reports of the same are equal");
}

/** In real ms. */
export function timeLimit(about: string): Option {
  return new Option("--time <time>", about).argParser(realTimeOption).default(60_000, "60s");
}

/** In real ms. */
export function shrinkTime(): Option {
  return new Option("--shrink-time <time>", "for making one failure smaller; 0s: not at all")
    .argParser(realTimeOption)
    .default(60_000, "60s");
}
