import { type Instant, SECOND } from "../../base/time.ts";
import type { Action } from "../language/actions/action.ts";
import { ACTIONS } from "../language/actions/index.ts";
import type { Step, Timing } from "../scenario.ts";
import { formatDuration } from "./duration.ts";
import { phrasesOf, type StepInput } from "./schema.ts";
import type { Source } from "./source.ts";

/** How long a `when` waits if `within` does not say. */
export const WITHIN_DEFAULT = 30 * SECOND;

/** What a step does: the word, its entry, and its argument, read. */
export interface GivenAction {
  readonly word: string;
  readonly action: Action;
  readonly argument: unknown;
}

/** There is one, or none, if the step is as it should be. */
export function actionsOf(step: StepInput): readonly GivenAction[] {
  const given: GivenAction[] = [];
  for (const [word, argument] of Object.entries(step)) {
    const action = argument === undefined ? undefined : ACTION_OF.get(word);
    if (action !== undefined) given.push({ word, action, argument });
  }
  return given;
}

const ACTION_OF: ReadonlyMap<string, Action> = new Map(Object.entries(ACTIONS));

/**
 * Step `i` as the runner takes it. `complain` takes a key of the step ("": the step as a whole) and
 * what is wrong there.
 */
export function readStep(
  input: StepInput,
  i: number,
  source: Source,
  complain: (key: string, text: string) => void,
): Step {
  const given = actionsOf(input);
  const [first, second] = given;
  if (second !== undefined) {
    complain(
      second.word,
      `a step does one thing, this one ${given.map(({ word }) => `"${word}"`).join(" and ")}`,
    );
  }
  const times = (["at", "after", "when"] as const).filter((key) => input[key] !== undefined);
  if (times.length > 1)
    complain(times[1] ?? "", `a step has one time, this one "${times.join('" and "')}"`);
  if (input.within !== undefined && input.when === undefined) {
    complain("within", "`within` limits a `when`, and this step has none");
  }
  const path = ["steps", i];
  const expect = phrasesOf(input.expect).map(([{ meaning }, at]) => ({
    text: source.phrase([...path, "expect", ...at]),
    check: meaning,
  }));
  if (first === undefined && expect.length === 0 && times.length === 0) {
    complain("", "the step does nothing: name a fault, or wait with at, after or when");
  }
  return {
    number: i + 1,
    line: source.line(path),
    timing: timingOf(input, () => source.phrase([...path, "when"])),
    text: first === undefined ? "" : `${first.word}: ${source.words([...path, first.word])}`,
    note: input.note ?? "",
    act: first === undefined ? null : (world) => first.action.run(world, first.argument),
    expect,
  };
}

function timingOf(input: StepInput, whenText: () => string): Timing {
  if (input.at !== undefined) return { kind: "at", at: input.at };
  if (input.after !== undefined) return { kind: "after", delay: input.after };
  if (input.when === undefined) return { kind: "now" };
  const within = input.within ?? WITHIN_DEFAULT;
  return { kind: "when", text: whenText(), condition: input.when.meaning, within };
}

/** Times must not go back, whatever waits take no time at all. */
export function checkOrder(
  steps: readonly StepInput[],
  until: Instant | undefined,
  complain: (step: number, text: string) => void,
): void {
  let latest = 0;
  let settling = false;
  for (const [i, step] of steps.entries()) {
    const { at, after } = step;
    if (after !== undefined) latest += after;
    if (at !== undefined) {
      const before = settling
        ? `the settling above it is over, at ${formatDuration(latest)} at the earliest`
        : "the one above it";
      if (at < latest) complain(i, `this step is due before ${before}`);
      latest = Math.max(latest, at);
    }
    for (const { action, argument } of actionsOf(step)) {
      const takes = action.takes(argument);
      settling = takes > 0;
      latest += takes;
    }
  }
  if (until === undefined || until >= latest) return;
  const last = settling
    ? `the cluster can have settled: give it until ${formatDuration(latest)}`
    : "its last step";
  complain(-1, `the run would end before ${last}`);
}
