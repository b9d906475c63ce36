import { type Document, isMap, LineCounter, parseDocument, visit } from "yaml";
import type { Path } from "../language/names.ts";
import { applyEdits } from "./apply-edits.ts";
import type { Edit } from "./edit.ts";
import { hugeNumbers } from "./huge-numbers.ts";
import { InputError, type Problem, problemLine } from "./input-error.ts";
import { Positions } from "./positions.ts";
import { yamlProblem } from "./yaml-problem.ts";
import { phraseOf, textOf } from "./yaml-text.ts";

/** A file that is something else altogether has no end of problems. */
const PROBLEMS_MAX = 20;

/** What bytes that are no UTF-8 are read as, and control characters that YAML allows nowhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\u0000-\u0008\u000e-\u001a\ufffd]/;

/** What is wrong, and where in the file's data. */
export interface PlacedText {
  readonly path: Path;
  /** The problem is the key itself, not its value. */
  readonly atKey?: boolean;
  /** How many characters of the text there come before it. */
  readonly skip?: number;
  readonly text: string;
}

/**
 * A YAML file that holds one document, and where everything in it stands. What is wrong with it and keeps
 * nobody from reading on (a key that is there twice, a number that is not exact) is told with what else is
 * found: see {@link YamlFile.refusal}.
 */
export class YamlFile {
  /** The name for messages. */
  readonly file: string;
  readonly value: unknown;
  readonly #source: string;
  readonly #edits: readonly Edit[];
  readonly #document: Document.Parsed;
  readonly #positions: Positions;
  readonly #found: readonly Problem[];

  /** With changes of what the file says. Throws InputError if the text is no YAML. */
  constructor(source: string, file: string, edits: readonly Edit[] = []) {
    const lines = new LineCounter();
    this.file = file;
    this.#source = source;
    this.#edits = edits;
    this.#document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
    this.#positions = new Positions(this.#document, lines);
    const at = (offset: number, text: string): Problem => ({
      file,
      ...this.#positions.offset(offset),
      text,
    });
    const binary = source.search(BINARY);
    if (binary >= 0) throw refusal([at(binary, "this is a binary file, not a text")]);
    const { errors } = this.#document;
    const problems = errors.map((error) => at(error.pos[0], yamlProblem(error)));
    // It may go on to complain of each bracket that is not closed.
    const deep = errors.findIndex(({ code }) => code === "RESOURCE_EXHAUSTION");
    if (deep >= 0) throw refusal(problems.slice(deep, deep + 1));
    // A key that is there twice keeps nobody from reading the rest.
    if (errors.some(({ code }) => code !== "DUPLICATE_KEY")) throw refusal(problems);
    this.#edit();
    try {
      this.value = this.#document.toJS();
    } catch (error) {
      throw refusal([at(lostAlias(this.#document) ?? 0, yamlProblem(error))]);
    }
    const huge = hugeNumbers(this.#document).map(({ offset, text }) => at(offset, text));
    this.#found = [...problems, ...huge];
  }

  /** The text that says the same as what was read. */
  get text(): string {
    return this.#edits.length === 0 ? this.#source : this.#document.toString({ lineWidth: 0 });
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

  /** All that is wrong, in the order in which it stands there; null: nothing is. */
  refusal(wrong: readonly PlacedText[]): InputError | null {
    const edited: Problem[] = [];
    const placed: Problem[] = [];
    for (const { path, atKey = false, skip = 0, text } of wrong) {
      const edit = this.#edits.findLast((each) => isWithin(path, each.path));
      const { line, column } = this.#positions.at(path, atKey);
      if (edit === undefined) placed.push({ file: this.file, line, column: column + skip, text });
      else edited.push(ofEdit(edit, text));
    }
    const isFound = ({ line, column }: Problem): boolean =>
      this.#found.some((known) => known.line === line && known.column === column);
    const all = [...edited, ...this.#found, ...placed.filter((problem) => !isFound(problem))];
    return all.length === 0 ? null : refusal(all);
  }

  /** The same where something is: `wrong` is not empty. */
  error(wrong: readonly PlacedText[]): InputError {
    return this.refusal(wrong) ?? refusal([]);
  }

  #edit(): void {
    if (!isMap(this.#document.contents)) return;
    const wrong = applyEdits(this.#document, this.#edits);
    if (wrong.length > 0) throw refusal(wrong.map(({ edit, text }) => ofEdit(edit, text)));
  }
}

function refusal(problems: readonly Problem[]): InputError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  // Two rules may object to one value in the same words.
  const distinct = sorted.filter((problem, i) => {
    const before = sorted[i - 1];
    return before === undefined || problemLine(before) !== problemLine(problem);
  });
  return new InputError(distinct.slice(0, PROBLEMS_MAX), distinct.length - PROBLEMS_MAX);
}

/** Problems that a change makes name it in the place of the file. */
function ofEdit({ label }: Edit, text: string): Problem {
  return { file: label, line: 0, column: 0, text };
}

function isWithin(path: Path, whole: Path): boolean {
  return whole.every((part, i) => String(part) === String(path[i]));
}

/** Where the first alias stands that names nothing above it. */
function lostAlias(document: Document.Parsed): number | undefined {
  const anchors = new Set<string>();
  let lost: number | undefined;
  visit(document, {
    Node(_, node) {
      if ("anchor" in node && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return undefined;
      lost = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return lost;
}
