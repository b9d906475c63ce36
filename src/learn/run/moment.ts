import { countWhile } from "../../base/count-while.ts";
import type { Duration, Instant } from "../../base/time.ts";
import { formatDuration, parseDuration } from "../../scenario/read/duration.ts";
import type { ScenarioRun } from "../../scenario/run/run.ts";

/** A moment of a run, as a lesson names it: `1.5s`, `step 3 + 20ms`, `election 2`. */
export interface MomentName {
  readonly anchor: "start" | "end" | "step" | "election";
  /** Of steps and elections: which, from 1 on. */
  readonly number: number;
  readonly offset: Duration;
}

/** A moment that a run does have. */
export interface Moment {
  readonly at: Instant;
  /** How many events have happened by then: all of that microsecond. */
  readonly position: number;
}

/** Returns a sentence if the text names no moment. */
export function parseMoment(text: string): MomentName | string {
  const time = parseDuration(text);
  if (typeof time === "number" && time >= 0) return { anchor: "start", number: 0, offset: time };
  const match = /^(start|end|(step|election) ([1-9][0-9]{0,3}))(?: ([+-]) (\S+))?$/.exec(text);
  if (match === null) {
    return `"${text}" is no moment; write a time such as 1.5s, or start, end, step 3, election 2, each with + 20ms or - 20ms`;
  }
  const offset = match[5] === undefined ? 0 : parseDuration(match[5]);
  if (typeof offset === "string") return offset;
  const signed = match[4] === "-" ? -offset : offset;
  const number = Number(match[3] ?? 0);
  const anchor = (match[2] ?? match[1]) as MomentName["anchor"];
  return { anchor, number, offset: signed };
}

/** Finds the moment in a run. Returns a sentence if the run has none such. */
export function findMoment(name: MomentName, run: ScenarioRun): Moment | string {
  const end = Math.round(run.report.virtualMs * 1000);
  const anchor = anchorOf(name, run, end);
  if (typeof anchor === "string") return anchor;
  const at = anchor + name.offset;
  if (at < 0 || at > end) {
    return `the run goes from 0s to ${formatDuration(end)}: it has no ${formatDuration(at)}`;
  }
  return { at, position: positionAt(run, at) };
}

function anchorOf(
  { anchor, number }: MomentName,
  run: ScenarioRun,
  end: Instant,
): Instant | string {
  if (anchor === "start") return 0;
  if (anchor === "end") return end;
  if (anchor === "step") {
    const { taken } = run;
    return taken[number - 1]?.to ?? `the run has ${taken.length} steps, no step ${number}`;
  }
  const won = electionsOf(run);
  return won[number - 1] ?? `the run has ${won.length} elections, no election ${number}`;
}

/** When each election was won. */
function electionsOf({ events }: ScenarioRun): Instant[] {
  const led = new Map<number, number>();
  const won: Instant[] = [];
  for (const event of events) {
    if (event.kind !== "role" || event.role !== "leader") continue;
    if (led.get(event.member) === event.term) continue;
    led.set(event.member, event.term);
    won.push(event.at);
  }
  return won;
}

/** How many events happened at or before `at`. */
export function positionAt({ events }: Pick<ScenarioRun, "events">, at: Instant): number {
  return countWhile(events.length, (place) => (events[place]?.at ?? 0) <= at);
}
