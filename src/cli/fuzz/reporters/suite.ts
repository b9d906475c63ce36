import type { CampaignReport } from "../../../fuzz/report.ts";
import { INVARIANT_NAMES } from "../../../scenario/run/checkers.ts";
import type { Suite, SuiteProblem } from "../../reporters/suite.ts";
import { caseCommand } from "../case-command.ts";
import type { Found, Outcome } from "../outcome.ts";
import { failureLines } from "./text.ts";

/** A test case an invariant, and one for what a campaign itself may lack. */
export function suiteOf(outcome: Outcome, found: readonly Found[]): Suite {
  const { report, ran, difference, missing } = outcome;
  const { profile, seed, bugs = [] } = report.settings;
  const broken = new Map<string, SuiteProblem>();
  for (const { invariant } of report.failures) {
    if (!broken.has(invariant)) broken.set(invariant, failureOf(report, invariant, found));
  }
  const names = [...new Set([...INVARIANT_NAMES, ...broken.keys()])];
  const problems = [
    ...(difference === null
      ? []
      : [`case ${difference.case} is not deterministic: ${difference.text}`]),
    ...missing.map((text) => `missing: ${text}`),
    ...(report.ran === 0 ? ["no case was run"] : []),
  ];
  const [message] = problems;
  const campaign: SuiteProblem | null =
    message === undefined
      ? null
      : { kind: "error", type: "campaign", message, text: problems.join("\n") };
  return {
    name: `detcd fuzz ${profile}`,
    properties: { profile, seed, bugs: bugs.join(" "), cases: report.ran },
    // All invariants are held against all cases: none has a time of its own.
    cases: [
      ...names.map((name) => ({ name, ms: null, problem: broken.get(name) ?? null })),
      { name: "campaign", ms: null, problem: campaign },
    ],
    ms: ran?.ms ?? null,
  };
}

/** All cases that broke the invariant, the one that was made small in full. */
function failureOf(
  report: CampaignReport,
  invariant: string,
  found: readonly Found[],
): SuiteProblem {
  const failed = report.failures.filter((each) => each.invariant === invariant);
  const small = found.filter(({ failure }) => failure.invariant === invariant);
  const told = new Set(small.map((each) => each.case));
  const body = [
    ...small.flatMap((each) => [...failureLines(each, false), ""]),
    ...failed
      .filter((each) => !told.has(each.case))
      .map(({ case: number, text }) => `case ${number}: ${text}\n${caseCommand(report, number)}`),
  ];
  const message = small[0]?.failure.text ?? failed[0]?.text ?? invariant;
  return { kind: "failure", type: invariant, message, text: body.join("\n") };
}
