import type { Frame } from "../../trace/frames/frame.ts";
import type { PlayerState } from "../player.ts";
import type { Recording } from "../recording.ts";

/** What every part of the screen is drawn from. */
export interface View {
  readonly recording: Recording;
  readonly state: PlayerState;
  readonly frame: Frame;
  readonly columns: number;
}
