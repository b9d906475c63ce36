import type { Index } from "../../raft/types.ts";

/**
 * When a member makes a snapshot of its own: after so many applied entries (--snapshot-count), or when an
 * operator asked for one (server.go shouldSnapshot).
 */
export class SnapshotTrigger {
  private readonly everyEntries: number;
  private readonly inMemoryEvery: number;
  private last: Index;
  private lastInMemory: Index;
  private asked = false;

  /**
   * @param inMemoryEvery profile's memorySnapshotCount
   * @param last the snapshot that was found at the start; 0: none
   */
  constructor(everyEntries: number, inMemoryEvery: number, last: Index) {
    this.everyEntries = everyEntries;
    this.inMemoryEvery = inMemoryEvery;
    this.last = last;
    this.lastInMemory = last;
  }

  due(applied: Index): boolean {
    const news = applied - this.last;
    return news >= this.everyEntries || (this.asked && news > 0);
  }

  /** Whether raft's log is to be compacted in memory alone (shouldSnapshotToMemory). */
  dueInMemory(applied: Index): boolean {
    return this.inMemoryEvery > 0 && applied > this.lastInMemory + this.inMemoryEvery;
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
    this.takenInMemory(index);
  }

  takenInMemory(index: Index): void {
    this.lastInMemory = index;
  }
}
