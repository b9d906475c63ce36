import type { PreparedLesson, PreparedPage } from "../../learn/prepare.ts";
import type { Moment } from "../../learn/run/moment.ts";
import type { Language, Words } from "../../learn/words.ts";
import type { ScenarioRun } from "../../scenario/run/run.ts";
import { Recording } from "../recording.ts";

/** A lesson that can be opened. */
export interface LessonEntry {
  readonly name: string;
  readonly title: Words;
  /** Runs it. */
  readonly prepare: () => PreparedLesson;
}

/** What can be learnt here, run when it is opened and kept from then on. */
export class Classroom {
  readonly entries: readonly LessonEntry[];
  readonly language: Language;
  /** There is one lesson, and no list to come back to. */
  readonly single: boolean;
  readonly #prepared = new Map<number, PreparedLesson>();
  readonly #recordings = new Map<ScenarioRun, Map<number, Recording>>();

  constructor(entries: readonly LessonEntry[], language: Language, single: boolean) {
    this.entries = entries;
    this.language = language;
    this.single = single;
  }

  lesson(number: number): PreparedLesson {
    const known = this.#prepared.get(number);
    if (known !== undefined) return known;
    const made = (this.entries[number] as LessonEntry).prepare();
    this.#prepared.set(number, made);
    return made;
  }

  page(lesson: number, page: number): PreparedPage {
    return this.lesson(lesson).pages[page] as PreparedPage;
  }

  /** A run as far as it may be seen: what comes later is nowhere in it, on no timeline and in no story. */
  recording(run: ScenarioRun, to: Moment): Recording {
    const ofRun = this.#recordings.get(run) ?? new Map<number, Recording>();
    this.#recordings.set(run, ofRun);
    const known = ofRun.get(to.position);
    if (known !== undefined) return known;
    const made = new Recording(run.header, run.events.slice(0, to.position));
    ofRun.set(to.position, made);
    return made;
  }
}
