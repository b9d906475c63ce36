import { z } from "zod";
import { ACTIONS } from "../language/actions/index.ts";
import type { ConditionKey } from "../language/conditions/condition.ts";
import { CONDITION_KEYS, CONDITION_SENTENCES } from "../language/conditions/index.ts";
import {
  type Check,
  EXPECTATION_KEYS,
  EXPECTATION_SENTENCES,
  type ExpectationKey,
} from "../language/expectations/index.ts";
import { matchSentence, type Sentence, sentencePattern } from "../language/match-sentence.ts";
import { referToMemberIn } from "../language/member-names.ts";
import type { Names, Path } from "../language/names.ts";
import { clusterSchema } from "./cluster-schema.ts";
import { duration, expected, instant, integer, record, text } from "./scalars.ts";

/** The schemas of a table of keys, each optional. */
function optionalKeys(table: Readonly<Record<string, { about: string; schema: z.ZodType }>>) {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, { about, schema }] of Object.entries(table)) {
    shape[name] = schema.optional().describe(about);
  }
  return shape;
}

/** A condition or an expectation, read. */
export interface PhraseInput<T = unknown> {
  readonly meaning: T;
  readonly names: (names: Names) => void;
  /** Where its argument stands in it. */
  readonly path: Path;
}

function sentenceSchema<T>(
  noun: string,
  sentences: readonly Sentence<T>[],
  keys: Readonly<Record<string, unknown>>,
) {
  const fixed = sentences.filter(({ template }) => !template.includes("<"));
  const open = sentences.filter(({ template }) => template.includes("<"));
  return z
    .string()
    .meta({
      anyOf: [
        { enum: fixed.map(({ template }) => template) },
        ...open.map(({ template, about }) => ({
          pattern: sentencePattern(template),
          description: about === "" ? template : about,
        })),
      ],
    })
    .transform((input, context): PhraseInput<T> => {
      const said = Object.hasOwn(keys, input)
        ? { error: `"${input}" needs an argument: write {${input}: …}` }
        : matchSentence(input, sentences, noun);
      if (!("error" in said)) {
        const { meaning, gaps } = said;
        return { meaning, names: (names) => referToMemberIn(names, input, gaps.member), path: [] };
      }
      context.issues.push({ code: "custom", message: said.error, input });
      return z.NEVER;
    });
}

/** A word that takes an argument. */
interface KeyEntry {
  readonly about: string;
  readonly schema: z.ZodType;
  names(names: Names, argument: unknown): void;
}

/** A sentence, or a map of one known key. */
function sentenceOrKey<T, E extends KeyEntry>(
  noun: string,
  sentences: readonly Sentence<T>[],
  keys: Readonly<Record<string, E>>,
  meaningOf: (entry: E, argument: unknown) => T,
) {
  const bare = (key: string) =>
    sentences.some(({ template }) => template === key) ? `"${key}" takes no argument` : null;
  const keyed = record(noun, optionalKeys(keys), bare).transform(
    (input, context): PhraseInput<T> => {
      const given = Object.entries(keys).filter(([key]) => input[key] !== undefined);
      const [first] = given;
      // An unknown key is reported already; that no known one is there would say it twice.
      if (first === undefined && context.issues.length > 0) return z.NEVER;
      if (first === undefined || given.length > 1) {
        const message = `expected one ${noun}, found ${given.length === 0 ? "none" : given.map(([name]) => `"${name}"`).join(" and ")}`;
        context.issues.push({ code: "custom", message, input });
        return z.NEVER;
      }
      const [key, entry] = first;
      const argument = input[key];
      const meaning = meaningOf(entry, argument);
      return { meaning, names: (names) => entry.names(names, argument), path: [key] };
    },
  );
  return z.union([sentenceSchema(noun, sentences, keys), keyed], {
    error: (issue) => expected(`a ${noun} in words or {name: …}`, issue.input),
  });
}

export const conditionSchema = sentenceOrKey(
  "condition",
  CONDITION_SENTENCES,
  CONDITION_KEYS as Readonly<Record<string, ConditionKey>>,
  (entry, argument) => entry.make(argument),
).meta({ id: "condition" });

export const expectationSchema = sentenceOrKey(
  "expectation",
  EXPECTATION_SENTENCES,
  EXPECTATION_KEYS as Readonly<Record<string, ExpectationKey>>,
  (entry, argument) => entry.check(argument),
).meta({ id: "expectation" });

const expectations = z.union([expectationSchema, z.array(expectationSchema)], {
  error: (issue) => expected("an expectation, or a list of them", issue.input),
});

/** When a step comes. None of the three: right after the step before it. */
const timing = {
  at: instant.optional().describe("At this time of the run."),
  after: duration.optional().describe("So long after the step before."),
  when: conditionSchema.optional().describe("As soon as this holds."),
  within: duration.optional().describe("How long `when` waits before the scenario fails; 30s."),
};

const plainStep = {
  ...timing,
  note: text.optional().describe("For the reader."),
  expect: expectations.optional().describe("What must hold at this moment."),
};

export const stepSchema = record("fault", {
  ...plainStep,
  ...optionalKeys(ACTIONS),
}).meta({ id: "step" });

export const NAME_PATTERN = "^[a-z0-9][a-z0-9-]*$";

const STEPS_MAX = 10_000;

export const scenarioSchema = record("key", {
  name: text
    .regex(new RegExp(NAME_PATTERN), "a name is made of small letters, digits and dashes")
    .describe("The file's name without .yaml."),
  title: text.describe("One line: what happens."),
  teaches: text.describe("What happens, why, and what to look for."),
  seed: integer(0).default(1).describe("All chance of the run comes from it."),
  cluster: clusterSchema.prefault({}),
  impossible: z
    .enum(["fail", "skip"], { error: (issue) => expected("fail or skip", issue.input) })
    .default("fail")
    .describe(
      "What comes of steps that are impossible when their turn comes: there is no leader to crash.",
    ),
  until: instant
    .optional()
    .describe("When the run ends and is judged; one second after the last step by default."),
  steps: z
    .array(stepSchema, { error: (issue) => expected("a list of steps", issue.input) })
    .max(STEPS_MAX, `a scenario has at most ${STEPS_MAX} steps`),
  expect: z
    .array(expectationSchema, { error: (issue) => expected("a list of expectations", issue.input) })
    .min(1, "a scenario without expectations shows nothing"),
});

export type ScenarioInput = z.output<typeof scenarioSchema>;
export type StepInput = ScenarioInput["steps"][number];

/** A step's expectations, and where each stands. */
export function phrasesOf(
  expect: StepInput["expect"],
): readonly (readonly [phrase: PhraseInput<Check>, at: Path])[] {
  if (expect === undefined) return [];
  return Array.isArray(expect) ? expect.map((phrase, i) => [phrase, [i]]) : [[expect, []]];
}

/** The schema for editors: `# yaml-language-server: $schema=./scenario.schema.json`. */
export function scenarioJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(scenarioSchema, { io: "input" });
  return `${JSON.stringify({ $schema, title: "A detcd scenario", ...rest }, null, 2)}\n`;
}
