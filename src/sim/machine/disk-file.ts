import { assert } from "../../base/assert.ts";
import type { Random } from "../../base/random.ts";
import type { CrashMode } from "../fault.ts";

/** A crash mode with its dice rolled. */
export type CrashFate = Exclude<CrashMode, "random">;

const SECTOR_BYTES = 512;
const HALF = 500_000;

/**
 * One file's bytes, apart from its name (an inode). The first `durable` bytes are on the platter;
 * those behind are in the cache of the operating system and at the mercy of a crash.
 *
 * A truncation below `durable` is itself unsynced: the bytes cut off are kept aside until a sync
 * confirms it, and come back if a crash undoes it.
 */
export class DiskFile {
  /** Grows with every file created on the disk: the greatest is the newest. */
  readonly id: number;
  length = 0;
  durable = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private cutOff: Uint8Array | null = null;

  constructor(id: number) {
    this.id = id;
  }

  /** Appends source[start, end). */
  append(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    const length = this.length + count;
    if (length > this.bytes.length) this.grow(length);
    const { bytes } = this;
    // Below some 64 bytes a loop is faster than a view to copy from.
    if (count <= 64) {
      for (let i = start, to = this.length; i < end; i++, to++) bytes[to] = source[i] as number;
    } else if (start === 0 && end === source.length) {
      bytes.set(source, this.length);
    } else {
      bytes.set(source.subarray(start, end), this.length);
    }
    this.length = length;
  }

  truncate(length: number): void {
    assert(Number.isInteger(length) && length >= 0, "a file is cut to a length");
    assert(length <= this.length, "truncate cuts, it does not extend");
    if (length < this.durable) {
      const cut = this.bytes.subarray(length, this.durable);
      this.cutOff = this.cutOff === null ? cut.slice() : joined(cut, this.cutOff);
      this.durable = length;
    }
    this.length = length;
  }

  /** Everything written so far is durable from now on. */
  sync(): void {
    this.durable = this.length;
    this.cutOff = null;
  }

  /** A copy of what a process reads. */
  read(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** A copy of what is certain to survive a crash. */
  readDurable(): Uint8Array {
    const kept = this.bytes.subarray(0, this.durable);
    return this.cutOff === null ? kept.slice() : joined(kept, this.cutOff);
  }

  /** Whether a crash could find bytes in question. */
  get unsynced(): boolean {
    return this.length > this.durable || this.cutOff !== null;
  }

  /**
   * The machine went down: decides about the bytes that were not synced. What is left is durable.
   * Returns how many bytes are gone or zeroed.
   */
  crash(fate: CrashFate, random: Random): number {
    const inQuestion = this.length - this.durable;
    let lost = 0;
    if (this.cutOff !== null && undoes(fate, random)) {
      this.undoTruncation();
      lost = inQuestion;
    } else if (inQuestion > 0) {
      if (fate === "lose") lost = this.keep(0);
      else if (fate === "prefix") lost = this.keep(random.below(inQuestion + 1));
      else if (fate === "tear") lost = this.tear(random);
      else if (fate === "scatter") lost = this.scatter(random);
    }
    this.sync();
    return lost;
  }

  /** Flips bit `bit` (0…7) of durable byte `offset`. */
  flip(offset: number, bit: number): void {
    assert(offset >= 0 && offset < this.durable, "bits rot on the platter");
    this.bytes[offset] = (this.bytes[offset] as number) ^ (1 << bit);
  }

  private keep(count: number): number {
    const lost = this.length - this.durable - count;
    this.length -= lost;
    return lost;
  }

  /**
   * The length was written, but each 512-byte sector of the unsynced range was or was not; those
   * that were not read as zeros. At least one was not: the first, if the dice spare them all.
   */
  private tear(random: Random): number {
    let zeroed = 0;
    for (let start = this.durable; start < this.length; ) {
      const end = this.sectorEnd(start);
      if (random.chance(HALF)) zeroed += this.zero(start, end);
      start = end;
    }
    return zeroed > 0 ? zeroed : this.zero(this.durable, this.sectorEnd(this.durable));
  }

  /**
   * Each sector of the unsynced range was written or was not, whatever became of those before it and of other
   * files; so was the length. Without the new length the file ends where a sector was written last.
   */
  private scatter(random: Random): number {
    const [before, { length }] = [this.durable, this];
    let end = before;
    let zeroed = 0;
    for (let start = before; start < length; ) {
      const next = this.sectorEnd(start);
      if (random.chance(HALF)) end = next;
      else zeroed += this.zero(start, next);
      start = next;
    }
    if (random.chance(HALF)) return zeroed;
    this.length = end;
    return zeroed;
  }

  private sectorEnd(offset: number): number {
    const end = offset - (offset % SECTOR_BYTES) + SECTOR_BYTES;
    return end < this.length ? end : this.length;
  }

  private zero(start: number, end: number): number {
    this.bytes.fill(0, start, end);
    return end - start;
  }

  private undoTruncation(): void {
    const restored = this.readDurable();
    this.bytes = restored;
    this.length = restored.length;
  }

  private grow(length: number): void {
    let capacity = this.bytes.length < 512 ? 1024 : 2 * this.bytes.length;
    while (capacity < length) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** Whether a truncation that was not synced is undone. */
function undoes(fate: CrashFate, random: Random): boolean {
  if (fate === "lose") return true;
  return fate !== "keep" && fate !== "forget" && fate !== "rewind" && random.chance(HALF);
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}
