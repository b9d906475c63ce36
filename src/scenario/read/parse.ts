import { type Document, isMap, LineCounter, parseDocument, visit } from "yaml";
import type { Path } from "../language/names.ts";
import type { Scenario } from "../scenario.ts";
import { applyEdits } from "./apply-edits.ts";
import { formatBytes } from "./duration.ts";
import type { Edit } from "./edit.ts";
import { hugeNumbers } from "./huge-numbers.ts";
import { InputError, type Problem, problemLine } from "./input-error.ts";
import { type Position, Positions } from "./positions.ts";
import { isComplaints, readScenario } from "./read-scenario.ts";
import { yamlProblem } from "./yaml-problem.ts";
import { phraseOf, textOf } from "./yaml-text.ts";

/** A file that is something else altogether has no end of problems. */
const PROBLEMS_MAX = 20;

/** Of a file, in characters: what is longer was not written by hand. */
const LENGTH_MAX = 1_048_576;

/**
 * Reads a scenario. `file` is the name for messages. Throws InputError with all problems that
 * were found at once: of the YAML if it is none, else of the shape, else of the meaning.
 *
 * @public
 */
export function parseScenario(source: string, file: string): Scenario {
  return parseEdited(source, file, []);
}

/** The same with changes of what the file says. Problems that they make name them in the place of the file. */
export function parseEdited(source: string, file: string, edits: readonly Edit[]): Scenario {
  if (source.length > LENGTH_MAX) {
    const text = `is too long for a scenario: ${formatBytes(LENGTH_MAX)} at most`;
    throw new InputError([{ file, line: 0, column: 0, text }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const positions = new Positions(document, lines);
  const complain = (
    found: readonly (readonly [Position, string])[],
    edited: readonly Problem[] = [],
  ): void => {
    if (found.length + edited.length === 0) return;
    const problems = [
      ...edited,
      ...found.map(([{ line, column }, text]): Problem => ({ file, line, column, text })),
    ];
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    // Two rules may object to one value in the same words.
    const distinct = problems.filter((problem, i) => {
      const before = problems[i - 1];
      return before === undefined || problemLine(before) !== problemLine(problem);
    });
    throw new InputError(distinct.slice(0, PROBLEMS_MAX), distinct.length - PROBLEMS_MAX);
  };

  const binary = source.search(BINARY);
  if (binary >= 0) complain([[positions.offset(binary), "this is a binary file, not a scenario"]]);
  const errors = document.errors.map(
    (error) => [positions.offset(error.pos[0]), yamlProblem(error)] as const,
  );
  // It may go on to complain of each bracket that is not closed.
  const deep = document.errors.findIndex(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (deep >= 0) complain(errors.slice(deep, deep + 1));
  // A key that is there twice keeps nobody from reading the rest.
  if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY")) complain(errors);
  if (isMap(document.contents)) {
    const wrong = applyEdits(document, edits);
    complain(
      [],
      wrong.map(({ edit, text }) => ofEdit(edit, text)),
    );
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    complain([[positions.offset(lostAlias(document) ?? 0), yamlProblem(error)]]);
  }
  if (value === null || value === undefined) {
    complain([
      [
        positions.offset(0),
        "the file is empty; a scenario needs name, title, teaches, steps and expect",
      ],
    ]);
  }

  const scalars = hugeNumbers(document).map(
    ({ offset, text }) => [positions.offset(offset), text] as const,
  );
  const found = [...errors, ...scalars];
  const isFound = (at: Position) =>
    found.some(([{ line, column }]) => line === at.line && column === at.column);
  const scenario = readScenario(value, {
    file,
    words: (path) => textOf(document.getIn(path, true)),
    phrase: (path) => phraseOf(document.getIn(path, true)),
    line: (path) => positions.at(path).line,
    text: () => (edits.length === 0 ? source : document.toString({ lineWidth: 0 })),
  });
  if (!isComplaints(scenario) && found.length === 0) return scenario;
  const complaints = isComplaints(scenario) ? scenario : [];
  const edited: Problem[] = [];
  const placed: (readonly [Position, string])[] = [];
  for (const { path, atKey, skip, text } of complaints) {
    const edit = edits.findLast((each) => isWithin(path, each.path));
    const { line, column } = positions.at(path, atKey);
    if (edit === undefined) placed.push([{ line, column: column + skip }, text]);
    else edited.push(ofEdit(edit, text));
  }
  complain([...found, ...placed.filter(([at]) => !isFound(at))], edited);
  throw new Error("a scenario was refused without a reason");
}

function ofEdit({ label }: Edit, text: string): Problem {
  return { file: label, line: 0, column: 0, text };
}

function isWithin(path: Path, whole: Path): boolean {
  return whole.every((part, i) => String(part) === String(path[i]));
}

/** What bytes that are no UTF-8 are read as, and control characters that YAML allows nowhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\u0000-\u0008\u000e-\u001a\ufffd]/;

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
