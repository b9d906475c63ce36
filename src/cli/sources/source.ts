import { InputError } from "../../scenario/read/input-error.ts";
import { readText } from "../files/read-file.ts";
import { reason } from "../files/reason.ts";

/** A text that a command was given. */
export interface Source {
  /** As messages name it. */
  readonly label: string;
  /** null: standard input. */
  readonly path: string | null;
  readonly text: string;
  /** Its name if it comes from the library, else null. */
  readonly library: string | null;
}

/** Throws InputError where the file can't be read. */
export function readSource(label: string, path: string, library: string | null): Source {
  try {
    return { label, path, text: readText(path), library };
  } catch (error) {
    throw InputError.plain(`${label}: ${reason(error)}`);
  }
}
