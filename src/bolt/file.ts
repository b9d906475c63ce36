import { BoltError } from "./bolt-error.ts";
import { Bucket } from "./bucket.ts";
import { readFreelist } from "./freelist.ts";
import { FIRST_PAGE, PAGE_HEADER_BYTES, readUint64, viewOf } from "./layout.ts";
import { decodeMeta, META_PAGE_BYTES, type Meta } from "./meta.ts";
import { Page } from "./page.ts";
import type { PageSource } from "./page-source.ts";
import { type Pages, trailTo } from "./tree.ts";

/** Where the second meta page may begin: bbolt's page sizes (db.go getPageSizeFromSecondMeta). */
const PAGE_SIZES = Array.from({ length: 15 }, (_, i) => 1024 << i);

/**
 * A bbolt file, to be read. What it holds in memory are the pages that somebody is reading. It is as of its
 * newest transaction for as long as the source does not change.
 */
export class BoltFile implements Pages {
  readonly meta: Meta;
  /** What is wrong with the other meta page, which a crash may have torn; null: nothing. */
  readonly tornMeta: string | null;
  private readonly source: PageSource;

  /** Throws BoltError if it is none, or shorter than it says. */
  constructor(source: PageSource) {
    this.source = source;
    const [meta, tornMeta] = newestMeta(source);
    this.meta = meta;
    this.tornMeta = tornMeta;
    const bytes = meta.highWater * meta.pageSize;
    if (bytes > source.size) {
      const pages = `${meta.highWater} pages of ${meta.pageSize} bytes`;
      throw new BoltError(null, `the file ends at byte ${source.size}: it was of ${pages}`);
    }
  }

  /** What bbolt takes for the file's size: a file may be longer. */
  get size(): number {
    return this.meta.highWater * this.meta.pageSize;
  }

  /** The bucket that holds all buckets. */
  get root(): Bucket {
    const { root } = this.meta;
    return new Bucket({ page: root }, trailTo(root, null, true), this);
  }

  /** A page of a tree. Throws BoltError. */
  page(id: number): Page {
    return new Page(id, this.read(id));
  }

  /** The pages that are free, ascending; null: it is not written down. Throws BoltError. */
  freePages(): number[] | null {
    const { freelist, highWater } = this.meta;
    return freelist === null ? null : readFreelist(freelist, this.read(freelist), highWater);
  }

  /** How many pages the page takes, with those that it overflows into. Throws BoltError. */
  pagesOf(id: number): number {
    return this.pagesIn(id, this.source.read(this.offsetOf(id), PAGE_HEADER_BYTES));
  }

  private read(id: number): Uint8Array {
    const { pageSize } = this.meta;
    const offset = this.offsetOf(id);
    const first = this.source.read(offset, pageSize);
    const pages = this.pagesIn(id, first);
    return pages === 1 ? first : this.source.read(offset, pages * pageSize);
  }

  private offsetOf(id: number): number {
    const { highWater, pageSize } = this.meta;
    if (id < FIRST_PAGE || id >= highWater) {
      throw new BoltError(id, `there is no such page: there are ${FIRST_PAGE} to ${highWater - 1}`);
    }
    return id * pageSize;
  }

  /** The same of a page that begins so. */
  private pagesIn(id: number, page: Uint8Array): number {
    const view = viewOf(page);
    const own = readUint64(view, 0);
    if (own !== id) throw new BoltError(id, `it says that it is page ${own}`);
    const pages = 1 + view.getUint32(12, true);
    if (id + pages > this.meta.highWater)
      throw new BoltError(id, "it overflows behind the last page");
    return pages;
  }
}

function newestMeta(source: PageSource): readonly [Meta, string | null] {
  const first = metaAt(source, 0);
  const sizes = typeof first === "string" ? PAGE_SIZES : [first.pageSize];
  let second: Meta | string = "there is none";
  for (const size of sizes) {
    second = metaAt(source, size);
    if (typeof second !== "string" && second.pageSize === size) break;
  }
  if (typeof first === "string") {
    if (typeof second !== "string") return [second, `page 0: ${first}`];
    throw new BoltError(null, `there is no whole meta page: ${first}`);
  }
  if (typeof second === "string") return [first, `page 1: ${second}`];
  return [second.transaction > first.transaction ? second : first, null];
}

function metaAt(source: PageSource, offset: number): Meta | string {
  if (offset + META_PAGE_BYTES > source.size) return `the file is of ${source.size} bytes`;
  return decodeMeta(source.read(offset, META_PAGE_BYTES));
}
