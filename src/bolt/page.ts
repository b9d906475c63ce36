import { BoltError } from "./bolt-error.ts";
import {
  BRANCH_PAGE,
  BUCKET_ELEMENT,
  ELEMENT_BYTES,
  LEAF_PAGE,
  PAGE_HEADER_BYTES,
  readUint64,
  viewOf,
} from "./layout.ts";

/**
 * A page of a tree, with those that it overflows into. Every look into it is checked: nothing outside of
 * it is ever read.
 */
export class Page {
  /** Of an inline page, that of the page that it is in. */
  readonly id: number;
  readonly isLeaf: boolean;
  /** How many elements. */
  readonly count: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  /** Throws BoltError. */
  constructor(id: number, bytes: Uint8Array) {
    this.id = id;
    this.bytes = bytes;
    if (bytes.length < PAGE_HEADER_BYTES) throw this.error("an inline page is cut short");
    this.view = viewOf(bytes);
    const flags = this.view.getUint16(8, true);
    if (flags !== LEAF_PAGE && flags !== BRANCH_PAGE) {
      throw this.error(`it is neither branch nor leaf (flags 0x${flags.toString(16)})`);
    }
    this.isLeaf = flags === LEAF_PAGE;
    this.count = this.view.getUint16(10, true);
    if (PAGE_HEADER_BYTES + this.count * ELEMENT_BYTES > bytes.length) {
      throw this.error(`it is too short for the ${this.count} elements that it says it has`);
    }
  }

  /** Bytes. */
  get size(): number {
    return this.bytes.length;
  }

  key(i: number): Uint8Array {
    const at = this.element(i);
    const { view } = this;
    return this.isLeaf
      ? this.data(i, view.getUint32(at + 4, true), view.getUint32(at + 8, true))
      : this.data(i, view.getUint32(at, true), view.getUint32(at + 4, true));
  }

  /** Of a leaf's element. */
  value(i: number): Uint8Array {
    const at = this.element(i);
    const { view } = this;
    const position = view.getUint32(at + 4, true) + view.getUint32(at + 8, true);
    return this.data(i, position, view.getUint32(at + 12, true));
  }

  /** Whether a leaf's element is a bucket. */
  isBucket(i: number): boolean {
    return (this.view.getUint32(this.element(i), true) & BUCKET_ELEMENT) !== 0;
  }

  /** The page below a branch's element. */
  child(i: number): number {
    return readUint64(this.view, this.element(i) + 8);
  }

  error(what: string): BoltError {
    return new BoltError(this.id, what);
  }

  private element(i: number): number {
    return PAGE_HEADER_BYTES + i * ELEMENT_BYTES;
  }

  private data(i: number, position: number, length: number): Uint8Array {
    const from = this.element(i) + position;
    if (from + length > this.bytes.length) throw this.error(`element ${i} ends behind the page`);
    return this.bytes.subarray(from, from + length);
  }
}
