import { Command } from "commander";
import type { Io } from "../io.ts";
import { wholeOption } from "../option-values.ts";
import type { FaultOptions } from "../serve/fault.ts";

/** `detcd fault`: something is done to a cluster that `detcd serve --control` serves. */
export function faultCommand(io: Io, done: (code: number) => void): Command {
  return new Command("fault")
    .description("break, or mend, a cluster that `detcd serve --control` serves")
    .argument("<word>", "what to do: a word of a scenario's steps, or state, advance, scenario")
    .argument("[what...]", "to whom, and how")
    .option("--control <port>", "of `detcd serve`", wholeOption("a port", 1, 65_535), 2400)
    .option("--json", "print the state afterwards as JSON")
    .addHelpText(
      "after",
      `
Examples:
  detcd serve --control 2400
  detcd fault crash leader
  detcd fault partition m1 m2,m3
  detcd fault heal
  detcd fault restart down
  detcd fault 'disk-slow: {member: m2, min: 1ms, mean: 5ms, max: 9ms}'
  detcd fault lose-answer put
  detcd fault cut-stream '{method: watch, after: 2}'
  detcd fault refuse '{method: leaseGrant, code: Unavailable, count: 3}'
  detcd fault advance 60s
  detcd fault state
  detcd fault scenario > what-i-did.yaml
Exit codes: 0 done, 2 it makes no sense, or nobody serves there.`,
    )
    .action(async (word: string, what: string[], options: FaultOptions) => {
      const { fault } = await import("../serve/fault.ts");
      done(await fault(word, what, options, io));
    });
}
