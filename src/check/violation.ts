import type { Instant } from "../base/time.ts";

/**
 * Something that must never happen, and did.
 *
 * @public
 */
export interface Violation {
  /** The invariant's name, e.g. `election-safety`. */
  readonly invariant: string;
  /** The member it was seen on (0: the cluster or a client). */
  readonly member: number;
  /** The trace event that showed it. */
  readonly seq: number;
  readonly at: Instant;
  /** One sentence: who, which terms and indexes, since when. */
  readonly text: string;
}

/**
 * What a checker throws when it was told to stop at the first violation.
 *
 * @public
 */
export class ViolationError extends Error {
  override name = "ViolationError";
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`${violation.invariant}: ${violation.text}`);
    this.violation = violation;
  }
}

/**
 * What a checker does with what it finds.
 *
 * @public
 */
export interface ViolationLogOptions {
  /** Throw a {@link ViolationError} at the first violation; default false. */
  readonly throwAtFirst?: boolean;
  /** How many violations are kept; later ones are only counted. Default 100. */
  readonly keep?: number;
}

/** The violations seen so far, in the order of the run. */
export class ViolationLog {
  readonly violations: Violation[] = [];
  /** All of them, also those that were not kept. */
  count = 0;
  readonly #throwAtFirst: boolean;
  readonly #keep: number;

  constructor(options: ViolationLogOptions = {}) {
    this.#throwAtFirst = options.throwAtFirst ?? false;
    this.#keep = options.keep ?? 100;
  }

  add(violation: Violation): void {
    this.count++;
    // One broken invariant breaks others in its wake: the first ones tell the story.
    if (this.violations.length < this.#keep) this.violations.push(violation);
    if (this.#throwAtFirst) throw new ViolationError(violation);
  }
}

/** A moment as people read it: `1.25s (#812)`. */
export function moment(at: Instant, seq: number): string {
  return `${seconds(at)} (#${seq})`;
}

/** An instant as people read it: `1.25s`. */
export function seconds(at: Instant): string {
  const micros = String(at % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${(at - (at % 1_000_000)) / 1_000_000}${micros === "" ? "" : `.${micros}`}s`;
}
