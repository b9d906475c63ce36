import { assert } from "./assert.ts";
import type { Instant } from "./time.ts";

const SEED_A = 0x243f_6a88 | 0;
const SEED_B = 0x85a3_08d3 | 0;
const TWO_32 = 0x1_0000_0000;

/**
 * A rolling 64-bit fingerprint of a sequence of values, kept as two 32-bit lanes. Not
 * cryptographic: it tells runs apart that differ by chance, not by malice. Strings and bytes are
 * taken in with their length, so that "ab" + "c" and "a" + "bc" differ.
 */
export class Digest {
  private a = SEED_A;
  private b = SEED_B;

  /** Takes the low 32 bits of an integer. */
  u32(n: number): void {
    const word = Math.imul(n, 0xcc9e_2d51);
    let a = this.a ^ Math.imul((word << 15) | (word >>> 17), 0x1b87_3593);
    a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe654_6b64) | 0;
    // The second lane sees the word and the first lane, so that both must collide together.
    const b = Math.imul(this.b ^ n, 0x9e37_79b1);
    this.b = (((b << 11) | (b >>> 21)) + a) | 0;
    this.a = a;
  }

  /** Takes a safe integer, negative ones too. */
  number(n: number): void {
    assert(Number.isSafeInteger(n), "a digest takes safe integers");
    this.u32(n);
    this.u32(Math.floor(n / TWO_32));
  }

  /** Takes an instant, or NEVER. */
  instant(at: Instant): void {
    this.number(Math.min(at, Number.MAX_SAFE_INTEGER));
  }

  string(text: string): void {
    const length = text.length;
    this.u32(length);
    let i = 0;
    for (; i + 1 < length; i += 2) this.u32((text.charCodeAt(i) << 16) | text.charCodeAt(i + 1));
    if (i < length) this.u32(text.charCodeAt(i));
  }

  bytes(bytes: Uint8Array): void {
    const length = bytes.length;
    this.u32(length);
    let i = 0;
    for (; i + 3 < length; i += 4) {
      this.u32(
        (bytes[i] as number) |
          ((bytes[i + 1] as number) << 8) |
          ((bytes[i + 2] as number) << 16) |
          ((bytes[i + 3] as number) << 24),
      );
    }
    let rest = 0;
    for (let shift = 0; i < length; i++, shift += 8) rest |= (bytes[i] as number) << shift;
    if ((length & 3) !== 0) this.u32(rest);
  }

  /** The fingerprint so far as 16 hexadecimal digits. Taking it changes nothing. */
  hex(): string {
    const a = finish(this.a ^ this.b);
    return hex8(a) + hex8(finish(this.b + a));
  }

  /** The fingerprint so far as an integer in [0, 2^52). */
  hash52(): number {
    const a = finish(this.a ^ this.b);
    return (finish(this.b + a) & 0xf_ffff) * TWO_32 + (a >>> 0);
  }

  reset(): void {
    this.a = SEED_A;
    this.b = SEED_B;
  }

  clone(): Digest {
    const copy = new Digest();
    copy.a = this.a;
    copy.b = this.b;
    return copy;
  }
}

const scratch = new Digest();

/** A 52-bit hash of bytes, a safe integer: equal bytes, equal hash. */
export function hash52(bytes: Uint8Array): number {
  scratch.reset();
  scratch.bytes(bytes);
  return scratch.hash52();
}

/** Spreads every bit over all bits (the shifts and multipliers are murmur3's finaliser's). */
function finish(lane: number): number {
  let h = lane;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

function hex8(n: number): string {
  return (n >>> 0).toString(16).padStart(8, "0");
}
