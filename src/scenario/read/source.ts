import type { Path } from "../language/names.ts";

/** Where a scenario was read from, as far as its steps quote it. */
export interface Source {
  /** The name for messages. */
  readonly file: string;
  /** What stands there, on one line, as a person would write it. */
  words(path: Path): string;
  /** The same of a condition or an expectation, as a person says it: `value: {a: 1}`. */
  phrase(path: Path): string;
  /** From 1 on; 0 where there are no lines. */
  line(path: Path): number;
  /** Clients that no step lets ask for anything: those of a program that the steps happen to. Default none. */
  readonly outsiders?: readonly number[];
  /** The whole as YAML. */
  text(): string;
}
