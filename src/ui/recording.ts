import { countUpTo, countWhile } from "../base/count-while.ts";
import type { Instant } from "../base/time.ts";
import type { PeerProgress, TraceEvent, TraceHeader } from "../trace/events.ts";
import type { FrameIndex } from "../trace/frames/frames.ts";
import type { BrokenRule } from "../trace/story/broken-rules.ts";
import { type StoryLine, sentence } from "../trace/story/story.ts";
import { StoryIndex, storyUpTo } from "../trace/story/story-index.ts";
import { type Question, type Reasons, reasonsOf } from "../trace/story/why-question.ts";
import { CallsIndex } from "./calls-index.ts";
import { Conditions } from "./conditions.ts";
import { holdsWords } from "./filter.ts";
import { type Fate, Flights, matters, type SlowStretch } from "./flights.ts";
import { ProgressIndex } from "./progress-index.ts";
import { StoreIndex } from "./store-index.ts";
import { type MarkKind, marksOf, type Reign, reignsOf, type TimeMark } from "./time-marks.ts";
import { TimeScale } from "./time-scale.ts";

export type { Fate } from "./flights.ts";

/** Where the jumps between faults stop. */
const DONE_TO_THE_WORLD: readonly MarkKind[] = ["fault", "repair", "action", "violation"];

/** Of every step so many are looked through for a filter's words. */
const FILTERED = 5_000;

/** A line is shown with the messages on the wire that follow it so soon (µs). */
const SOON = 5_000;

/**
 * A whole run, prepared for showing: any moment of it, its story, and the places to jump to.
 * Positions count events: position n is after the n-th.
 */
export class Recording {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  /** What checkers found in it, in the order of the run. */
  readonly broken: readonly BrokenRule[];
  readonly frames: FrameIndex;
  /** The lines of level `story`, sorted by seq. */
  readonly story: readonly StoryLine[];
  /** Where stepping stops: a position for each line of the story, with its messages on the wire. */
  readonly stops: readonly number[];
  /** What the timeline shows beside the terms; sorted by position. */
  readonly marks: readonly TimeMark[];
  readonly reigns: readonly Reign[];
  readonly scale: TimeScale;
  /** Positions right after an election began or was won, after a fault or a violation, and of notes; ascending. */
  readonly elections: readonly number[];
  readonly faults: readonly number[];
  readonly chapters: readonly number[];
  readonly store: StoreIndex;
  readonly calls: CallsIndex;
  readonly #index: StoryIndex;
  readonly #flights: Flights;
  readonly #conditions: Conditions;
  readonly #progress: ProgressIndex;
  /** The reasons that were asked for last: they are drawn again and again. */
  #why: { readonly asked: string; readonly reasons: Reasons | null } | null = null;

  /** @param broken what checkers found in it */
  constructor(
    header: TraceHeader,
    events: readonly TraceEvent[],
    broken: readonly BrokenRule[] = [],
  ) {
    this.header = header;
    this.events = events;
    this.broken = broken;
    this.#index = new StoryIndex(header, events, broken);
    this.frames = this.#index.frames;
    this.story = this.#index.lines;
    this.#flights = new Flights(events);
    this.store = new StoreIndex(events);
    this.calls = new CallsIndex(events);
    this.#conditions = new Conditions(events);
    this.#progress = new ProgressIndex(events);
    this.stops = stopsOf(this.story, events);
    this.marks = marksOf(events, this.story);
    this.reigns = reignsOf(events);
    this.scale = new TimeScale(
      this.stops.map((stop) => this.timeAt(stop)),
      this.end,
    );
    this.elections = this.#stopsAt((kind) => kind === "leader" || kind === "campaign");
    this.faults = oneAnInstant(
      this.#stopsAt((kind) => DONE_TO_THE_WORLD.includes(kind)),
      events,
    );
    this.chapters = this.#stopsAt((kind) => kind === "note");
  }

  /** How many different rules were broken up to `position`. */
  violatedAt(position: number): number {
    const at = this.timeAt(position);
    return new Set(this.broken.filter((rule) => isUpTo(rule, position, at)).map((r) => r.invariant))
      .size;
  }

  /** The rules that were broken since the line that was told last: those on stage at `position`. */
  onStage(position: number): readonly BrokenRule[] {
    if (this.broken.length === 0) return [];
    const from = this.story[storyUpTo(this.story, position) - 1]?.at ?? 0;
    const at = this.timeAt(position);
    return this.broken.filter((rule) => rule.at >= from && isUpTo(rule, position, at));
  }

  /** Whether one of these events broke a rule, as far as that was known at `position`. */
  violationsOf(first: number, last: number, position: number): boolean {
    return this.broken.some(
      ({ seq }) => seq > 0 && seq <= position && (seq === first || seq === last),
    );
  }

  get length(): number {
    return this.events.length;
  }

  /** The time of the last event. */
  get end(): Instant {
    return this.timeAt(this.length);
  }

  /** The time of the event at `position`; 0 at the start. */
  timeAt(position: number): Instant {
    return this.events[position - 1]?.at ?? 0;
  }

  /** When the message sent by event `seq` arrives or is lost; undefined if the run ends before. */
  fate(seq: number): Fate | undefined {
    return this.#flights.fate(seq);
  }

  /** The stops that show such marks. */
  #stopsAt(wanted: (kind: MarkKind) => boolean): number[] {
    const places = this.marks.filter(({ kind }) => wanted(kind)).map((mark) => this.stopOf(mark));
    return [...new Set(places)];
  }

  /** The position of the stop that shows a mark. */
  stopOf({ seq }: TimeMark): number {
    return this.stops[countUpTo(this.stops, seq - 1)] ?? seq;
  }

  /** What a fault left the member in (`slow disk`), at `position`; null: nothing. */
  conditionOf(member: number, position: number): string | null {
    return this.#conditions.of(member, position);
  }

  /** What the leader of `term` knew of its peers at `position`; empty if it did not tell. */
  progressOf(member: number, term: number, position: number): readonly PeerProgress[] {
    return this.#progress.of(member, term, position);
  }

  /** The stretch at `now` or the next one that is run through slowly. */
  slowFrom(now: Instant): SlowStretch | undefined {
    return this.#flights.slow[this.#slowEnded(now)];
  }

  /** When the last such stretch before `now` ended; 0: there was none. */
  slowBefore(now: Instant): Instant {
    return this.#flights.slow[this.#slowEnded(now) - 1]?.to ?? 0;
  }

  #slowEnded(now: Instant): number {
    const { slow } = this.#flights;
    return countWhile(slow.length, (place) => (slow[place] as SlowStretch).to <= now);
  }

  /** The position of the first loss of a message that matters behind `position`. */
  nextLoss(position: number): number {
    const { losses } = this.#flights;
    return losses[countUpTo(losses, position)] ?? this.length;
  }

  /** The first stop behind `position`; the end if there is none. */
  nextStop(position: number): number {
    return this.stops[countUpTo(this.stops, position)] ?? this.length;
  }

  /** The last stop before `position`; 0 if there is none. */
  previousStop(position: number): number {
    return this.stops[countUpTo(this.stops, position - 1) - 1] ?? 0;
  }

  /** The last stop up to `position`; 0 if there is none. */
  stopUpTo(position: number): number {
    return this.previousStop(position + 1);
  }

  /** The position of the first line of any level behind `position`, and of the last one before it. */
  nextStep(position: number): number {
    return this.#index.stepAfter(position)?.seq ?? this.length;
  }

  previousStep(position: number): number {
    return this.#index.steps(position - 1, 1)[0]?.seq ?? 0;
  }

  /** The last `count` lines told at `position`, oldest first. */
  told(
    position: number,
    count: number,
    detail: "story" | "all",
    filter = "",
  ): readonly StoryLine[] {
    if (filter !== "") return this.#holding(position, detail, filter).slice(-count);
    if (detail === "all") return this.#index.steps(position, count);
    const end = storyUpTo(this.story, position);
    return this.story
      .slice(Math.max(0, end - count), end)
      .map((line) => this.#index.told(line, position));
  }

  /** How many lines of the story were told at `position`, of those that hold the words of `filter`. */
  toldCount(position: number, filter = ""): number {
    if (filter !== "") return this.#holding(position, "story", filter).length;
    return storyUpTo(this.story, position);
  }

  #holding(position: number, detail: "story" | "all", filter: string): StoryLine[] {
    return this.told(position, detail === "all" ? FILTERED : this.story.length, detail).filter(
      (line) => holdsWords(sentence(line), filter),
    );
  }

  /** The line that tells event `seq`, if there is one. */
  lineOf(seq: number): StoryLine | undefined {
    return this.#index.lineOf(seq);
  }

  /** Why it is so at `position`; disks and clocks too if `every` step is wanted. Null: there is no such thing. */
  reasonsOf(question: Question, position: number, every: boolean): Reasons | null {
    const asked = JSON.stringify([question, position, every]);
    if (this.#why?.asked === asked) return this.#why.reasons;
    const run = {
      find: (at: number) => this.events[at - 1],
      frameAt: (at: number) => this.frames.seek(at),
      lineOf: (at: number) => this.lineOf(at),
    };
    const reasons = reasonsOf(question, run, position, every);
    this.#why = { asked, reasons };
    return reasons;
  }

  /** The line of the story that a stop shows; undefined between stops. */
  lineAtStop(position: number): StoryLine | undefined {
    const place = countUpTo(this.stops, position);
    return this.stops[place - 1] === position
      ? this.story[storyUpTo(this.story, position) - 1]
      : undefined;
  }

  /** The note that is in force at `position`: the last one; and its number from 1 on. */
  chapterAt(position: number): { readonly number: number; readonly line: StoryLine } | null {
    const number = countUpTo(this.chapters, position);
    const seq = this.chapters[number - 1];
    if (seq === undefined) return null;
    const line = this.story[storyUpTo(this.story, seq) - 1];
    return line === undefined ? null : { number, line };
  }
}

/** What was found by looking at the members has no event. */
function isUpTo(rule: BrokenRule, position: number, at: Instant): boolean {
  return rule.seq === 0 ? rule.at <= at : rule.seq <= position;
}

/** Of several at the same time the last one alone: they came of one thing. */
function oneAnInstant(positions: readonly number[], events: readonly TraceEvent[]): number[] {
  const at = (position: number | undefined) => events[(position ?? 0) - 1]?.at;
  return positions.filter((position, i) => at(position) !== at(positions[i + 1]));
}

/** The end of what each line brought about at once: with its messages just sent, before the next line. */
function stopsOf(story: readonly StoryLine[], events: readonly TraceEvent[]): number[] {
  const stops: number[] = [];
  for (let i = 0; i < story.length; i++) {
    const line = story[i] as StoryLine;
    const next = story[i + 1]?.seq ?? events.length + 1;
    if (next > line.seq) stops.push(line.topic === "note" ? line.seq : placeOf(line, next, events));
  }
  return stops;
}

function placeOf(line: StoryLine, next: number, events: readonly TraceEvent[]): number {
  const { member = 0 } = events[line.seq - 1] ?? {};
  let place = line.seq;
  for (let i = line.seq; i < next - 1; i++) {
    const event = events[i] as TraceEvent;
    if (event.at > line.at + SOON) break;
    if (event.kind === "send" && event.member === member && matters(event.message)) {
      return endOfInstant(event.seq, next, events);
    }
  }
  place = endOfInstant(place, next, events);
  return place;
}

/** The last position of the same time, before `next`. */
function endOfInstant(position: number, next: number, events: readonly TraceEvent[]): number {
  const at = events[position - 1]?.at;
  let place = position;
  while (place < next - 1 && events[place]?.at === at) place++;
  return place;
}
