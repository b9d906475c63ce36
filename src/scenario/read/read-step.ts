import { isMap, isSeq } from "yaml";
import { type Instant, SECOND } from "../../base/time.ts";
import { ACTIONS, type ActionName } from "../language/actions/index.ts";
import type { Step, Timing } from "../scenario.ts";
import type { StepInput } from "./schema.ts";
import { phraseOf, textOf } from "./yaml-text.ts";

/** How long a `when` waits if `within` does not say. */
export const WITHIN_DEFAULT = 30 * SECOND;

const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[];

/**
 * A step as the runner takes it. `node` is its YAML, for its texts; `complain` takes a key of the
 * step ("": the step as a whole) and what is wrong there.
 */
export function readStep(
  input: StepInput,
  number: number,
  line: number,
  node: unknown,
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
  const child = (key: string): unknown => (isMap(node) ? node.get(key, true) : null);
  const expected = child("expect");
  const expect = (input.expect ?? []).map(({ meaning }, i) => ({
    text: phraseOf(isSeq(expected) ? expected.items[i] : expected),
    check: meaning,
  }));
  if (name === undefined && expect.length === 0 && times.length === 0) {
    complain("", "the step does nothing: name a fault, or wait with at, after or when");
  }
  const argument = name === undefined ? undefined : argumentOf(input, name);
  return {
    number,
    line,
    timing: timingOf(input, phraseOf(child("when"))),
    text: name === undefined ? "" : `${name}: ${textOf(child(name))}`,
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
export function checkOrder(
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

/** Two things of one name could not be told apart. */
export function checkNames(
  steps: readonly StepInput[],
  complain: (step: number, action: string, text: string) => void,
): void {
  const seen = new Map<string, number>();
  for (const [i, step] of steps.entries()) {
    for (const action of ACTION_NAMES) {
      const input = argumentOf(step, action);
      if (typeof input !== "object" || input === null || !("as" in input)) continue;
      const name = input.as;
      if (typeof name !== "string") continue;
      const before = seen.get(name);
      if (before !== undefined)
        complain(i, action, `step ${before + 1} has something called "${name}" already`);
      seen.set(name, i);
    }
  }
}
