import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { main } from "../../src/cli/program.ts";

/** What a command came to, and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export type Env = Readonly<Record<string, string>>;

/** Runs a command line in this process: without a terminal, input or an environment, if nobody says. */
export async function runIn(
  cwd: string,
  argv: readonly string[],
  io: Partial<Io> = {},
): Promise<Ran> {
  let out = "";
  let error = "";
  const code = await main(argv, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    stdin: () => "",
    env: {},
    cwd,
    interactive: false,
    colors: false,
    clock: () => performance.now(),
    ...io,
  });
  return { code, out, error };
}

/** Runs command lines in a folder of their own, which is there as long as the tests of the file run. */
export function detcdIn(name: string): {
  readonly cwd: string;
  readonly detcd: (argv: readonly string[], env?: Env, io?: Partial<Io>) => Promise<Ran>;
} {
  const cwd = mkdtempSync(join(tmpdir(), `detcd-${name}-`));
  afterAll(() => rmSync(cwd, { recursive: true }));
  return { cwd, detcd: (argv, env = {}, io = {}) => runIn(cwd, argv, { env, ...io }) };
}
