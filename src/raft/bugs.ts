/**
 * The mistakes of the bug museum that live in raft (ids of the bug catalogue). Each is a boolean
 * that is read where the mistake would stand, so that a healthy run pays one field load.
 */
const NAMES = [
  "R1",
  "R2",
  "R3",
  "R4",
  "R5",
  "R6",
  "R7",
  "R8",
  "R9",
  "R10",
  "R11",
  "R12",
  "R13",
  "R14",
  "R15",
  "R16",
  "R17",
  "R18",
  "R19",
  "R20",
  "R21",
  "R22",
  "R23",
  "R24",
  "R25",
  "R26",
  "R28",
  "R29",
  "R30",
  "R31",
  "R32",
  "R33",
  "R34",
  "R35",
  "R36",
  "R37",
  "R38",
  "W1",
] as const;

export type RaftBug = (typeof NAMES)[number];
export type Bugs = Readonly<Record<RaftBug, boolean>>;

/** The ids that {@link readBugs} understands. */
export const RAFT_BUGS: readonly RaftBug[] = NAMES;

/** Picks raft's own switches out of the museum's; ids of other rooms are ignored. */
export function readBugs(on: ReadonlySet<string>): Bugs {
  const bugs = {} as Record<RaftBug, boolean>;
  for (const name of NAMES) bugs[name] = on.has(name);
  return Object.freeze(bugs);
}

/** Everything right. */
export const NO_BUGS: Bugs = readBugs(new Set());
