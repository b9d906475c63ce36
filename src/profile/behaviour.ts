import type { Line } from "./lines.ts";

/** Something that the lines of etcd do each in its own way, and how. */
export interface Behaviour<T = boolean | number | string> {
  /** What it is about, as a sentence that says what the values mean. */
  readonly about: string;
  /** Where it is told or was seen: a file of a release, `owner/repository#issue`, a changelog. */
  readonly source: string;
  readonly values: Readonly<Record<Line, T>>;
}

export type Behaviours = Readonly<Record<string, Behaviour>>;

/** What one line does, by the behaviours' names. */
export type ProfileOf<B extends Behaviours> = {
  readonly [Name in keyof B]: B[Name]["values"][Line];
};

/** The same in `before`, and the other from `line` on. */
export function since<A, B>(line: Exclude<Line, "3.4">, value: B, before: A): Record<Line, A | B> {
  return {
    "3.4": before,
    "3.5": line === "3.5" ? value : before,
    "3.6": line === "3.7" ? before : value,
    "3.7": value,
  };
}
