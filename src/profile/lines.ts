/** The lines of etcd that a member can be, the oldest first, each with the release that is its judge. */
export const RELEASES = {
  "3.4": "3.4.23",
  "3.5": "3.5.35",
  "3.6": "3.6.16",
  "3.7": "3.7.3",
} as const;

export type Line = keyof typeof RELEASES;

export const LINES = Object.keys(RELEASES) as readonly Line[];

/** What members are unless somebody says otherwise: etcd's current line. */
export const CURRENT_LINE: Line = "3.7";

/** The line of a release "major.minor.patch": one before the first is taken for the first, a later one for the last. */
export function lineOf(release: string): Line {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  const age = (line: Line) => Number(line.slice(2));
  const last = LINES.at(-1) as Line;
  if (major !== 3) return major < 3 ? (LINES[0] as Line) : last;
  return LINES.find((line) => age(line) >= minor) ?? last;
}
