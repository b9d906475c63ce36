import { BoltError } from "./bolt-error.ts";
import { FIRST_PAGE, FREELIST_PAGE, PAGE_HEADER_BYTES, readUint64, viewOf } from "./layout.ts";

/** That many do not fit the count: how many there are is the first number. */
const COUNT_FOLLOWS = 0xffff;
const ID_BYTES = 8;

/** The ids that a free list's page `id`, with the bytes it overflows into, holds. Throws BoltError. */
export function readFreelist(id: number, bytes: Uint8Array, highWater: number): number[] {
  const view = viewOf(bytes);
  const flags = view.getUint16(8, true);
  if (flags !== FREELIST_PAGE) {
    throw new BoltError(id, `it is no free list (flags 0x${flags.toString(16)})`);
  }
  let from = PAGE_HEADER_BYTES;
  let count = view.getUint16(10, true);
  if (count === COUNT_FOLLOWS) {
    count = readUint64(view, from);
    from += ID_BYTES;
  }
  if (from + count * ID_BYTES > bytes.length) {
    throw new BoltError(id, `it is too short for ${count} free pages`);
  }
  const free: number[] = [];
  for (let i = 0; i < count; i++) {
    const page = readUint64(view, from + i * ID_BYTES);
    if (page < Math.max(FIRST_PAGE, (free.at(-1) ?? 0) + 1) || page >= highWater) {
      throw new BoltError(id, `free page ${i} of its list, ${page}, does not ascend, or is none`);
    }
    free.push(page);
  }
  return free;
}
