import { LINES, type Line, lineOf, RELEASES } from "../../src/profile/lines.ts";
import { releases } from "../support/real-etcd.ts";
import { timeLimitMs } from "../support/time-limit.ts";

const {
  DETCD_DIFFERENTIAL_PROGRAMS = "60",
  DETCD_DIFFERENTIAL_SEED = "3423",
  DETCD_DIFFERENTIAL_ETCD = "",
} = process.env;
/** How many programs of the main kind are run; `npm run differential` asks for more. */
export const PROGRAMS = Number(DETCD_DIFFERENTIAL_PROGRAMS);
export const SEED = Number(DETCD_DIFFERENTIAL_SEED);
export const TIMEOUT_MS = timeLimitMs(2 * PROGRAMS);

/** A real etcd that judges one of our profiles. */
export interface Judge {
  readonly line: Line;
  /** "3.7.3"; "": there is none of that line here. */
  readonly version: string;
  /** Where it is; "": in PATH. */
  readonly folder: string;
  /** What a test is called by. */
  readonly name: string;
}

/** The only release that is wanted; "": all that are here. */
const WANTED = DETCD_DIFFERENTIAL_ETCD;

/** A judge a line, the current line first: the release that the profile names, else another that is here. */
export const JUDGES: readonly Judge[] = [...LINES].reverse().map(judge);

function judge(line: Line): Judge {
  const here = releases().filter(({ version }) => lineOf(version) === line);
  const wanted = WANTED === "" ? here : here.filter(({ version }) => version === WANTED);
  const named = wanted.find(({ version }) => version === RELEASES[line]) ?? wanted.at(-1);
  if (named === undefined) {
    const name = `${line} (skipped: no etcd ${WANTED === "" ? RELEASES[line] : WANTED} here)`;
    return { line, version: "", folder: "", name };
  }
  return { line, ...named, name: named.version };
}
