import type { Instant } from "../../base/time.ts";
import { timeText } from "../../trace/names.ts";
import { MIN_COLUMNS, minRows } from "../../ui/layout.ts";
import { type PlayerState, startState } from "../../ui/player.ts";
import { Recording } from "../../ui/recording.ts";
import { ExportError } from "../export-error.ts";
import type { Run, TerminalSize } from "../options.ts";

export const SIZE: TerminalSize = { columns: 100, rows: 30 };

/** The run as the terminal shows it. Throws ExportError if that needs a larger one. */
export function recordingFor(run: Run, size: TerminalSize): Recording {
  const count = run.header.members.length;
  if (size.columns < MIN_COLUMNS || size.rows < minRows(count)) {
    throw new ExportError(
      `${count} members need at least ${MIN_COLUMNS}x${minRows(count)} — give a larger --size than ${size.columns}x${size.rows}`,
    );
  }
  return new Recording(run.header, run.events);
}

/** The visualizer, paused at that moment; by default the end. */
export function stateAt(recording: Recording, at: Instant | undefined): PlayerState {
  const now = at ?? recording.end;
  return { ...startState(), playing: false, position: recording.frames.positionAt(now), now };
}

/** Which moment of which run a picture shows. */
export function momentText({ header }: Run, now: Instant): string {
  return `${header.name} · seed ${header.seed} · ${timeText(now)}`;
}
