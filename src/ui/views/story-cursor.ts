import type { StoryLine } from "../../trace/story/story.ts";
import type { Question } from "../../trace/story/why-question.ts";
import type { PlayerState } from "../player-state.ts";
import type { Recording } from "../recording.ts";
import type { Reach, View } from "./view.ts";

/** How far back the cursor goes where every step is a line. */
const STEPS = 500;

/** The cursor of a view of lines stands at the newest, and goes back from there. */
export function reachOfLines(recording: Recording, state: PlayerState): Reach {
  const count = state.detail === "all" ? STEPS : recording.toldCount(state.position, state.filter);
  return { up: Math.min(0, 1 - count), down: 0 };
}

/** The last `count` lines up to the one at the cursor, which is the last of them. */
export function linesUpTo(view: View, count: number): readonly StoryLine[] {
  const { recording, state } = view;
  const lines = recording.told(state.position, count - state.cursor, state.detail, state.filter);
  return lines.slice(0, Math.max(1, lines.length + state.cursor));
}

export function lineAtCursor(view: View): StoryLine | undefined {
  return linesUpTo(view, 1).at(-1);
}

export function asksLine(view: View): Question | null {
  const line = lineAtCursor(view);
  return line === undefined ? null : { about: "event", seq: line.seq };
}
