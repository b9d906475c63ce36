import type { Instant } from "../base/time.ts";
import { digestOf, TraceDigest } from "./digest.ts";
import { KINDS, type TraceEvent, type TraceHeader, type TraceKind } from "./events.ts";
import { findJsonFault } from "./json-position.ts";
import { LineReader } from "./line-reader.ts";
import { HEADER_FIELDS } from "./schema/header.ts";
import { BASE_FIELDS } from "./schema/kind.ts";
import { misfitOfFields } from "./schema/misfit.ts";
import type { Fields } from "./schema/shape.ts";
import { TraceError } from "./trace-error.ts";
import { Words } from "./words.ts";

/**
 * Trace files: newline-delimited JSON. The first line is the {@link TraceHeader}, then one event a
 * line, then an end line `{"detcd":"end","events":N,"digest":"…"}`, by which a file that lost its
 * tail, even at the end of a line, or was edited by hand is told from a whole one.
 */
export interface TraceFile {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
}

/** What an event that was read takes: itself, and what a line of it is made into (measured over long runs). */
const EVENT_BYTES = 100;
const BYTES_A_LETTER = 1;

const VERSION = 1;
const RECORD_AGAIN = "record it again with --trace";
const NOT_A_TRACE = "a trace is what `detcd replay NAME --trace FILE` writes";

/** The whole file as one string. */
export function encodeTrace(header: TraceHeader, events: readonly TraceEvent[]): string {
  const lines: string[] = [];
  for (const line of traceLines(header, events)) lines.push(line);
  return lines.join("");
}

/** The file line by line, each with its newline, for traces too long for one string. */
export function* traceLines(
  header: TraceHeader,
  events: readonly TraceEvent[],
): Generator<string, void> {
  yield headerLine(header);
  for (const event of events) yield `${encodeEvent(event)}\n`;
  yield endLine(events.length, digestOf(events));
}

/** The first line, with its newline, for who writes the events as they come. */
export function headerLine(header: TraceHeader): string {
  return `${JSON.stringify(inOrder({ detcd: "trace", version: VERSION }, header, HEADER_FIELDS))}\n`;
}

/** The last line. */
export function endLine(events: number, digest: string): string {
  return `${JSON.stringify({ detcd: "end", events, digest })}\n`;
}

/** One event as JSON, without newline; fields in the order of their description, whatever built the event. */
export function encodeEvent(event: TraceEvent): string {
  const { seq, at, member, cause, kind } = event;
  return JSON.stringify(inOrder({ seq, at, member, cause, kind }, event, KINDS[kind].fields));
}

function inOrder(start: object, from: object, fields: Fields) {
  const out = start as Record<string, unknown>;
  for (const name of Object.keys(fields)) out[name] = (from as Record<string, unknown>)[name];
  return out;
}

/** What of a file is kept, and how much. */
export interface ReadingOptions {
  /** Later events are checked, and not kept. Default: all are. */
  readonly until?: Instant;
  /** How much memory the events may take, as it is estimated from their lines (bytes). Default: no bound. */
  readonly mostBytes?: number;
}

/** Reads a trace file back; `file` is only for messages. Throws {@link TraceError}. */
export function parseTrace(text: string, file: string): TraceFile {
  return readTrace([text], file);
}

/** The same of a file that comes in pieces, for traces too long for one string. */
export function readTrace(
  pieces: Iterable<string>,
  file: string,
  options: ReadingOptions = {},
): TraceFile {
  return new Parser(pieces, file, options).parse();
}

/** A line as read: an object whose fields may be absent or anything. */
interface Line {
  readonly detcd?: unknown;
  readonly version?: unknown;
  readonly kind?: unknown;
  readonly events?: unknown;
  readonly digest?: unknown;
}

class Parser {
  readonly #lines: LineReader;
  readonly #file: string;
  readonly #until: Instant;
  readonly #mostBytes: number;
  readonly #words = new Words();

  constructor(pieces: Iterable<string>, file: string, options: ReadingOptions) {
    this.#file = file;
    this.#lines = new LineReader(pieces);
    this.#until = options.until ?? Number.POSITIVE_INFINITY;
    this.#mostBytes = options.mostBytes ?? Number.POSITIVE_INFINITY;
  }

  parse(): TraceFile {
    const header = this.#header();
    const events: TraceEvent[] = [];
    const digest = new TraceDigest();
    let bytes = 0;
    while (this.#lines.next()) {
      const fields = this.#object();
      if (fields.detcd === "end") {
        this.#end(fields, digest);
        return { header, events };
      }
      const event = this.#event(fields, digest.count + 1);
      digest.event(event);
      if (event.at > this.#until) continue;
      bytes += EVENT_BYTES + BYTES_A_LETTER * this.#lines.line.length;
      if (bytes > this.#mostBytes) throw this.#tooLong(events.length);
      this.#words.share(event);
      events.push(event);
    }
    throw this.#error(
      this.#lines.line.length + 1,
      `the trace has no end line: it was cut off after event ${digest.count}`,
      RECORD_AGAIN,
    );
  }

  #tooLong(events: number): TraceError {
    const most = Math.floor(this.#mostBytes / 1024 / 1024);
    return this.#error(
      1,
      `the trace is too long: its first ${events} events take ${most} MiB, as is estimated, and there is no more`,
      "look at its beginning (--until), or give detcd more memory (NODE_OPTIONS=--max-old-space-size=…, in MiB)",
    );
  }

  #header(): TraceHeader {
    if (!this.#lines.next()) {
      throw this.#error(1, "the trace is empty", RECORD_AGAIN);
    }
    const fields = this.#object();
    if (fields.detcd !== "trace") {
      throw this.#error(1, "this is not a detcd trace: its first line is no header", NOT_A_TRACE);
    }
    if (fields.version !== VERSION) {
      const found = JSON.stringify(fields.version) ?? "none";
      throw this.#error(
        this.#columnOf("version"),
        `the trace has version ${found}, this detcd reads version ${VERSION}`,
        "record it again with this detcd",
      );
    }
    this.#check(fields, HEADER_FIELDS, "the header");
    return fields as unknown as TraceHeader;
  }

  #event(fields: Line, seq: number): TraceEvent {
    const kind = fields.kind;
    if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind)) {
      const what =
        kind === undefined ? "an event without kind" : `unknown event kind ${JSON.stringify(kind)}`;
      throw this.#error(this.#columnOf("kind"), what, RECORD_AGAIN);
    }
    this.#check(fields, BASE_FIELDS, `the "${kind}" event`);
    this.#check(fields, KINDS[kind as TraceKind].fields, `the "${kind}" event`);
    const event = fields as unknown as TraceEvent;
    if (event.seq !== seq) {
      const problem = `event ${seq} is missing: this line holds event ${event.seq}`;
      throw this.#error(
        this.#columnOf("seq"),
        problem,
        "lines were lost or moved, record it again",
      );
    }
    if (event.cause < 0 || event.cause >= seq) {
      const problem = `event ${seq} names event ${event.cause} as its cause, which is not before it`;
      throw this.#error(this.#columnOf("cause"), problem, RECORD_AGAIN);
    }
    return event;
  }

  #end(fields: Line, digest: TraceDigest): void {
    if (fields.events !== digest.count) {
      const problem = `the trace ends after ${digest.count} events of ${String(fields.events)}`;
      throw this.#error(this.#columnOf("events"), problem, RECORD_AGAIN);
    }
    if (fields.digest !== digest.hex()) {
      throw this.#error(
        this.#columnOf("digest"),
        "the digest does not fit the events: the trace was changed after it was recorded",
        RECORD_AGAIN,
      );
    }
    if (this.#lines.next()) {
      throw this.#error(1, "something stands behind the end line", "remove all from here on");
    }
  }

  #check(line: Line, fields: Fields, where: string): void {
    const found = misfitOfFields(line, fields);
    if (found === null) return;
    const { path, missing, wanted } = found;
    const problem = missing
      ? `${where} has no "${path}"`
      : `"${path}" of ${where} must be ${wanted}`;
    throw this.#error(this.#columnOf(path.split(/[.[]/, 1)[0] as string), problem, RECORD_AGAIN);
  }

  /** The line as an object. */
  #object(): Line {
    const text = this.#lines.line;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.#malformed(text);
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Line;
    const problem =
      this.#lines.number === 1 ? "this is not a detcd trace" : "this line is no event";
    throw this.#error(1, problem, this.#lines.number === 1 ? NOT_A_TRACE : RECORD_AGAIN);
  }

  #malformed(text: string): TraceError {
    const fault = findJsonFault(text);
    if (text.trim() === "") return this.#error(1, "an empty line within the trace", "remove it");
    if (fault === null || fault.kind === "cut") {
      if (this.#lines.isCut) {
        const what = this.#lines.number === 1 ? "its header" : "an event";
        const problem = `the trace ends in the middle of ${what}; it was cut off`;
        return this.#error(text.length + 1, problem, RECORD_AGAIN);
      }
      return this.#error(text.length + 1, "the line ends in the middle of an event", RECORD_AGAIN);
    }
    const column = fault.offset + 1;
    if (this.#lines.number === 1)
      return this.#error(column, "this is not a detcd trace", NOT_A_TRACE);
    const found = JSON.stringify(text.charAt(fault.offset));
    return this.#error(column, `malformed JSON at ${found}`, RECORD_AGAIN);
  }

  /** Column of the field's name in the current line, 1 if it is not there. */
  #columnOf(name: string): number {
    return this.#lines.line.indexOf(`"${name}":`) + 1 || 1;
  }

  #error(column: number, problem: string, remedy: string): TraceError {
    return new TraceError(this.#file, Math.max(1, this.#lines.number), column, problem, remedy);
  }
}
