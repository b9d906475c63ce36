import { OrderedMap } from "../base/ordered-map.ts";
import { NO_ROW, type RevisionTable, type Row } from "./backend/revision-table.ts";
import { KeyIndex } from "./key-index.ts";

export interface Kept {
  /** Whether anything is kept. */
  readonly any: boolean;
  readonly rows: ReadonlySet<Row>;
}

/** Which keys there are (server/storage/mvcc/index.go): by name at once, and in order for ranges. */
export class TreeIndex {
  private readonly byKey = new Map<string, KeyIndex>();
  private readonly order = new OrderedMap<KeyIndex>();

  /** How many, deleted ones that are still kept included. */
  get size(): number {
    return this.byKey.size;
  }

  get(key: string): KeyIndex | undefined {
    return this.byKey.get(key);
  }

  getOrCreate(key: string): KeyIndex {
    let history = this.byKey.get(key);
    if (history === undefined) {
      history = new KeyIndex(key);
      this.byKey.set(key, history);
      this.order.set(key, history);
    }
    return history;
  }

  /**
   * Visits the keys of a range in order for as long as `visit` returns true; `end` "" is the key
   * alone, "\0" everything from the key on. `visit` must not add or remove keys.
   */
  visit(key: string, end: string, visit: (history: KeyIndex) => boolean): void {
    if (end === "") {
      const history = this.byKey.get(key);
      if (history !== undefined) visit(history);
      return;
    }
    this.order.forRange(key, end === "\0" ? null : end, (_key, history) => visit(history));
  }

  /** Gives up what no read at `main` or later can see; each row of it goes to `doom`. */
  compact(
    main: number,
    table: RevisionTable,
    keepTombstones: boolean,
    doom: (row: Row) => void,
  ): void {
    const gone: KeyIndex[] = [];
    this.visit("", "\0", (history) => {
      if (history.compact(main, table, keepTombstones, doom)) gone.push(history);
      return true;
    });
    for (const { key } of gone) {
      this.byKey.delete(key);
      this.order.delete(key);
    }
  }

  /**
   * What reads at `main` see, which is what a compaction there would keep, but for tombstones. Of
   * the rows only those before row `bound` are named.
   */
  keep(main: number, bound: Row, table: RevisionTable): Kept {
    const rows = new Set<Row>();
    let any = false;
    this.visit("", "\0", (history) => {
      const row = history.at(main, table);
      if (row === NO_ROW) return true;
      any = true;
      if (row < bound) rows.add(row);
      return true;
    });
    return { any, rows };
  }
}
