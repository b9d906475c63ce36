import { type Duration, SECOND } from "../base/time.ts";
import { momentText } from "../scenario/read/moment.ts";
import { parseStep } from "../scenario/read/parse-step.ts";
import type { ScenarioData, StepData } from "../scenario/read/scenario-data.ts";
import { type Branch, stepText } from "../session/branch.ts";
import { type Session, SessionError } from "../session/session.ts";
import { type Action, type PlayerState, reduce } from "./player.ts";
import { Recording } from "./recording.ts";
import type { Chosen, HandFault } from "./touch/hand-faults.ts";
import {
  type Asks,
  type Mode,
  type Pressed,
  pressChoice,
  pressMenu,
  promptFor,
  recall,
  remembered,
  type Typed,
  WATCH,
} from "./touch/mode.ts";
import { IN_HELP, whyNot } from "./why-not.ts";

/** A run without an end of its own goes on by so much where somebody plays beyond it … */
const MORE: Duration = 10 * SECOND;
/** … but no further: it is run again from its beginning each time. */
const LONGEST: Duration = 600 * SECOND;

/** A moment that somebody wants to come back to. */
export interface Bookmark {
  readonly branch: number;
  readonly position: number;
  readonly note: string;
}

/** A run that goes on while it is looked at, in a process of ours: what is done to it is done now. */
export interface Live {
  /** Does something to it; what is to be said of it, or why it can't be done. */
  act(step: StepData): { readonly done: boolean; readonly text: string };
  /** What was done to it so far, as a scenario. */
  data(): ScenarioData;
}

/** A run on the workbench: how it is looked at, and what was done to it by hand. Plain data. */
export interface Workbench {
  /** Null: a recorded trace, which nothing can be done to. */
  readonly session: Session | null;
  /** Null: it is over. */
  readonly live: Live | null;
  readonly recording: Recording;
  readonly player: PlayerState;
  readonly mode: Mode;
  /** What was just done, or why it can't be; told in the place of the keys until the next key. */
  readonly notice: string;
  /** The branch that is shown beside; null: none. */
  readonly beside: number | null;
  readonly bookmarks: readonly Bookmark[];
  readonly typed: Typed;
}

/** What a key asks of the workbench, beyond the player. */
export type Work =
  | { readonly type: "player"; readonly action: Action }
  /** A live run has gone on: who looks at its end sees the new one. */
  | { readonly type: "grown"; readonly recording: Recording }
  /** A mode begins. */
  | { readonly type: "mode"; readonly mode: Mode }
  /** A key, or the text of several, in a mode; `enter`, `erase` and `escape` are keys of their own. */
  | { readonly type: "letter"; readonly letter: string }
  | { readonly type: "enter" | "erase" | "escape" }
  /** An earlier line of the prompt's, older (1) or newer. */
  | { readonly type: "recall"; readonly by: 1 | -1 }
  /** A key that means nothing where it was pressed; empty if it has no name. */
  | { readonly type: "unknown"; readonly key: string }
  | { readonly type: "undo" | "next-branch" | "beside" | "next-mark" | "moment" };

/** What the world outside does for the workbench. */
export interface Outside {
  /** Writes a scenario; what is to be said of it. Nothing is overwritten. */
  save(data: ScenarioData, file: string): string;
  /** How to open this very moment again. */
  command(branch: Branch | null, moment: string): string;
}

export function workbench(
  session: Session | null,
  recording: Recording,
  player: PlayerState,
  live: Live | null = null,
): Workbench {
  const nothing = { mode: WATCH, notice: "", beside: null, bookmarks: [], typed: {} };
  return { session, live, recording, player, ...nothing };
}

/** The next state of the workbench. Pure but for what `outside` does. */
export function work(bench: Workbench, what: Work, outside: Outside): Workbench {
  if (what.type === "grown") return grown(bench, what.recording);
  const told = what.type === "player" && what.action.type === "tick" ? bench : quiet(bench);
  const { help, lesson } = told.player;
  if (told.mode.kind === "watch" && what.type !== "player") {
    // The first page is left by any key; and what the help covers is not done.
    if (lesson) return { ...told, player: { ...told.player, lesson: false, scroll: 0 } };
    const filters =
      what.type === "mode" && what.mode.kind === "prompt" && what.mode.asks === "filter";
    if (help && !filters) return { ...told, notice: IN_HELP };
  }
  switch (what.type) {
    case "player":
      return played(told, what.action);
    case "mode":
      return begun(told, what.mode);
    case "escape":
      return { ...told, mode: told.mode.kind === "choose" ? { kind: "menu" } : WATCH };
    case "letter":
      return pressed(told, what.letter);
    case "erase":
      return told.mode.kind === "prompt"
        ? { ...told, mode: typing(told.mode, told.mode.text.slice(0, -1)) }
        : told;
    case "recall":
      return { ...told, mode: recall(told.mode, what.by, told.typed) };
    case "enter":
      return entered(told, outside);
    case "unknown":
      return { ...told, notice: nothing(what.key, told.mode) };
    case "undo":
      return onSession(told, (session) => session.undo(), "taken back");
    case "next-branch":
      return nextBranch(told);
    case "beside":
      return beside(told);
    case "next-mark":
      return nextMark(told);
    case "moment": {
      const { position, now } = told.player;
      const { session } = told;
      const own = session === null || session.current === 0 ? null : session.branch;
      return { ...told, notice: outside.command(own, momentText(now, position)) };
    }
  }
}

function grown(bench: Workbench, recording: Recording): Workbench {
  const { player } = bench;
  if (player.position < bench.recording.length) return { ...bench, recording };
  const end = { position: recording.length, now: recording.end, hold: 0 };
  return { ...bench, recording, player: { ...player, ...end } };
}

function nothing(key: string, mode: Mode): string {
  const which = key === "" ? "this key" : key;
  return `${which} does nothing here${mode.kind === "watch" ? ": ? shows what each key does" : ""}`;
}

function quiet(bench: Workbench): Workbench {
  return bench.notice === "" ? bench : { ...bench, notice: "" };
}

// ---- time ----------------------------------------------------------------------------------------

function played(bench: Workbench, action: Action): Workbench {
  const { player, recording, session } = bench;
  const next = reduce(player, action, recording);
  if (session === null || !session.isOpen || !goesBeyond(bench, action, next)) {
    const notice = whyNot(action, { state: player, recording, compared: bench.beside !== null });
    if (notice !== "") return { ...bench, notice };
    // What stands beside is a level of its own.
    const leaves = action.type === "escape" && bench.beside !== null && !player.help;
    return leaves ? { ...bench, beside: null } : { ...bench, player: next };
  }
  if (recording.end + MORE > LONGEST) {
    const notice = "ten virtual minutes are enough: s saves the run";
    return { ...bench, player: { ...player, playing: false }, notice };
  }
  const longer = session.extend(MORE);
  const now = recordingOf(longer.branch);
  return { ...bench, session: longer, recording: now, player: reduce(player, action, now) };
}

/** Whether somebody wants to see what comes after the end of what was run. */
function goesBeyond({ player, recording }: Workbench, action: Action, next: PlayerState): boolean {
  switch (action.type) {
    case "tick":
      return player.playing && next.position === recording.length;
    case "step":
      return action.by === 1 && player.position === recording.length;
    case "play":
      return !player.playing && player.position === recording.length;
    default:
      return false;
  }
}

// ---- what is done by hand ------------------------------------------------------------------------

const RECORDED = "this is a recorded trace: only a scenario can be gone on with";

function begun(bench: Workbench, mode: Mode): Workbench {
  const player = { ...bench.player, playing: false };
  const needsRun = mode.kind === "menu" || (mode.kind === "prompt" && needsSession(mode.asks));
  if (needsRun && bench.session === null && bench.live === null)
    return { ...bench, player, notice: RECORDED };
  // In the help it is the help that is filtered.
  const helps = player.help && mode.kind === "prompt" && mode.asks === "filter";
  return { ...bench, player, mode: helps ? promptFor("help") : mode };
}

/** What is changed of an earlier line is a line of its own. */
function typing(mode: Extract<Mode, { readonly kind: "prompt" }>, text: string): Mode {
  return { ...mode, text, recalled: 0 };
}

function needsSession(asks: Asks): boolean {
  return asks === "step" || asks === "save";
}

function pressed(bench: Workbench, letter: string): Workbench {
  const { mode } = bench;
  if (mode.kind === "prompt") return { ...bench, mode: typing(mode, mode.text + letter) };
  if (mode.kind === "menu") return settled(bench, pressMenu(letter));
  if (mode.kind === "choose") {
    return settled(bench, pressChoice(mode, letter, false, frameOf(bench)));
  }
  return bench;
}

function settled(bench: Workbench, result: Pressed): Workbench {
  if (!("does" in result)) {
    return { ...bench, mode: result.mode, notice: result.objection ?? "" };
  }
  return done({ ...bench, mode: result.mode }, result.does, result.chosen);
}

function done(bench: Workbench, fault: HandFault, chosen: Chosen): Workbench {
  return acted(bench, fault.step(chosen, frameOf(bench)));
}

function frameOf({ recording, player }: Workbench) {
  return recording.frames.seek(player.position);
}

function acted(bench: Workbench, step: StepData): Workbench {
  if (bench.live !== null) return { ...bench, notice: bench.live.act(step).text };
  const at = Math.floor(bench.player.now);
  return onSession(bench, (session) => session.act(at, step), stepText(step), at);
}

/** Changes the session, and shows the branch that it is about then, at the same time. */
function onSession(
  bench: Workbench,
  change: (session: Session) => Session,
  notice: string,
  at = Math.floor(bench.player.now),
): Workbench {
  if (bench.session === null) return { ...bench, notice: RECORDED };
  try {
    return shown({ ...bench, session: change(bench.session), notice }, at);
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return { ...bench, notice: error.message.split("\n")[0] ?? "" };
  }
}

function shown(bench: Workbench, at: number): Workbench {
  if (bench.session === null) return bench;
  const recording = recordingOf(bench.session.branch);
  const now = Math.min(at, recording.end);
  const position = recording.frames.positionAt(now);
  const player = { ...bench.player, position, now, playing: false, hold: 0, cursor: 0 };
  const { branches } = bench.session;
  const besides = bench.beside !== null && bench.beside >= branches.length ? null : bench.beside;
  return { ...bench, recording, player, beside: besides };
}

// ---- branches ------------------------------------------------------------------------------------

const ALONE = "there is one branch: go back, and do something else (x) before what was done last";

function nextBranch(bench: Workbench): Workbench {
  const { session, player } = bench;
  if (session === null) return { ...bench, notice: RECORDED };
  const count = session.branches.length;
  if (count === 1) return { ...bench, notice: ALONE };
  const next = session.at((session.current + 1) % count);
  const notice = `branch ${next.current + 1} of ${count}: ${next.branch.title}`;
  // The one that was looked at is what the next one is compared with.
  const beside = bench.beside === null ? null : session.current;
  return shown({ ...bench, session: next, notice, beside }, Math.floor(player.now));
}

function beside(bench: Workbench): Workbench {
  const { session } = bench;
  if (session === null) return { ...bench, notice: RECORDED };
  if (bench.beside !== null) return { ...bench, beside: null };
  if (session.branches.length === 1) return { ...bench, notice: ALONE };
  const other = session.branch.parent ?? (session.current + 1) % session.branches.length;
  return { ...bench, beside: other };
}

// ---- marks and lines that were typed ---------------------------------------------------------------

function nextMark(bench: Workbench): Workbench {
  const { bookmarks, session, player } = bench;
  if (bookmarks.length === 0) return { ...bench, notice: "no moment is marked yet: M marks one" };
  const current = session?.current ?? 0;
  const after = ({ branch, position }: Bookmark): boolean =>
    branch > current || (branch === current && position > player.position);
  const mark = bookmarks.find(after) ?? (bookmarks[0] as Bookmark);
  const there = session === null || mark.branch === current ? session : session.at(mark.branch);
  const recording = there === null ? bench.recording : recordingOf(there.branch);
  const position = Math.min(mark.position, recording.length);
  const now = recording.timeAt(position);
  const looking = { ...player, position, now, playing: false, hold: 0, cursor: 0 };
  return { ...bench, session: there, recording, player: looking, notice: mark.note };
}

function entered(bench: Workbench, outside: Outside): Workbench {
  const { mode } = bench;
  if (mode.kind === "choose") return settled(bench, pressChoice(mode, "", true, frameOf(bench)));
  if (mode.kind === "menu") return { ...bench, notice: nothing("Enter", mode) };
  if (mode.kind !== "prompt") return bench;
  const text = mode.text.trim();
  const typed = remembered(bench.typed, mode.asks, text);
  const back = { ...bench, typed, mode: WATCH };
  switch (mode.asks) {
    case "filter":
      return { ...back, player: { ...back.player, filter: text, cursor: 0 } };
    case "help":
      return { ...back, player: { ...back.player, helpFilter: text, scroll: 0 } };
    case "mark": {
      const branch = bench.session?.current ?? 0;
      const { position } = bench.player;
      const mark = { branch, position, note: text === "" ? "marked" : text };
      const bookmarks = [...bench.bookmarks, mark].sort(
        (a, b) => a.branch - b.branch || a.position - b.position,
      );
      return { ...back, bookmarks, notice: `marked: ${mark.note}` };
    }
    case "save": {
      const data = bench.live?.data() ?? bench.session?.branch.data;
      if (text === "" || data === undefined) return back;
      return { ...back, notice: outside.save(data, text) };
    }
    case "step": {
      if (text === "") return back;
      const step = parseStep(text);
      // What was typed is kept, to be mended.
      if (typeof step === "string") return { ...bench, notice: step };
      if (bench.live !== null) {
        const { done, text: told } = bench.live.act(step);
        return done ? { ...back, notice: told } : { ...bench, notice: told };
      }
      const next = acted(back, step);
      return next.recording === bench.recording ? { ...next, mode } : next;
    }
  }
}

// ---- recordings ------------------------------------------------------------------------------------

const recordings = new WeakMap<Branch, Recording>();

/** A branch as it is looked at; prepared once. */
export function recordingOf(branch: Branch): Recording {
  const known = recordings.get(branch);
  if (known !== undefined) return known;
  const { header, events, violations } = branch.run;
  const made = new Recording(header, events, violations);
  recordings.set(branch, made);
  return made;
}
