import { BoltError } from "./bolt-error.ts";
import type { Bucket } from "./bucket.ts";
import type { BoltFile } from "./file.ts";
import { FIRST_PAGE } from "./layout.ts";
import type { Page } from "./page.ts";
import type { Pages } from "./tree.ts";

/** What a whole file was found to hold. */
export interface FileUse {
  /** Pages that hold something, meta pages and the free list included. */
  readonly used: number;
  /** Pages that hold nothing. */
  readonly free: number;
  /** Buckets, nested ones too. */
  readonly buckets: number;
  /** Keys of all buckets that have values. */
  readonly pairs: number;
}

/**
 * Reads all of a file, as bbolt's `check` does: each page belongs to one tree or is free, keys ascend.
 * Throws BoltError at the first thing that is wrong.
 */
export function checkFile(file: BoltFile): FileUse {
  const pages = new PageUse(file);
  const { freelist, highWater } = file.meta;
  if (freelist !== null) pages.take(freelist);
  const free = file.freePages();
  let buckets = 0;
  let pairs = 0;
  const waiting: Bucket[] = [file.root];
  for (let bucket = waiting.pop(); bucket !== undefined; bucket = waiting.pop()) {
    const walk = bucket.walk(pages);
    while (walk.next()) {
      const below = bucket.item(walk.top).bucket;
      if (below === null) pairs++;
      else {
        buckets++;
        waiting.push(below);
      }
    }
  }
  if (free !== null) pages.allAccountedFor(free);
  return { used: pages.used, free: highWater - pages.used, buckets, pairs };
}

/** Which pages were come to. */
class PageUse implements Pages {
  used = FIRST_PAGE;
  readonly size: number;
  private readonly file: BoltFile;
  private readonly taken: Uint8Array;

  constructor(file: BoltFile) {
    this.file = file;
    this.size = file.size;
    this.taken = new Uint8Array(file.meta.highWater);
    this.taken.fill(1, 0, FIRST_PAGE);
  }

  page(id: number): Page {
    this.take(id);
    return this.file.page(id);
  }

  take(id: number): void {
    const end = id + this.file.pagesOf(id);
    for (let page = id; page < end; page++) {
      if (this.taken[page] !== 0) throw new BoltError(page, "it belongs to two");
      this.taken[page] = 1;
    }
    this.used += end - id;
  }

  allAccountedFor(free: readonly number[]): void {
    for (const page of free) {
      if (this.taken[page] !== 0) throw new BoltError(page, "it is free, and used");
      this.taken[page] = 1;
    }
    const lost = this.taken.indexOf(0);
    if (lost >= 0) throw new BoltError(lost, "it is neither free nor used");
  }
}
