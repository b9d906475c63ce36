import { assert } from "../base/assert.ts";
import { crc32cUpdate } from "../base/crc32c.ts";
import type { WalMistakes } from "../museum/wal.ts";
import {
  CRC_TAG,
  DATA_TAG,
  FRAME_BYTES,
  paddingOf,
  RecordType,
  SECTOR_BYTES,
  TYPE_TAG,
  topByteOf,
} from "./record.ts";
import { WalError, type WalErrorKind } from "./wal-error.ts";

/** A file of the log, as read. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How the last file ends: at its last byte, in zeros (preallocated, or a write that was lost), or amid a record. */
export type TailState = "clean" | "zeros" | "torn";

const Head = { Good: 0, Incomplete: 1, Broken: 2 } as const;
type Head = (typeof Head)[keyof typeof Head];

/**
 * Reads the records of a row of files: after `next()` the record is in `type` and
 * `bytes[from, to)`. At the end, `tail` and `offset` say where and how the last file ended.
 *
 * It is stricter than etcd, so that no single flipped bit passes for a torn write: a record must
 * be exactly what an encoder writes, and "torn" is only what a crash leaves, namely a file that
 * stops early, or 512-byte sectors that were never written and read as zeros to their end. (A
 * payload with such a run of zeros hides a flipped bit in the very last records, as in etcd.)
 */
export class WalDecoder {
  type: RecordType = RecordType.Crc;
  bytes: Uint8Array;
  from = 0;
  to = 0;
  /** The file being read, and the offset behind the last good record in it. */
  file = 0;
  offset = 0;
  /** The crc over all data read; the seed of an encoder that goes on. */
  crc = 0;
  tail: TailState = "clean";

  readonly #files: readonly LogFile[];
  readonly #mistakes: WalMistakes;
  /** What the record's head states. */
  #headCrc = 0;

  constructor(files: readonly LogFile[], mistakes: WalMistakes) {
    assert(files.length > 0, "a log has at least one file");
    this.#files = files;
    this.#mistakes = mistakes;
    this.bytes = (files[0] as LogFile).bytes;
  }

  get path(): string {
    return (this.#files[this.file] as LogFile).path;
  }

  get inLastFile(): boolean {
    return this.file === this.#files.length - 1;
  }

  /** Reads the next record; false at the end. Throws WalError. */
  next(): boolean {
    while (this.offset === this.bytes.length || this.#zeros()) {
      if (this.inLastFile) return false;
      this.file++;
      this.bytes = (this.#files[this.file] as LogFile).bytes;
      this.offset = 0;
      this.tail = "clean";
    }
    return this.#record();
  }

  /** Whether a zero length field marks the end of this file's records. */
  #zeros(): boolean {
    const { bytes, offset } = this;
    const headerEnd = offset + FRAME_BYTES;
    if (headerEnd > bytes.length || !allZero(bytes, offset, headerEnd)) return false;
    const end = this.inLastFile ? sectorEnd(bytes, offset) : bytes.length;
    // A sector that ends in zeros never reached the disk, whatever a crash let through behind it.
    // (A flipped bit can look the same where a length of 2^n fills a sector's last 8 bytes; etcd
    // reads that as the end, too: refusing would turn power failures into lost members.)
    if (!allZero(bytes, offset, end)) {
      return this.#refuse("corrupt", "a length of zero, but data behind it");
    }
    this.tail = "zeros";
    return true;
  }

  #record(): boolean {
    const { bytes, offset } = this;
    const start = offset + FRAME_BYTES;
    if (start > bytes.length) return this.#failed(0, bytes.length, "the file ends amid a length");
    const size = uint32(bytes, offset);
    const upper = uint32(bytes, offset + 4);
    const padding = paddingOf(size);
    if (upper !== topByteOf(padding) * 0x100_0000) {
      return this.#refuse("corrupt", "a length field that no encoder writes");
    }
    const end = start + size + padding;
    if (end > bytes.length) {
      const missing = end - bytes.length;
      return this.#failed(size, bytes.length, `the record's last ${missing} bytes are missing`);
    }
    if (this.#head(size, start + size) !== Head.Good) {
      return this.#failed(size, end, "not a record");
    }
    const crc = crc32cUpdate(this.crc, bytes, this.from, this.to);
    if (this.type === RecordType.Crc) return this.#chain(end);
    if (crc !== this.#headCrc) return this.#failed(size, end, "the crc does not match the data");
    if (!allZero(bytes, start + size, end)) return this.#refuse("corrupt", "padding is not zero");
    if (offset === 0) return this.#refuse("corrupt", "a file must begin with a crc record");
    this.crc = crc;
    this.offset = end;
    return true;
  }

  /** Takes over the crc of the file before; the first file read may start anywhere in the chain. */
  #chain(end: number): boolean {
    const { bytes, offset } = this;
    if (offset !== 0) return this.#refuse("corrupt", "a crc record amid a file");
    if (this.from !== this.to) return this.#refuse("corrupt", "a crc record with data");
    if (!allZero(bytes, this.to, end)) return this.#refuse("corrupt", "padding is not zero");
    if (this.file > 0 && this.crc !== this.#headCrc) {
      return this.#refuse("crc mismatch", "the file does not continue the one before it");
    }
    this.crc = this.#headCrc;
    this.offset = end;
    return true;
  }

  /**
   * Reads the head of a record of `size` bytes at the present offset, as far as `limit`: tags,
   * type, crc, and a length of data that fills the record exactly.
   */
  #head(size: number, limit: number): Head {
    const { bytes } = this;
    let at = this.offset + FRAME_BYTES;
    const end = at + size;
    if (at >= limit) return Head.Incomplete;
    if (bytes[at++] !== TYPE_TAG) return Head.Broken;
    if (at >= limit) return Head.Incomplete;
    const type = bytes[at++] as number;
    if (type < RecordType.Metadata || type > RecordType.Snapshot) return Head.Broken;
    if (at >= limit) return Head.Incomplete;
    if (bytes[at++] !== CRC_TAG) return Head.Broken;
    let crc = 0;
    let scale = 1;
    for (let byte = 0x80; byte >= 0x80; scale *= 0x80) {
      if (at >= limit) return Head.Incomplete;
      byte = bytes[at++] as number;
      crc += (byte & 0x7f) * scale;
      if (crc > 0xffff_ffff || (byte === 0 && scale > 1)) return Head.Broken;
    }
    let length = 0;
    if (at !== end) {
      if (at >= limit) return Head.Incomplete;
      if (bytes[at++] !== DATA_TAG) return Head.Broken;
      scale = 1;
      for (let byte = 0x80; byte >= 0x80; scale *= 0x80) {
        if (at >= limit) return Head.Incomplete;
        byte = bytes[at++] as number;
        length += (byte & 0x7f) * scale;
        if (length > size || (byte === 0 && scale > 1)) return Head.Broken;
      }
      if (length === 0 || at + length !== end) return Head.Broken;
    }
    this.type = type as RecordType;
    this.#headCrc = crc;
    this.from = at;
    this.to = at + length;
    return Head.Good;
  }

  /**
   * The record at `offset` is not whole. False, and `tail` is "torn", if that is what a crash
   * left: part of its bytes up to `end` never reached the disk, and what did is in order.
   */
  #failed(size: number, end: number, problem: string): false {
    // Known mistake W5: a rotten record in the middle is the end, and what was acknowledged behind it
    // is gone without a word.
    if (this.#mistakes.takesAnyErrorForTorn) return this.#torn();
    if (!this.inLastFile) return this.#refuse("crc mismatch", problem);
    const start = this.offset + FRAME_BYTES;
    if (start > end) return this.#torn();
    const cut = start + size + paddingOf(size) > end;
    const lost = lostSector(this.bytes, start, end);
    if (lost < 0 && !cut) return this.#refuse("crc mismatch", problem);
    if (this.#head(size, lost < 0 ? end : lost) === Head.Broken) {
      return this.#refuse("corrupt", `${problem}, and what is there contradicts its length`);
    }
    return this.#torn();
  }

  #torn(): false {
    this.tail = "torn";
    return false;
  }

  #refuse(kind: WalErrorKind, sentence: string): never {
    throw new WalError(kind, this.path, this.offset, sentence);
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

function allZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The end of the sector that holds `offset`, or of the file. */
function sectorEnd(bytes: Uint8Array, offset: number): number {
  const end = offset - (offset % SECTOR_BYTES) + SECTOR_BYTES;
  return end < bytes.length ? end : bytes.length;
}

/** Where the first sector's part of [from, to) begins that is zero up to the sector's end; -1: nowhere. */
function lostSector(bytes: Uint8Array, from: number, to: number): number {
  for (let start = from; start < to; start = sectorEnd(bytes, start)) {
    if (allZero(bytes, start, sectorEnd(bytes, start))) return start;
  }
  return -1;
}
