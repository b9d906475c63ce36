import type { MemberView } from "../../sim/view.ts";

/**
 * One expectation of a scenario, and what became of it.
 *
 * @public
 */
export interface ExpectationReport {
  /** As the scenario says it. */
  readonly text: string;
  readonly ok: boolean;
  /** In one line, what was seen. */
  readonly found: string;
  /** The step that expected it; null: the end of the run. */
  readonly step: number | null;
}

/**
 * A member at the end of a run.
 *
 * @public
 */
export interface MemberReport {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly role: string;
  readonly term: number;
  /** The name of the leader that it follows, or is; null: it knows of none. */
  readonly lead: string | null;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly revision: number;
  readonly stateHash: string;
  readonly refusal: string;
}

/**
 * What is to be said of a run: its expectations held; one did not, or something else was violated; or it was
 * stopped before the end, so that nobody knows.
 *
 * @public
 */
export type Verdict = "held" | "failed" | "stopped";

/**
 * What a run came to; plain data, the same for the same scenario and seed wherever it runs.
 *
 * @public
 */
export interface ScenarioReport {
  /** The run was judged, and held. */
  readonly ok: boolean;
  readonly verdict: Verdict;
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  /** Events of the simulator's queue that were executed. */
  readonly events: number;
  /** What they left in the trace, where each has its number; 0 if no digests were taken. */
  readonly traceEvents: number;
  readonly virtualMs: number;
  readonly traceDigest: string;
  readonly stateDigest: string;
  /** The run was stopped before its end, which was not judged. */
  readonly stopped: boolean;
  readonly expectations: readonly ExpectationReport[];
  /** What the checkers found, expected or not. */
  readonly violations: readonly string[];
  /** Crashes that the scenario planned (crash-at), and that never came about. */
  readonly unreached: readonly string[];
  /** The step at which the scenario could not go on. */
  readonly failure: { readonly step: number; readonly line: number; readonly text: string } | null;
  readonly members: readonly MemberReport[];
}

/** The violations that no expectation of the run asked for (`violated: linearizable`). */
export function unexpected(
  expectations: readonly ExpectationReport[],
  violations: readonly string[],
): string[] {
  const expected = expectations.flatMap(({ text, ok }) =>
    ok && text.startsWith(VIOLATED) ? [text.slice(VIOLATED.length)] : [],
  );
  return violations.filter(
    (violation) => !expected.some((name) => violation.startsWith(`${name}:`)),
  );
}

/** Of those the ones that no failed expectation has told already, as `nothing is violated` tells the first. */
export function untold({
  expectations,
  violations,
}: Pick<ScenarioReport, "expectations" | "violations">): string[] {
  const told = expectations.filter(({ ok }) => !ok).map(({ found }) => found);
  return unexpected(expectations, violations).filter((text) => !told.includes(text));
}

/** How the text of an expectation of a violation begins. */
const VIOLATED = "violated: ";

export function memberReport(view: MemberView): MemberReport {
  const { id, status, role, term, lead, commit, applied, lastIndex, revision } = view;
  const { stateHash, refusal } = view;
  return {
    id,
    name: `m${id}`,
    status,
    role,
    term,
    lead: lead === 0 ? null : `m${lead}`,
    commit,
    applied,
    lastIndex,
    revision,
    stateHash,
    refusal,
  };
}
