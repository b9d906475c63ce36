import type { AccessEvent, AuthChange, AuthEvent } from "../../trace/events.ts";
import { AUTH_AT_FIRST, type AuthState, afterChange } from "./auth-state.ts";

/** More states than any operation lives through. */
const KEPT = 256;

interface Asked {
  readonly user: string;
  readonly password: number;
}

/**
 * Who may what, from change to change: the first member that applies one tells it. A state's number
 * counts the changes before it.
 */
export class AuthHistory {
  #states: AuthState[] = [AUTH_AT_FIRST];
  /** The number of the first that is kept. */
  #first = 0;
  /** Passwords that were asked for and may be given yet, by operation. */
  readonly #asked = new Map<number, Asked>();
  /** By user: old passwords that some member may take for good. See {@link skipped}. */
  readonly #lasting = new Map<string, Set<number>>();

  get newest(): number {
    return this.#first + this.#states.length - 1;
  }

  /** undefined: forgotten. */
  state(number: number): AuthState | undefined {
    return this.#states[number - this.#first];
  }

  /** What holds for whoever has applied `index` and nothing behind it. */
  asOf(index: number): number {
    const states = this.#states;
    let i = states.length - 1;
    while (i > 0 && (states[i] as AuthState).index > index) i--;
    return this.#first + i;
  }

  /** Whether anybody still goes by this password of the user's. */
  lasts(user: string, password: number): boolean {
    return this.#lasting.get(user)?.has(password) ?? false;
  }

  asked({ op, sets }: AccessEvent): void {
    if (sets !== null) this.#asked.set(op, sets);
  }

  /** One that is in doubt may come true at any time. */
  answered(op: number, outcome: "ok" | "fail" | "ambiguous"): void {
    if (outcome !== "ambiguous") this.#asked.delete(op);
  }

  changed({ index, change }: AuthEvent): void {
    const newest = this.#states.at(-1) as AuthState;
    if (index <= newest.index) return;
    this.#states.push(afterChange(newest, index, change, this.#passwords(change)));
    if (this.#states.length < 2 * KEPT) return;
    this.#states = this.#states.slice(KEPT);
    this.#first += KEPT;
  }

  #passwords(change: AuthChange): number[] | null {
    if (change.type !== "user-add" && change.type !== "user-password") return null;
    const found = new Set<number>();
    for (const { user, password } of this.#asked.values()) {
      if (user === change.user) found.add(password);
    }
    return found.size === 0 ? null : [...found];
  }

  /**
   * A member goes from entry `from` to a snapshot's at once. It forgets the tokens of a user whose
   * password is changed when it applies the change, which it never does here: they last on it as long
   * as they are used. (So it is in etcd: its auth store's Recover leaves the token provider as it is.)
   */
  skipped(from: number, to: number): void {
    for (let number = this.asOf(from); number < this.asOf(to); number++) {
      const [before, after] = [this.state(number), this.state(number + 1)];
      if (before === undefined || after === undefined) continue;
      for (const [name, { passwords }] of before.users) {
        if (after.users.get(name)?.passwords === passwords) continue;
        const lasting = this.#lasting.get(name) ?? new Set();
        this.#lasting.set(name, lasting);
        for (const password of passwords ?? []) lasting.add(password);
      }
    }
  }
}
