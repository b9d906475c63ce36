import { assert } from "../../base/assert.ts";

export const Command = {
  Create: 0,
  Append: 1,
  Truncate: 2,
  Rename: 3,
  Remove: 4,
  Sync: 5,
  SyncDirectory: 6,
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** One hidden class for all commands; each uses what it needs. */
class Entry {
  type: Command = Command.Create;
  name = "";
  to = "";
  /** Append: how many bytes of the queue's buffer; truncate: the length; syncs: the token. */
  value = 0;
}

/**
 * Commands that wait for a sync before them, first in, first out, with copies of the bytes to
 * append in one buffer. Entries and buffer are used again: in the long run it allocates nothing.
 */
export class DiskQueue {
  // The command at the head, after `shift`. Bytes are buffer[start, end).
  type: Command = Command.Create;
  name = "";
  to = "";
  value = 0;
  buffer = new Uint8Array(4096);
  start = 0;
  end = 0;

  /** Bytes of appends that wait. */
  get bytes(): number {
    return this.bytesTail - this.bytesHead;
  }

  private ring: Entry[] = [new Entry(), new Entry()];
  private head = 0;
  private count = 0;
  private bytesHead = 0;
  private bytesTail = 0;

  get length(): number {
    return this.count;
  }

  push(type: Command, name: string, to: string, value: number): void {
    if (this.count === this.ring.length) this.growRing();
    const entry = this.ring[(this.head + this.count) & (this.ring.length - 1)] as Entry;
    entry.type = type;
    entry.name = name;
    entry.to = to;
    entry.value = value;
    this.count++;
  }

  pushAppend(name: string, bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    this.buffer.set(bytes, this.bytesTail);
    this.bytesTail += bytes.length;
    this.push(Command.Append, name, "", bytes.length);
  }

  /** Takes the first command into the fields; they hold until the next push. False if there is none. */
  shift(): boolean {
    if (this.count === 0) return false;
    const entry = this.ring[this.head] as Entry;
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.count--;
    this.type = entry.type;
    this.name = entry.name;
    this.to = entry.to;
    this.value = entry.value;
    if (entry.type === Command.Append) {
      this.start = this.bytesHead;
      this.end = this.bytesHead += entry.value;
      assert(this.end <= this.bytesTail, "the bytes of a queued append are in the buffer");
    }
    return true;
  }

  clear(): void {
    this.count = 0;
    this.bytesHead = 0;
    this.bytesTail = 0;
  }

  private makeRoom(bytes: number): void {
    if (this.bytesTail + bytes <= this.buffer.length) return;
    const waiting = this.bytes;
    const old = this.buffer;
    // Moving is worth it only if it frees half: then each byte moves less than once on average.
    if (2 * (waiting + bytes) > old.length) {
      let capacity = 2 * old.length;
      while (capacity < 2 * (waiting + bytes)) capacity *= 2;
      this.buffer = new Uint8Array(capacity);
      this.buffer.set(old.subarray(this.bytesHead, this.bytesTail));
    } else {
      old.copyWithin(0, this.bytesHead, this.bytesTail);
    }
    this.bytesHead = 0;
    this.bytesTail = waiting;
  }

  private growRing(): void {
    const { ring, head } = this;
    const unrolled = [...ring.slice(head), ...ring.slice(0, head)];
    for (let i = ring.length; i > 0; i--) unrolled.push(new Entry());
    this.ring = unrolled;
    this.head = 0;
  }
}
