import { assert } from "../../base/assert.ts";
import { crc32cUpdate } from "../../base/crc32c.ts";
import { ProtobufError, ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import { revisionBuffer, writeRevision } from "../revision.ts";

/**
 * The backend's file: a header, then one record a commit, appended and never changed.
 *
 *     record  = length (uint32, little-endian) · CRC-32C of the content · content
 *     content = protobuf fields, read in order: 1 revision key, 2 its key-value; 3 revision key of
 *               a removed row; 4 names the bucket of the pairs that follow; 5 key, 6 its value;
 *               7 key that is deleted
 *
 * A record that a crash cut short is the last one, and counts as never written: the log still has
 * what it held.
 */
export const FILE_HEADER = Uint8Array.from("detcd backend 1\n", (char) => char.charCodeAt(0));

/** What a disk writes whole or not at all. */
const SECTOR = 512;
const HEAD_BYTES = 8;
const ROW = 1;
const ROW_VALUE = 2;
const ROW_REMOVED = 3;
const BUCKET = 4;
const KEY = 5;
const VALUE = 6;
const KEY_DELETED = 7;

/** Who takes in what a file holds, in the order in which it was written. */
export interface ContentReader {
  row(revision: Uint8Array, bytes: Uint8Array): void;
  rowRemoved(revision: Uint8Array): void;
  pair(bucket: string, key: string, value: Uint8Array | null): void;
}

const revision = revisionBuffer();

/** Builds records one after the other in one buffer. */
export class CommitWriter {
  private readonly writer: ProtobufWriter;

  constructor(capacity = 4096) {
    this.writer = new ProtobufWriter(capacity);
    this.begin();
  }

  /** Bytes of the record so far. */
  get length(): number {
    return this.writer.length;
  }

  get capacity(): number {
    return this.writer.buffer.length;
  }

  begin(): void {
    this.writer.reset();
    this.writer.fixed64(0, 0);
  }

  row(
    main: number,
    sub: number,
    tombstone: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): void {
    const { writer } = this;
    writer.byte(ROW * 8 + 2);
    this.revision(main, sub, tombstone);
    writer.byte(ROW_VALUE * 8 + 2);
    writer.varint(to - from);
    writer.rawRange(bytes, from, to);
  }

  rowRemoved(main: number, sub: number): void {
    this.writer.byte(ROW_REMOVED * 8 + 2);
    this.revision(main, sub, false);
  }

  private revision(main: number, sub: number, tombstone: boolean): void {
    const length = writeRevision(revision, main, sub, tombstone);
    this.writer.byte(length);
    this.writer.rawRange(revision, 0, length);
  }

  bucket(name: string): void {
    this.writer.binaryField(BUCKET, name);
  }

  pair(key: string, value: Uint8Array | null): void {
    if (value === null) this.writer.binaryField(KEY_DELETED, key);
    else {
      this.writer.binaryField(KEY, key);
      this.writer.bytesField(VALUE, value);
    }
  }

  get isEmpty(): boolean {
    return this.writer.length === HEAD_BYTES;
  }

  /** The finished record: a view that the next `begin` may change. */
  finish(): Uint8Array {
    const { buffer, length } = this.writer;
    const content = length - HEAD_BYTES;
    assert(content > 0, "an empty record is not written");
    putUint32(buffer, 0, content);
    putUint32(buffer, 4, crc32cUpdate(0, buffer, HEAD_BYTES, length));
    return this.writer.view();
  }
}

/** The file can't be read, and it is not because a crash cut it short. */
export class BackendError extends Error {
  override name = "BackendError";
}

/**
 * Reads a file's records into `content`. Returns how many bytes are whole records; what is behind
 * them is the torn tail. Throws BackendError.
 */
export function readRecords(file: Uint8Array, content: ContentReader): number {
  if (file.length < FILE_HEADER.length) return 0;
  for (let i = 0; i < FILE_HEADER.length; i++) {
    if (file[i] !== FILE_HEADER[i]) throw new BackendError("it does not begin as a backend does");
  }
  let at = FILE_HEADER.length;
  while (at + HEAD_BYTES <= file.length) {
    const from = at + HEAD_BYTES;
    const to = from + getUint32(file, at);
    // Zeros where a length should be are sectors that were never written.
    if (to === from || to > file.length) break;
    if (crc32cUpdate(0, file, from, to) !== getUint32(file, at + 4)) {
      if (to === file.length || isHeadTorn(file, at)) break;
      throw new BackendError(`a record at byte ${at} is damaged, and others follow it`);
    }
    readContent(file, from, to, content);
    at = to;
  }
  return at;
}

/**
 * Whether one of the two sectors that hold the head of a record was never written, so that its length
 * is not what it was: a record that was not synced is the last, whatever its length now says.
 */
function isHeadTorn(file: Uint8Array, at: number): boolean {
  const boundary = at - (at % SECTOR) + SECTOR;
  if (boundary >= at + HEAD_BYTES) return false;
  const end = Math.min(boundary + SECTOR, file.length);
  return isZero(file, at, boundary) || isZero(file, boundary, end);
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function readContent(file: Uint8Array, from: number, to: number, content: ContentReader): void {
  const reader = new ProtobufReader(file, from, to);
  let bucket = "";
  try {
    while (reader.next()) {
      const { field } = reader;
      if (field === ROW) {
        const key = reader.view();
        follow(reader, ROW_VALUE);
        content.row(key, reader.view());
      } else if (field === ROW_REMOVED) content.rowRemoved(reader.view());
      else if (field === BUCKET) bucket = reader.binary();
      else if (field === KEY) {
        const key = reader.binary();
        follow(reader, VALUE);
        content.pair(bucket, key, reader.view().slice());
      } else if (field === KEY_DELETED) content.pair(bucket, reader.binary(), null);
      else throw new BackendError(`a record at byte ${from} has an unknown field ${field}`);
    }
  } catch (error) {
    if (error instanceof ProtobufError) throw new BackendError(error.message);
    throw error;
  }
}

function follow(reader: ProtobufReader, field: number): void {
  if (!reader.next() || reader.field !== field) {
    throw new BackendError(`a key at byte ${reader.position} has no value`);
  }
}

function putUint32(out: Uint8Array, at: number, n: number): void {
  out[at] = n;
  out[at + 1] = n >>> 8;
  out[at + 2] = n >>> 16;
  out[at + 3] = n >>> 24;
}

function getUint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
