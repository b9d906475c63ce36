/**
 * The mistakes of the bug museum that live in the store, its backend and its watches (ids of the bug
 * catalogue). Each is a boolean that is read where the mistake would stand.
 */
const NAMES = [
  ...(["M1", "M2", "M3", "M13", "W10", "W13", "W17", "L10"] as const),
  // Of watches.
  ...(["M4", "M5", "M6", "M7", "M8", "M9a", "M9b", "M10", "M11", "M12", "M14"] as const),
] as const;

export type MvccBug = (typeof NAMES)[number];
export type MvccBugs = Readonly<Record<MvccBug, boolean>>;

/** The ids that {@link readMvccBugs} understands. */
export const MVCC_BUGS: readonly MvccBug[] = NAMES;

/** Picks this room's switches out of the museum's; other ids are ignored. */
export function readMvccBugs(on: ReadonlySet<string>): MvccBugs {
  const bugs = {} as Record<MvccBug, boolean>;
  for (const name of NAMES) bugs[name] = on.has(name);
  return Object.freeze(bugs);
}

/** Everything right. */
export const NO_MVCC_BUGS: MvccBugs = readMvccBugs(new Set());
