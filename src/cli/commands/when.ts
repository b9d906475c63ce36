import { Command } from "commander";
import type { Io } from "../io.ts";
import { seedOption, wholeOption, workersOption } from "../option-values.ts";
import type { WhenOptions } from "../when/when.ts";
import { noTimes, timeLimit } from "./shared-options.ts";

/** Their seeds are drawn beforehand, and more tell nothing more. */
const COUNT_MAX = 100_000;

/** `detcd when`: the same run up to a moment, then other chance: where does it begin to fail always? */
export function whenCommand(io: Io, done: (code: number) => void): Command {
  return new Command("when")
    .description(
      "when did a failure become inevitable? Its probability over time, and what moved it",
    )
    .argument("<failure>", "a scenario file (.yaml) that fails, a recorded failure, or -")
    .option(
      "--runs <number>",
      "continuations of each moment",
      wholeOption("a number of continuations", 1, COUNT_MAX),
      40,
    )
    .option(
      "--moments <number>",
      "how many moments to look at",
      // The beginning and the end are two.
      wholeOption("a number of moments", 2, COUNT_MAX),
      24,
    )
    .option("--invariant <name>", "which is to be broken (the first that is)")
    .option("--seed <number>", "of the continuations' chance (1)", seedOption)
    .addOption(timeLimit("stop after so long"))
    .option("--workers <number>", "threads (one a core)", workersOption)
    .option("--json", "print the report as JSON")
    .addOption(noTimes())
    .addHelpText(
      "after",
      `
The run is the same up to a moment; then all its chance is another: elections, network, disks, clients. Of the
intervals between two moments the one with the largest jump is halved next.
DETCD_SEED is used where no --seed is given. Exit codes: 0 it was worked out, 2 bad input.

Examples:
  detcd when detcd-failures/acknowledged-writes-7-31.yaml
  detcd when my-failure.yaml --runs 100 --invariant linearizable`,
    )
    .action(async (what: string, options: WhenOptions) => {
      const { when } = await import("../when/when.ts");
      done(await when(what, options, io));
    });
}
