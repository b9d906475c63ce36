import type { Duration } from "../base/time.ts";
import type { Path } from "../scenario/language/names.ts";
import type { InputError } from "../scenario/read/input-error.ts";
import type { ScenarioData, StepData } from "../scenario/read/scenario-data.ts";
import type { PlacedText } from "../scenario/read/yaml-file.ts";
import type { Expression } from "./run/expressions.ts";
import type { MomentName } from "./run/moment.ts";
import type { Words } from "./words.ts";

/** A lesson as its file says it: read, and not run yet. */
export interface Lesson {
  readonly name: string;
  readonly title: Words;
  readonly data: ScenarioData;
  readonly pages: readonly Page[];
  /** Where the scenario stands in the file: itself, or its name. */
  readonly ownScenario: boolean;
  /** What is wrong, with its places in the file. */
  readonly error: (found: readonly PlacedText[]) => InputError;
}

export type Page = SayPage | ShowPage | AskPage | BreakPage | SummaryPage;

interface PageOf<K extends string> {
  readonly kind: K;
  readonly text: Words;
  readonly path: Path;
}

export type SayPage = PageOf<"say">;

export interface ShowPage extends PageOf<"show"> {
  /** Null: where the page before it ended. */
  readonly from: MomentName | null;
  readonly to: MomentName;
}

export interface AskPage extends PageOf<"ask"> {
  /** What is seen while it is asked; null: where the page before it ended. */
  readonly see: MomentName | null;
  /** The moment that is asked about. */
  readonly at: MomentName;
  /** What is asked of it: something with a value, or whether something holds; null: each choice says. */
  readonly about: Expression | { readonly expectation: unknown } | null;
  /** Null: all that it may be. */
  readonly choices: readonly AskChoice[] | null;
  readonly why: Words;
}

/** Right if the value is `is`, or if the expectation `if` holds. */
export interface AskChoice {
  readonly label: Words;
  readonly is: string | null;
  readonly if: unknown;
}

export interface BreakPage extends PageOf<"break"> {
  readonly at: MomentName;
  readonly choices: readonly BreakChoice[];
}

export interface BreakChoice {
  readonly label: Words;
  /** Done to the run at that moment, each so long after the one before it. */
  readonly steps: readonly { readonly after: Duration; readonly step: StepData }[];
  /** Instead: the whole run again in another cluster. */
  readonly cluster: Readonly<Record<string, unknown>> | null;
  /** Of another cluster: where what is watched begins; null: at the page's moment. */
  readonly from: MomentName | null;
  readonly watched: Duration;
  readonly expect: readonly unknown[];
  readonly why: Words;
}

export interface SummaryPage extends PageOf<"summary"> {
  readonly sources: readonly SourceOf[];
}

export interface SourceOf {
  readonly text: Words;
  readonly url: string;
}
