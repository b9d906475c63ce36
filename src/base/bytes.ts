import { assert } from "./assert.ts";

/** Below this length a plain loop beats the call into the engine's memory copy. */
const LOOP_MAX = 32;

/** Compares byte by byte, as Go's bytes.Compare: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  assert(at === length, "concatBytes: parts do not fill the result");
  return out;
}

/** Copies `from` into `to` at `at`; the caller has checked the room. */
export function copyInto(to: Uint8Array, at: number, from: Uint8Array): void {
  const length = from.length;
  if (length > LOOP_MAX) to.set(from, at);
  else for (let i = 0; i < length; i++) to[at + i] = from[i] as number;
}

/** One char a byte: the form of keys inside, so that `<` is byte order. */
export function bytesToBinary(bytes: Uint8Array, from = 0, to = bytes.length): string {
  assert(from >= 0 && from <= to && to <= bytes.length, "bytesToBinary: range out of bounds");
  if (to - from <= LOOP_MAX) {
    let text = "";
    for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
    return text;
  }
  let text = "";
  for (let i = from; i < to; i += 8192) {
    const end = i + 8192 < to ? i + 8192 : to;
    text += String.fromCharCode.apply(null, bytes.subarray(i, end) as unknown as number[]);
  }
  return text;
}

/** The inverse of {@link bytesToBinary}; a char above 0xff is a broken invariant. */
export function binaryToBytes(binary: string): Uint8Array {
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) {
    const code = binary.charCodeAt(i);
    assert(code <= 0xff, "binaryToBytes: not a binary string (a char above 0xff)");
    out[i] = code;
  }
  return out;
}

const HEX = "0123456789abcdef";

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    text += HEX.charAt(byte >>> 4) + HEX.charAt(byte & 15);
  }
  return text;
}

/** Bytes of a string of hex digits; blanks between bytes are allowed. Throws RangeError on anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    throw new RangeError(`not a string of hex bytes: ${text}`);
  }
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/**
 * Hands out parts of 64 KiB blocks, because a fresh Uint8Array over 64 bytes costs a microsecond
 * and a subarray a twentieth of that. A block lives as long as any part of it.
 */
export class Slab {
  #block: Uint8Array;
  #used = 0;

  constructor(blockBytes = 65_536) {
    assert(blockBytes >= 1024, "Slab: blocks below 1 KiB make no sense");
    this.#block = new Uint8Array(blockBytes);
  }

  /** `length` zero bytes that nobody else has. */
  take(length: number): Uint8Array {
    assert(length >= 0, "Slab.take: negative length");
    // A large piece would waste what is left of the block.
    if (length * 4 > this.#block.length) return new Uint8Array(length);
    if (this.#used + length > this.#block.length) {
      this.#block = new Uint8Array(this.#block.length);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used = from + length;
    return this.#block.subarray(from, from + length);
  }

  /** A copy of `bytes`, which the caller may then change. */
  copy(bytes: Uint8Array): Uint8Array {
    const out = this.take(bytes.length);
    copyInto(out, 0, bytes);
    return out;
  }
}
