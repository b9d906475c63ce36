import type { Index } from "../../raft/types.ts";

/**
 * When a member makes a snapshot of its own: after so many applied entries (--snapshot-count), or when an
 * operator asked for one (server.go shouldSnapshot).
 */
export class SnapshotTrigger {
  private readonly everyEntries: number;
  private last: Index;
  private asked = false;

  /** `last`: the snapshot that was found at the start; 0: none. */
  constructor(everyEntries: number, last: Index) {
    this.everyEntries = everyEntries;
    this.last = last;
  }

  due(applied: Index): boolean {
    const news = applied - this.last;
    return news >= this.everyEntries || (this.asked && news > 0);
  }

  /** One is wanted as soon as there is anything new to put into it. */
  ask(): void {
    this.asked = true;
  }

  /** The member made one, of what it had applied up to `index`. */
  made(index: Index): void {
    this.taken(index);
    this.asked = false;
  }

  /** One came from the leader. It does not answer who asked for the member's own. */
  taken(index: Index): void {
    this.last = index;
  }
}
