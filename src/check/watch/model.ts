import type { KeyChange, WatchEvent } from "../../trace/events.ts";
import type { Change, Row } from "../model/history.ts";

/** One watch: what it asked for, what it was told, and what it still waits for. */
export class WatchModel {
  readonly asked: WatchEvent;
  /** The member that answered last; 0: none yet. */
  from = 0;
  created = false;
  /** The first revision it wants to hear of. */
  start: number;
  /** It was told of a change. */
  begun = false;
  /** The revision of the last event. */
  revision = 0;
  /** Its place among the changes of that revision. */
  place = 0;
  /** The highest progress report; 0: none. */
  bookmark = 0;
  /** The last response goes on with the next. */
  fragment = false;
  /** Rules that it has reported broken. */
  readonly broken = new Set<string>();
  #wanted: Change[] = [];
  #next = 0;

  constructor(asked: WatchEvent) {
    this.asked = asked;
    this.start = asked.startRevision;
  }

  inRange(key: string): boolean {
    const { asked } = this;
    if (asked.rangeEnd === "") return key === asked.key;
    return key >= asked.key && (asked.rangeEnd === "\0" || key < asked.rangeEnd);
  }

  passes(type: KeyChange["type"]): boolean {
    return type === "put" ? !this.asked.noPut : !this.asked.noDelete;
  }

  /** Takes what it has to be told of. */
  want(row: Row): void {
    if (row.revision < this.start) return;
    for (const change of row.changes) {
      if (this.inRange(change.told.key)) this.wantChange(change);
    }
  }

  /** `change` is in its range. */
  wantChange(change: Change): void {
    if (change.revision >= this.start && this.passes(change.told.type)) this.#wanted.push(change);
  }

  /** The first change that it waits for, or null. */
  get first(): Change | null {
    return this.#wanted[this.#next] ?? null;
  }

  /** The first change up to `revision` that it waits for. */
  firstUpTo(revision: number): Change | null {
    const { first } = this;
    return first !== null && first.revision <= revision ? first : null;
  }

  /** It does not wait any longer for anything below `revision`. */
  giveUpBelow(revision: number): void {
    while (this.first !== null && this.first.revision < revision) this.#next++;
    this.#tidy();
  }

  /** The change of `key` that it waits for, if `revision` is the lowest that it waits for. */
  take(revision: number, key: string): Change | null {
    const wanted = this.#wanted;
    for (let i = this.#next; i < wanted.length; i++) {
      const change = wanted[i] as Change;
      if (change.revision !== revision) return null;
      if (change.told.key !== key) continue;
      // Those before it may still come: that is another rule's affair.
      wanted[i] = wanted[this.#next] as Change;
      this.#next++;
      this.#tidy();
      return change;
    }
    return null;
  }

  #tidy(): void {
    const { length } = this.#wanted;
    if (this.#next === length) this.#wanted.length = 0;
    else if (this.#next < 64 || this.#next * 2 < length) return;
    else this.#wanted = this.#wanted.slice(this.#next);
    this.#next = 0;
  }
}
