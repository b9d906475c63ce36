import { type Document, LineCounter, parseDocument, visit } from "yaml";
import type { Scenario } from "../scenario.ts";
import { hugeNumbers } from "./huge-numbers.ts";
import { InputError, type Problem, problemLine } from "./input-error.ts";
import { type Position, Positions } from "./positions.ts";
import { isComplaints, readScenario } from "./read-scenario.ts";
import { phraseOf, textOf } from "./yaml-text.ts";

/** A file that is something else altogether has no end of problems. */
const PROBLEMS_MAX = 20;

/**
 * Reads a scenario. `file` is the name for messages. Throws InputError with all problems that
 * were found at once: of the YAML if it is none, else of the shape, else of the meaning.
 *
 * @public
 */
export function parseScenario(source: string, file: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const positions = new Positions(document, lines);
  const complain = (found: readonly (readonly [Position, string])[]): void => {
    if (found.length === 0) return;
    const problems = found.map(
      ([{ line, column }, text]): Problem => ({ file, line, column, text }),
    );
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    // Two rules may object to one value in the same words.
    const distinct = problems.filter((problem, i) => {
      const before = problems[i - 1];
      return before === undefined || problemLine(before) !== problemLine(problem);
    });
    throw new InputError(distinct.slice(0, PROBLEMS_MAX), distinct.length - PROBLEMS_MAX);
  };

  complain(document.errors.map((error) => [positions.offset(error.pos[0]), yamlText(error)]));
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    complain([[positions.offset(lostAlias(document) ?? 0), yamlText(error)]]);
  }
  if (value === null || value === undefined) {
    complain([
      [
        positions.offset(0),
        "the file is empty; a scenario needs name, title, teaches, steps and expect",
      ],
    ]);
  }

  const huge = hugeNumbers(document).map(
    ({ offset, text }) => [positions.offset(offset), text] as const,
  );
  const isHuge = (at: Position) =>
    huge.some(([{ line, column }]) => line === at.line && column === at.column);
  const scenario = readScenario(value, {
    file,
    words: (path) => textOf(document.getIn(path, true)),
    phrase: (path) => phraseOf(document.getIn(path, true)),
    line: (path) => positions.at(path).line,
    text: () => source,
  });
  if (!isComplaints(scenario) && huge.length === 0) return scenario;
  const complaints = isComplaints(scenario) ? scenario : [];
  const placed = complaints.map(({ path, atKey, skip, text }) => {
    const { line, column } = positions.at(path, atKey);
    return [{ line, column: column + skip }, text] as const;
  });
  complain([...huge, ...placed.filter(([at]) => !isHuge(at))]);
  throw new Error("a scenario was refused without a reason");
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

function yamlText(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "DUPLICATE_KEY") return "this key is there twice";
  if (code === "MULTIPLE_DOCS")
    return "a file holds one scenario: nothing may follow a line of ---";
  const text = error instanceof Error ? error.message : String(error);
  return `this is not YAML: ${text.split("\n")[0]}`;
}
