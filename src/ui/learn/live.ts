import type { Instant } from "../../base/time.ts";
import { timeText } from "../../trace/names.ts";
import { planFor } from "../layout.ts";
import type { PlayerState } from "../player.ts";
import type { Recording } from "../recording.ts";
import { screenRows } from "../screen.ts";
import { dim, plain, type Row, rule } from "../style.ts";
import { memberRows } from "../views/members.ts";

/** The rows of the visualizer that a lesson has itself: its title, its keys; and the one that it leaves free. */
const SPARED = 3;

/** The least rows in which a moment of a run is worth showing: when it is, a ruler, and every member. */
export function liveLeast(recording: Recording, state: PlayerState | null): number {
  return 2 + recording.frames.seek(state?.position ?? 0).members.length;
}

/**
 * A moment of a run in exactly `rows` rows below a lesson's text: as the visualizer draws it, or the members
 * alone where there is little room. The first row says which moment it is.
 */
export function liveRows(
  recording: Recording,
  state: PlayerState,
  columns: number,
  rows: number,
  end: Instant,
): Row[] {
  const head = rule(
    [plain(`${timeText(state.now)} / ${timeText(end)}`), dim(playText(state))],
    columns,
  );
  const size = { columns, rows: rows - 1 + SPARED };
  const frame = recording.frames.seek(state.position);
  const drawn =
    planFor(size, frame.members.length) === null
      ? memberRows({ recording, state, frame, columns }, 1)
      : screenRows(recording, state, size, []).slice(1, -1);
  return Array.from({ length: Math.max(0, rows) }, (_, i) =>
    i === 0 ? head : (drawn[i - 1] ?? []),
  );
}

function playText({ playing }: PlayerState): string {
  return playing ? "  ▶" : "  ‖";
}
