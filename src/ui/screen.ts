import { MIN_COLUMNS, minRows, planFor, type Size } from "./layout.ts";
import type { PlayerState } from "./player-state.ts";
import type { Recording } from "./recording.ts";
import { plain, type Row } from "./style.ts";
import { clientsCount, clientsRows } from "./views/clients.ts";
import { detailRows } from "./views/detail.ts";
import { helpRow, helpRows } from "./views/help.ts";
import { memberRows } from "./views/members.ts";
import { viewOf } from "./views/registry.ts";
import { storyRows } from "./views/story.ts";
import { timelineRow, titleRow } from "./views/title.ts";
import type { View } from "./views/view.ts";
import { wireRows } from "./views/wire.ts";

/**
 * The whole screen as rows, at most one less than the terminal has. Pure: the same moment of the
 * same run in the same size is the same picture.
 */
export function screenRows(
  recording: Recording,
  state: PlayerState,
  size: Size,
  verdict: readonly Row[],
): Row[] {
  const frame = recording.frames.seek(state.position);
  const members = frame.members.length;
  const plan = planFor(size, members);
  if (plan === null) return tooSmall(size, members);
  const view: View = { recording, state, frame, columns: size.columns };
  const head = [titleRow(view), timelineRow(view)];
  if (state.help) return [...head, ...helpRows(view, size.rows - 4), helpRow(size.columns)];
  if (state.view !== "story") {
    return [...head, ...viewOf(state.view).draw(view, size.rows - 4), helpRow(size.columns)];
  }
  const middle = memberRows(view, plan.memberRows);
  // A selected member's details, or what clients have, take the wire's place and some of the story's.
  const wanted = state.clients ? clientsCount(view) : members + 6;
  const detail = Math.max(plan.wire, Math.min(plan.wire + plan.story - 3, wanted));
  const details = state.clients ? clientsRows : detailRows;
  const lower =
    state.selected === 0 && !state.clients
      ? [...wireRows(view, plan.wire), ...storyRows(view, plan.story, verdict)]
      : [...details(view, detail), ...storyRows(view, plan.wire + plan.story - detail, verdict)];
  return [...head, ...middle, ...lower, helpRow(size.columns)];
}

function tooSmall(size: Size, members: number): Row[] {
  const lines = [
    `The terminal is ${size.columns}×${size.rows}.`,
    `${members} members need at least ${MIN_COLUMNS}×${minRows(members)}.`,
    "Make it larger, or press q",
    "and use --plain.",
  ];
  return lines
    .slice(0, Math.max(1, size.rows - 1))
    .map((line) => [plain(line.slice(0, Math.max(1, size.columns)))]);
}
