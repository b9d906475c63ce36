import type { PreparedPage } from "../../learn/prepare.ts";
import { answered, type Progress, progressOf, reached } from "../../learn/progress.ts";
import type { Moment } from "../../learn/run/moment.ts";
import type { ScenarioRun } from "../../scenario/run/run.ts";
import {
  type Action as PlayerAction,
  type PlayerState,
  reduce as play,
  startState,
} from "../player.ts";
import type { Recording } from "../recording.ts";
import type { Classroom } from "./classroom.ts";

/** Where a learner is. Plain data; {@link reduceLearning} makes the next one. */
export interface LearnState {
  /** Null: in the list of lessons. */
  readonly lesson: number | null;
  /** The lesson that is chosen in the list. */
  readonly cursor: number;
  readonly page: number;
  /** Rows by which a text is scrolled. */
  readonly scroll: number;
  /** Of the run on this page, if it shows one. */
  readonly player: PlayerState | null;
  /** The answer that was given, or the break that was chosen; null: none yet. */
  readonly picked: number | null;
  /** What was picked is being watched; its outcome is not told yet. */
  readonly watching: boolean;
  /** The breaks of this page that were tried. */
  readonly tried: readonly number[];
  readonly progress: Progress;
  readonly left: boolean;
}

export type LearnAction =
  | { readonly type: "cursor"; readonly by: 1 | -1 }
  | { readonly type: "open" }
  | { readonly type: "next" }
  | { readonly type: "back" }
  | { readonly type: "pick"; readonly choice: number }
  /** Tells at once what would be seen. */
  | { readonly type: "skip" }
  /** From what came of a break back to its choices. */
  | { readonly type: "unpick" }
  | { readonly type: "scroll"; readonly by: 1 | -1 }
  | { readonly type: "play"; readonly action: PlayerAction }
  | { readonly type: "lessons" }
  | { readonly type: "quit" };

export function listState(progress: Progress, cursor: number): LearnState {
  return { ...BLANK, lesson: null, cursor, page: 0, progress };
}

const BLANK = {
  scroll: 0,
  player: null,
  picked: null,
  watching: false,
  tried: [],
  left: false,
} as const;

/** A lesson where it was left, or from its beginning if it was done. */
export function opened(state: LearnState, lesson: number, room: Classroom): LearnState {
  const { name, pages } = room.lesson(lesson);
  const { page, done } = progressOf(state.progress, name);
  const first = done || page >= pages.length ? 0 : page;
  return turned({ ...state, lesson, cursor: lesson }, first, room);
}

/** What of a run the page shows now; null: it shows none. */
export function sightOf(state: LearnState, room: Classroom): Sight | null {
  if (state.lesson === null) return null;
  const { run } = room.lesson(state.lesson);
  const page = room.page(state.lesson, state.page);
  switch (page.kind) {
    case "show":
      return { run, from: page.from, to: page.to };
    case "ask":
      // Before the answer nothing may be seen of what is asked about.
      return { run, from: page.see, to: state.picked === null ? page.see : page.at };
    case "break":
      if (state.picked === null) return { run, from: page.at, to: page.at };
      return page.choices[state.picked]?.outcome() ?? null;
    default:
      return null;
  }
}

/** A part of a run. */
export interface Sight {
  readonly run: ScenarioRun;
  readonly from: Moment;
  readonly to: Moment;
}

export function recordingOf(state: LearnState, room: Classroom): Recording | null {
  const sight = sightOf(state, room);
  return sight === null ? null : room.recording(sight.run, sight.to);
}

export function reduceLearning(
  state: LearnState,
  action: LearnAction,
  room: Classroom,
): LearnState {
  switch (action.type) {
    case "cursor": {
      const cursor = state.cursor + action.by;
      return room.entries[cursor] === undefined ? state : { ...state, cursor };
    }
    case "open":
      return opened(state, state.cursor, room);
    case "next":
      return next(state, room);
    case "back":
      return state.page === 0 ? state : turned(state, state.page - 1, room);
    case "pick":
      return picked(state, action.choice, room);
    case "skip": {
      const end = played({ ...state, watching: false }, { type: "end" }, room);
      return { ...end, watching: false };
    }
    case "unpick":
      return seen({ ...state, picked: null, watching: false }, room, false);
    case "scroll":
      return { ...state, scroll: Math.max(0, state.scroll + action.by) };
    case "play":
      return played(state, action.action, room);
    case "lessons":
      return room.single
        ? { ...state, left: true }
        : { ...listState(state.progress, state.lesson ?? state.cursor) };
    case "quit":
      return { ...state, left: true };
  }
}

function next(state: LearnState, room: Classroom): LearnState {
  if (state.lesson === null) return state;
  const { pages } = room.lesson(state.lesson);
  if (state.page + 1 < pages.length) return turned(state, state.page + 1, room);
  if (room.single) return { ...state, left: true };
  const after = Math.min(state.lesson + 1, room.entries.length - 1);
  return listState(state.progress, after);
}

/** At another page of the lesson, which is remembered. */
function turned(state: LearnState, page: number, room: Classroom): LearnState {
  const { lesson } = state;
  if (lesson === null) return state;
  const { name, pages } = room.lesson(lesson);
  const progress = reached(state.progress, name, page, page === pages.length - 1);
  return seen({ ...state, ...BLANK, page, progress }, room, false);
}

/** With the player at the beginning of what is to be seen. */
function seen(state: LearnState, room: Classroom, playing: boolean): LearnState {
  const sight = sightOf(state, room);
  if (sight === null) return { ...state, player: null };
  const { position, at } = sight.from;
  return { ...state, player: { ...startState(), position, now: at, playing } };
}

function picked(state: LearnState, choice: number, room: Classroom): LearnState {
  const { lesson } = state;
  if (lesson === null) return state;
  const page = room.page(lesson, state.page);
  if (page.kind !== "ask" && page.kind !== "break") return state;
  if (page.choices[choice] === undefined) return state;
  const now = { ...state, picked: choice, scroll: 0 };
  if (page.kind === "break") {
    const tried = state.tried.includes(choice) ? state.tried : [...state.tried, choice];
    return seen({ ...now, tried, watching: true }, room, true);
  }
  const right = page.choices[choice]?.right === true;
  const progress = answered(state.progress, room.lesson(lesson).name, state.page, right);
  const watching = moves(page);
  return seen({ ...now, progress, watching }, room, watching);
}

/** Whether there is anything to watch between the question and its answer. */
function moves(page: Extract<PreparedPage, { kind: "ask" }>): boolean {
  return page.at.position > page.see.position;
}

function played(state: LearnState, action: PlayerAction, room: Classroom): LearnState {
  const sight = sightOf(state, room);
  if (sight === null || state.player === null) return state;
  const recording = room.recording(sight.run, sight.to);
  const before = state.player;
  // What comes before this part was on other pages.
  const again = action.type === "play" && !before.playing && before.position >= recording.length;
  const start: PlayerState = { ...before, position: sight.from.position, now: sight.from.at };
  const after = again ? { ...start, playing: true } : play(before, action, recording);
  const player =
    after.position < sight.from.position ? { ...start, playing: false, hold: 0 } : after;
  const over = state.watching && !player.playing && player.position >= recording.length;
  return { ...state, player, watching: state.watching && !over };
}
