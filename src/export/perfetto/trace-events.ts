import type { Instant } from "../../base/time.ts";

/** A row of the picture: a thread of a process. */
export interface Track {
  readonly pid: number;
  readonly tid: number;
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Events of Chrome's trace event format, as JSON. They are made in the order of time, and a slice begins
 * before what is bound to it: Perfetto's trace processor draws no arrow otherwise, without a word
 * (its stat `flow_no_enclosing_slice`).
 */
export const traceEvent = {
  process: (pid: number, name: string, order: number): string[] => [
    line({ name: "process_name", ph: "M", pid, tid: 0, args: { name } }),
    line({ name: "process_sort_index", ph: "M", pid, tid: 0, args: { sort_index: order } }),
  ],
  thread: ({ pid, tid }: Track, name: string): string[] => [
    line({ name: "thread_name", ph: "M", pid, tid, args: { name } }),
    line({ name: "thread_sort_index", ph: "M", pid, tid, args: { sort_index: tid } }),
  ],
  begin: (track: Track, ts: Instant, name: string, args: Arguments = {}): string =>
    line({ name, ph: "B", ts, ...track, args }),
  end: (track: Track, ts: Instant, args: Arguments = {}): string =>
    line({ ph: "E", ts, ...track, args }),
  /** A slice of one microsecond, which is the shortest that there is. */
  step: (track: Track, ts: Instant, name: string, args: Arguments): string =>
    line({ name, ph: "X", ts, dur: 1, ...track, args }),
  instant: (track: Track, ts: Instant, name: string, args: Arguments, scope: "t" | "g"): string =>
    line({ name, ph: "i", ts, s: scope, ...track, args }),
  counter: (pid: number, ts: Instant, name: string, value: number): string =>
    line({ name, ph: "C", ts, pid, tid: 0, args: { [name]: value } }),
  /** An arrow is known by id, category and name together: both of its ends must have the same. */
  flowStart: (track: Track, ts: Instant, kind: string, id: number): string =>
    line({ name: kind, cat: kind, ph: "s", id, ts, ...track }),
  flowEnd: (track: Track, ts: Instant, kind: string, id: number): string =>
    line({ name: kind, cat: kind, ph: "f", bp: "e", id, ts, ...track }),
};

function line(event: object): string {
  return JSON.stringify(event);
}
