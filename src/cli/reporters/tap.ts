import { stringify } from "yaml";
import { terminalText } from "../../base/terminal-text.ts";
import type { Suite, SuiteCase } from "./suite.ts";

/** The Test Anything Protocol, version 14: a line a test case, and a YAML block of what is wrong with it. */
export function tapText({ cases }: Suite): string {
  const lines = cases.flatMap((each, i) => caseLines(each, i + 1));
  return ["TAP version 14", `1..${cases.length}`, ...lines, ""].join("\n");
}

function caseLines({ name, ms, problem }: SuiteCase, number: number): string[] {
  const head = `${problem === null ? "ok" : "not ok"} ${number} - ${description(name)}`;
  const told = {
    ...(problem === null
      ? {}
      : { severity: problem.kind, type: problem.type, message: problem.message }),
    ...(ms === null ? {} : { duration_ms: ms }),
    ...(problem === null ? {} : { text: problem.text }),
  };
  if (Object.keys(told).length === 0) return [head];
  const block = stringify(told, { lineWidth: 0 }).trimEnd().split("\n");
  return [head, "  ---", ...block.map((line) => (line === "" ? "" : `  ${line}`)), "  ..."];
}

/** One line, in which nothing is taken for a directive (`# SKIP`). */
function description(text: string): string {
  return terminalText(text).replace(/[\\#]/g, (char) => `\\${char}`);
}
