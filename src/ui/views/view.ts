import type { Instant } from "../../base/time.ts";
import { type Frame, leaderOf, type MemberFrame, memberOf } from "../../trace/frames/frame.ts";
import type { Question } from "../../trace/story/why-question.ts";
import type { PlayerState, ViewName } from "../player-state.ts";
import type { Recording } from "../recording.ts";
import { dim, type Row } from "../style.ts";

/** What every part of the screen is drawn from. */
export interface View {
  readonly recording: Recording;
  readonly state: PlayerState;
  readonly frame: Frame;
  readonly columns: number;
  /** Moments that the person has marked; absent: none. */
  readonly pins?: readonly Instant[];
}

/** How far a cursor may go from where it stands by itself, up (at most 0) and down (at least 0). */
export interface Reach {
  readonly up: number;
  readonly down: number;
}

/** One way of looking at a moment of a run. */
export interface ViewEntry {
  readonly name: ViewName;
  /** The key that opens it, and closes it again. */
  readonly key: string;
  /** In a word, for the line of keys. */
  readonly title: string;
  /** What it shows, for the help. */
  readonly shows: string;
  /** Exactly `rows` rows, the first of them a rule with the view's name. */
  readonly draw: (view: View, rows: number) => Row[];
  readonly reach: (recording: Recording, state: PlayerState) => Reach;
  /** What `w` asks the reasons of: what the cursor is on. Null: there is nothing yet. */
  readonly asks: (view: View) => Question | null;
}

/** The member that is selected, or else the leader, or else the first. */
export function chosenMember({ frame, state }: View): MemberFrame {
  if (state.selected !== 0) return memberOf(frame, state.selected);
  return leaderOf(frame) ?? (frame.members[0] as MemberFrame);
}

/** `rows` made exactly `count` many. */
export function filled(rows: readonly Row[], count: number): Row[] {
  return Array.from({ length: count }, (_, i) => rows[i] ?? []);
}

/** `count` of the rows from `scroll` on; what is above and below them is counted. */
export function scrolled(rows: readonly Row[], scroll: number, count: number): Row[] {
  const from = Math.max(0, Math.min(scroll, rows.length - count));
  const shown = filled(rows.slice(from), count);
  const below = rows.length - from - count;
  if (below > 0) shown[count - 1] = [dim(`  … ${below + 1} more (↓)`)];
  if (from > 0) shown[0] = [dim(`  … ${from + 1} above (↑)`)];
  return shown;
}
