import type { Line } from "../../../src/profile/lines.ts";

/**
 * What one line of a table says. In its words `{m1}` is a member's endpoint, `{all}` all of them, `{m1 id}` and
 * `{m1 peer}` what `member list` calls it, `{dir}` a folder for files, and `{name}` what an earlier line
 * took.
 */
export interface Row {
  /** The words after `etcdctl`, with quotes as in a shell. `--endpoints {m1}` is added where it is not said. */
  readonly line: string;
  /** Standard input; none: it is empty. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is named in what it prints, for later lines: the first group. */
  readonly takes?: Readonly<Record<string, RegExp>>;
  /** The order of what it prints is nobody's to say; why. */
  readonly unordered?: string;
  /** The first line of etcd that has it. */
  readonly since?: Line;
  /** The last line of etcd that has it. */
  readonly until?: Line;
}

export type Step =
  | string
  | Row
  /** Begins a line that goes on, by a name. */
  | (Row & { readonly start: string })
  /** Waits until it has printed so many lines. */
  | { readonly hears: string; readonly lines: number }
  /** Tells it something by standard input. */
  | { readonly tell: string; readonly text: string }
  /** Sends it a signal, and compares what it has printed. */
  | { readonly end: string; readonly signal?: NodeJS.Signals }
  /** Waits until it ends by itself, and compares. */
  | { readonly wait: string }
  /** Asks until the answer is such; it is no line of the table. */
  | { readonly until: string; readonly says: RegExp }
  /** A member's process ends at once. */
  | { readonly crash: number }
  /** Waits. */
  | { readonly settleMs: number };

/** A part of the table, with a pair of clusters of its own. */
export interface Area {
  readonly name: string;
  /** Flags of the members. */
  readonly quota?: number;
  readonly since?: Line;
  /** It takes a minute and more. */
  readonly slow?: boolean;
  readonly steps: readonly Step[];
}

/** So long a client that was begun takes to be heard at most, if nobody can see that it was. */
export const SETTLE: Step = { settleMs: 1_000 };
/** Members take each other for healthy after five seconds. */
export const HEALTHY: Step = { settleMs: 6_000 };

/** A watch, what happens meanwhile, and its end after so many lines that it prints. */
export function watching(
  row: string | Row,
  lines: number,
  meanwhile: readonly Step[] = [],
): readonly Step[] {
  const what = typeof row === "string" ? { line: row } : row;
  return [
    { ...what, start: "watch" },
    ...(meanwhile.length === 0 ? [] : [SETTLE, ...meanwhile]),
    { hears: "watch", lines },
    { end: "watch", signal: "SIGTERM" },
  ];
}
