import { ProtobufError } from "../base/protobuf.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { type ScenarioData, scenario } from "../scenario/read/scenario-data.ts";
import { headerOf } from "../scenario/run/run.ts";
import { TraceDigest } from "../trace/digest.ts";
import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import { LineReader } from "../trace/line-reader.ts";
import { ListSink } from "../trace/recorder.ts";
import { TraceError } from "../trace/trace-error.ts";
import { LiveRun } from "./live-run.ts";
import {
  readSessionHeader,
  readSessionLine,
  SESSION_MARK,
  type SessionEnd,
  type SessionLine,
  SessionLineError,
} from "./session-file.ts";

/** A session that was run again. */
export interface ReplayedSession {
  readonly data: ScenarioData;
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  readonly digest: string;
}

export function isSession(text: string): boolean {
  return text.startsWith(SESSION_MARK);
}

/**
 * Makes the run of a session again, from its seed and what came in. Throws TraceError where the file is none,
 * or ends in another run than it did: another detcd recorded it.
 *
 * @param until later inputs are not taken, and the end is not compared
 */
export function replaySession(
  pieces: Iterable<string>,
  file: string,
  until: Instant = NEVER,
): ReplayedSession {
  const lines = new LineReader(pieces);
  const refuse = (problem: string, remedy: string): never => {
    throw new TraceError(file, lines.number, 1, problem, remedy);
  };
  const read = <T>(take: (line: string) => T): T => {
    try {
      return take(lines.line);
    } catch (error) {
      if (error instanceof SessionLineError || error instanceof ProtobufError) {
        return refuse(error.message, RECORD_AGAIN);
      }
      throw error;
    }
  };
  if (!lines.next()) refuse("an empty file is no session", RECORD_AGAIN);
  const { data, backup } = read(readSessionHeader);
  const list = new ListSink();
  const digest = new TraceDigest();
  const run = new LiveRun(data, [list, digest], backup);
  let end: SessionEnd | null = null;
  while (end === null && lines.next()) {
    const line: SessionLine = read(readSessionLine);
    const at = line.kind === "end" ? line.end.at : line.at;
    if (at < run.now) refuse(`it goes back in time, to ${at} µs`, RECORD_AGAIN);
    if (at > until) break;
    if (line.kind === "end") end = line.end;
    // A step has an instant of its own, after all that came in before.
    run.advanceTo(line.kind === "input" && line.input.kind === "step" ? at - 1 : at);
    if (line.kind === "input") run.take(line.input);
  }
  if (end === null && until === NEVER) {
    // Whoever recorded it was ended in the midst: what there is, is shown.
    run.advanceTo(run.now);
  }
  if (until !== NEVER) run.advanceTo(until);
  else if (end !== null && (digest.count !== end.events || digest.hex() !== end.digest)) {
    refuse(
      `the run is another one than was recorded: ${digest.count} events, trace ${digest.hex()}, and not ${end.events}, ${end.digest}`,
      "replay it with the detcd that recorded it",
    );
  }
  const header = headerOf(scenario(data), data.seed);
  return { data, header, events: list.events, digest: digest.hex() };
}

const RECORD_AGAIN = "record it again with `detcd serve --trace`";
