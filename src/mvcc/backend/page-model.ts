/**
 * How large etcd's bbolt file would be, closely enough for quotas: pages of 4 KiB; a bucket of a
 * quarter page or less lives inside its parent; the bucket `key` is filled to nine tenths, because
 * etcd only appends to it, others to about two thirds.
 */
export const PAGE_BYTES = 4096;

/** Two meta pages, the free list and the root. */
const FIXED_PAGES = 4;
/** Header of a page, and of every pair in it. */
const HEADER_BYTES = 16;
const INLINE_MAX = PAGE_BYTES / 4;
/** A branch's pair: header and first key of the leaf below. */
const BRANCH_BYTES = HEADER_BYTES + 17;

/** Pages of a bucket with so many pairs of so many bytes. `fill` in hundredths. */
export function bucketPages(pairs: number, bytes: number, fill: number): number {
  const total = HEADER_BYTES + pairs * HEADER_BYTES + bytes;
  if (total <= INLINE_MAX) return 0;
  const leaves = Math.ceil((total * 100) / (PAGE_BYTES * fill));
  if (leaves === 1) return 1;
  return leaves + Math.ceil((leaves * BRANCH_BYTES * 100) / (PAGE_BYTES * fill));
}

/** Size and size in use, as `Status` reports them. */
export class PageModel {
  private highWater = FIXED_PAGES + 1;
  private used = FIXED_PAGES;

  /** After a commit that wrote `written` bytes, all buckets have `pages`. */
  committed(pages: number, written: number): void {
    this.used = FIXED_PAGES + pages;
    // Changed pages are written anew before the old ones are free. (etcd 3.4.23 starts with five
    // pages, four of them in use.)
    const copied = Math.floor(written / PAGE_BYTES) + 1;
    this.highWater = Math.max(this.highWater, this.used + copied);
  }

  /** Everything was copied into a new file. */
  defragmented(): void {
    this.highWater = this.used + 1;
  }

  /** What the file takes, bytes: it never shrinks but by a defrag. */
  get size(): number {
    return this.highWater * PAGE_BYTES;
  }

  /** Without free pages. */
  get sizeInUse(): number {
    return this.used * PAGE_BYTES;
  }
}
