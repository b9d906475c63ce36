import { DEFAULT_CLUSTER } from "../../sim/defaults.ts";
import { type NameProblem, Names, type Path } from "../language/names.ts";
import { actionsOf } from "./read-step.ts";
import { type PhraseInput, phrasesOf, type ScenarioInput } from "./schema.ts";
import { isSureOf, type Remainder } from "./what-is-left.ts";

/**
 * The names in a scenario that mean nothing: leases that nobody grants, operations that nobody asks for
 * (yet), members that there are not, and so on; and those that mean two things. `outsiders` ask for what
 * they like: nobody knows which keys they write. What of the scenario could not be read (`left`) may give
 * any name that stands in it.
 */
export function nameProblems(
  input: ScenarioInput,
  outsiders: readonly number[],
  left: Remainder | null,
): readonly NameProblem[] {
  const members = input.cluster.members ?? DEFAULT_CLUSTER.members;
  // Once to learn what there is at all, and once to see what is there in time.
  const whole = new Names(members, null);
  readNames(input, whole);
  const names = new Names(members, whole);
  const unread = [...(left?.unread.values() ?? [])].flat();
  const areMembersKnown = left === null || isSureOf(left, ["members"]);
  for (const each of [whole, names]) each.leftUnread(unread, !areMembersKnown);
  for (const client of outsiders) whole.give("client", String(client));
  if (outsiders.length > 0) names.giveKeys("*");
  readNames(input, names);
  return names.problems;
}

function readNames({ steps, expect }: ScenarioInput, names: Names): void {
  const read = (phrase: PhraseInput, number: number, path: Path): void => {
    names.enter(number, [...path, ...phrase.path]);
    phrase.names(names);
  };
  for (const [i, step] of steps.entries()) {
    const path = ["steps", i];
    if (step.when !== undefined) read(step.when, i + 1, [...path, "when"]);
    for (const { word, action, argument } of actionsOf(step)) {
      names.enter(i + 1, [...path, word]);
      action.names(names, argument);
    }
    for (const [phrase, at] of phrasesOf(step.expect)) {
      read(phrase, i + 1, [...path, "expect", ...at]);
    }
  }
  for (const [i, phrase] of expect.entries()) read(phrase, steps.length, ["expect", i]);
}
