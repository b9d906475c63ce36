import { compareBytes } from "../base/bytes.ts";
import { BUCKET_HEADER_BYTES, readUint64, viewOf } from "./layout.ts";
import { Page } from "./page.ts";
import { type Frame, type Pages, type Trail, TreeWalk, trailTo } from "./tree.ts";

/** What a bucket holds under a key. Its bytes are views of the file's: they don't change. */
export type Item =
  | { readonly key: Uint8Array; readonly value: Uint8Array; readonly bucket: null }
  | { readonly key: Uint8Array; readonly value: null; readonly bucket: Bucket };

/** Where a bucket's tree begins: in a page of its own, or inline, in one of the bucket above. */
export type BucketRoot = { readonly page: number } | { readonly inline: Page };

/** Sorted keys, each with a value or a bucket below. All of its methods may throw BoltError. */
export class Bucket {
  readonly root: BucketRoot;
  /** The way to its first page, that included. */
  private readonly trail: Trail;
  private readonly pages: Pages;

  constructor(root: BucketRoot, trail: Trail, pages: Pages) {
    this.root = root;
    this.trail = trail;
    this.pages = pages;
  }

  /** The value of a key; null if there is none, or a bucket in its place. */
  get(key: Uint8Array): Uint8Array | null {
    return this.find(key)?.value ?? null;
  }

  /** The bucket of that name; null if there is none, or a value in its place. */
  bucket(name: Uint8Array): Bucket | null {
    return this.find(name)?.bucket ?? null;
  }

  private find(key: Uint8Array): Item | null {
    for (const item of this.items(key)) return compareBytes(item.key, key) === 0 ? item : null;
    return null;
  }

  /** All items in the byte order of their keys, or those from the key `from` on. */
  *items(from: Uint8Array | null = null): Generator<Item> {
    const walk = this.walk();
    if (from !== null) walk.seek(from);
    while (walk.next()) yield this.item(walk.top);
  }

  /** @param pages other than its own, for whoever wants to know which it comes to */
  walk(pages = this.pages): TreeWalk {
    const { root } = this;
    const page = "page" in root ? pages.page(root.page) : root.inline;
    if (page.count === 0 && !page.isLeaf) throw page.error("it is a branch without children");
    return new TreeWalk(page, this.trail, pages);
  }

  /** What stands at a place of a walk. */
  item({ page, index, trail }: Frame): Item {
    const key = page.key(index);
    const value = page.value(index);
    if (!page.isBucket(index)) return { key, value, bucket: null };
    if (value.length < BUCKET_HEADER_BYTES) {
      throw page.error(`element ${index} is a bucket of ${value.length} bytes`);
    }
    const root = readUint64(viewOf(value), 0);
    return { key, value: null, bucket: this.below(root, value, page, trail) };
  }

  private below(root: number, value: Uint8Array, page: Page, trail: Trail): Bucket {
    const { pages } = this;
    if (root !== 0) return new Bucket({ page: root }, trailTo(root, trail, true), pages);
    const inline = new Page(page.id, value.subarray(BUCKET_HEADER_BYTES));
    if (!inline.isLeaf) throw page.error("a bucket that lies in it has branches");
    return new Bucket({ inline }, trail, pages);
  }
}
