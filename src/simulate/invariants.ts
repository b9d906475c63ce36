import type { Instant } from "../base/time.ts";
import type { Violation } from "../check/violation.ts";

/**
 * Whether something holds that must: true; or else false, or a text that says what is wrong. An error that
 * it throws says so too.
 *
 * @public
 */
export type InvariantCheck = () => boolean | string;

interface Invariant {
  readonly name: string;
  readonly check: InvariantCheck;
}

/** What the user holds the run against. */
export class Invariants {
  readonly violations: Violation[] = [];
  readonly #always: Invariant[] = [];
  readonly #atEnd: Invariant[] = [];

  add(name: string, check: InvariantCheck, when: "always" | "end"): void {
    (when === "end" ? this.#atEnd : this.#always).push({ name, check });
  }

  get none(): boolean {
    return this.#always.length === 0;
  }

  /** Judges those that must always hold; false: one does not. */
  judge(now: Instant, seq: number): boolean {
    return this.#judge(this.#always, now, seq);
  }

  judgeEnd(now: Instant, seq: number): boolean {
    return this.#judge(this.#atEnd, now, seq);
  }

  #judge(invariants: readonly Invariant[], at: Instant, seq: number): boolean {
    const before = this.violations.length;
    for (const { name, check } of invariants) {
      const text = complaint(check);
      if (text !== null) this.violations.push({ invariant: name, member: 0, seq, at, text });
    }
    return this.violations.length === before;
  }
}

function complaint(check: InvariantCheck): string | null {
  try {
    const said: unknown = check();
    if (said === true) return null;
    if (said === false) return "it does not hold";
    if (typeof said === "string") return said;
    return `an invariant returns true, false or a text, and not ${typeof said === "object" ? "a promise or an object" : typeof said}: it can't wait`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
