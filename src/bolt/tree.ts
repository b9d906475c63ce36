import { compareBytes } from "../base/bytes.ts";
import { countWhile } from "../base/count-while.ts";
import { BoltError } from "./bolt-error.ts";
import type { Page } from "./page.ts";

/** A page on the way down from the file's root, and the one above it. */
export interface Trail {
  readonly page: number;
  /** Pages of the same tree above this one. */
  readonly depth: number;
  readonly above: Trail | null;
}

/** Nobody has a tree of so many levels: every page of one but leaves has two children. */
const DEPTH_MAX = 64;

/** The way one page further down. `above` null: it is the file's root. Throws BoltError at a circle. */
export function trailTo(page: number, above: Trail | null, startsTree: boolean): Trail {
  for (let trail = above; trail !== null; trail = trail.above) {
    if (trail.page === page) throw new BoltError(page, "it is below itself: pages lie in a circle");
  }
  const depth = startsTree || above === null ? 0 : above.depth + 1;
  if (depth > DEPTH_MAX) throw new BoltError(page, `it is more than ${DEPTH_MAX} levels deep`);
  return { page, depth, above };
}

/** A page on the way to the present pair, the child taken in it, and what its keys must be. */
export interface Frame {
  readonly page: Page;
  readonly trail: Trail;
  index: number;
  /** No key is below. */
  readonly low: Uint8Array | null;
  /** All keys are below. */
  readonly high: Uint8Array | null;
}

/** Where the pages of a tree are. */
export interface Pages {
  /** Bytes of all pages together. */
  readonly size: number;
  /** Throws BoltError. */
  page(id: number): Page;
}

/**
 * Walks over a tree's elements in the order of their keys. That they ascend from one to the next, pages and
 * all, is looked at on the way: so no page can be come to twice, and every walk of a broken file ends, too.
 */
export class TreeWalk {
  /** From the root to a leaf. */
  private readonly frames: Frame[];
  private readonly pages: Pages;
  private previous: Uint8Array | null = null;
  /** Bytes of the pages that were come to. */
  private read = 0;

  constructor(root: Page, trail: Trail, pages: Pages) {
    this.frames = [{ page: root, trail, index: -1, low: null, high: null }];
    this.pages = pages;
  }

  /** With the leaf of the present element, and which one it is. */
  get top(): Frame {
    return this.frames.at(-1) as Frame;
  }

  /** On to the next element; false at the end. Throws BoltError. */
  next(): boolean {
    for (;;) {
      const frame = this.top;
      frame.index++;
      if (frame.index < frame.page.count) {
        if (frame.page.isLeaf) {
          this.look(frame);
          return true;
        }
        this.descend(frame);
      } else {
        if (this.frames.length === 1) {
          frame.index = frame.page.count;
          return false;
        }
        this.frames.pop();
      }
    }
  }

  /** To just before the first element whose key is `key` or greater: `next` is it. Throws BoltError. */
  seek(key: Uint8Array): void {
    this.frames.length = 1;
    this.previous = null;
    for (;;) {
      const frame = this.top;
      const { page } = frame;
      if (page.isLeaf) {
        frame.index = countWhile(page.count, (i) => compareBytes(page.key(i), key) < 0) - 1;
        return;
      }
      // The last child whose keys begin as low.
      const upTo = countWhile(page.count, (i) => compareBytes(page.key(i), key) <= 0);
      frame.index = Math.max(0, upTo - 1);
      this.descend(frame);
    }
  }

  private descend(frame: Frame): void {
    const { page, index, trail } = frame;
    const low = page.key(index);
    const next = index + 1 < page.count ? page.key(index + 1) : frame.high;
    const bounded = frame.low === null || compareBytes(frame.low, low) <= 0;
    if (!bounded || (next !== null && compareBytes(low, next) >= 0)) {
      throw page.error(`keys of its elements do not ascend at element ${index}`);
    }
    const child = page.child(index);
    const below = trailTo(child, trail, false);
    const loaded = this.pages.page(child);
    this.read += loaded.size;
    // Else whoever reads a file whose pages all claim to overflow to its end reads it once a page.
    if (this.read > this.pages.size) throw loaded.error("it overlaps others");
    if (loaded.count === 0) throw loaded.error("it is empty, and not the root of a bucket");
    this.frames.push({ page: loaded, trail: below, index: -1, low, high: next });
  }

  /** Whether the present element may stand where it does. */
  private look({ page, index, low, high }: Frame): void {
    const key = page.key(index);
    const { previous } = this;
    if (previous !== null && compareBytes(previous, key) >= 0) {
      throw page.error(`the key of element ${index} is not above the one before it`);
    }
    if (low !== null && compareBytes(key, low) < 0) {
      throw page.error(`the key of element ${index} is below all that the page above says is here`);
    }
    if (high !== null && compareBytes(key, high) >= 0) {
      throw page.error(`the key of element ${index} is above all that the page above says is here`);
    }
    this.previous = key;
  }
}
