import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { Scenario } from "../scenario/scenario.ts";
import type { Io } from "./io.ts";
import { FAILURES, reason } from "./library.ts";

/** The scenario's text with `seed` in it: what replays this very run. Comments stay. */
export function withSeed(source: string, seed: number): string {
  const document = parseDocument(source);
  document.set("seed", seed);
  // The schema's path is relative to the library; here it would lead nowhere.
  const text = document.toString({ lineWidth: 0 });
  return text.replace(/^# yaml-language-server:.*\n/, "");
}

/** Writes `detcd-failures/<name>.yaml`; its path as a command would name it. Null: it can't, which is said. */
export function saveFailure(scenario: Scenario, seed: number, io: Io): string | null {
  const file = join(FAILURES, `${scenario.name}.yaml`);
  try {
    mkdirSync(resolve(io.cwd, FAILURES), { recursive: true });
    writeFileSync(resolve(io.cwd, file), withSeed(scenario.source, seed));
  } catch (error) {
    io.error(`${file}: the failing run can't be saved: ${reason(error)}\n`);
    return null;
  }
  return file;
}
