import type { Where } from "../model/pending-op.ts";
import { moment, type ViolationLog } from "../violation.ts";

export const ACKNOWLEDGED_WRITES = "acknowledged-writes";

/** A member at the end of a run, as far as the checkers ask. */
export interface FinalMember {
  readonly id: number;
  readonly status: string;
  readonly applied: number;
  readonly revision: number;
}

/** A write that a client was told is safe. */
interface Acknowledged {
  readonly text: string;
  readonly index: number;
  readonly seq: number;
  readonly at: number;
  /** It made the revision; else it is only known to have been executed by then. */
  readonly made: boolean;
}

/**
 * `acknowledged-writes`: the entry of every write that a client was told of is applied, stays what
 * it is, and is part of every member's state at the end.
 */
export class AcknowledgedWrites {
  readonly #log: ViolationLog;
  readonly #byRevision = new Map<number, Acknowledged>();
  #last = 0;

  constructor(log: ViolationLog) {
    this.#log = log;
  }

  /** The write that a client was told made this revision; null: no client was. */
  makerOf(revision: number): string | null {
    const known = this.#byRevision.get(revision);
    return known?.made ? known.text : null;
  }

  /** A write made `revision`, and its client knows. `index` is its entry's; 0: nobody applied it. */
  made(e: Where, text: string, revision: number, index: number): void {
    if (index === 0) {
      this.#report(
        e,
        `${text} was acknowledged with revision ${revision}, which nobody has applied`,
      );
    }
    if (revision > this.#last) this.#last = revision;
    if (this.makerOf(revision) !== null) return;
    const { seq, at } = e;
    this.#byRevision.set(revision, { text, index, seq, at, made: true });
  }

  /** Its revision was made by something else. */
  contradicted(e: Where, text: string, revision: number, maker: string): void {
    this.#report(
      e,
      `${text} was acknowledged with revision ${revision}; that contradicts ${maker}`,
    );
  }

  /** A call that goes through the log was answered at `revision`, which entry `index` made. */
  executed(e: Where, text: string, revision: number, index: number): void {
    if (index === 0 || this.#byRevision.has(revision)) return;
    const { seq, at } = e;
    this.#byRevision.set(revision, { text, index, seq, at, made: false });
    if (revision > this.#last) this.#last = revision;
  }

  /** The same at a revision that nobody has applied yet. */
  unexecuted(e: Where, text: string, revision: number): void {
    this.#report(e, `${text} was answered at revision ${revision}, which nobody has applied yet`);
  }

  /**
   * A member applied something else at `index` than another did: what stood there and behind it never
   * happened. `entry` is the text of what it applied.
   */
  gone(e: Where, index: number, entry: string): void {
    for (const [revision, write] of this.#byRevision) {
      if (write.index < index) continue;
      this.#report(
        e,
        `${write.text}, acknowledged at ${moment(write.at, write.seq)} with revision ${revision} ` +
          `(entry ${write.index}), is gone: member ${e.member} applied another entry ${index} ` +
          `(${entry === "" ? "an empty one" : entry})`,
      );
      return;
    }
  }

  /** The run is over: every member that is up must have applied every write that was acknowledged. */
  finish(members: readonly FinalMember[], seq: number, at: number): void {
    const last = this.#byRevision.get(this.#last);
    if (last === undefined) return;
    for (const member of members) {
      if (member.status !== "up") continue;
      if (member.applied >= last.index && member.revision >= this.#last) continue;
      this.#report(
        { member: member.id, seq, at },
        `member ${member.id} ended at entry ${member.applied} and revision ${member.revision} ` +
          `without ${last.text}, acknowledged at ${moment(last.at, last.seq)} with revision ` +
          `${this.#last} (entry ${last.index})`,
      );
    }
  }

  #report({ member, seq, at }: Where, text: string): void {
    this.#log.add({ invariant: ACKNOWLEDGED_WRITES, member, seq, at, text });
  }
}
