import type { KeyValue } from "../../api/requests.ts";
import { readKeyValue } from "../../api/wire/key-value.ts";
import { assert } from "../../base/assert.ts";
import { ProtobufReader } from "../../base/protobuf.ts";
import { CHUNK_ROWS, Chunk } from "./chunk.ts";

/** A row of the table: a number that grows with the revision and stays the row's own. */
export type Row = number;

export const NO_ROW: Row = -1;

const NO_BYTES = new Uint8Array(0);

/**
 * The bucket `key`: every change that is kept, in the order of revisions, each with the bytes that
 * etcd's backend stores for it (an mvccpb.KeyValue; of a tombstone, one with the key alone).
 */
export class RevisionTable {
  private readonly chunks: Chunk[] = [];
  private newest: Chunk | null = null;
  /** Rows that are there. */
  rows = 0;
  /** Their bytes, without their keys. */
  bytes = 0;

  /** One more than the last row's number. */
  get nextRow(): Row {
    const { newest } = this;
    return newest === null ? 0 : (this.chunks.length - 1) * CHUNK_ROWS + newest.count;
  }

  append(main: number, sub: number, tombstone: boolean, bytes: Uint8Array, length: number): Row {
    let { newest } = this;
    if (newest === null || !newest.hasRoom(length)) {
      const lastMain = newest === null ? 0 : newest.lastMain;
      newest?.close();
      // Rows that died while it was open.
      if (newest !== null && newest.live * 2 <= newest.count) newest.repack();
      newest = new Chunk();
      newest.lastMain = lastMain;
      this.newest = newest;
      this.chunks.push(newest);
    }
    const slot = newest.push(main, sub, tombstone, bytes, length);
    this.rows++;
    this.bytes += length;
    return (this.chunks.length - 1) * CHUNK_ROWS + slot;
  }

  private chunk(row: Row): Chunk {
    return this.chunks[Math.floor(row / CHUNK_ROWS)] as Chunk;
  }

  main(row: Row): number {
    const chunk = this.chunk(row);
    return chunk.main(chunk.entry(row % CHUNK_ROWS));
  }

  isTombstone(row: Row): boolean {
    const chunk = this.chunk(row);
    return chunk.isTombstone(chunk.entry(row % CHUNK_ROWS));
  }

  /** The stored key-value; its value is a view that nobody will change. */
  keyValue(row: Row): KeyValue {
    const chunk = this.chunk(row);
    const entry = chunk.entry(row % CHUNK_ROWS);
    return readKeyValue(new ProtobufReader(chunk.bytes, chunk.start(entry), chunk.end(entry)));
  }

  /** A fault: other bytes for a part of what is stored. Views of the old ones stay as they are. */
  tamper(row: Row, offset: number, bytes: Uint8Array): void {
    const chunk = this.chunk(row);
    const start = chunk.start(chunk.entry(row % CHUNK_ROWS));
    chunk.bytes = chunk.bytes.slice();
    chunk.bytes.set(bytes, start + offset);
  }

  /** A compaction is going to remove the row. */
  doom(row: Row): void {
    const chunk = this.chunk(row);
    chunk.doom(chunk.entry(row % CHUNK_ROWS));
  }

  /** Takes the row out; gives memory back now and then. True if other rows' bytes moved. */
  remove(row: Row): boolean {
    const chunk = this.chunk(row);
    const entry = chunk.entry(row % CHUNK_ROWS);
    this.rows--;
    this.bytes -= chunk.end(entry) - chunk.start(entry);
    chunk.kill(entry);
    if (chunk === this.newest || chunk.live * 2 > chunk.count) return false;
    chunk.repack();
    return chunk.live > 0;
  }

  /** The rows that share bytes with this one, itself included if it is there. */
  neighbours(row: Row): RowCursor {
    const from = row - (row % CHUNK_ROWS);
    return this.cursor(from, from + CHUNK_ROWS);
  }

  /** Reads rows [from, to) in order. */
  cursor(from: Row = 0, to: Row = this.nextRow): RowCursor {
    return new RowCursor(this.chunks, from, to);
  }

  /** The first row whose main revision is `main` or more; nextRow if there is none. */
  firstFrom(main: number): Row {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.chunks[middle] as Chunk).lastMain < main) low = middle + 1;
      else high = middle;
    }
    const chunk = this.chunks[low];
    if (chunk === undefined) return this.nextRow;
    const entry = chunk.entryFromMain(main);
    const slot = entry < chunk.count ? chunk.slot(entry) : CHUNK_ROWS;
    const cursor = this.cursor(low * CHUNK_ROWS + slot);
    return cursor.next() ? cursor.row : this.nextRow;
  }

  /** The row of a revision; NO_ROW if it is not there. */
  find(main: number, sub: number): Row {
    const cursor = this.cursor(this.firstFrom(main));
    while (cursor.next() && cursor.main === main) if (cursor.sub === sub) return cursor.row;
    return NO_ROW;
  }
}

/**
 * Walks over rows that are there: `while (cursor.next()) …`, reading the fields of the present one.
 * The row may be removed meanwhile, later ones too.
 */
export class RowCursor {
  row: Row;
  main = 0;
  sub = 0;
  tombstone = false;
  doomed = false;
  /** The stored bytes are bytes[start, end). */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  private readonly chunks: readonly Chunk[];
  private readonly to: Row;

  constructor(chunks: readonly Chunk[], from: Row, to: Row) {
    assert(from >= 0, "row numbers are not negative");
    this.chunks = chunks;
    this.row = from - 1;
    this.to = to;
  }

  next(): boolean {
    let row = this.row + 1;
    for (let c = Math.floor(row / CHUNK_ROWS); row < this.to && c < this.chunks.length; c++) {
      const chunk = this.chunks[c] as Chunk;
      for (let e = chunk.entryFrom(row % CHUNK_ROWS); e < chunk.count; e++) {
        if (chunk.isDead(e)) continue;
        this.row = c * CHUNK_ROWS + chunk.slot(e);
        if (this.row >= this.to) return false;
        this.read(chunk, e);
        return true;
      }
      row = (c + 1) * CHUNK_ROWS;
    }
    this.row = this.to - 1;
    return false;
  }

  private read(chunk: Chunk, entry: number): void {
    this.main = chunk.main(entry);
    this.sub = chunk.sub(entry);
    this.tombstone = chunk.isTombstone(entry);
    this.doomed = chunk.isDoomed(entry);
    this.bytes = chunk.bytes;
    this.start = chunk.start(entry);
    this.end = chunk.end(entry);
  }

  keyValue(): KeyValue {
    return readKeyValue(new ProtobufReader(this.bytes, this.start, this.end));
  }
}
