import { main } from "../../src/cli/program.ts";

/** What a command came to, and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process: without a terminal, an environment, or a clock. */
export async function runCommand(cwd: string, argv: readonly string[]): Promise<Ran> {
  let out = "";
  let error = "";
  const code = await main(argv, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    env: {},
    cwd,
    interactive: false,
    colors: false,
    clock: () => 0,
  });
  return { code, out, error };
}
