import { type Action, SPEEDS } from "./player.ts";
import type { PlayerState } from "./player-state.ts";
import type { Recording } from "./recording.ts";
import { viewOf } from "./views/registry.ts";

/** What a key would be pressed in. */
export interface Now {
  readonly state: PlayerState;
  readonly recording: Recording;
  /** Two branches are shown beside each other. */
  readonly compared: boolean;
}

/**
 * Why an action does nothing now, in a sentence; empty: it does something. The line of keys shows those for
 * which this is empty, and what it says is told of any other that is pressed.
 */
export function whyNot(action: Action, now: Now): string {
  const { state, compared } = now;
  if (state.lesson || action.type === "tick") return "";
  if (state.help && !WORKS_IN_HELP.includes(action.type)) {
    return IN_HELP;
  }
  if (compared && !state.help && NOT_COMPARED.includes(action.type)) {
    return "two branches are shown beside each other: Esc leaves them";
  }
  switch (action.type) {
    case "step":
    case "scrub":
      return noTime(action.by, now);
    case "jump":
      return action.to === "election"
        ? noPlace(action.by, now, now.recording.elections, "no election begins or is won")
        : noPlace(action.by, now, now.recording.faults, "nothing is broken or mended");
    case "chapter":
      return noPlace(action.by, now, now.recording.chapters, "there is no note");
    case "speed":
      return noSpeed(action.by, state.speed);
    case "zoom":
      return noZoom(action.by, now);
    case "select":
      return noMember(action.member, now);
    case "cursor":
      return noRow(action.by, now);
    case "page": {
      // Beside another view the cursor stays that view's: pages go through the reasons.
      const reasons = state.why && state.view !== "story" && !state.help;
      return reasons && (action.by === 1 || state.scroll > 0) ? "" : noRow(action.by, now);
    }
    case "why": {
      const told = now.recording.toldCount(state.position) > 0;
      return told || state.why ? "" : "nothing happened yet: → goes to what happens first";
    }
    case "escape":
      return isInside(now) ? "" : "there is nothing to leave: q quits";
    default:
      return "";
  }
}

export const IN_HELP = "the help is shown: Esc leaves it, / filters it";
const WORKS_IN_HELP: readonly Action["type"][] = ["help", "escape", "cursor", "page"];
/** What is not drawn beside another branch. */
const NOT_COMPARED: readonly Action["type"][] = [
  "view",
  "cursor",
  "page",
  "select",
  "select-next",
  "clients",
  "why",
];

function noTime(by: 1 | -1, { state, recording }: Now): string {
  if (by === 1) return state.position < recording.length ? "" : "the run ends here: ← goes back";
  return state.position > 0 || state.now > 0 ? "" : "the run begins here: → goes on";
}

function noPlace(by: 1 | -1, { state }: Now, places: readonly number[], none: string): string {
  const isThere = (place: number): boolean =>
    by === 1 ? place > state.position : place < state.position;
  return places.some(isThere) ? "" : `${none} ${by === 1 ? "after" : "before"} this moment`;
}

function noSpeed(by: 1 | -1, speed: number): string {
  const last = SPEEDS.at(by === 1 ? -1 : 0) as number;
  if (by === 1) return speed < last ? "" : `${last}x is the fastest`;
  return speed > last ? "" : `${last}x is the slowest`;
}

function noZoom(by: 1 | -1, { state, recording }: Now): string {
  if (by === 1) return state.zoom < recording.scale.zooms ? "" : "the line of time is no closer";
  return state.zoom > 0 ? "" : "the line of time shows the whole run";
}

function noMember(id: number, { state, recording }: Now): string {
  const { members } = recording.frames.seek(state.position);
  return members.some((member) => member.id === id) ? "" : `there is no m${id}`;
}

function noRow(by: 1 | -1, { state, recording }: Now): string {
  if (state.help || (state.why && state.view === "story")) {
    return by === 1 || state.scroll > 0 ? "" : "there is nothing above";
  }
  const { up, down } = viewOf(state.view).reach(recording, state);
  if (by === 1) return state.cursor < down ? "" : "there is nothing below";
  return state.cursor > up ? "" : "there is nothing above";
}

/** Whether there is a level that Esc leaves. */
function isInside({ state, compared }: Now): boolean {
  const { help, why, selected, clients, cursor, view, zoom, filter } = state;
  return (
    compared ||
    help ||
    why ||
    clients ||
    selected !== 0 ||
    cursor !== 0 ||
    view !== "story" ||
    zoom !== 0 ||
    filter !== ""
  );
}
