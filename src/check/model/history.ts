import { type Instant, SECOND } from "../../base/time.ts";
import type {
  ApplyEvent,
  ChangesEvent,
  CompactEvent,
  KeyChange,
  RestoreEvent,
  TraceEvent,
} from "../../trace/events.ts";
import { equal, listed, succession } from "./key-change.ts";

/** What one revision did to one key. */
export interface Change {
  readonly told: KeyChange;
  readonly revision: number;
  /** Its place among the changes of its revision. */
  readonly place: number;
  /** What the key held before: null if nothing, or if nobody knows any more. */
  before: Change | null;
}

/** All that one entry did: the first member that applied it tells, the others must agree. */
export interface Row {
  readonly index: number;
  readonly revision: number;
  readonly at: Instant;
  /** Who told it first. */
  readonly member: number;
  readonly changes: readonly Change[];
}

/** Where a member stands, as far as it told; -1: it did not tell since it started. */
export interface Position {
  readonly id: number;
  up: boolean;
  applied: number;
  hash: number;
  revision: number;
  compact: number;
  /** When it last applied something long after the first member did. */
  late: Instant;
}

/** A member that is this far behind the first one is late. */
const LATE_US = SECOND / 2;

export const SAME_HISTORY = "same-history";
export const KEY_HISTORY = "key-history";

export type ReportAs = (invariant: string, event: TraceEvent, text: string) => void;

/**
 * The history of the store, revision by revision, folded from what the members tell of the entries
 * they apply. Two rules are judged right here, because nothing else can be judged without them:
 *
 * - `same-history`: whoever applies a revision or a compaction later does the same as the first;
 * - `key-history`: revisions follow each other without a gap, a key's versions count up from its
 *   creation, and only what exists is deleted.
 *
 * Kept are the revisions that a watch can still ask some running member for: what all of them have
 * compacted is forgotten, and not judged any more.
 */
export class History {
  /** The highest revision, and the highest index, that anybody applied. */
  revision = 1;
  index = 0;
  /** False if the run began with a store that nobody told of: what is absent may be unknown. */
  whole = true;
  /** The highest compaction that anybody applied; 0: none. */
  compacted = 0;
  readonly positions: Position[] = [];
  readonly #latest = new Map<string, Change>();
  /** Row of revision `#first + i`; rows before `#from` are forgotten. */
  #rows: Row[] = [];
  #first = 2;
  #from = 0;
  readonly #compactions: { readonly index: number; readonly revision: number }[] = [];
  readonly #byId: (Position | undefined)[] = [];
  readonly #report: ReportAs;

  constructor(report: ReportAs) {
    this.#report = report;
  }

  position(id: number): Position {
    const known = this.#byId[id];
    if (known !== undefined) return known;
    const made: Position = {
      id,
      up: true,
      applied: 0,
      hash: -1,
      revision: -1,
      compact: 0,
      late: 0,
    };
    while (this.#byId.length <= id) this.#byId.push(undefined);
    this.#byId[id] = made;
    this.positions.push(made);
    return made;
  }

  /** The first revision that is still known, or would be. */
  get oldest(): number {
    return this.#first + this.#from;
  }

  row(revision: number): Row | undefined {
    const i = revision - this.#first;
    return i >= this.#from ? this.#rows[i] : undefined;
  }

  /** What the key holds now. */
  latest(key: string): Change | null {
    return this.#latest.get(key) ?? null;
  }

  /** Whether somebody compacted the store at exactly this revision. */
  wasCompactedAt(revision: number): boolean {
    return this.#compactions.some((compaction) => compaction.revision === revision);
  }

  // ---- what members tell ---------------------------------------------------------------------

  /** Takes in a revision. Returns it if it is news, else null. */
  changes(e: ChangesEvent): Row | null {
    if (e.revision <= this.revision) {
      this.#compare(e);
      return null;
    }
    this.#follows(e);
    this.revision = e.revision;
    const { revision, index, at, member } = e;
    const changes: Change[] = [];
    for (const told of e.changes) changes.push(this.#change(e, told, changes.length));
    const row: Row = { index, revision, at, member, changes };
    this.#rows.push(row);
    return row;
  }

  #follows(e: ChangesEvent): void {
    if (e.revision === this.revision + 1) return;
    if (this.#rows.length > 0) {
      const gap = `revision ${e.revision} follows revision ${this.revision}`;
      this.#report(KEY_HISTORY, e, `${gap} on member ${e.member}`);
    }
    this.whole = false;
    this.#latest.clear();
    this.#rows = [];
    this.#first = e.revision;
    this.#from = 0;
  }

  #change(e: ChangesEvent, told: KeyChange, place: number): Change {
    const { key } = told;
    const before = this.#latest.get(key) ?? null;
    if (before !== null || this.whole) {
      const wrong = succession(told, before?.told ?? null, e.revision);
      if (wrong !== null) this.#report(KEY_HISTORY, e, `${wrong} at revision ${e.revision}`);
    }
    const change: Change = { told, revision: e.revision, place, before };
    if (told.type === "put") this.#latest.set(key, change);
    else this.#latest.delete(key);
    return change;
  }

  #compare(e: ChangesEvent): void {
    const row = this.row(e.revision);
    if (row === undefined) return;
    if (e.at - row.at > LATE_US) this.position(e.member).late = e.at;
    const { changes } = e;
    let same = row.index === e.index && row.changes.length === changes.length;
    for (let i = 0; same && i < changes.length; i++) {
      same = equal((row.changes[i] as Change).told, changes[i] as KeyChange);
    }
    if (same) return;
    const ours = `${listed(row.changes.map(({ told }) => told))} by entry ${row.index}`;
    this.#report(
      SAME_HISTORY,
      e,
      `revision ${e.revision} is ${listed(changes)} by entry ${e.index} on member ${e.member}, ` +
        `but ${ours} on member ${row.member}`,
    );
  }

  compact(e: CompactEvent): void {
    const { index, revision } = e;
    const position = this.position(e.member);
    position.compact = revision;
    const last = this.#compactions.at(-1);
    if (last === undefined || index > last.index) {
      this.#compactions.push({ index, revision });
      if (revision > this.compacted) this.compacted = revision;
    } else {
      const known = this.#compactions.find((compaction) => compaction.index === index);
      if (known?.revision !== revision) {
        const ours = known === undefined ? "no compaction" : `one at revision ${known.revision}`;
        this.#report(
          SAME_HISTORY,
          e,
          `entry ${index} is a compaction at revision ${revision} on member ${e.member}, ${ours} ` +
            "to others",
        );
      }
    }
    this.#forget();
  }

  applied(e: ApplyEvent): void {
    const position = this.position(e.member);
    const last = e.index + e.hashes.length - 1;
    position.applied = last;
    position.hash = e.hashes[e.hashes.length - 1] as number;
    position.revision = e.revisions[e.revisions.length - 1] as number;
    if (last > this.index) this.index = last;
  }

  restored(e: RestoreEvent): void {
    const position = this.position(e.member);
    position.applied = e.index;
    position.hash = e.hash;
    position.revision = e.revision;
    position.compact = this.#compactAt(e.index);
    position.late = e.at;
    if (e.index > this.index) this.index = e.index;
  }

  booted(member: number): void {
    const position = this.position(member);
    position.up = true;
    position.hash = -1;
    position.revision = -1;
  }

  /** What it applied and did not make durable it applies, and tells, once more. */
  recovered(member: number, applied: number): void {
    const position = this.position(member);
    position.applied = applied;
    position.compact = this.#compactAt(applied);
  }

  crashed(member: number): void {
    this.position(member).up = false;
  }

  #compactAt(index: number): number {
    return this.#compactions.findLast((compaction) => compaction.index <= index)?.revision ?? 0;
  }

  #forget(): void {
    let least = this.compacted;
    for (const { up, compact } of this.positions) if (up && compact < least) least = compact;
    const rows = this.#rows;
    // A watch may still start at the compacted revision itself.
    while (this.#from < rows.length && (rows[this.#from] as Row).revision < least) {
      for (const change of (rows[this.#from] as Row).changes) change.before = null;
      this.#from++;
    }
    if (this.#from * 2 <= rows.length) return;
    this.#rows = rows.slice(this.#from);
    this.#first += this.#from;
    this.#from = 0;
  }
}
