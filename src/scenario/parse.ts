import { LineCounter, parseDocument } from "yaml";
import { type Instant, SECOND } from "../base/time.ts";
import { DEFAULT_CLUSTER } from "../sim/defaults.ts";
import { ACTIONS, type ActionName } from "./actions/index.ts";
import { ClusterProblem, clusterOptions, MEMBERS_MAX } from "./cluster-schema.ts";
import { InputError, type Problem } from "./input-error.ts";
import { placedIssues, plainMessage } from "./issues.ts";
import { memberNames } from "./member-names.ts";
import { type Position, Positions } from "./positions.ts";
import type { Scenario, Step, Timing } from "./scenario.ts";
import { type StepInput, scenarioSchema } from "./schema.ts";
import { textOf } from "./texts.ts";

/** How long a `when` waits if `within` does not say. */
export const WITHIN_DEFAULT = 30 * SECOND;

const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[];

/**
 * Reads a scenario. `file` is the name for messages. Throws InputError with all problems that
 * were found at once: of the YAML if it is none, else of the shape, else of the meaning.
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
    throw new InputError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  };

  complain(document.errors.map((error) => [positions.offset(error.pos[0]), yamlText(error)]));
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases that lead nowhere, or to too much.
    complain([[positions.offset(0), error instanceof Error ? error.message : String(error)]]);
  }
  if (value === null || value === undefined) {
    complain([
      [
        positions.offset(0),
        "the file is empty; a scenario needs name, title, teaches, steps and expect",
      ],
    ]);
  }

  const result = scenarioSchema.safeParse(value, { error: plainMessage });
  if (!result.success) {
    complain(
      placedIssues(result.error.issues).map(({ path, atKey, text }) => [
        positions.at(path, atKey),
        text,
      ]),
    );
    throw new Error("zod refused a scenario without saying why");
  }
  const input = result.data;

  const problems: (readonly [Position, string])[] = [];
  const cluster = clusterOptions(input.cluster, input.seed);
  if (cluster instanceof ClusterProblem) {
    problems.push([positions.at(["cluster", ...cluster.path]), cluster.text]);
  }
  const count = input.cluster.members ?? DEFAULT_CLUSTER.members;
  const { named, created } = memberNames(document);
  for (const { id, offset } of named) {
    if (id > count && !created.includes(id)) {
      problems.push([
        positions.offset(offset),
        `there is no m${id}: the cluster has ${count === 1 ? "m1 alone" : `m1 … m${count}`}`,
      ]);
    } else if (id > MEMBERS_MAX) {
      problems.push([positions.offset(offset), `m${id} is too many: ids go to m${MEMBERS_MAX}`]);
    }
  }
  const steps = input.steps.map((step, i) => {
    const at = (key: string): Position => positions.at(["steps", i, key], true);
    const texts = (path: readonly PropertyKey[]) =>
      textOf(document.getIn(["steps", i, ...path], true));
    return readStep(step, i + 1, positions.at(["steps", i]).line, texts, (key, text) => {
      problems.push([key === "" ? positions.at(["steps", i]) : at(key), text]);
    });
  });
  checkOrder(steps, input.until, (i, text) => {
    problems.push([i < 0 ? positions.at(["until"]) : positions.at(["steps", i, "at"]), text]);
  });
  checkNames(input.steps, (i, action, text) => {
    problems.push([positions.at(["steps", i, action, "as"]), text]);
  });
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
      text: textOf(document.getIn(["expect", i], true)),
      check: meaning,
    })),
    source,
  };
}

function readStep(
  input: StepInput,
  number: number,
  line: number,
  textAt: (path: readonly PropertyKey[]) => string,
  complain: (key: string, text: string) => void,
): Step {
  const given = ACTION_NAMES.filter((name) => argumentOf(input, name) !== undefined);
  const [name] = given;
  if (given.length > 1) {
    complain(
      given[1] ?? "",
      `a step does one thing, this one ${given.map((word) => `"${word}"`).join(" and ")}`,
    );
  }
  const times = (["at", "after", "when"] as const).filter((key) => input[key] !== undefined);
  if (times.length > 1)
    complain(times[1] ?? "", `a step has one time, this one "${times.join('" and "')}"`);
  if (input.within !== undefined && input.when === undefined) {
    complain("within", "`within` limits a `when`, and this step has none");
  }
  const expect = (input.expect ?? []).map(({ meaning }, i, all) => ({
    text: textAt(all.length === 1 && textAt(["expect", 0]) === "" ? ["expect"] : ["expect", i]),
    check: meaning,
  }));
  if (name === undefined && expect.length === 0 && times.length === 0) {
    complain("", "the step does nothing: name a fault, or wait with at, after or when");
  }
  const argument = name === undefined ? undefined : argumentOf(input, name);
  return {
    number,
    line,
    timing: timingOf(input, textAt(["when"])),
    text: name === undefined ? "" : `${name}: ${textAt([name])}`,
    act: name === undefined ? null : (world) => ACTIONS[name].run(world, argument),
    expect,
  };
}

function argumentOf(step: StepInput, name: ActionName): unknown {
  return (step as Readonly<Record<string, unknown>>)[name];
}

function timingOf(input: StepInput, whenText: string): Timing {
  if (input.at !== undefined) return { kind: "at", at: input.at };
  if (input.after !== undefined) return { kind: "after", delay: input.after };
  if (input.when === undefined) return { kind: "now" };
  const within = input.within ?? WITHIN_DEFAULT;
  return { kind: "when", text: whenText, condition: input.when.meaning, within };
}

/** Times must not go back. */
function checkOrder(
  steps: readonly Step[],
  until: Instant | undefined,
  complain: (step: number, text: string) => void,
): void {
  let latest = 0;
  for (const [i, { timing }] of steps.entries()) {
    if (timing.kind === "after") latest += timing.delay;
    if (timing.kind !== "at") continue;
    if (timing.at < latest) complain(i, "this step is due before the one above it");
    latest = Math.max(latest, timing.at);
  }
  if (until !== undefined && until < latest) complain(-1, "the run would end before its last step");
}

/** Two operations of one name could not be told apart. */
function checkNames(
  steps: readonly StepInput[],
  complain: (step: number, action: string, text: string) => void,
): void {
  const seen = new Map<string, number>();
  for (const [i, step] of steps.entries()) {
    for (const action of ["put", "get", "delete"] as const) {
      const input = argumentOf(step, action);
      if (typeof input !== "object" || input === null || !("as" in input)) continue;
      const name = input.as;
      if (typeof name !== "string") continue;
      const before = seen.get(name);
      if (before !== undefined)
        complain(i, action, `step ${before + 1} has an operation "${name}" already`);
      seen.set(name, i);
    }
  }
}

function yamlText(error: { code: string; message: string }): string {
  if (error.code === "DUPLICATE_KEY") return "this key is there twice";
  return `this is not YAML: ${error.message.split("\n")[0]}`;
}
