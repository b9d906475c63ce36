import { assert } from "../base/assert.ts";

/** Where a file's bytes come from: it need not be in memory. */
export interface PageSource {
  /** Bytes. */
  readonly size: number;
  /**
   * `length` bytes from `offset` on, all of them below `size`. Whoever asked keeps them and changes nothing;
   * they must not change afterwards.
   */
  read(offset: number, length: number): Uint8Array;
}

/** A file that is in memory. */
export function sourceOf(bytes: Uint8Array): PageSource {
  return {
    size: bytes.length,
    read: (offset, length) => {
      assert(offset >= 0 && offset + length <= bytes.length, "what is read is in the file");
      return bytes.subarray(offset, offset + length);
    },
  };
}
