import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { main } from "../../../src/cli/program.ts";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export type Env = Readonly<Record<string, string>>;

/** Runs command lines in a folder of their own, which is there as long as the tests of the file run. */
export function detcdIn(name: string): {
  readonly cwd: string;
  readonly detcd: (argv: readonly string[], env?: Env) => Promise<Ended>;
} {
  const cwd = mkdtempSync(join(tmpdir(), `detcd-${name}-`));
  afterAll(() => rmSync(cwd, { recursive: true }));
  const detcd = async (argv: readonly string[], env: Env = {}): Promise<Ended> => {
    let out = "";
    let error = "";
    const io = {
      out: (text: string) => {
        out += text;
      },
      error: (text: string) => {
        error += text;
      },
      env,
      cwd,
      interactive: false,
      colors: false,
      clock: () => performance.now(),
    };
    const code = await main(argv, io);
    return { code, out, error };
  };
  return { cwd, detcd };
}
