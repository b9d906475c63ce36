import type { FormatOptions } from "./options.ts";

/** A format that a run can be written in. What writes it stands in `formats.ts`, which takes longer to load. */
export interface Format {
  readonly name: string;
  /** What it is and who opens it, in a line. */
  readonly title: string;
  /** The options that it heeds. */
  readonly takes: readonly (keyof FormatOptions)[];
}

export const FORMATS = [
  {
    name: "svg",
    title: "a picture of one moment, as the terminal draws it",
    takes: ["at", "size", "theme"],
  },
  {
    name: "html",
    title: "a page to scrub through, in one file that needs no network",
    takes: ["at"],
  },
  {
    name: "asciicast",
    title: "the run as the visualizer plays it, for asciinema",
    takes: ["size", "speed", "castVersion", "from"],
  },
  {
    name: "mermaid",
    title: "a sequence diagram of the messages, for Markdown",
    takes: ["from", "heartbeats", "limit"],
  },
  {
    name: "perfetto",
    title: "tracks with flow arrows, for ui.perfetto.dev and chrome://tracing",
    takes: [],
  },
  {
    name: "shiviz",
    title: "a log with vector clocks, for ShiViz",
    takes: ["from", "heartbeats"],
  },
  {
    name: "itf",
    title: "the states, in the Informal Trace Format of Quint and Apalache",
    takes: ["from", "limit"],
  },
  {
    name: "ndjson",
    title: "the trace itself, which `detcd replay` shows again",
    takes: [],
  },
  {
    name: "tla",
    title:
      "a trace of etcd-io/raft, for validation with its TLA+ specification (Traceetcdraft.tla)",
    takes: [],
  },
] as const satisfies readonly Format[];

export type FormatName = (typeof FORMATS)[number]["name"];
