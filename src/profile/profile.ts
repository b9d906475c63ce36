import { BEHAVIOURS, type Profile } from "./catalogue.ts";
import { INHERITED } from "./inherited.ts";
import { CURRENT_LINE, LINES, type Line, lineOf } from "./lines.ts";

function made(line: Line): Profile {
  // Made at once, so that all are of one hidden class and to look at a behaviour costs a load.
  const values = BEHAVIOURS.flatMap(({ behaviours }) =>
    Object.entries(behaviours).map(([name, { values }]) => [name, values[line]]),
  );
  return Object.freeze(Object.fromEntries(values)) as Profile;
}

const PROFILES = Object.fromEntries(LINES.map((line) => [line, made(line)])) as Readonly<
  Record<Line, Profile>
>;

/** etcd as it is today. */
export const CURRENT_PROFILE: Profile = PROFILES[CURRENT_LINE];

/** What a release "major.minor.patch" does. */
export function profileOf(release: string): Profile {
  return PROFILES[lineOf(release)];
}

/** The known mistakes that are in a release, by their ids. */
export function inheritedBy(release: string): readonly string[] {
  const line = LINES.indexOf(lineOf(release));
  return INHERITED.filter(({ until }) => line <= LINES.indexOf(until)).map(
    ({ mistake }) => mistake,
  );
}
