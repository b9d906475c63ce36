import { assert } from "../../base/assert.ts";
import type { RaftMistakes } from "../../museum/raft.ts";
import { NO_MISTAKES } from "../../museum/switches.ts";
import type { Index } from "../types.ts";

/**
 * The appends that were sent to a follower and not acknowledged yet: a sliding window bounded in
 * messages and, softly, in bytes (the message that reaches the byte limit is still sent).
 *
 * A ring that grows on demand: the limit may be far larger than what is ever in flight.
 */
export class Inflights {
  readonly maxMessages: number;
  /** 0 means no limit. */
  readonly maxBytes: number;
  private start = 0;
  private messages = 0;
  private totalBytes = 0;
  /** Parallel rings: the last index of each message, and its payload bytes. */
  private indexes: Index[] = [];
  private sizes: number[] = [];
  private readonly mistakes: RaftMistakes;

  constructor(maxMessages: number, maxBytes: number, mistakes: RaftMistakes = NO_MISTAKES) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.mistakes = mistakes;
  }

  get count(): number {
    return this.messages;
  }

  get bytes(): number {
    return this.totalBytes;
  }

  /** No further message with entries may be sent. */
  full(): boolean {
    return (
      this.messages >= this.maxMessages || (this.maxBytes !== 0 && this.totalBytes >= this.maxBytes)
    );
  }

  /** A message whose last entry is `index` goes out; indexes must not fall. */
  add(index: Index, bytes: number): void {
    assert(!this.full(), "cannot add into a Full inflights");
    const capacity = this.indexes.length;
    if (this.messages === capacity) this.grow();
    let at = this.start + this.messages;
    if (at >= this.indexes.length) at -= this.indexes.length;
    this.indexes[at] = index;
    this.sizes[at] = bytes;
    this.messages++;
    this.totalBytes += bytes;
  }

  /** Everything up to `index` has arrived. */
  freeUpTo(index: Index): void {
    while (this.messages > 0 && (this.indexes[this.start] as Index) <= index) {
      this.totalBytes -= this.sizes[this.start] as number;
      this.messages--;
      this.start++;
      if (this.start === this.indexes.length) this.start = 0;
    }
    assert(this.messages >= 0 && this.totalBytes >= 0, "what is freed was in flight");
  }

  reset(): void {
    this.start = 0;
    this.messages = 0;
    // Known mistake R33: the window stays full of bytes that are no longer on their way.
    if (!this.mistakes.leaksInflightBytes) this.totalBytes = 0;
  }

  clone(): Inflights {
    const copy = new Inflights(this.maxMessages, this.maxBytes, this.mistakes);
    copy.start = this.start;
    copy.messages = this.messages;
    copy.totalBytes = this.totalBytes;
    copy.indexes = this.indexes.slice();
    copy.sizes = this.sizes.slice();
    return copy;
  }

  /** Doubles the ring and moves the window to its start. */
  private grow(): void {
    const old = this.indexes.length;
    const indexes: Index[] = [];
    const sizes: number[] = [];
    for (let i = 0; i < this.messages; i++) {
      const at = (this.start + i) % old;
      indexes.push(this.indexes[at] as Index);
      sizes.push(this.sizes[at] as number);
    }
    for (let i = this.messages; i < Math.max(4, old * 2); i++) {
      indexes.push(0);
      sizes.push(0);
    }
    this.indexes = indexes;
    this.sizes = sizes;
    this.start = 0;
  }
}
