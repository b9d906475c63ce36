import type { Path } from "../language/names.ts";
import type { Scenario } from "../scenario.ts";
import { ClusterProblem, clusterOptions } from "./cluster-schema.ts";
import { placedIssues, plainMessage } from "./issues.ts";
import { nameProblems } from "./read-names.ts";
import { checkOrder, readStep } from "./read-step.ts";
import { scenarioSchema } from "./schema.ts";
import type { Source } from "./source.ts";

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
  if (!result.success) {
    return placedIssues(result.error.issues).map((issue) => ({ ...issue, skip: 0 }));
  }
  const input = result.data;
  const complaints: Complaint[] = [];
  const complain = (path: Path, atKey: boolean, text: string): void => {
    complaints.push({ path, atKey, skip: 0, text });
  };
  const cluster = clusterOptions(input.cluster, input.seed);
  if (cluster instanceof ClusterProblem)
    complain(["cluster", ...cluster.path], false, cluster.text);
  const steps = input.steps.map((step, i) =>
    readStep(step, i, source, (key, text) => {
      complain(key === "" ? ["steps", i] : ["steps", i, key], key !== "", text);
    }),
  );
  checkOrder(steps, input.until, (i, text) => {
    complain(i < 0 ? ["until"] : ["steps", i, "at"], false, text);
  });
  complaints.push(...nameProblems(input, source.outsiders ?? []));
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
