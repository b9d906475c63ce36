export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How the rows of one column of the screen are shared out. All counts are rows. */
export interface Plan {
  /** Rows a member takes: 2 (state, log) or 1 (both side by side). */
  readonly memberRows: 1 | 2;
  readonly wire: number;
  /** Details of each member, its rule among them; 0: there is no room for them. */
  readonly details: number;
  /** 0 where the story stands beside all this. */
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
const MOST_WIRE = 8;
/** From here on the story stands beside what else is shown. */
const WIDE = 140;
/** From here on there are details of all members. */
const TALL = 40;
const LEAST_DETAILS = 4;
const MOST_DETAILS = 9;

/** The least rows in which `members` can be shown. */
export function minRows(members: number): number {
  // One row stays free: output as high as the terminal would scroll it.
  return 1 + TITLE + RULER + RULES + HELP + LEAST_WIRE + LEAST_STORY + members;
}

/** Columns of the story where it stands beside the rest; 0 where it does not. */
export function storyColumns({ columns }: Size): number {
  return columns < WIDE ? 0 : Math.max(60, Math.floor(columns * 0.42));
}

/**
 * Shares the rows out; null if the terminal is too small.
 *
 * @param taken rows that a caption or a banner takes: of the story or the wire, so that nothing else moves
 */
export function planFor(size: Size, members: number, taken = 0): Plan | null {
  if (size.columns < MIN_COLUMNS || size.rows < minRows(members)) return null;
  const wide = storyColumns(size) > 0;
  const free = size.rows - 1 - TITLE - RULER - HELP - (wide ? 1 : RULES);
  const leastStory = wide ? 0 : GOOD_STORY;
  const memberRows = free - 2 * members >= LEAST_WIRE + leastStory ? 2 : 1;
  const rest = free - memberRows * members;
  const details = size.rows < TALL ? 0 : detailsFor(rest, members, wide);
  const room = rest - details * members;
  if (wide) return { memberRows, wire: room - taken, details, story: 0 };
  const wire = Math.max(LEAST_WIRE, Math.min(MOST_WIRE, Math.floor(room / 3)));
  return { memberRows, wire, details, story: room - wire - taken };
}

function detailsFor(rest: number, members: number, wide: boolean): number {
  const kept = wide ? 5 : MOST_WIRE + GOOD_STORY;
  const each = Math.min(MOST_DETAILS, Math.floor((rest - kept) / members));
  return each >= LEAST_DETAILS ? each : 0;
}
