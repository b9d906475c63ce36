import { type Document, LineCounter, parseDocument } from "yaml";
import type { Path } from "../language/names.ts";
import { hugeNumbers } from "./huge-numbers.ts";
import { InputError, type Problem } from "./input-error.ts";
import { Positions } from "./positions.ts";
import { phraseOf, textOf } from "./yaml-text.ts";

/** A file that is something else altogether has no end of problems. */
const PROBLEMS_MAX = 20;

/** What is wrong, and where in the file's data. */
export interface PlacedText {
  readonly path: Path;
  /** The problem is the key itself, not its value. */
  readonly atKey?: boolean;
  /** How many characters of the text there come before it. */
  readonly skip?: number;
  readonly text: string;
}

/** A YAML file that holds one document, and where everything in it stands. */
export class YamlFile {
  /** The name for messages. */
  readonly file: string;
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #positions: Positions;

  /** Throws InputError if the text is no YAML. */
  constructor(source: string, file: string) {
    const lines = new LineCounter();
    this.file = file;
    this.#document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
    this.#positions = new Positions(this.#document, lines);
    const refuse = (offset: number, text: string): Problem => ({
      file,
      ...this.#positions.offset(offset),
      text,
    });
    const { errors } = this.#document;
    if (errors.length > 0) {
      const problems = errors.map((error) => refuse(error.pos[0], yamlText(error)));
      throw new InputError(problems.slice(0, PROBLEMS_MAX), problems.length - PROBLEMS_MAX);
    }
    try {
      this.value = this.#document.toJS();
    } catch (error) {
      throw new InputError([refuse(0, yamlText(error))]);
    }
    const huge = hugeNumbers(this.#document);
    if (huge.length > 0) throw new InputError(huge.map(({ offset, text }) => refuse(offset, text)));
  }

  words(path: Path): string {
    return textOf(this.#document.getIn(path, true));
  }

  phrase(path: Path): string {
    return phraseOf(this.#document.getIn(path, true));
  }

  line(path: Path): number {
    return this.#positions.at(path).line;
  }

  /** All that is wrong, in the order in which it stands there. */
  error(found: readonly PlacedText[]): InputError {
    const problems = found.map(({ path, atKey = false, skip = 0, text }): Problem => {
      const { line, column } = this.#positions.at(path, atKey);
      return { file: this.file, line, column: column + skip, text };
    });
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    return new InputError(problems.slice(0, PROBLEMS_MAX), problems.length - PROBLEMS_MAX);
  }
}

function yamlText(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "DUPLICATE_KEY") return "this key is there twice";
  if (code === "MULTIPLE_DOCS") return "nothing may follow a line of ---";
  const text = error instanceof Error ? error.message : String(error);
  return `this is not YAML: ${text.split("\n")[0]}`;
}
