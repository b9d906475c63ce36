import type { Instant } from "../base/time.ts";
import type { PlayerState, ViewName } from "./player-state.ts";
import type { Recording } from "./recording.ts";
import { viewOf } from "./views/registry.ts";
import { pointedAt } from "./views/title.ts";

export type { PlayerState, ViewName } from "./player-state.ts";

export type Action =
  | { readonly type: "play" }
  | { readonly type: "step"; readonly by: 1 | -1; readonly unit: "story" | "event" }
  | { readonly type: "jump"; readonly by: 1 | -1; readonly to: "election" | "fault" }
  /** A cell of the line of time on or back: the less, the closer it is zoomed in. */
  | { readonly type: "scrub"; readonly by: 1 | -1 }
  /** The line of time, closer or wider around the moment. */
  | { readonly type: "zoom"; readonly by: 1 | -1 }
  /** To what stands in a column of the row with the line of time, which is so many columns wide. */
  | { readonly type: "point"; readonly column: number; readonly columns: number }
  | { readonly type: "start" }
  | { readonly type: "end" }
  | { readonly type: "speed"; readonly by: 1 | -1 }
  | { readonly type: "select"; readonly member: number }
  | { readonly type: "select-next"; readonly by: 1 | -1 }
  /** The same view again: back to the story. */
  | { readonly type: "view"; readonly view: ViewName }
  | { readonly type: "cursor"; readonly by: 1 | -1 }
  | { readonly type: "page"; readonly by: 1 | -1 }
  /** To the next note of the scenario, or the one before. */
  | { readonly type: "chapter"; readonly by: 1 | -1 }
  | { readonly type: "clients" }
  | { readonly type: "help" }
  | { readonly type: "why" }
  | { readonly type: "detail" }
  | { readonly type: "escape" }
  /** Real time went by. */
  | { readonly type: "tick"; readonly ms: number };

export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] as const;
/** Places by which a page moves the cursor. */
const PAGE = 10;
/** The line of time is so many cells long for who scrubs along it, whatever the terminal's width. */
const CELLS = 72;
/** How long a story line is held at speed 1, and a routine one. */
const HOLD_MS = 700;
const ROUTINE_MS = 120;
/** So is a note to the reader, and a message that is lost. */
const NOTE_MS = 2000;
const LOSS_MS = 400;
const LONGEST_HOLD_MS = 2500;
/** Stretches in which nothing is told are run through faster, in about this time. */
const LONGEST_GAP_MS = 800;
/** From this speed on messages are not slowed down to be seen. */
const UNSEEN_FROM = 50;
const SLOWEST = 0.2;

export function startState(speed = 1): PlayerState {
  return {
    position: 0,
    now: 0,
    playing: true,
    speed,
    hold: 0,
    zoom: 0,
    view: "story",
    cursor: 0,
    scroll: 0,
    lesson: false,
    selected: 0,
    clients: false,
    help: false,
    why: false,
    detail: "story",
    filter: "",
    helpFilter: "",
  };
}

/** How a run is opened: with what it teaches, if it says so. */
export function openingState(recording: Recording, speed = 1): PlayerState {
  return { ...startState(speed), lesson: recording.header.teaches.trim() !== "" };
}

export function reduce(state: PlayerState, action: Action, recording: Recording): PlayerState {
  // The first page is left by whatever is pressed, and by nothing else.
  if (state.lesson && action.type !== "cursor" && action.type !== "page") {
    return action.type === "tick" ? state : { ...state, lesson: false, scroll: 0 };
  }
  switch (action.type) {
    case "play":
      if (!state.playing && state.position === recording.length) {
        return { ...moved(state, 0, recording), playing: true };
      }
      return { ...state, playing: !state.playing, hold: 0 };
    case "step":
      return moved(state, stepTarget(state, action.by, action.unit, recording), recording);
    case "jump": {
      const places = action.to === "election" ? recording.elections : recording.faults;
      return moved(state, jumpTarget(state.position, action.by, places), recording);
    }
    case "scrub":
      return wentTo(state, scrubTarget(state, action.by, recording), recording);
    case "point": {
      const { column, columns } = action;
      const to = pointedAt({ recording, state, columns }, column);
      return typeof to === "number"
        ? wentTo(state, to, recording)
        : moved(state, recording.stopOf(to), recording);
    }
    case "zoom": {
      const zoom = Math.max(0, Math.min(recording.scale.zooms, state.zoom + action.by));
      return { ...state, zoom };
    }
    case "start":
      return moved(state, 0, recording);
    case "end":
      return moved(state, recording.length, recording);
    case "speed":
      return { ...state, speed: nextSpeed(state.speed, action.by) };
    case "select": {
      const known = members(state, recording).includes(action.member);
      if (!known) return state;
      const selected = state.selected === action.member ? 0 : action.member;
      return { ...state, selected, clients: false };
    }
    case "select-next": {
      // Nobody (0) is one of the stops.
      const ids = [0, ...members(state, recording)];
      const place = ids.indexOf(state.selected) + action.by + ids.length;
      return { ...state, selected: ids[place % ids.length] ?? 0, clients: false };
    }
    case "view": {
      const view = state.view === action.view ? "story" : action.view;
      return { ...state, view, cursor: 0 };
    }
    case "cursor":
      return pointed(state, action.by, recording);
    case "page": {
      const reasons = state.why && state.view !== "story" && !state.help && !state.lesson;
      if (reasons) return { ...state, scroll: Math.max(0, state.scroll + action.by * PAGE) };
      return pointed(state, action.by * PAGE, recording);
    }
    case "chapter":
      return moved(state, jumpTarget(state.position, action.by, recording.chapters), recording);
    case "clients":
      return { ...state, clients: !state.clients, selected: 0 };
    case "help":
      return { ...state, help: !state.help, helpFilter: "", scroll: 0 };
    case "why":
      return { ...state, why: !state.why, scroll: 0 };
    case "detail":
      return { ...state, detail: state.detail === "story" ? "all" : "story" };
    case "escape":
      return escaped(state);
    case "tick":
      return state.playing && !state.help ? played(state, action.ms, recording) : state;
  }
}

/** One level back: from help, the reasons, what was chosen, the view, the zoom, the filter; in this order. */
function escaped(state: PlayerState): PlayerState {
  if (state.help) {
    return { ...state, help: state.helpFilter !== "", helpFilter: "", scroll: 0 };
  }
  if (state.why) return { ...state, why: false, scroll: 0 };
  if (state.selected !== 0 || state.clients) return { ...state, selected: 0, clients: false };
  if (state.cursor !== 0) return { ...state, cursor: 0 };
  if (state.view !== "story") return { ...state, view: "story" };
  if (state.zoom !== 0) return { ...state, zoom: 0 };
  return { ...state, filter: "" };
}

/** The cursor moved by so many places; or a page of text scrolled. */
function pointed(state: PlayerState, by: number, recording: Recording): PlayerState {
  // Beside another view the cursor stays that view's: the reasons follow it.
  const reasons = state.why && state.view === "story";
  if (state.help || state.lesson || reasons) {
    return { ...state, scroll: Math.max(0, state.scroll + by) };
  }
  const { up, down } = viewOf(state.view).reach(recording, state);
  return { ...state, cursor: Math.min(down, Math.max(up, state.cursor + by)), scroll: 0 };
}

function members(state: PlayerState, recording: Recording): number[] {
  return recording.frames.seek(state.position).members.map((member) => member.id);
}

/** At `position`, paused: whoever steps wants to look. */
function moved(state: PlayerState, position: number, recording: Recording): PlayerState {
  const now = recording.timeAt(position);
  return { ...state, position, now, playing: false, hold: 0, scroll: 0 };
}

/** At a time, paused. */
function wentTo(state: PlayerState, now: Instant, recording: Recording): PlayerState {
  return { ...moved(state, recording.frames.positionAt(now), recording), now };
}

function scrubTarget({ now, zoom }: PlayerState, by: 1 | -1, { scale, end }: Recording): Instant {
  const target = Math.floor(scale.at(scale.part(now) + (by * 0.5 ** zoom) / CELLS));
  // On in any case: a cell may be less than a microsecond, or lie within one instant.
  return by === 1
    ? Math.min(end, Math.max(target, Math.floor(now) + 1))
    : Math.max(0, Math.min(target, Math.ceil(now) - 1));
}

function stepTarget(
  state: PlayerState,
  by: 1 | -1,
  unit: "story" | "event",
  recording: Recording,
): number {
  const { position } = state;
  if (unit === "story") {
    // What is shown is what is stepped through.
    if (state.detail === "all") {
      return by === 1 ? recording.nextStep(position) : recording.previousStep(position);
    }
    return by === 1 ? recording.nextStop(position) : recording.previousStop(position);
  }
  return Math.min(recording.length, Math.max(0, position + by));
}

/** The nearest of the ascending places in that direction; stays if there is none. */
function jumpTarget(position: number, by: 1 | -1, places: readonly number[]): number {
  const found =
    by === 1
      ? places.find((place) => place > position)
      : places.findLast((place) => place < position);
  return found ?? position;
}

function nextSpeed(speed: number, by: 1 | -1): number {
  const found = by === 1 ? SPEEDS.find((s) => s > speed) : SPEEDS.findLast((s) => s < speed);
  return found ?? speed;
}

/**
 * `ms` of real time later. Virtual time runs at `speed`, faster where nothing is told, slower while messages
 * that matter fly, and stands at each story line long enough to read it.
 */
function played(state: PlayerState, ms: number, recording: Recording): PlayerState {
  let { position, now, hold } = state;
  let left = ms;
  while (left > 0) {
    if (hold > 0) {
      const waited = hold < left ? hold : left;
      hold -= waited;
      left -= waited;
      continue;
    }
    if (position === recording.length) return { ...state, position, now, hold: 0, playing: false };
    const stop = Math.min(recording.nextStop(position), recording.nextLoss(position));
    const stopAt = recording.timeAt(stop);
    const { rate, until } = paceAt(position, now, stop, state.speed, recording);
    const needed = (until - now) / rate;
    if (needed > left) {
      now += left * rate;
      position = Math.max(position, Math.min(recording.frames.positionAt(now), stop - 1));
      left = 0;
    } else if (until < stopAt) {
      left -= needed;
      now = until;
      position = Math.max(position, Math.min(recording.frames.positionAt(now), stop - 1));
    } else {
      left -= needed;
      position = stop;
      now = stopAt;
      hold = holdFor(stop, state.speed, recording);
    }
  }
  return { ...state, position, now, hold };
}

interface Pace {
  /** Virtual µs a real millisecond. */
  readonly rate: number;
  /** As far as that is so. */
  readonly until: number;
}

/** How fast time goes at `now`, on the way to `stop`. */
function paceAt(
  position: number,
  now: number,
  stop: number,
  speed: number,
  recording: Recording,
): Pace {
  const stopAt = recording.timeAt(stop);
  const isSeen = speed < UNSEEN_FROM;
  const slow = isSeen ? recording.slowFrom(now) : undefined;
  if (slow !== undefined && slow.from <= now) {
    // Slower still at small speeds, but no flight takes longer than a few seconds for that.
    const rate = Math.min(1000 * speed, slow.rate * Math.max(speed, SLOWEST));
    return { rate, until: Math.min(stopAt, slow.to) };
  }
  const until = slow === undefined ? stopAt : Math.min(stopAt, slow.from);
  // As of the whole gap, wherever in it we are: then it makes no difference how often we are asked.
  const told = recording.timeAt(recording.stopUpTo(position));
  const from = isSeen ? Math.max(told, recording.slowBefore(now)) : told;
  return { rate: Math.max(1000 * speed, (until - from) / LONGEST_GAP_MS), until };
}

function holdFor(position: number, speed: number, recording: Recording): number {
  const line = recording.lineAtStop(position);
  if (line === undefined) return speed < UNSEEN_FROM ? LOSS_MS / speed : 0;
  const usual = line.routine ? ROUTINE_MS : line.topic === "note" ? NOTE_MS : HOLD_MS;
  const hold = usual / speed;
  return hold < LONGEST_HOLD_MS ? hold : LONGEST_HOLD_MS;
}
