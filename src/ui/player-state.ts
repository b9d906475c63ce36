import type { Instant } from "../base/time.ts";

/** The views: `story` is the one that a run opens with, and that Esc comes back to. */
export type ViewName =
  | "story"
  | "cluster"
  | "logs"
  | "columns"
  | "messages"
  | "store"
  | "history"
  | "inspector";

/** Where in the run we are and how we look at it. Plain data; `reduce` of player.ts makes the next one. */
export interface PlayerState {
  /** How many events have happened. */
  readonly position: number;
  /** The virtual time shown: from that of the last event until just before the next one's. */
  readonly now: Instant;
  readonly playing: boolean;
  /** Virtual seconds a second; story lines also stay the longer the slower it is. */
  readonly speed: number;
  /** Real milliseconds for which the last story line is still held. */
  readonly hold: number;
  /** How often the line of time is zoomed in around the moment; 0: all of it is shown. */
  readonly zoom: number;
  readonly view: ViewName;
  /**
   * How far the view's cursor was moved from where it stands by itself, which is 0: the newest entry, the
   * last line, the first key … Negative is up, or to what is older.
   */
  readonly cursor: number;
  /** Rows by which a page of text (the lesson, the help, the reasons) was scrolled. */
  readonly scroll: number;
  /** The page that says what to look for, before the run begins. */
  readonly lesson: boolean;
  /** The member whose details are shown; 0: none. */
  readonly selected: number;
  /** Shows what clients have (leases, watches, locks) in the place of a member's details. */
  readonly clients: boolean;
  readonly help: boolean;
  /** Shows the chain of causes of the line at the cursor instead of the lines before it. */
  readonly why: boolean;
  readonly detail: "story" | "all";
  /** Words that a line of the story must hold to be shown, whatever the view; empty: all lines are. */
  readonly filter: string;
  /** Words that a key's line in the help must hold; they go when the help does. */
  readonly helpFilter: string;
}
