import { assert } from "../base/assert.ts";
import {
  META_PAGE,
  PAGE_HEADER_BYTES,
  readUint64,
  viewOf,
  writePageHeader,
  writeUint64,
} from "./layout.ts";

const MAGIC = 0xed0cdaed;
const VERSION = 2;
/** Where the checksum lies in the meta, and all before it is what it is of. */
const CHECKSUM_AT = 56;
const META_BYTES = 64;
/** As much of a meta page as says something, and the least that a page can be. */
export const META_PAGE_BYTES = PAGE_HEADER_BYTES + META_BYTES;

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const NO_FREELIST = 0xffff_ffff_ffff_ffffn;

/** Where everything is, as of a transaction. */
export interface Meta {
  /** Bytes. */
  readonly pageSize: number;
  /** The page that the tree of all buckets begins with. */
  readonly root: number;
  /** The page of the free list; null: none is written down (bbolt's NoFreelistSync, as etcd has it). */
  readonly freelist: number | null;
  /** Pages from here on were never used: the file is as many pages long at least. */
  readonly highWater: number;
  readonly transaction: bigint;
}

/** The meta that `page` (a page's first {@link META_PAGE_BYTES}) holds, or what is wrong with it. */
export function decodeMeta(page: Uint8Array): Meta | string {
  assert(page.length >= META_PAGE_BYTES, "as much as a meta page");
  const meta = page.subarray(PAGE_HEADER_BYTES, META_PAGE_BYTES);
  const view = viewOf(meta);
  if (view.getUint32(0, true) !== MAGIC) return "it does not begin as bbolt's files do";
  const version = view.getUint32(4, true);
  if (version !== VERSION) return `it is of version ${version} of bbolt's format, not ${VERSION}`;
  if (view.getBigUint64(CHECKSUM_AT, true) !== checksum(meta)) return "its checksum is wrong";
  const pageSize = view.getUint32(8, true);
  if (pageSize < META_PAGE_BYTES) return `pages can't be of ${pageSize} bytes`;
  return {
    pageSize,
    root: readUint64(view, 16),
    freelist: view.getBigUint64(32, true) === NO_FREELIST ? null : readUint64(view, 32),
    highWater: readUint64(view, 40),
    transaction: view.getBigUint64(48, true),
  };
}

/** A whole meta page. */
export function encodeMeta(meta: Meta, page: number): Uint8Array {
  const out = new Uint8Array(meta.pageSize);
  writePageHeader(viewOf(out), page, META_PAGE, 0, 0);
  const bytes = out.subarray(PAGE_HEADER_BYTES, META_PAGE_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, meta.pageSize, true);
  writeUint64(view, 16, meta.root);
  view.setBigUint64(32, meta.freelist === null ? NO_FREELIST : BigInt(meta.freelist), true);
  writeUint64(view, 40, meta.highWater);
  view.setBigUint64(48, meta.transaction, true);
  view.setBigUint64(CHECKSUM_AT, checksum(bytes), true);
  return out;
}

/** FNV-1a of 64 bits. */
function checksum(meta: Uint8Array): bigint {
  let hash = FNV_OFFSET;
  for (let i = 0; i < CHECKSUM_AT; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(meta[i] as number)) * FNV_PRIME);
  }
  return hash;
}
