import type { Directive } from "./script.ts";

/** Which of etcd-io/raft's three data-driven harnesses a file is written for. */
export type Family = "interaction" | "quorum" | "confchange";

const FAMILIES: readonly Family[] = ["interaction", "quorum", "confchange"];

const COMMAND_FAMILIES: ReadonlyMap<string, Family> = new Map([
  ["committed", "quorum"],
  ["vote", "quorum"],
  ["simple", "confchange"],
  ["enter-joint", "confchange"],
  ["leave-joint", "confchange"],
]);

/**
 * By the folder that the file stands in (a folder `testdata` counts as its parent), else by the
 * first command that only one family knows.
 */
export function familyOf(path: string, directives: readonly Directive[]): Family {
  const folders = path.split(/[\\/]/).slice(0, -1);
  if (folders[folders.length - 1] === "testdata") folders.pop();
  const folder = folders[folders.length - 1];
  const named = FAMILIES.find((family) => family === folder);
  if (named !== undefined) return named;
  for (const { command } of directives) {
    const family = COMMAND_FAMILIES.get(command);
    if (family !== undefined) return family;
  }
  return "interaction";
}
