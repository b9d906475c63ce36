import { InputError } from "../../scenario/read/input-error.ts";
import { readText } from "../files/read-file.ts";
import { firstPiece } from "../files/read-pieces.ts";
import { reason } from "../files/reason.ts";
import { statOf } from "../files/stat.ts";

/** A text that a command was given. */
export interface Source {
  /** As messages name it. */
  readonly label: string;
  /** null: standard input. */
  readonly path: string | null;
  /** Of a trace in a file only the beginning, since it may be longer than a text can be. */
  readonly text: string;
  readonly isWhole: boolean;
  /** Its name if it comes from the library, else null. */
  readonly library: string | null;
}

/** A trace, whatever its file is called: its first line says so. */
export function isTrace({ label, text }: Pick<Source, "label" | "text">): boolean {
  return label.endsWith(".ndjson") || text.startsWith('{"detcd"');
}

/** Throws InputError where the file can't be read. */
export function readSource(label: string, path: string, library: string | null): Source {
  try {
    const beginning = statOf(path)?.isFile() === true ? firstPiece(path) : "";
    if (beginning !== "" && isTrace({ label, text: beginning })) {
      return { label, path, text: beginning, isWhole: false, library };
    }
    return { label, path, text: readText(path), isWhole: true, library };
  } catch (error) {
    throw InputError.plain(`${label}: ${reason(error)}`);
  }
}
