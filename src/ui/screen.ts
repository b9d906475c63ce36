import type { Instant } from "../base/time.ts";
import { MIN_COLUMNS, minRows, type Plan, planFor, type Size, storyColumns } from "./layout.ts";
import type { PlayerState } from "./player-state.ts";
import type { Recording } from "./recording.ts";
import { beside, plain, type Row } from "./style.ts";
import { clientsCount, clientsRows } from "./views/clients.ts";
import { detailRows } from "./views/detail.ts";
import { helpRow, helpRows } from "./views/help.ts";
import { lessonRows } from "./views/lesson.ts";
import { memberRows } from "./views/members.ts";
import { viewOf } from "./views/registry.ts";
import { bannerRow, captionRow } from "./views/stage.ts";
import { storyRows } from "./views/story.ts";
import { timelineRow, titleRow } from "./views/title.ts";
import type { View } from "./views/view.ts";
import { whyRows } from "./views/why.ts";
import { wireRows } from "./views/wire.ts";

/**
 * The whole screen as rows, at most one less than the terminal has. Pure: the same moment of the
 * same run in the same size is the same picture.
 *
 * @param verdict how the run was judged: told at its end
 * @param pins moments that the person has marked
 */
export function screenRows(
  recording: Recording,
  state: PlayerState,
  size: Size,
  verdict: readonly Row[],
  pins: readonly Instant[] = [],
): Row[] {
  const frame = recording.frames.seek(state.position);
  const members = frame.members.length;
  const view: View = { recording, state, frame, columns: size.columns, pins };
  const note = bannerRow(view) ?? captionRow(view);
  const plan = planFor(size, members, note === null ? 0 : 1);
  if (plan === null) return tooSmall(size, members);
  const head = [titleRow(view), timelineRow(view)];
  const foot = helpRow(view);
  const whole = size.rows - 4;
  if (state.help) return [...head, ...helpRows(view, whole), foot];
  if (state.lesson) return [...head, ...lessonRows(view, whole), foot];
  const top = note === null ? head : [...head, note];
  const rows = size.rows - 2 - top.length;
  return [...top, ...body(view, plan, rows, verdict), foot];
}

/** All between the head and the keys; on wide terminals with the story to its right. */
function body(view: View, plan: Plan, rows: number, verdict: readonly Row[]): Row[] {
  const right = storyColumns({ columns: view.columns, rows });
  const left = view.columns - right - (right > 0 ? 1 : 0);
  const main = { ...view, columns: left };
  const { state } = view;
  // Where the story does not stand beside it, a view makes room for reasons below.
  const below = state.why && state.view !== "story" && right === 0 ? rows >> 1 : 0;
  const picture =
    state.view === "story"
      ? situation(main, plan, verdict)
      : viewOf(state.view).draw(main, rows - below);
  if (below > 0) return [...picture, ...told(main, below - 1, verdict)];
  if (right === 0) return picture;
  const story = told({ ...view, columns: right }, rows - 1, verdict);
  return beside([picture, left + 1], [story, right]);
}

/** What happened, or why it is so what the cursor is on. */
function told(view: View, count: number, verdict: readonly Row[]): Row[] {
  const { state } = view;
  return state.why
    ? whyRows(view, viewOf(state.view).asks(view), count)
    : storyRows(view, count, verdict);
}

/** The members, what is on its way or what was chosen to be looked at, and the story below if there is room. */
function situation(view: View, plan: Plan, verdict: readonly Row[]): Row[] {
  const { state } = view;
  const members = view.frame.members.length;
  const top = memberRows(view, plan.memberRows);
  const room = plan.wire + plan.details * members + plan.story;
  const story = (count: number): Row[] => (plan.story === 0 ? [] : told(view, count, verdict));
  if (state.selected === 0 && !state.clients) {
    const each =
      plan.details === 0
        ? []
        : view.frame.members.flatMap(({ id }) =>
            detailRows({ ...view, state: { ...state, selected: id } }, plan.details - 1),
          );
    return [...top, ...wireRows(view, plan.wire), ...each, ...story(plan.story)];
  }
  // A selected member's details, or what clients have, take the wire's place and some of the story's.
  const wanted = state.clients ? clientsCount(view) : members + 6;
  const most = plan.story === 0 ? room : room - LEAST_STORY;
  const count = plan.story === 0 ? room : Math.max(plan.wire, Math.min(most, wanted));
  const details = state.clients ? clientsRows : detailRows;
  return [...top, ...details(view, count), ...story(room - count)];
}

const LEAST_STORY = 3;

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
