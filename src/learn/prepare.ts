import type { Path } from "../scenario/language/names.ts";
import { formatDuration } from "../scenario/read/duration.ts";
import type { ExpectationReport } from "../scenario/run/report.ts";
import type { ScenarioRun } from "../scenario/run/run.ts";
import { Session, SessionError } from "../session/session.ts";
import { FrameIndex } from "../trace/frames/frames.ts";
import type { AskChoice, AskPage, BreakChoice, BreakPage, Lesson, SourceOf } from "./lesson.ts";
import { judgeAt } from "./run/expectations-at.ts";
import { NO, YES } from "./run/expressions.ts";
import { findMoment, type Moment, type MomentName, positionAt } from "./run/moment.ts";
import type { Words } from "./words.ts";

/** A lesson that was run: every question has its answer. */
export interface PreparedLesson {
  readonly name: string;
  readonly title: Words;
  readonly run: ScenarioRun;
  readonly pages: readonly PreparedPage[];
}

export type PreparedPage =
  | { readonly kind: "say"; readonly text: Words }
  | { readonly kind: "show"; readonly text: Words; readonly from: Moment; readonly to: Moment }
  | PreparedQuestion
  | PreparedBreak
  | { readonly kind: "summary"; readonly text: Words; readonly sources: readonly SourceOf[] };

export interface PreparedQuestion {
  readonly kind: "ask";
  readonly text: Words;
  readonly see: Moment;
  readonly at: Moment;
  readonly choices: readonly { readonly label: Words; readonly right: boolean }[];
  readonly why: Words;
}

export interface PreparedBreak {
  readonly kind: "break";
  readonly text: Words;
  readonly at: Moment;
  readonly choices: readonly {
    readonly label: Words;
    readonly why: Words;
    /** Runs it; throws InputError if what the lesson says does not come of it. */
    readonly outcome: () => Outcome;
  }[];
}

/** What comes of something that was done to the run. */
export interface Outcome {
  readonly run: ScenarioRun;
  readonly from: Moment;
  readonly to: Moment;
  readonly reports: readonly ExpectationReport[];
}

/** Runs a lesson and answers all its questions. Throws InputError, with places, where one has no answer. */
export function prepareLesson(lesson: Lesson): PreparedLesson {
  return new Preparation(lesson).prepare();
}

/** Tries all that its learners may do as well. Throws InputError if something else comes of it. */
export function tryBreaks({ pages }: PreparedLesson): void {
  for (const page of pages) {
    if (page.kind === "break") for (const { outcome } of page.choices) outcome();
  }
}

class Preparation {
  readonly #lesson: Lesson;
  readonly #session: Session;
  readonly #run: ScenarioRun;
  readonly #frames: FrameIndex;
  /** Where the last page ended. */
  #last: Moment;

  constructor(lesson: Lesson) {
    this.#lesson = lesson;
    this.#session = this.#ofSession(["scenario"], () => Session.of(lesson.data));
    this.#run = this.#session.branch.run;
    this.#frames = new FrameIndex(this.#run.header, this.#run.events);
    this.#mustEnd(this.#run, null);
    // Its members are there already.
    this.#last = { at: 0, position: positionAt(this.#run, 0) };
  }

  prepare(): PreparedLesson {
    const { name, title, pages } = this.#lesson;
    return { name, title, run: this.#run, pages: pages.map((page) => this.#page(page)) };
  }

  #page(page: Lesson["pages"][number]): PreparedPage {
    const { text } = page;
    switch (page.kind) {
      case "say":
        return { kind: "say", text };
      case "show": {
        const from =
          page.from === null ? this.#last : this.#moment(page.from, [...page.path, "from"]);
        const to = this.#moment(page.to, [...page.path, "to"]);
        if (to.at < from.at) this.#refuse([...page.path, "to"], ends(from, to));
        this.#last = to;
        return { kind: "show", text, from, to };
      }
      case "ask":
        return this.#question(page);
      case "break":
        return this.#break(page);
      case "summary":
        return { kind: "summary", text, sources: page.sources };
    }
  }

  #question(page: AskPage): PreparedQuestion {
    const { text, path, why } = page;
    const at = this.#moment(page.at, [...path, "at"]);
    const before = this.#last.at <= at.at ? this.#last : at;
    const see = page.see === null ? before : this.#moment(page.see, [...path, "see"]);
    if (at.at < see.at) this.#refuse([...path, "at"], ends(see, at));
    this.#last = at;
    return { kind: "ask", text, see, at, choices: this.#choices(page, at), why };
  }

  /** The choices, exactly one of which the run says to be right. */
  #choices(page: AskPage, at: Moment): PreparedQuestion["choices"] {
    const { path } = page;
    const value = this.#value(page, at);
    const given = page.choices ?? this.#domain(page, at);
    const conditions = given.flatMap((choice, j) =>
      choice.if === undefined ? [] : [{ choice, j }],
    );
    const holds = new Map<AskChoice, ExpectationReport>();
    if (conditions.length > 0) {
      const reports = this.#judge(
        at,
        conditions.map(({ choice }) => choice.if),
        (k) => [...path, "choices", conditions[k]?.j ?? 0, "if"],
      );
      for (const [k, { choice }] of conditions.entries()) {
        holds.set(choice, reports[k] as ExpectationReport);
      }
    }
    const choices = given.map((choice) => ({
      label: choice.label,
      right: choice.is === null ? holds.get(choice)?.ok === true : choice.is === value,
    }));
    const right = choices.flatMap((choice, j) => (choice.right ? [j + 1] : []));
    const when = formatDuration(at.at);
    if (right.length > 1) {
      this.#refuse(
        [...path, "choices"],
        `choices ${right.join(" and ")} are both right at ${when}: a question has one answer`,
      );
    }
    if (right.length === 0) {
      const found = [...holds.values()].map((report) => report.found);
      const seen = value === null ? found.join("; ") : `it is ${value}`;
      this.#refuse([...path, "choices"], `no choice is right at ${when}: ${seen}`);
    }
    return choices;
  }

  /** What is asked about, at that moment; null: the choices say themselves. */
  #value({ about, path }: AskPage, at: Moment): string | null {
    if (about === null) return null;
    if ("value" in about) return about.value(this.#frames.seek(at.position));
    const [report] = this.#judge(at, [about.expectation], () => [...path, "about"]);
    return report?.ok === true ? YES : NO;
  }

  #domain({ about, path }: AskPage, at: Moment): readonly AskChoice[] {
    const values =
      about !== null && "value" in about ? about.domain(this.#frames.seek(at.position)) : [YES, NO];
    if (values === null) {
      this.#refuse(
        [...path, "about"],
        "this may be any number: give choices, e.g. `choices: [1, 2, 3]`",
      );
    }
    return values.map((is) => ({ label: is, is, if: undefined }));
  }

  #break(page: BreakPage): PreparedBreak {
    const { text, path } = page;
    const at = this.#moment(page.at, [...path, "at"]);
    this.#last = at;
    const choices = page.choices.map((choice, j) => {
      let known: Outcome | null = null;
      const outcome = (): Outcome => {
        known ??= this.#outcome(choice, at, [...path, "choices", j]);
        return known;
      };
      return { label: choice.label, why: choice.why, outcome };
    });
    return { kind: "break", text, at, choices };
  }

  #outcome(choice: BreakChoice, at: Moment, path: Path): Outcome {
    const session =
      choice.cluster === null ? this.#forked(choice, at, path) : this.#elsewhere(choice, path);
    const { run, data } = session.branch;
    this.#mustEnd(run, path);
    const end = Math.round(run.report.virtualMs * 1000);
    const from = choice.cluster === null ? at : this.#begin(choice, at, run, path);
    const time = Math.min(from.at + choice.watched, end);
    const to = { at: time, position: positionAt(run, time) };
    const place = (k: number): Path => [
      ...path,
      "expect",
      ...(choice.expect.length > 1 ? [k] : []),
    ];
    const reports = this.#judge(to, choice.expect, place, data, run);
    for (const [k, { ok, found }] of reports.entries()) {
      if (!ok)
        this.#refuse(place(k), `this does not come of it by ${formatDuration(time)}: ${found}`);
    }
    return { run, from, to, reports };
  }

  /** Where it begins in another cluster; what is done to a run begins at its moment. */
  #begin({ from }: BreakChoice, { at }: Moment, run: ScenarioRun, path: Path): Moment {
    if (from === null) return { at, position: positionAt(run, at) };
    const found = findMoment(from, run);
    return typeof found === "string" ? this.#refuse([...path, "from"], found) : found;
  }

  #forked(choice: BreakChoice, at: Moment, path: Path): Session {
    let session = this.#session;
    let time = at.at;
    for (const [k, { after, step }] of choice.steps.entries()) {
      time += after;
      const place = choice.steps.length > 1 ? [...path, "do", k] : [...path, "do"];
      session = this.#ofSession(place, () => session.act(time, step));
    }
    const end = Math.round(session.branch.run.report.virtualMs * 1000);
    const wanted = at.at + choice.watched;
    return wanted > end ? session.extend(wanted - end) : session;
  }

  #elsewhere({ cluster }: BreakChoice, path: Path): Session {
    const { data } = this.#lesson;
    const other = { ...data, cluster: { ...data.cluster, ...cluster } };
    return this.#ofSession([...path, "with"], () => Session.of(other));
  }

  #moment(name: MomentName, path: Path): Moment {
    const moment = findMoment(name, this.#run);
    return typeof moment === "string" ? this.#refuse(path, moment) : moment;
  }

  #judge(
    { at }: Moment,
    expect: readonly unknown[],
    place: (k: number) => Path,
    data = this.#lesson.data,
    run = this.#run,
  ): readonly ExpectationReport[] {
    const judged = judgeAt(data, run, at, expect);
    if (typeof judged === "string") this.#refuse(place(0), judged);
    if ("complaints" in judged) {
      throw this.#lesson.error(
        judged.complaints.map(({ path: [, k = 0, ...rest], atKey, skip, text }) => ({
          path: [...place(Number(k)), ...rest],
          atKey,
          skip,
          text,
        })),
      );
    }
    return judged;
  }

  /** A run whose steps can't be taken, or that never ends, is none to learn from. */
  #mustEnd({ report, violations }: ScenarioRun, path: Path | null): void {
    const { failure } = report;
    const circles = violations.find(({ invariant }) => invariant === "runaway");
    if (circles !== undefined) this.#refuse(path ?? ["scenario"], circles.text);
    if (failure === null) return;
    const step = this.#lesson.ownScenario ? ["scenario", "steps", failure.step - 1] : ["scenario"];
    this.#refuse(path ?? step, `step ${failure.step} of the run: ${failure.text}`);
  }

  #ofSession(path: Path, make: () => Session): Session {
    try {
      return make();
    } catch (error) {
      // A step's place in the branch's scenario is none in the lesson's file.
      if (error instanceof SessionError) {
        this.#refuse(path, error.message.replace(/^steps\[\d+\]\S*: /, ""));
      }
      throw error;
    }
  }

  #refuse(path: Path, text: string): never {
    throw this.#lesson.error([{ path, text }]);
  }
}

function ends(from: Moment, to: Moment): string {
  return `${formatDuration(to.at)} is before ${formatDuration(from.at)}, where the page begins`;
}
