import { expect, test } from "vitest";
import { action } from "../../../src/scenario/language/actions/action.ts";
import { ACTIONS } from "../../../src/scenario/language/actions/index.ts";
import { condition, whenever } from "../../../src/scenario/language/conditions/condition.ts";
import {
  CONDITION_KEYS,
  CONDITION_SENTENCES,
} from "../../../src/scenario/language/conditions/index.ts";
import { expectation } from "../../../src/scenario/language/expectations/finding.ts";
import {
  EXPECTATION_KEYS,
  EXPECTATION_SENTENCES,
} from "../../../src/scenario/language/expectations/index.ts";
import { type NamesOf, noNames } from "../../../src/scenario/language/names.ts";
import { oneTable } from "../../../src/scenario/language/one-table.ts";
import { flag } from "../../../src/scenario/read/scalars.ts";
import { stepSchema } from "../../../src/scenario/read/schema.ts";

test("tables with a word in common can't be one", () => {
  expect(oneTable({ crash: 1 }, { pause: 2 }, { heal: 3 })).toEqual({
    crash: 1,
    pause: 2,
    heal: 3,
  });
  expect(() => oneTable({ crash: 1 }, { pause: 2 }, { crash: 3 })).toThrow(
    'the word "crash" stands in two tables',
  );
});

test("no action is called as what every step may have", () => {
  const about = ["at", "after", "when", "within", "note", "expect"];
  expect(Object.keys(stepSchema.shape)).toEqual([...about, ...Object.keys(ACTIONS)]);
});

test.each([
  ["condition", CONDITION_SENTENCES, CONDITION_KEYS],
  ["expectation", EXPECTATION_SENTENCES, EXPECTATION_KEYS],
] as const)("no %s is there twice", (_, sentences, keys) => {
  const all = [...sentences.map(({ template }) => template), ...Object.keys(keys)];
  expect(all.filter((words, i) => all.indexOf(words) < i)).toEqual([]);
});

/** These are compiled with the tests: a line that is no error any more is one. */
test("a word that does not say which names it refers to does not compile", () => {
  // @ts-expect-error
  action("does nothing", flag, () => undefined);
  // @ts-expect-error
  condition("always holds", flag, () => whenever(() => true));
  // @ts-expect-error
  expectation("always holds", flag, () => () => ({ ok: true, found: "" }));
  const lease: NamesOf<string> = (names, input) => names.refer("lease", input);
  // @ts-expect-error: a flag is no name
  action("does nothing", flag, lease, () => undefined);
  expect(action("does nothing", flag, noNames, () => undefined).about).toBe("does nothing");
});
