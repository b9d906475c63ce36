/**
 * bbolt's file format (bbolt/internal/common), all numbers little-endian:
 *
 *     page    = id (8 bytes) · flags (2) · count (2) · overflow (4: so many pages more) · content
 *     meta    = magic (4) · version (4) · page size (4) · flags (4) · root bucket (16) · free list's page (8)
 *               · first page that was never used (8) · transaction (8) · FNV-1a of what is before (8)
 *     leaf    = count elements: flags (4) · position (4) · key's length (4) · value's length (4)
 *     branch  = count elements: position (4) · key's length (4) · child's page (8)
 *     bucket  = root page (8; 0: the page follows, inline) · sequence (8)
 *
 * A position counts from the element itself; there the key lies, and the value behind it.
 */
export const PAGE_HEADER_BYTES = 16;
export const ELEMENT_BYTES = 16;
export const BUCKET_HEADER_BYTES = 16;

export const BRANCH_PAGE = 0x01;
export const LEAF_PAGE = 0x02;
export const META_PAGE = 0x04;
export const FREELIST_PAGE = 0x10;

/** A leaf's element whose value is a bucket. */
export const BUCKET_ELEMENT = 0x01;

/** Pages 0 and 1 are meta pages. */
export const FIRST_PAGE = 2;

const TWO_32 = 0x1_0000_0000;

/** Beyond 2^53 it is not exact, and no page of any file. */
export function readUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** `n` is a safe integer. */
export function writeUint64(view: DataView, at: number, n: number): void {
  view.setUint32(at, n % TWO_32, true);
  view.setUint32(at + 4, Math.floor(n / TWO_32), true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function writePageHeader(
  view: DataView,
  id: number,
  flags: number,
  count: number,
  overflow: number,
): void {
  writeUint64(view, 0, id);
  view.setUint16(8, flags, true);
  view.setUint16(10, count, true);
  view.setUint32(12, overflow, true);
}
