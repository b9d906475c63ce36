import { type Stats, statSync } from "node:fs";

/** What stands at the path, also through a link; undefined: nothing that one could look at. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** The same file, also through a link. */
export function isSameFile(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, two] = [statOf(a), statOf(b)];
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}
