export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How the screen's rows are shared out. All counts are rows. */
export interface Plan {
  /** Rows a member takes: 2 (state, log) or 1 (both side by side). */
  readonly memberRows: 1 | 2;
  readonly wire: number;
  readonly story: number;
}

export const MIN_COLUMNS = 64;
const TITLE = 2; // title bar, timeline
const RULER = 1;
const RULES = 2; // above the wire and the story
const HELP = 1;
const LEAST_WIRE = 2;
const LEAST_STORY = 3;
const GOOD_STORY = 5;

/** The least rows in which `members` can be shown. */
export function minRows(members: number): number {
  // One row stays free: output as high as the terminal would scroll it.
  return 1 + TITLE + RULER + RULES + HELP + LEAST_WIRE + LEAST_STORY + members;
}

/** Shares the rows out; null if the terminal is too small. */
export function planFor(size: Size, members: number): Plan | null {
  if (size.columns < MIN_COLUMNS || size.rows < minRows(members)) return null;
  const free = size.rows - 1 - TITLE - RULER - RULES - HELP;
  const roomy = free - 2 * members >= LEAST_WIRE + GOOD_STORY;
  const memberRows = roomy ? 2 : 1;
  const rest = free - memberRows * members;
  const wire = Math.max(LEAST_WIRE, Math.min(8, Math.floor(rest / 3)));
  return { memberRows, wire, story: rest - wire };
}
