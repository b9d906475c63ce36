import { Command } from "commander";
import type { Io } from "../io.ts";
import type { PlayOptions } from "../menu/play.ts";
import { seedOption, wholeOption } from "../option-values.ts";

/** `detcd play`: a cluster without a scenario, to do things to by hand. */
export function playCommand(io: Io, done: (code: number) => void): Command {
  return new Command("play")
    .description("start an empty cluster on the terminal, and break it by hand")
    .option("--members <number>", "how many", wholeOption("a number of members", 1, 9), 3)
    .option("--seed <number>", "all chance of the run comes from it (1)", seedOption)
    .addHelpText(
      "after",
      `
x breaks something, : takes any step of a scenario, u takes it back, s saves what was done as a scenario
that \`detcd replay\` runs to the same digest.

Examples:
  detcd play
  detcd play --members 5 --seed 7`,
    )
    .action(async (options: PlayOptions) => {
      const { play } = await import("../menu/play.ts");
      done(await play(options, io));
    });
}
