import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isFolder } from "./stat.ts";

/** Hidden files, and those that editors keep beside what they edit. */
const SKIPPED = /^\.|~$|^#.*#$|^node_modules$/;

/**
 * The files below `folder` whose name is wanted, as paths from there, a folder's in the order of their names.
 * Links to folders are not followed.
 */
export function filesBelow(folder: string, wanted: (name: string) => boolean): string[] {
  const paths: string[] = [];
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const { name } = entry;
    if (SKIPPED.test(name)) continue;
    const path = join(folder, name);
    if (entry.isDirectory()) {
      paths.push(...filesBelow(path, wanted).map((file) => join(name, file)));
    } else if (wanted(name) && !isFolder(path)) paths.push(name);
  }
  return paths;
}
