import type { KeyValue } from "../api/requests.ts";
import { assert } from "../base/assert.ts";

/** One write of a key at revision (main, sub): its key-value, or null where the key was deleted. */
export interface Version {
  readonly main: number;
  readonly sub: number;
  readonly kv: KeyValue | null;
}

/**
 * All versions of one key that are still kept, oldest first (server/storage/mvcc/key_index.go).
 * A null `kv` (a tombstone) ends a generation; the next put begins a new one.
 */
export class KeyHistory {
  readonly key: string;
  private versions: Version[] = [];

  constructor(key: string) {
    this.key = key;
  }

  append(version: Version): void {
    const last = this.versions[this.versions.length - 1];
    assert(
      last === undefined ||
        last.main < version.main ||
        (last.main === version.main && last.sub < version.sub),
      "a key's versions are in the order of their revisions",
    );
    this.versions.push(version);
  }

  /** The newest version, deleted or not. */
  newest(): Version | undefined {
    return this.versions[this.versions.length - 1];
  }

  /** The key-value as of revision `main` (all of its sub-revisions included); null if absent then. */
  at(main: number): KeyValue | null {
    const versions = this.versions;
    let low = 0;
    let high = versions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((versions[middle] as Version).main <= main) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : (versions[low - 1] as Version).kv;
  }

  /**
   * Drops what no read at `main` or later can see, and hands each dropped version to `dropped`.
   * A tombstone that is the newest at or below `main` goes as well. True if nothing is left.
   */
  compact(main: number, dropped: (version: Version) => void): boolean {
    const versions = this.versions;
    let keep = 0;
    while (keep < versions.length && (versions[keep] as Version).main <= main) keep++;
    // The newest one at or below `main` is what a read at `main` sees, unless it is a tombstone.
    if (keep > 0 && (versions[keep - 1] as Version).kv !== null) keep--;
    for (let i = 0; i < keep; i++) dropped(versions[i] as Version);
    if (keep > 0) this.versions = versions.slice(keep);
    return this.versions.length === 0;
  }

  all(): readonly Version[] {
    return this.versions;
  }
}
