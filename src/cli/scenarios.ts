import { scenarioJsonSchema } from "../scenario/read/schema.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { readLibrary } from "./sources/library.ts";

export interface ScenariosOptions {
  readonly json?: boolean;
  readonly schema?: boolean;
  readonly regressions?: boolean;
}

/** Lists the library; the exit code. */
export function listScenarios(options: ScenariosOptions, io: Io): number {
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
