import type { KeyValue } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import { NO_ROW, type RevisionTable, type Row } from "./backend/revision-table.ts";

const NO_ROWS: Row[] = [];

/** What is known of a key without reading its row. */
export interface Heading {
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** 0n: none. */
  readonly lease: bigint;
}

/**
 * The rows of one key that are still kept, oldest first (server/storage/mvcc/key_index.go). A
 * tombstone ends a generation, the next put begins a new one; what etcd keeps a generation's
 * creation and version for is kept here for the newest one alone, older rows have it in their bytes.
 */
export class KeyIndex implements Heading {
  readonly key: string;
  /** The newest row, a put's or a tombstone. */
  head: Row = NO_ROW;
  /** Of the newest row. */
  modRevision = 0;
  /** False after a tombstone: then creation, version and lease mean nothing. */
  alive = false;
  createRevision = 0;
  version = 0;
  lease = 0n;
  /** What the newest row holds, once somebody has read it. */
  cached: KeyValue | null = null;
  /** Rows before the newest, oldest first; null rather than empty. */
  private older: Row[] | null = null;

  constructor(key: string) {
    this.key = key;
  }

  put(row: Row, main: number, createRevision: number, version: number, lease: bigint): void {
    this.push(row, main);
    this.alive = true;
    this.createRevision = createRevision;
    this.version = version;
    this.lease = lease;
  }

  tombstone(row: Row, main: number): void {
    this.push(row, main);
    this.alive = false;
    this.lease = 0n;
  }

  private push(row: Row, main: number): void {
    assert(row > this.head && main >= this.modRevision, "a key's rows come in order");
    if (this.head !== NO_ROW) {
      if (this.older === null) this.older = [this.head];
      else this.older.push(this.head);
    }
    this.head = row;
    this.modRevision = main;
    this.cached = null;
  }

  /** The newest row at or below revision `main`, tombstones included; NO_ROW if there is none. */
  private rowAt(main: number, table: RevisionTable): Row {
    if (this.modRevision <= main) return this.head;
    const { older } = this;
    if (older === null) return NO_ROW;
    let low = 0;
    let high = older.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table.main(older[middle] as Row) <= main) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? NO_ROW : (older[low - 1] as Row);
  }

  /** The row that a read at revision `main` sees; NO_ROW where the key is absent then. */
  at(main: number, table: RevisionTable): Row {
    if (this.modRevision <= main) return this.alive ? this.head : NO_ROW;
    const row = this.rowAt(main, table);
    return row !== NO_ROW && table.isTombstone(row) ? NO_ROW : row;
  }

  private endsAt(row: Row, table: RevisionTable): boolean {
    return row === this.head ? !this.alive : table.isTombstone(row);
  }

  /** What the row holds, which is one of this key. */
  read(row: Row, table: RevisionTable): KeyValue {
    if (row !== this.head) return table.keyValue(row);
    this.cached ??= table.keyValue(row);
    return this.cached;
  }

  /**
   * Gives up the rows that no read at `main` or later can see, and hands each to `doom`. The newest
   * one at or below `main` stays: also a tombstone of exactly that revision, for a watch that
   * starts there (etcd issue 19179), but no older one. True if nothing is left.
   */
  compact(
    main: number,
    table: RevisionTable,
    keepTombstone: boolean,
    doom: (row: Row) => void,
  ): boolean {
    const last = this.rowAt(main, table);
    if (last === NO_ROW) return false;
    const ended = this.endsAt(last, table) && !(keepTombstone && table.main(last) === main);
    const rows = this.older ?? NO_ROWS;
    if (!ended && rows.length === 0) return false;
    let gone = 0;
    while (gone < rows.length && (rows[gone] as Row) < last) doom(rows[gone++] as Row);
    if (ended) {
      doom(last);
      if (last === this.head) return true;
      gone++;
    }
    if (gone > 0) this.older = gone === rows.length ? null : rows.slice(gone);
    return false;
  }
}
