import { type Document, LineCounter, parseDocument, visit } from "yaml";
import type { Scenario } from "../scenario.ts";
import { ClusterProblem, clusterOptions } from "./cluster-schema.ts";
import { hugeNumbers } from "./huge-numbers.ts";
import { InputError, type Problem, problemLine } from "./input-error.ts";
import { placedIssues, plainMessage } from "./issues.ts";
import { type Position, Positions } from "./positions.ts";
import { nameProblems } from "./read-names.ts";
import { checkOrder, readStep } from "./read-step.ts";
import { scenarioSchema } from "./schema.ts";
import { phraseOf } from "./yaml-text.ts";

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
  const result = scenarioSchema.safeParse(value, { error: plainMessage });
  if (!result.success || huge.length > 0) {
    const isHuge = (at: Position) =>
      huge.some(([{ line, column }]) => line === at.line && column === at.column);
    const issues = placedIssues(result.error?.issues ?? [])
      .map(({ path, atKey, text }) => [positions.at(path, atKey), text] as const)
      .filter(([at]) => !isHuge(at));
    complain([...huge, ...issues]);
    throw new Error("zod refused a scenario without saying why");
  }
  const input = result.data;

  const problems: (readonly [Position, string])[] = [];
  const cluster = clusterOptions(input.cluster, input.seed);
  if (cluster instanceof ClusterProblem) {
    problems.push([positions.at(["cluster", ...cluster.path]), cluster.text]);
  }
  const steps = input.steps.map((step, i) => {
    const at = (key: string): Position => positions.at(["steps", i, key], true);
    const node = document.getIn(["steps", i], true);
    return readStep(step, i + 1, positions.at(["steps", i]).line, node, (key, text) => {
      problems.push([key === "" ? positions.at(["steps", i]) : at(key), text]);
    });
  });
  checkOrder(steps, input.until, (i, text) => {
    problems.push([i < 0 ? positions.at(["until"]) : positions.at(["steps", i, "at"]), text]);
  });
  for (const { path, atKey, skip, text } of nameProblems(input)) {
    const { line, column } = positions.at(path, atKey);
    problems.push([{ line, column: column + skip }, text]);
  }
  complain(problems);
  if (cluster instanceof ClusterProblem) throw new Error("unreachable");
  return {
    file,
    name: input.name,
    title: input.title,
    teaches: input.teaches,
    cluster,
    until: input.until ?? null,
    steps,
    expect: input.expect.map(({ meaning }, i) => ({
      text: phraseOf(document.getIn(["expect", i], true)),
      check: meaning,
    })),
    source,
  };
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
