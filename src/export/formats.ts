import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import { tlaLines } from "./tla.ts";

/** A format that a run can be written in. */
export interface Format {
  readonly name: string;
  readonly title: string;
  /** The file's text in pieces. Throws ExportError where the format can't hold the run. */
  readonly write: (header: TraceHeader, events: readonly TraceEvent[]) => Iterable<string>;
}

export const FORMATS: readonly Format[] = [
  {
    name: "tla",
    title:
      "a trace of etcd-io/raft, for validation with its TLA+ specification (Traceetcdraft.tla)",
    *write(header, events) {
      for (const line of tlaLines(header, events)) yield `${line}\n`;
    },
  },
];
