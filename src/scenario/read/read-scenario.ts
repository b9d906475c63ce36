import type { Path } from "../language/names.ts";
import type { Scenario } from "../scenario.ts";
import { ClusterProblem, clusterOptions } from "./cluster-schema.ts";
import { placedIssues, plainMessage } from "./issues.ts";
import { nameProblems } from "./read-names.ts";
import { checkOrder, readStep } from "./read-step.ts";
import { type ScenarioInput, scenarioSchema } from "./schema.ts";
import type { Source } from "./source.ts";
import { isInUnread, isSureOf, type Remainder, whatIsLeft } from "./what-is-left.ts";

/** What is wrong with a scenario, and where in its data. */
export interface Complaint {
  readonly path: Path;
  /** The problem is the key itself, not its value. */
  readonly atKey: boolean;
  /** How many characters of the text there come before it. */
  readonly skip: number;
  readonly text: string;
}

/** The scenario that the data mean, or all that is wrong with them. */
export function readScenario(value: unknown, source: Source): Scenario | readonly Complaint[] {
  const result = scenarioSchema.safeParse(value, { error: plainMessage });
  if (result.success) return readMeaning(result.data, source, null);
  const issues = placedIssues(result.error.issues);
  const shape = issues.map((issue) => ({ ...issue, skip: 0 }));
  // What can be read is read as well, so that everything is told at once.
  const left = whatIsLeft(value, issues);
  const rest = left === null ? null : scenarioSchema.safeParse(left.data, { error: plainMessage });
  if (left === null || rest?.data === undefined) return shape;
  const meaning = readMeaning(rest.data, source, left);
  return [...shape, ...(isComplaints(meaning) ? meaning : [])];
}

/** @param left what could not be read, and is not to be missed in the rest; null: nothing */
function readMeaning(
  input: ScenarioInput,
  source: Source,
  left: Remainder | null,
): Scenario | readonly Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (path: Path, atKey: boolean, text: string): void => {
    // A step without its wrong key may well do nothing, or have no time.
    if (left !== null && isInUnread(path, left)) return;
    complaints.push({ path, atKey, skip: 0, text });
  };
  const cluster = clusterOptions(input.cluster, input.seed);
  const isSure = left === null || isSureOf(left, ["tick", "election", "heartbeat"]);
  if (cluster instanceof ClusterProblem && isSure) {
    complain(["cluster", ...cluster.path], false, cluster.text);
  }
  const steps = input.steps.map((step, i) =>
    readStep(step, i, source, (key, text) => {
      complain(key === "" ? ["steps", i] : ["steps", i, key], key !== "", text);
    }),
  );
  checkOrder(input.steps, input.until, (i, text) => {
    complain(i < 0 ? ["until"] : ["steps", i, "at"], false, text);
  });
  if (input.steps.length === 0 && input.until === undefined && source.outsiders === undefined) {
    complain(["steps"], false, "nothing happens in this scenario: give it steps, or an `until`");
  }
  complaints.push(...nameProblems(input, source.outsiders ?? [], left));
  if (complaints.length > 0 || cluster instanceof ClusterProblem) return complaints;
  return {
    file: source.file,
    name: input.name,
    title: input.title,
    teaches: input.teaches,
    cluster,
    impossible: input.impossible,
    until: input.until ?? null,
    steps,
    expect: input.expect.map(({ meaning }, i) => ({
      text: source.phrase(["expect", i]),
      check: meaning,
    })),
    get source() {
      return source.text();
    },
  };
}

export function isComplaints(read: Scenario | readonly Complaint[]): read is readonly Complaint[] {
  return Array.isArray(read);
}
