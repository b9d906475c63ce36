import { assert } from "../../base/assert.ts";
import { terminalText } from "../../base/terminal-text.ts";
import type { TraceEvent, TraceHeader } from "../events.ts";
import { foldFrame } from "../frames/fold.ts";
import { type Frame, firstFrame, memberOf } from "../frames/frame.ts";
import { memberName, timeText } from "../names.ts";
import { type BrokenRule, tellBroken, withBroken } from "./broken-rules.ts";
import { tellProgressRequest, tellWatch, tellWatchResponse } from "./client-watches.ts";
import { tellAttempt, tellComplete, tellInvoke, tellRequest } from "./clients.ts";
import { tellAlarm, tellChanges, tellCompact, tellCompaction } from "./data.ts";
import { tellIgnored, tellRefusal, tellRole, tellVote } from "./elections.ts";
import {
  tellCrash,
  tellDeliver,
  tellDrop,
  tellFault,
  tellLinks,
  tellNote,
  tellPanic,
  tellSend,
  tellStep,
} from "./faults.ts";
import { tellLease } from "./leases.ts";
import type { Scene, StoryLine, StoryMemory, Told } from "./line.ts";
import { tellHold } from "./locks.ts";
import {
  rememberBehind,
  rememberCommitted,
  rememberWaiting,
  tellAppend,
  tellApply,
  tellCommit,
  tellConf,
  tellDiscard,
  tellLogMessage,
  tellProgress,
  tellRecover,
  tellRestore,
  tellSnapshot,
  tellStaleAppend,
  tellStalled,
} from "./logs.ts";
import { tellWatcher } from "./member-watchers.ts";
import { RenewalRuns, type Renewals } from "./renewal-runs.ts";
import type { EventLookup } from "./why.ts";

export type { Detail, StoryLine, Topic } from "./line.ts";

/** The run as a narrator may look at it. */
export interface ToldRun {
  readonly find: EventLookup;
  /** What the step `seq` brought about at once, in order. */
  readonly effects: (seq: number) => readonly TraceEvent[];
  /** The renewals that begin with the event `seq`, if it is the first of some. */
  readonly renewals: (seq: number) => Renewals | undefined;
}

/**
 * Tells a run in sentences, event by event: who did what, because of what. It folds the frames
 * along the way, since most reasons (who granted a vote, who stores an entry, how long nobody was
 * heard) are states and not events.
 */
export class Narrator {
  readonly #run: ToldRun;
  #memory: StoryMemory = {
    confIndex: 0,
    waiting: new Map(),
    behind: new Map(),
    watchers: new Map(),
    askedProgress: new Set(),
    crashed: new Map(),
    resumed: new Set(),
    unrenewed: new Set(),
    refused: new Map(),
    askedAgain: new Map(),
    committed: new Map(),
    alarms: new Set(),
  };
  #frame: Frame;

  constructor(header: TraceHeader, run: ToldRun) {
    this.#run = run;
    this.#frame = firstFrame(header);
  }

  /** The frame after the last event told. */
  get frame(): Frame {
    return this.#frame;
  }

  /** Where the narrator stands, to come back to it. */
  place(): NarratorPlace {
    return { frame: this.#frame, memory: ownMemory(this.#memory) };
  }

  /** Goes on from `place`, which stays as it is. */
  goTo(place: NarratorPlace): void {
    this.#frame = place.frame;
    this.#memory = ownMemory(place.memory);
  }

  /** What the next event means; null if there is nothing to say about it. */
  tell(event: TraceEvent): StoryLine | null {
    assert(event.seq === this.#frame.seq + 1, "a story needs every event of the run");
    const before = this.#frame;
    const after = foldFrame(before, event);
    this.#frame = after;
    const scene: Scene = {
      before,
      after,
      was: memberOf(before, event.member),
      is: memberOf(after, event.member),
      find: this.#run.find,
      effects: this.#run.effects,
      memory: this.#memory,
      renewals: this.#run.renewals,
    };
    const told = tell(event, scene);
    if (event.kind === "commit") rememberCommitted(event, scene);
    if (event.member !== 0) rememberWaiting(event, scene);
    rememberBehind(event, scene);
    return told === null ? null : lineOf(event, told);
  }
}

/** A moment of a story: what happened up to it, and what was told. */
export interface NarratorPlace {
  readonly frame: Frame;
  readonly memory: StoryMemory;
}

/** A memory of its own, but for what only ever grows: a copy of that at each place would be most of the run. */
function ownMemory(memory: StoryMemory): StoryMemory {
  const { committed, ...rest } = memory;
  return { ...copied(rest), committed };
}

/** A copy of its own: maps, sets and the plain records in them; all else in it never changes. */
function copied<T>(value: T): T {
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, held]) => [key, copied(held)])) as T;
  }
  if (value instanceof Set) return new Set(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, copied(held)])) as T;
}

function lineOf(event: TraceEvent, told: Told): StoryLine {
  return {
    seq: event.seq,
    at: event.at,
    actor: told.actor ?? memberName(event.member),
    // Names, notes and etcd's own messages hold what people wrote.
    text: terminalText(told.text),
    because: terminalText(told.because ?? ""),
    detail: told.detail ?? "story",
    topic: told.topic,
    routine: told.routine ?? false,
  };
}

function tell(event: TraceEvent, scene: Scene): Told | null {
  switch (event.kind) {
    case "role":
      return tellRole(event, scene);
    case "hard-state":
      return tellVote(event, scene);
    case "append":
      return tellAppend(event, scene);
    case "commit":
      return tellCommit(event, scene);
    case "apply":
      return tellApply(event);
    case "progress":
      return tellProgress(event);
    case "conf":
      return tellConf(event, scene);
    case "snapshot":
      return tellSnapshot(event);
    case "discard":
      return tellDiscard(event);
    case "restore":
      return tellRestore(event, scene);
    case "recover":
      return tellRecover(event, scene);
    case "send":
      return tellRefusal(event, scene) ?? tellLogMessage(event, scene) ?? tellSend(event);
    case "deliver":
      return (
        tellIgnored(event.message, event.seq, scene) ??
        tellStaleAppend(event.message, scene) ??
        tellStalled(event, scene) ??
        tellDeliver(event.message)
      );
    case "wake":
      return tellStalled(event, scene) ?? tellStep(event);
    case "drop":
      return tellDrop(event);
    case "fault":
      return tellFault(event, scene);
    case "crash":
      return tellCrash(event, scene);
    case "note":
      return tellNote(event);
    case "panic":
      return tellPanic(event, scene);
    case "links":
      return tellLinks(event, scene);
    case "invoke":
      return tellInvoke(event);
    case "attempt":
      return tellAttempt(event, scene);
    case "request":
      return tellRequest(event);
    case "complete":
      return tellComplete(event, scene);
    case "lease":
      return tellLease(event, scene);
    case "changes":
      return tellChanges(event, scene);
    case "compact":
      return tellCompact(event, scene);
    case "compaction":
      return tellCompaction(event, scene);
    case "alarm":
      return tellAlarm(event, scene);
    case "watch":
      return tellWatch(event);
    case "watch-response":
      return tellWatchResponse(event, scene);
    case "watcher":
      return tellWatcher(event, scene);
    case "progress-request":
      return tellProgressRequest(event, scene);
    case "hold":
      return tellHold(event, scene);
    default:
      return tellStep(event);
  }
}

/** Every line of the run, of both levels of detail; `broken` is what checkers found in it. */
export function tellStory(
  header: TraceHeader,
  events: readonly TraceEvent[],
  broken: readonly BrokenRule[] = [],
): StoryLine[] {
  const narrator = new Narrator(header, wholeRun(events));
  const lines = events.map((event) => narrator.tell(event)).filter((line) => line !== null);
  return broken.length === 0 ? lines : withBroken(lines, tellBroken(broken, events));
}

/** A run that is over, all of whose events are there. */
export function wholeRun(events: readonly TraceEvent[]): ToldRun {
  const find: EventLookup = (seq) => events[seq - 1];
  // Made when the first one is told.
  let runs: RenewalRuns | null = null;
  return {
    find,
    effects: (seq) => effectsOf(seq, find),
    renewals: (seq) => {
      if (runs === null) {
        runs = new RenewalRuns();
        for (const event of events) runs.event(event);
      }
      return runs.startingAt(seq);
    },
  };
}

/** The events right behind `seq` that it caused. */
export function effectsOf(seq: number, find: EventLookup): readonly TraceEvent[] {
  const effects: TraceEvent[] = [];
  for (let next = find(seq + 1); next?.cause === seq; next = find(seq + 1 + effects.length)) {
    effects.push(next);
  }
  return effects;
}

/** A line without its time: `m2  becomes candidate in term 3: it heard nothing …`. */
export function sentence(line: StoryLine): string {
  const because = line.because === "" ? "" : `: ${line.because}`;
  return `${line.actor.padEnd(3)} ${line.text}${because}`;
}

/** A line with its time: `   1.843s  m2  becomes candidate in term 3: …`. */
export function storyText(line: StoryLine): string {
  return `${timeText(line.at).padStart(9)}  ${sentence(line)}`;
}
