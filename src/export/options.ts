import type { Instant } from "../base/time.ts";
import type { TraceFile } from "../trace/ndjson.ts";

/** Columns and rows of a terminal. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a person may ask of a format; {@link FORMATS} says which of it a format heeds. */
export interface FormatOptions {
  /** The moment that is shown (svg), or at which the page opens (html). Default: svg the end, html the start. */
  readonly at?: Instant;
  /** What happened before is left out. */
  readonly from?: Instant;
  readonly size?: TerminalSize;
  readonly theme?: "dark" | "light";
  /** Virtual seconds a second. */
  readonly speed?: number;
  readonly castVersion?: 2 | 3;
  /** Heartbeats and their answers too. */
  readonly heartbeats?: boolean;
  /** At most so many messages (mermaid) or states (itf). */
  readonly limit?: number;
}

/** A run to export. */
export type Run = TraceFile;

/** Says in a sentence what an export left out, or what its reader needs to know. */
export type Note = (text: string) => void;

/** Writes a run: the file's text in pieces. Throws ExportError where the format can't hold it. */
export type Write = (run: Run, options: FormatOptions, note: Note) => Iterable<string>;
