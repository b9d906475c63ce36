import { z } from "zod";
import { clusterSchema } from "../../scenario/read/cluster-schema.ts";
import { duration, expected, integer, parsed, record, text } from "../../scenario/read/scalars.ts";
import {
  expectationSchema,
  NAME_PATTERN,
  scenarioSchema,
  stepSchema,
} from "../../scenario/read/schema.ts";
import { parseExpression } from "../run/expressions.ts";
import { parseMoment } from "../run/moment.ts";

/** A text, or the same text in several languages. */
const words = z
  .union(
    [
      text.min(1, "a text says something"),
      z
        .record(text, text.min(1, "a text says something"))
        .refine((texts) => Object.keys(texts).length > 0, { error: "a text in no language" }),
    ],
    { error: (issue) => expected("a text, or {en: …, zh: …}", issue.input) },
  )
  .meta({ id: "words" });

const moment = parsed("a moment such as 1.5s, election 2 or step 3 + 20ms", parseMoment);
const answer = z.union([z.string(), z.number(), z.boolean()], {
  error: (issue) => expected("an answer such as m2, 3 or yes", issue.input),
});

const about = z.union(
  [
    z.string().transform((said, context) => {
      const expression = parseExpression(said);
      if (typeof expression !== "string") return expression;
      const expectation = expectationSchema.safeParse(said);
      if (expectation.success) return null;
      context.issues.push({ code: "custom", message: expression, input: said });
      return z.NEVER;
    }),
    // Only of a map: what is wrong with a sentence was said above.
    z
      .record(text, z.unknown())
      .pipe(expectationSchema as unknown as z.ZodType<unknown, Record<string, unknown>>)
      .transform(() => null),
  ],
  { error: (issue) => expected("what is asked about, such as `leader`", issue.input) },
);

const expectations = z.union([expectationSchema, z.array(expectationSchema).min(1)], {
  error: (issue) => expected("an expectation, or a list of them", issue.input),
});

const choice = z.union(
  [
    answer,
    record("key of a choice", {
      say: words.describe("What the learner reads."),
      is: answer.optional().describe("Of a question: right if the answer is this."),
      if: expectationSchema.optional().describe("Of a question: right if this holds."),
      do: z
        .union([stepSchema, z.array(stepSchema).min(1, "an empty list does nothing")])
        .optional()
        .describe(
          "Of a break: a step of a scenario, or several; `after` counts from the one before.",
        ),
      with: clusterSchema
        .optional()
        .describe("Of a break: the whole run again in another cluster, e.g. {pre-vote: false}."),
      from: moment
        .optional()
        .describe(
          "Of a break with another cluster: what is watched begins here; at the page's time.",
        ),
      for: duration.optional().describe("Of a break: how long it is watched; 5s."),
      expect: expectations.optional().describe("Of a break: what then holds."),
      why: words.optional().describe("Of a break: what was to be seen, and why."),
    }),
  ],
  { error: (issue) => expected("a choice", issue.input) },
);

const pageSchema = record("key of a page", {
  say: words.optional().describe("A page of text."),
  show: words.optional().describe("The live run, and what to look for in it."),
  ask: words.optional().describe("A question whose answer the run gives."),
  break: words.optional().describe("What the learner may do to the run."),
  summary: words.optional().describe("What was learnt; the last page."),
  from: moment.optional().describe("Of show: where it begins; where the page before ended."),
  to: moment.optional().describe("Of show: where it ends."),
  see: moment.optional().describe("Of ask: what is seen while it is asked."),
  at: moment.optional().describe("Of ask: the moment asked about. Of break: when it is done."),
  about: about.optional().describe("Of ask: what is asked, such as `leader` or `votes of m2`."),
  choices: z
    .array(choice, { error: (issue) => expected("a list of choices", issue.input) })
    .max(9, "there are nine number keys")
    .optional(),
  why: words.optional().describe("Of ask: why it is so."),
  sources: z
    .array(
      z.union([text, record("key of a source", { say: words, url: text.optional() })], {
        error: (issue) => expected("a source", issue.input),
      }),
    )
    .optional()
    .describe("Of summary: where it stands."),
});

/** A lesson file. */
export const lessonSchema = record("key", {
  name: text
    .regex(new RegExp(NAME_PATTERN), "a name is made of small letters, digits and dashes")
    .describe("The file's name, without its number and .yaml."),
  title: words.describe("One line."),
  scenario: z
    .union(
      [
        text,
        record("key of a lesson's scenario", {
          seed: integer(0).optional(),
          cluster: scenarioSchema.shape.cluster.optional(),
          until: scenarioSchema.shape.until,
          steps: scenarioSchema.shape.steps,
        }),
      ],
      {
        error: (issue) =>
          expected("the name of a scenario, or {cluster: …, steps: …}", issue.input),
      },
    )
    .describe("The run: of the library by its name, or its own."),
  pages: z
    .array(pageSchema, { error: (issue) => expected("a list of pages", issue.input) })
    .min(1, "a lesson without pages teaches nothing"),
});

export type LessonInput = z.output<typeof lessonSchema>;
export type PageInput = LessonInput["pages"][number];
export type ChoiceInput = NonNullable<PageInput["choices"]>[number];
export type Words = z.output<typeof words>;

/** The schema for editors: `# yaml-language-server: $schema=./lesson.schema.json`. */
export function lessonJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(lessonSchema, { io: "input" });
  return `${JSON.stringify({ $schema, title: "A detcd lesson", ...rest }, null, 2)}\n`;
}
