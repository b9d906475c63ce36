import { basename, extname } from "node:path";
import { terminalText } from "../../base/terminal-text.ts";
import { NAME_PATTERN } from "../../scenario/read/schema.ts";
import { isRecorded } from "../sources/recorded-mark.ts";
import type { Planned } from "./planned.ts";

/**
 * What is to be said of a scenario that is not called as its file is, as after a copy; null: nothing, as where
 * no scenario can be called so. Failures that detcd wrote down are called after more than the name.
 */
export function otherName({
  source: { label, path, text },
  scenario: { name },
}: Pick<Planned, "source" | "scenario">): string | null {
  if (path === null || isRecorded(text)) return null;
  const file = basename(path, extname(path));
  if (name === file || !new RegExp(NAME_PATTERN).test(file)) return null;
  const quoted =
    /^[a-z]/.test(file) && !/^(?:true|false|null|yes|no|on|off)$/.test(file) ? file : `"${file}"`;
  return terminalText(
    `${label}: the scenario is called "${name}", not "${file}" as its file: its failures are saved under that ` +
      `name; write \`name: ${quoted}\` if it is another one`,
  );
}
