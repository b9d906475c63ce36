import { SECOND } from "../../base/time.ts";
import type { Path } from "../../scenario/language/names.ts";
import { parseDuration } from "../../scenario/read/duration.ts";
import type { InputError } from "../../scenario/read/input-error.ts";
import { placedIssues, plainMessage } from "../../scenario/read/issues.ts";
import { isComplaints, readScenario } from "../../scenario/read/read-scenario.ts";
import type { ScenarioData, StepData } from "../../scenario/read/scenario-data.ts";
import { suggestion } from "../../scenario/read/suggest.ts";
import { type PlacedText, YamlFile } from "../../scenario/read/yaml-file.ts";
import { NOTHING_VIOLATED } from "../../scenario/run/checkers.ts";
import type { AskChoice, BreakChoice, Lesson, Page } from "../lesson.ts";
import { NO, YES } from "../run/expressions.ts";
import { inLanguage, type Words } from "../words.ts";
import { type ChoiceInput, type LessonInput, lessonSchema, type PageInput } from "./schema.ts";

/** The scenarios that a lesson can name. */
export interface Library {
  readonly names: readonly string[];
  read(name: string): string;
}

/** How long it is watched what comes of something, if the lesson does not say. */
const WATCHED = 5 * SECOND;

type Complain = (path: Path, text: string, atKey?: boolean) => void;

/** Reads a lesson file. Throws InputError with all that is wrong with it, each with its place. */
export function readLesson(source: string, file: string, library: Library): Lesson {
  const yaml = new YamlFile(source, file);
  if (yaml.value === null || yaml.value === undefined) {
    throw yaml.error([
      { path: [], text: "the file is empty; a lesson needs name, title, scenario and pages" },
    ]);
  }
  const result = lessonSchema.safeParse(yaml.value, { error: plainMessage });
  if (!result.success) throw yaml.error(placedIssues(result.error.issues));
  const found: PlacedText[] = [];
  const complain: Complain = (path, text, atKey = false) => found.push({ path, text, atKey });
  const data = scenarioOf(result.data, yaml, library, complain);
  const pages = result.data.pages.map((page, i) => readPage(page, i, yaml, complain));
  const refusal = yaml.refusal(found);
  if (refusal !== null) throw refusal;
  if (data === null) throw new Error("a lesson was refused without a reason");
  const { name, title } = result.data;
  return {
    name,
    title,
    data,
    pages: pages.filter((page) => page !== null),
    ownScenario: typeof result.data.scenario !== "string",
    error: (problems): InputError => yaml.error(problems),
  };
}

function scenarioOf(
  { name, title, scenario }: LessonInput,
  yaml: YamlFile,
  library: Library,
  complain: Complain,
): ScenarioData | null {
  if (typeof scenario === "string") {
    if (library.names.includes(scenario)) return libraryData(scenario, library);
    const hint = suggestion(scenario, library.names);
    complain(["scenario"], `there is no scenario "${scenario}" in the library${hint}`);
    return null;
  }
  const words = inLanguage(title, "en");
  const given = (yaml.value as { scenario: Partial<ScenarioData> }).scenario;
  const data: ScenarioData = {
    name,
    title: words,
    teaches: "",
    seed: given.seed ?? 1,
    cluster: given.cluster ?? {},
    ...(given.until === undefined ? {} : { until: given.until }),
    steps: given.steps ?? [],
    expect: [NOTHING_VIOLATED],
  };
  const read = readScenario(data, {
    file: yaml.file,
    words: (path) => yaml.words(["scenario", ...path]),
    phrase: (path) => yaml.phrase(["scenario", ...path]),
    line: (path) => yaml.line(["scenario", ...path]),
    text: () => "",
  });
  if (!isComplaints(read)) return data;
  for (const { path, atKey, text } of read) complain(["scenario", ...path], text, atKey);
  return null;
}

function libraryData(name: string, library: Library): ScenarioData {
  const { value } = new YamlFile(library.read(name), `scenarios/${name}.yaml`);
  return { seed: 1, cluster: {}, ...(value as Omit<ScenarioData, "seed" | "cluster">) };
}

/** What a page of each kind needs besides its text, and may have. */
const KINDS = {
  say: { needs: [], may: [] },
  show: { needs: ["to"], may: ["from"] },
  ask: { needs: ["at", "why"], may: ["see", "about", "choices"] },
  break: { needs: ["at", "choices"], may: [] },
  summary: { needs: ["sources"], may: [] },
} as const satisfies Record<Page["kind"], { needs: Keys; may: Keys }>;
type Keys = readonly (keyof PageInput)[];

const NAMES = Object.keys(KINDS) as Page["kind"][];

/** What is missing, in words. */
const NEEDED: Readonly<Partial<Record<keyof PageInput, string>>> = {
  to: "a run is shown to some moment: `to: 2.5s`",
  at: "which moment? `at: 2.5s`",
  why: "say why the answer is so: `why: …`",
  choices: "what may the learner do? `choices: [{say: …, do: {crash: leader}, expect: …, why: …}]`",
  sources: "where does it stand? `sources: [Raft paper, section 5.2]`",
};

function readPage(input: PageInput, i: number, yaml: YamlFile, complain: Complain): Page | null {
  const path = ["pages", i];
  const kinds = NAMES.filter((name) => input[name] !== undefined);
  const [kind, second] = kinds;
  if (kind === undefined) {
    complain(path, `a page is one of ${NAMES.join(", ")}`);
    return null;
  }
  if (second !== undefined) {
    complain([...path, second], `a page is one thing, this one "${kind}" and "${second}"`, true);
    return null;
  }
  const { needs, may }: { needs: Keys; may: Keys } = KINDS[kind];
  for (const key of needs) {
    if (input[key] === undefined)
      complain([...path, kind], NEEDED[key] ?? `"${key}" is missing`, true);
  }
  for (const key of Object.keys(input) as (keyof PageInput)[]) {
    if (key === kind || needs.includes(key) || may.includes(key)) continue;
    if (input[key] !== undefined)
      complain([...path, key], `"${key}" means nothing on a "${kind}" page`, true);
  }
  const text = input[kind] as Words;
  const raw = (yaml.value as { pages: readonly RawPage[] }).pages[i] as RawPage;
  const { at, to, why } = input;
  switch (kind) {
    case "say":
      return { kind, text, path };
    case "show":
      return to === undefined ? null : { kind, text, path, from: input.from ?? null, to };
    case "ask":
      if (at === undefined || why === undefined) return null;
      return {
        kind,
        text,
        path,
        see: input.see ?? null,
        at,
        about: input.about ?? (raw.about === undefined ? null : { expectation: raw.about }),
        choices: askChoices(input, raw, path, complain),
        why,
      };
    case "break":
      if (at === undefined || input.choices === undefined) return null;
      return { kind, text, path, at, choices: breakChoices(input.choices, raw, path, complain) };
    case "summary": {
      const sources = (input.sources ?? []).map((source) =>
        typeof source === "string"
          ? { text: source, url: "" }
          : { text: source.say, url: source.url ?? "" },
      );
      return { kind, text, path, sources };
    }
  }
}

/** What the file holds: conditions and steps as they are written, to be put into scenarios. */
interface RawPage {
  readonly about?: unknown;
  readonly choices?: readonly RawChoice[];
}

interface RawChoice {
  readonly if?: unknown;
  readonly do?: StepData | readonly StepData[];
  readonly with?: Readonly<Record<string, unknown>>;
  readonly expect?: unknown;
}

function askChoices(
  { about, choices }: PageInput,
  raw: RawPage,
  path: Path,
  complain: Complain,
): AskChoice[] | null {
  if (choices === undefined) {
    if (raw.about === undefined) {
      complain(
        path,
        "what is asked of the run? `about: leader`, or `choices: [{say: …, if: leader is m2}]`",
      );
    }
    return null;
  }
  if (choices.length < 2) complain([...path, "choices"], "a question has two choices or more");
  return choices.map((choice, j) => {
    const at = [...path, "choices", j];
    if (typeof choice !== "object") {
      const is = answerText(choice);
      if (about === undefined) complain(at, NO_VALUE);
      return { label: is, is, if: undefined };
    }
    for (const key of ["do", "with", "from", "for", "expect", "why"] as const) {
      if (choice[key] !== undefined) complain([...at, key], `"${key}" is for a "break" page`, true);
    }
    if ((choice.is === undefined) === (choice.if === undefined)) {
      complain(at, "when is this choice right? say `is: m2` or `if: leader is m2`, one of them");
    }
    if (choice.is !== undefined && (about === undefined || raw.about === undefined)) {
      complain([...at, "is"], NO_VALUE);
    }
    const is = choice.is === undefined ? null : answerText(choice.is);
    return { label: choice.say, is, if: raw.choices?.[j]?.if };
  });
}

const NO_VALUE = "the page does not say of what this is the value: `about: leader`";

function answerText(answer: string | number | boolean): string {
  if (answer === true) return YES;
  if (answer === false) return NO;
  return String(answer);
}

function breakChoices(
  choices: readonly ChoiceInput[],
  raw: RawPage,
  path: Path,
  complain: Complain,
): BreakChoice[] {
  return choices.flatMap((choice, j): BreakChoice[] => {
    const at = [...path, "choices", j];
    if (typeof choice !== "object") {
      complain(at, "expected {say: …, do: …, expect: …, why: …}");
      return [];
    }
    for (const key of ["is", "if"] as const) {
      if (choice[key] !== undefined) complain([...at, key], `"${key}" is for an "ask" page`, true);
    }
    if ((choice.do === undefined) === (choice.with === undefined)) {
      complain(
        at,
        "what is done? say `do: {crash: leader}`, or `with: {pre-vote: false}` for another cluster",
      );
    }
    if (choice.from !== undefined && choice.with === undefined) {
      complain([...at, "from"], "what is done is watched from its moment on", true);
    }
    if (choice.expect === undefined) complain(at, "what comes of it? `expect: leader changed`");
    if (choice.why === undefined) complain(at, "say what was to be seen: `why: …`");
    const given = raw.choices?.[j];
    const steps = given?.do === undefined ? [] : [given.do].flat();
    return [
      {
        label: choice.say,
        steps: steps.map((step, k) => timed(step as StepData, [...at, "do", k], complain)),
        cluster: given?.with ?? null,
        from: choice.from ?? null,
        watched: choice.for ?? WATCHED,
        expect: [given?.expect].flat(),
        why: choice.why ?? "",
      },
    ];
  });
}

/** A step that is done by hand, so long after the one before it. */
function timed(
  { after, ...step }: StepData,
  path: Path,
  complain: Complain,
): BreakChoice["steps"][number] {
  for (const key of ["at", "when", "within"]) {
    if (step[key] !== undefined) {
      complain([...path, key], `what is done here has \`after\`, or no time; not "${key}"`, true);
    }
  }
  const delay = after === undefined ? 0 : parseDuration(String(after));
  return { after: typeof delay === "number" ? delay : 0, step };
}
