import { assert } from "../base/assert.ts";
import {
  BRANCH_PAGE,
  BUCKET_ELEMENT,
  BUCKET_HEADER_BYTES,
  ELEMENT_BYTES,
  FIRST_PAGE,
  FREELIST_PAGE,
  LEAF_PAGE,
  PAGE_HEADER_BYTES,
  viewOf,
  writePageHeader,
  writeUint64,
} from "./layout.ts";
import { encodeMeta } from "./meta.ts";
import {
  inlineBytes,
  type PageShape,
  type Pair,
  type PlannedPage,
  planTree,
  type TreePlan,
} from "./plan.ts";

/** A bucket that is to be written, with values alone. */
export interface BucketContent {
  readonly name: Uint8Array;
  /**
   * Its pairs in the byte order of their keys. It is asked for up to three times, and must give the same: the
   * bytes may not change before all is written.
   */
  pairs(): Iterable<Pair>;
}

/** What bbolt takes on most machines. */
const PAGE_SIZE = 4096;
/** A page's elements are counted in 16 bits. */
const PAGE_SIZE_MAX = 65_536;
/** As etcd fills its bucket `key`: it only appends to it. */
const FILL = 0.9;

interface PlannedBucket {
  readonly content: BucketContent;
  /** null: its page is in the root's. */
  readonly plan: TreePlan | null;
  /** What stands under its name. */
  readonly value: Uint8Array;
}

/**
 * A file with these buckets, in the byte order of their names, as bbolt opens it and goes on writing in it:
 * two meta pages, an empty free list, the buckets' pages and the root's, without a gap. What is written is a
 * function of the pairs alone. In memory there is one page at a time, and of each leaf its first key.
 *
 * @returns the file's parts, each of whole pages
 */
export function* writeBolt(
  buckets: readonly BucketContent[],
  pageSize = PAGE_SIZE,
): Generator<Uint8Array> {
  assert(pageSize >= 512 && pageSize <= PAGE_SIZE_MAX, "a page is of 512 to 65,536 bytes");
  const shape: PageShape = { pageSize, fill: Math.floor(pageSize * FILL) };
  const freelist = FIRST_PAGE;
  let next = freelist + 1;
  const planned: PlannedBucket[] = [];
  for (const content of buckets) {
    const bucket = planBucket(content, next, shape);
    planned.push(bucket);
    next = bucket.plan?.end ?? next;
  }
  const entries = planned.map(({ content, value }) => {
    return { key: content.name, value, isBucket: true };
  });
  const root = planTree(entries, next, shape);
  const meta = { pageSize, root: root.root, freelist, highWater: root.end };
  yield encodeMeta({ ...meta, transaction: 2n }, 0);
  yield encodeMeta({ ...meta, transaction: 1n }, 1);
  const free = new Uint8Array(pageSize);
  writePageHeader(viewOf(free), freelist, FREELIST_PAGE, 0, 0);
  yield free;
  for (const { content, plan } of planned) {
    if (plan !== null) yield* writeTree(plan, content.pairs(), pageSize);
  }
  yield* writeTree(root, entries, pageSize);
}

function planBucket(content: BucketContent, from: number, shape: PageShape): PlannedBucket {
  const inline = inlineBytes(content.pairs(), shape);
  const value = new Uint8Array(BUCKET_HEADER_BYTES + (inline ?? 0));
  if (inline !== null) {
    const pairs = [...content.pairs()];
    // Looks whether they are sorted.
    planTree(pairs, from, shape);
    writeLeaf(value.subarray(BUCKET_HEADER_BYTES), 0, pairs, 0);
    return { content, plan: null, value };
  }
  const plan = planTree(content.pairs(), from, shape);
  writeUint64(viewOf(value), 0, plan.root);
  return { content, plan, value };
}

function* writeTree(
  plan: TreePlan,
  pairs: Iterable<Pair>,
  pageSize: number,
): Generator<Uint8Array> {
  const [leaves = [], ...branches] = plan.levels;
  const source = pairs[Symbol.iterator]();
  for (const { id, pages, count } of leaves) {
    const out = new Uint8Array(pages * pageSize);
    writeLeaf(out, id, take(source, count), pages - 1);
    yield out;
  }
  assert(source.next().done, "there are as many pairs as before");
  let below = leaves;
  for (const level of branches) {
    const children = below[Symbol.iterator]();
    for (const { id, pages, count } of level) {
      const out = new Uint8Array(pages * pageSize);
      writeBranch(out, id, take(children, count), pages - 1);
      yield out;
    }
    below = level;
  }
}

function take<T>(source: Iterator<T>, count: number): T[] {
  return Array.from({ length: count }, () => {
    const { value, done } = source.next();
    assert(!done, "there are as many pairs as before");
    return value as T;
  });
}

function writeLeaf(out: Uint8Array, id: number, pairs: readonly Pair[], overflow: number): void {
  const view = viewOf(out);
  writePageHeader(view, id, LEAF_PAGE, pairs.length, overflow);
  let data = PAGE_HEADER_BYTES + pairs.length * ELEMENT_BYTES;
  pairs.forEach(({ key, value, isBucket = false }, i) => {
    const at = PAGE_HEADER_BYTES + i * ELEMENT_BYTES;
    view.setUint32(at, isBucket ? BUCKET_ELEMENT : 0, true);
    view.setUint32(at + 4, data - at, true);
    view.setUint32(at + 8, key.length, true);
    view.setUint32(at + 12, value.length, true);
    out.set(key, data);
    out.set(value, data + key.length);
    data += key.length + value.length;
  });
}

function writeBranch(
  out: Uint8Array,
  id: number,
  children: readonly PlannedPage[],
  overflow: number,
): void {
  const view = viewOf(out);
  writePageHeader(view, id, BRANCH_PAGE, children.length, overflow);
  let data = PAGE_HEADER_BYTES + children.length * ELEMENT_BYTES;
  children.forEach((child, i) => {
    const at = PAGE_HEADER_BYTES + i * ELEMENT_BYTES;
    view.setUint32(at, data - at, true);
    view.setUint32(at + 4, child.firstKey.length, true);
    writeUint64(view, at + 8, child.id);
    out.set(child.firstKey, data);
    data += child.firstKey.length;
  });
}
