import type { KeyChange, TraceEvent } from "../trace/events.ts";

/** A key as one revision made it. */
export interface KeyVersion extends KeyChange {
  readonly revision: number;
  /** The event that told it first, of whichever member. */
  readonly seq: number;
}

/** The keys of a run at any position, as of the member that has applied most. */
export class StoreIndex {
  /** By key: what became of it, in the order of revisions. */
  readonly #keys = new Map<string, KeyVersion[]>();
  /** The same, sorted by key. */
  readonly #sorted: readonly (readonly KeyVersion[])[];
  /** What was asked for last: a picture and its keys ask more than once. */
  #shown: { readonly position: number; readonly keys: readonly KeyVersion[] } = {
    position: 0,
    keys: [],
  };

  constructor(events: readonly TraceEvent[]) {
    let newest = 0;
    let by = 0;
    for (const event of events) {
      if (event.kind !== "changes") continue;
      // Each member tells what an entry did: the first of them counts.
      if (event.index < newest || (event.index === newest && event.member !== by)) continue;
      newest = event.index;
      by = event.member;
      for (const change of event.changes) {
        const version = { ...change, revision: event.revision, seq: event.seq };
        const known = this.#keys.get(change.key);
        if (known === undefined) this.#keys.set(change.key, [version]);
        else known.push(version);
      }
    }
    const keys = [...this.#keys.keys()].sort();
    this.#sorted = keys.map((key) => this.#keys.get(key) as KeyVersion[]);
  }

  /** The keys that exist at `position`, sorted, each with its newest version. */
  at(position: number): readonly KeyVersion[] {
    if (this.#shown.position !== position) this.#shown = { position, keys: this.#at(position) };
    return this.#shown.keys;
  }

  #at(position: number): KeyVersion[] {
    const found: KeyVersion[] = [];
    for (const versions of this.#sorted) {
      const last = lastUpTo(versions, position);
      if (last !== undefined && last.type === "put") found.push(last);
    }
    return found;
  }

  /** All that became of a key up to `position`, oldest first. */
  versions(key: string, position: number): readonly KeyVersion[] {
    return (this.#keys.get(key) ?? []).filter(({ seq }) => seq <= position);
  }
}

function lastUpTo(versions: readonly KeyVersion[], position: number): KeyVersion | undefined {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((versions[middle] as KeyVersion).seq <= position) low = middle + 1;
    else high = middle;
  }
  return versions[low - 1];
}
