import { Command } from "commander";
import type { Io } from "../io.ts";
import type { ScenariosOptions } from "../scenarios.ts";
import { exclusive } from "./shared-options.ts";

/** `detcd scenarios`: what there is to replay. */
export function scenariosCommand(io: Io, done: (code: number) => void): Command {
  return new Command("scenarios")
    .description("list the library of failure scenarios")
    .option("--regressions", "list those that show a known mistake each instead")
    .option("--json", "as JSON")
    .addOption(
      exclusive("--schema", "print the JSON Schema of scenario files, for editors", [
        "json",
        "regressions",
      ]),
    )
    .action(async (options: ScenariosOptions) => {
      const { listScenarios } = await import("../scenarios.ts");
      done(listScenarios(options, io));
    });
}
