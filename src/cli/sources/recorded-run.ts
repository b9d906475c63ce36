import { getHeapStatistics } from "node:v8";
import type { Instant } from "../../base/time.ts";
import { isSession, replaySession } from "../../live/replay-session.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { readTrace, type TraceFile } from "../../trace/ndjson.ts";
import { readPieces } from "../files/read-pieces.ts";
import { reason } from "../files/reason.ts";
import type { Source } from "./source.ts";

/** So much of the heap may be events: what looks at them needs room, too. */
const SHARE = 0.6;

/** The run in a trace file, read as it comes, or that of a session, made again; events after `until` are checked, and left out. Throws TraceError. */
export function readRecorded({ label, path, text, isWhole }: Source, until?: Instant): TraceFile {
  const mostBytes = getHeapStatistics().heap_size_limit * SHARE;
  const pieces = isWhole || path === null ? [text] : readPieces(path);
  try {
    if (isSession(text)) return replaySession(pieces, label, until);
    return readTrace(pieces, label, { mostBytes, ...(until === undefined ? {} : { until }) });
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    throw InputError.plain(`${label}: ${reason(error)}`);
  }
}
