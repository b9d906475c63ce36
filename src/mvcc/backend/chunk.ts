import { assert } from "../../base/assert.ts";
import { copyInto } from "../../base/bytes.ts";

/** So many row numbers belong to one chunk. */
export const CHUNK_ROWS = 256;
/** A chunk is closed early rather than hold more bytes than this. */
const BLOCK_MAX = 1 << 20;

const TWO_32 = 0x1_0000_0000;
const FIELDS = 4;
const MAIN_LOW = 0;
/** The upper 21 bits of the main revision, and the flags above them. */
const MAIN_HIGH = 1;
const SUB = 2;
const END = 3;
const HIGH_MASK = 0x1f_ffff;
const TOMBSTONE = 1 << 24;
const DOOMED = 1 << 25;
const DEAD = 1 << 26;

const NO_META = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);

/**
 * Up to 256 neighbouring rows of the revision table: two typed arrays in place of an object and a
 * Uint8Array a row, which is what lets a million revisions fit. Bytes are only ever appended, and a
 * repacked chunk gets new ones, so that views of them stay good.
 *
 * A row is addressed by its slot, which it keeps; its entry, where its fields are, moves when dead
 * rows are taken out.
 */
export class Chunk {
  /** Entries that are stored, dead ones included. */
  count = 0;
  live = 0;
  /** The main revision of the last row there ever was. */
  lastMain = 0;
  bytes: Uint8Array = new Uint8Array(1024);
  private meta: Uint32Array = new Uint32Array(16 * FIELDS);
  private used = 0;
  /** The slot of each entry, once they differ. */
  private slots: Uint8Array | null = null;

  hasRoom(length: number): boolean {
    return this.count < CHUNK_ROWS && (this.count === 0 || this.used + length <= BLOCK_MAX);
  }

  /** Appends a row with the first `length` of `bytes`; returns its slot. */
  push(main: number, sub: number, tombstone: boolean, bytes: Uint8Array, length: number): number {
    assert(this.slots === null && this.hasRoom(length), "a row goes into a chunk that has room");
    assert(main >= this.lastMain, "rows come in the order of their revisions");
    this.reserve(length);
    const slot = this.count++;
    const at = slot * FIELDS;
    const high = Math.floor(main / TWO_32);
    const { meta } = this;
    if (length === bytes.length) copyInto(this.bytes, this.used, bytes);
    else for (let i = 0; i < length; i++) this.bytes[this.used + i] = bytes[i] as number;
    this.used += length;
    meta[at + MAIN_LOW] = main - high * TWO_32;
    meta[at + MAIN_HIGH] = tombstone ? high | TOMBSTONE : high;
    meta[at + SUB] = sub;
    meta[at + END] = this.used;
    this.live++;
    this.lastMain = main;
    return slot;
  }

  private reserve(length: number): void {
    const needed = this.used + length;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    if ((this.count + 1) * FIELDS > this.meta.length) {
      const grown = new Uint32Array(2 * this.meta.length);
      grown.set(this.meta);
      this.meta = grown;
    }
  }

  /** No more rows will come: gives back what was reserved for them. */
  close(): void {
    this.bytes = this.bytes.slice(0, this.used);
    this.meta = this.meta.slice(0, this.count * FIELDS);
  }

  /** The entry of the row in `slot`; the row must not have been taken out. */
  entry(slot: number): number {
    const { slots } = this;
    if (slots === null) return slot;
    const entry = this.entryFrom(slot);
    assert(slots[entry] === slot, "the row is still there");
    return entry;
  }

  /** The first entry at or after `slot`. */
  entryFrom(slot: number): number {
    const { slots } = this;
    if (slots === null) return slot;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((slots[middle] as number) < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first entry, dead or not, whose main revision is `main` or more. */
  entryFromMain(main: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.main(middle) < main) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  slot(entry: number): number {
    return this.slots === null ? entry : (this.slots[entry] as number);
  }

  main(entry: number): number {
    const at = entry * FIELDS;
    const high = (this.meta[at + MAIN_HIGH] as number) & HIGH_MASK;
    return high * TWO_32 + (this.meta[at + MAIN_LOW] as number);
  }

  sub(entry: number): number {
    return this.meta[entry * FIELDS + SUB] as number;
  }

  start(entry: number): number {
    return entry === 0 ? 0 : (this.meta[(entry - 1) * FIELDS + END] as number);
  }

  end(entry: number): number {
    return this.meta[entry * FIELDS + END] as number;
  }

  isTombstone(entry: number): boolean {
    return ((this.meta[entry * FIELDS + MAIN_HIGH] as number) & TOMBSTONE) !== 0;
  }

  isDoomed(entry: number): boolean {
    return ((this.meta[entry * FIELDS + MAIN_HIGH] as number) & DOOMED) !== 0;
  }

  isDead(entry: number): boolean {
    return ((this.meta[entry * FIELDS + MAIN_HIGH] as number) & DEAD) !== 0;
  }

  /** A compaction will take the row out. */
  doom(entry: number): void {
    this.flag(entry, DOOMED);
  }

  /** The row is gone; its room is given back by {@link Chunk.repack}. */
  kill(entry: number): void {
    assert(!this.isDead(entry), "a row dies once");
    this.flag(entry, DEAD);
    this.live--;
  }

  private flag(entry: number, bit: number): void {
    const at = entry * FIELDS + MAIN_HIGH;
    this.meta[at] = (this.meta[at] as number) | bit;
  }

  /** Takes dead rows out. Views of the old bytes stay good. */
  repack(): void {
    if (this.live === 0) {
      this.bytes = NO_BYTES;
      this.meta = NO_META;
      this.slots = NO_BYTES;
      this.count = 0;
      this.used = 0;
      return;
    }
    let used = 0;
    for (let e = 0; e < this.count; e++) if (!this.isDead(e)) used += this.end(e) - this.start(e);
    const bytes = new Uint8Array(used);
    const meta = new Uint32Array(this.live * FIELDS);
    const slots = new Uint8Array(this.live);
    let to = 0;
    let at = 0;
    for (let e = 0; e < this.count; e++) {
      if (this.isDead(e)) continue;
      const from = this.start(e);
      const end = this.end(e);
      bytes.set(this.bytes.subarray(from, end), at);
      at += end - from;
      for (let f = 0; f < FIELDS; f++) meta[to * FIELDS + f] = this.meta[e * FIELDS + f] as number;
      meta[to * FIELDS + END] = at;
      slots[to++] = this.slot(e);
    }
    assert(to === this.live && at === used, "every live row is kept");
    this.bytes = bytes;
    this.meta = meta;
    this.slots = slots;
    this.count = to;
    this.used = used;
  }
}
