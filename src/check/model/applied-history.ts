import { assert } from "../../base/assert.ts";
import type { ApplyEvent, ClientOp } from "../../trace/events.ts";

/** The versions of one key, ascending by revision; null stands for a deletion. */
interface Versions {
  readonly revisions: number[];
  readonly values: (string | null)[];
}

/** What a key held: a value, nothing (null), or something the trace did not tell (undefined). */
export type Held = string | null | undefined;

/**
 * What the state machine did, in the order of the log: which revision each entry led to, and what
 * each key held at each revision. An entry is known by its text, which is matched with what
 * clients asked for; the text of a long key or value is cut, so that an entry may stay unknown.
 */
export class AppliedHistory {
  /** The highest index applied by anybody, and the revision after it. */
  index = 0;
  revision = 1;
  /** By index, from `#firstIndex` on. */
  readonly #terms: number[] = [];
  readonly #stateHashes: number[] = [];
  #firstIndex = 1;
  /** By revision: the index of the entry that made it; 0: none known. */
  readonly #indexOf: number[] = [];
  readonly #textOf: string[] = [];
  readonly #keys = new Map<string, Versions>();
  readonly #asked = new Map<string, ClientOp>();
  /** Revisions whose key is not known, ascending. */
  readonly #unknown: number[] = [];

  /** A client asks for `op`: an entry with its text may turn up in the log from now on. */
  ask(op: ClientOp): void {
    if (op.type !== "get") this.#asked.set(entryText(op), op);
  }

  /** Whether the entry, or the state after it, contradicts what somebody applied there before. */
  contradicts(e: ApplyEvent): boolean {
    const at = e.index - this.#firstIndex;
    if (at < 0 || at >= this.#terms.length) return false;
    if (this.#terms[at] === UNKNOWN) return false;
    return this.#terms[at] !== e.term || this.#stateHashes[at] !== e.hash;
  }

  /** Takes in an entry behind the highest one; others are known already. */
  apply(e: ApplyEvent): void {
    if (e.index <= this.index) return;
    if (this.#terms.length === 0) this.#firstIndex = e.index;
    // A snapshot may have carried the state machine over entries that nobody was seen to apply.
    while (this.#firstIndex + this.#terms.length < e.index) this.#push(UNKNOWN, UNKNOWN);
    this.#push(e.term, e.hash);
    this.index = e.index;
    if (e.revision <= this.revision) return;
    this.revision = e.revision;
    while (this.#indexOf.length < e.revision) this.#indexOf.push(0);
    this.#indexOf.push(e.index);
    while (this.#textOf.length < e.revision) this.#textOf.push("");
    this.#textOf.push(e.text);
    const op = this.#asked.get(e.text);
    if (op === undefined) this.#unknown.push(e.revision);
    else if (op.type !== "get") this.#write(op, e.revision);
  }

  /** The index of the entry that made `revision`, or 0. */
  indexOf(revision: number): number {
    return this.#indexOf[revision] ?? 0;
  }

  /** What the entry that made `revision` does, in words. */
  textOf(revision: number): string {
    return this.#textOf[revision] ?? "";
  }

  /** What the key held as of `revision`. */
  held(key: string, revision: number): Held {
    const versions = this.#keys.get(key);
    const at = versions === undefined ? -1 : lastAtMost(versions.revisions, revision);
    const since = at < 0 ? 0 : (versions?.revisions[at] ?? 0);
    const unknown = this.#unknown;
    const last = lastAtMost(unknown, revision);
    if (last >= 0 && (unknown[last] as number) > since) return undefined;
    return at < 0 ? null : (versions?.values[at] ?? null);
  }

  #push(term: number, hash: number): void {
    this.#terms.push(term);
    this.#stateHashes.push(hash);
  }

  #write(op: ClientOp, revision: number): void {
    let versions = this.#keys.get(op.key);
    if (versions === undefined) {
      versions = { revisions: [], values: [] };
      this.#keys.set(op.key, versions);
    }
    const last = versions.revisions[versions.revisions.length - 1] ?? 0;
    assert(last < revision, "revisions grow");
    versions.revisions.push(revision);
    versions.values.push(op.type === "put" ? op.value : null);
  }
}

const UNKNOWN = -1;

/** The position of the last number <= `bound` in an ascending list; -1 if there is none. */
function lastAtMost(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= bound) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How a member's trace words the entry of a write: `put a=1`, `delete a`. */
export function entryText(op: ClientOp): string {
  if (op.type === "put") return `put ${shown(op.key)}=${shown(op.value)}`;
  return `${op.type} ${shown(op.key)}`;
}

const SHOWN_MAX = 24;

function shown(binary: string): string {
  const head = binary.length > SHOWN_MAX ? `${binary.slice(0, SHOWN_MAX - 1)}…` : binary;
  return head.replace(
    /[^\x20-\x7e…]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
