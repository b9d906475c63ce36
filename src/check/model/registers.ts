import { assert } from "../../base/assert.ts";
import { countUpTo } from "../../base/count-while.ts";

/** A write and the revision it made; value null: the key was deleted. */
export interface Write {
  readonly key: string;
  readonly value: string | null;
  /** How we know: in a client's or the trace's words. */
  readonly by: string;
}

/** A known write; what else its revision wrote comes behind it. */
interface Known extends Write {
  next: Known | null;
  /** The first one of a revision: no other key was written by it than those that are known. */
  readonly all: boolean;
}

/** One key: what is known to have been written, and what reads said was not. */
interface Register {
  /** Revisions of the known writes, ascending. */
  readonly revisions: number[];
  /** Reads saw nothing written between `from[i]` and `to[i]`, the first excluded; ascending. */
  readonly from: number[];
  readonly to: number[];
  readonly readBy: string[];
}

/**
 * What each key held at each revision, as far as clients' answers and the trace tell. Who made a
 * revision comes out bit by bit: from an acknowledgement, from a read that returned it, from the
 * words of an applied entry, where the trace has words; or all at once from what members tell of
 * it. Each piece of knowledge is held against all earlier ones, so that the order in which they
 * arrive does not matter.
 */
export class Registers {
  /** By revision. */
  readonly #writes = new Map<number, Known>();
  readonly #keys = new Map<string, Register>();

  /** What `revision` is known to have written to `key`. */
  write(revision: number, key: string): Write | undefined {
    for (let w = this.#writes.get(revision) ?? null; w !== null; w = w.next) {
      if (w.key === key) return w;
    }
    return undefined;
  }

  /**
   * Learns that `revision` wrote this. `all`: it wrote nothing but this, and what it is known to
   * have written already. Returns what contradicts that, in words, or null.
   */
  learn(revision: number, write: Write, all = true): string | null {
    assert(revision > 0, "revisions are positive");
    const { key, value, by } = write;
    const first = this.#writes.get(revision);
    if (first === undefined) {
      this.#writes.set(revision, { key, value, by, next: null, all });
    } else {
      const known = this.write(revision, key);
      if (known !== undefined) return known.value === value ? null : known.by;
      if (first.all || all) return first.by;
      first.next = { key, value, by, next: first.next, all };
    }
    return this.#written(revision, write);
  }

  /** Learns all that `revision` wrote. Returns what contradicts that, in words, or null. */
  learnAll(revision: number, writes: readonly Write[]): string | null {
    const before = this.#writes.get(revision);
    if (before !== undefined) {
      for (const write of writes) {
        const known = this.write(revision, write.key);
        if (known !== undefined && known.value !== write.value) return known.by;
      }
      for (let w: Known | null = before; w !== null; w = w.next) {
        const { key, by } = w;
        if (!writes.some((write) => write.key === key)) return by;
      }
    }
    let wrong: string | null = null;
    let next: Known | null = null;
    for (const write of writes) {
      const { key, value, by } = write;
      const news = before === undefined || this.write(revision, key) === undefined;
      next = { key, value, by, next, all: true };
      if (news) wrong = this.#written(revision, write) ?? wrong;
    }
    if (next !== null) this.#writes.set(revision, next);
    return wrong;
  }

  #written(revision: number, write: Write): string | null {
    const register = this.#register(write.key);
    const at = lastAtMost(register.revisions, revision) + 1;
    if (at === register.revisions.length) register.revisions.push(revision);
    else register.revisions.splice(at, 0, revision);
    // The read with the latest start before it; an earlier one would contradict that read.
    const read = lastAtMost(register.from, revision - 1);
    if (read < 0 || (register.to[read] as number) < revision) return null;
    return `${register.readBy[read]}, which saw revision ${register.from[read]} instead`;
  }

  /** The revision of the last known write of the key up to `revision`, or 0. */
  lastKnown(key: string, revision: number): number {
    const register = this.#keys.get(key);
    if (register === undefined) return 0;
    const at = lastAtMost(register.revisions, revision);
    return at < 0 ? 0 : (register.revisions[at] as number);
  }

  /** Whether a revision in (`from`, `to`] is not known to be somebody's. */
  hasUnknown(from: number, to: number): boolean {
    for (let revision = to; revision > from; revision--) {
      if (!this.#writes.has(revision)) return true;
    }
    return false;
  }

  /** A read at `to` found the key as `from` left it: nothing was written to it in between. */
  unwritten(key: string, from: number, to: number, by: string): void {
    const register = this.#register(key);
    const at = lastAtMost(register.from, from);
    if (at >= 0 && register.from[at] === from) {
      if ((register.to[at] as number) >= to) return;
      register.to[at] = to;
      register.readBy[at] = by;
      return;
    }
    register.from.splice(at + 1, 0, from);
    register.to.splice(at + 1, 0, to);
    register.readBy.splice(at + 1, 0, by);
  }

  #register(key: string): Register {
    let register = this.#keys.get(key);
    if (register === undefined) {
      register = { revisions: [], from: [], to: [], readBy: [] };
      this.#keys.set(key, register);
    }
    return register;
  }
}

/** The position of the last number <= `bound` in an ascending list; -1 if there is none. */
function lastAtMost(ascending: readonly number[], bound: number): number {
  return countUpTo(ascending, bound) - 1;
}
