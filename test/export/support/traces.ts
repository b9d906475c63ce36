import type { FormatName } from "../../../src/export/catalogue.ts";
import { WRITERS } from "../../../src/export/formats.ts";
import type { FormatOptions } from "../../../src/export/options.ts";
import type { Recorded } from "./runs.ts";

/** The text of an export, and what it said of itself. */
export function written(
  format: FormatName,
  run: Recorded,
  options: FormatOptions = {},
): { readonly text: string; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const pieces = [...WRITERS[format](run, options, (note) => notes.push(note))];
  return { text: pieces.join(""), notes };
}
