import { duration, type Flat, integer, list, type RecordOf, text } from "./shape.ts";

export const HEADER_FIELDS = {
  name: text,
  title: text,
  teaches: text,
  seed: integer,
  members: list(integer),
  tickUs: duration,
  electionTicks: integer,
} as const;

/**
 * The first line of a trace file.
 *
 * @public
 */
export type TraceHeader = Flat<
  { readonly detcd: "trace"; readonly version: 1 } & RecordOf<typeof HEADER_FIELDS>
>;
