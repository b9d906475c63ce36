import { Command } from "commander";
import { scenarioJsonSchema } from "../scenario/read/schema.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { readLibrary } from "./library.ts";

interface ScenariosOptions {
  readonly json?: boolean;
  readonly schema?: boolean;
}

/** `detcd scenarios`: what there is to replay. */
export function scenariosCommand(io: Io, done: (code: number) => void): Command {
  return new Command("scenarios")
    .description("list the library of failure scenarios")
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
  const library = readLibrary();
  if (options.json) {
    io.out(`${JSON.stringify(library, null, 2)}\n`);
    return EXIT.held;
  }
  const width = Math.max(...library.map(({ name }) => name.length));
  for (const { name, title } of library) io.out(`  ${name.padEnd(width)}  ${title}\n`);
  io.out("\nReplay one: detcd replay leader-crash\n");
  return EXIT.held;
}
