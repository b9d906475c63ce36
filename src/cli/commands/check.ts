import { Command } from "commander";
import type { CheckOptions } from "../check.ts";
import type { Io } from "../io.ts";
import { wholeOption } from "../option-values.ts";
import { noTimes, timeLimit } from "./shared-options.ts";

/** `detcd check`: is a history that a test wrote down linearizable? */
export function checkCommand(io: Io, done: (code: number) => void): Command {
  return new Command("check")
    .description("is a history linearizable? If not, which operations can't be ordered")
    .argument(
      "<history...>",
      "Jepsen's history.edn or log, porcupine's test histories, or a trace of detcd (.ndjson)",
    )
    .addOption(timeLimit("give up after so long, for each file"))
    .option(
      "--memory <MiB>",
      "give up where more is needed, for each file",
      wholeOption("memory, in MiB,", 1, 65_536),
      1024,
    )
    .option("--json", "print one report as JSON")
    .addOption(noTimes())
    .addHelpText(
      "after",
      `
Registers (:read, :write, :cas), texts (:get, :put, :append) and etcd's keys with their revisions are
known; a call without a return is pending, not wrong.
Exit codes: 0 all are linearizable, 1 one is not or was not decided, 2 bad input.

Examples:
  detcd check store/etcd/latest/history.edn
  detcd replay leader-crash --trace run.ndjson && detcd check run.ndjson`,
    )
    .action(async (files: string[], options: CheckOptions) => {
      const { check } = await import("../check.ts");
      done(check(files, options, io));
    });
}
