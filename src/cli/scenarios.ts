import { Command } from "commander";
import { scenarioJsonSchema } from "../scenario/read/schema.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { readLibrary } from "./library.ts";

interface ScenariosOptions {
  readonly json?: boolean;
  readonly schema?: boolean;
  readonly regressions?: boolean;
}

/** `detcd scenarios`: what there is to replay. */
export function scenariosCommand(io: Io, done: (code: number) => void): Command {
  return new Command("scenarios")
    .description("list the library of failure scenarios")
    .option("--regressions", "list those that show a known mistake each instead")
    .option("--json", "as JSON")
    .option("--schema", "print the JSON Schema of scenario files, for editors")
    .action((options: ScenariosOptions) => {
      done(listScenarios(options, io));
    });
}

function listScenarios(options: ScenariosOptions, io: Io): number {
  if (options.schema) {
    io.out(scenarioJsonSchema());
    return EXIT.held;
  }
  const library = readLibrary(options.regressions ? "regressions" : "");
  if (options.json) {
    io.out(`${JSON.stringify(library, null, 2)}\n`);
    return EXIT.held;
  }
  const width = Math.max(...library.map(({ name }) => name.length));
  for (const { name, title } of library) io.out(`  ${name.padEnd(width)}  ${title}\n`);
  if (options.regressions) io.out("\nReplay one: detcd replay r25-deposed\n");
  else {
    io.out("\nReplay one: detcd replay leader-crash\n");
    io.out("Known mistakes of etcd and Raft, a scenario each: detcd scenarios --regressions\n");
  }
  return EXIT.held;
}
