import { assert } from "./assert.ts";
import { copyInto } from "./bytes.ts";
import { BYTES, FIXED64, VARINT } from "./protobuf-wire.ts";
import { utf8Length, utf8Write } from "./utf8.ts";

const TWO_32 = 0x1_0000_0000;

/** Bytes that a safe integer >= 0 takes as a varint. */
export function varintSize(value: number): number {
  assert(value >= 0 && value <= Number.MAX_SAFE_INTEGER, "varintSize: not a safe integer >= 0");
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let size = 5;
  for (let rest = value / 0x8_0000_0000; rest >= 1; rest /= 0x80) size++;
  return size;
}

/** Bytes that the unsigned pair takes as a varint. */
export function varint64Size(hi: number, lo: number): number {
  if (hi < 0x20_0000) return varintSize(hi * TWO_32 + lo);
  return hi < 0x8000_0000 ? (hi < 0x0100_0000 ? 8 : 9) : 10;
}

/**
 * Writes messages into one buffer that grows and is used again after {@link ProtobufWriter.reset}.
 * Field methods write unconditionally: whether a zero is left out is the codec's business, because
 * proto2 and proto3 differ in it.
 */
export class ProtobufWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The buffer itself: valid, up to `length`, until the next write. */
  get buffer(): Uint8Array {
    return this.#buffer;
  }

  reset(): void {
    this.#length = 0;
  }

  /** What was written, as a view that the next write or reset may change. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** What was written, as a copy of its own. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const doubled = this.#buffer.length * 2;
    const grown = new Uint8Array(doubled > needed ? doubled : needed);
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  byte(value: number): void {
    if (this.#length === this.#buffer.length) this.reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** A safe integer >= 0. */
  varint(value: number): void {
    assert(value >= 0 && value <= Number.MAX_SAFE_INTEGER, "varint: not a safe integer >= 0");
    if (this.#length + 10 > this.#buffer.length) this.reserve(10);
    const buffer = this.#buffer;
    let at = this.#length;
    let rest = value;
    while (rest >= 0x1000_0000) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.#length = at;
  }

  /** An unsigned 64-bit integer as two unsigned halves. */
  varint64(hi: number, lo: number): void {
    assert(
      hi >= 0 && hi < TWO_32 && lo >= 0 && lo < TWO_32,
      "varint64: halves are unsigned 32 bit",
    );
    if (hi < 0x20_0000) {
      this.varint(hi * TWO_32 + lo);
      return;
    }
    let high = hi;
    let low = lo;
    while (high !== 0) {
      this.byte((low & 0x7f) | 0x80);
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.varint(low);
  }

  /** A signed 64-bit integer in two's complement (int64: a negative one takes ten bytes). */
  int(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    assert(value >= Number.MIN_SAFE_INTEGER, "int: not a safe integer");
    const hi = Math.floor(value / TWO_32);
    this.varint64(hi >>> 0, value - hi * TWO_32);
  }

  /** Any 64-bit integer, signed or not. */
  bigint(value: bigint): void {
    const bits = BigInt.asUintN(64, value);
    this.varint64(Number(bits >> 32n), Number(bits & 0xffff_ffffn));
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    copyInto(this.#buffer, this.#length, bytes);
    this.#length += bytes.length;
  }

  /** Copies bytes[from, to). */
  rawRange(bytes: Uint8Array, from: number, to: number): void {
    assert(from >= 0 && from <= to && to <= bytes.length, "rawRange: range out of bounds");
    this.reserve(to - from);
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = from; i < to; i++) buffer[at++] = bytes[i] as number;
    this.#length = at;
  }

  tag(field: number, wireType: number): void {
    assert(field >= 1 && field <= 0x1fff_ffff, "tag: field number out of range");
    this.varint(field * 8 + wireType);
  }

  varintField(field: number, value: number): void {
    this.varint(field * 8 + VARINT);
    this.varint(value);
  }

  varint64Field(field: number, hi: number, lo: number): void {
    this.varint(field * 8 + VARINT);
    this.varint64(hi, lo);
  }

  intField(field: number, value: number): void {
    this.varint(field * 8 + VARINT);
    this.int(value);
  }

  bigintField(field: number, value: bigint): void {
    this.varint(field * 8 + VARINT);
    this.bigint(value);
  }

  boolField(field: number, value: boolean): void {
    this.varint(field * 8 + VARINT);
    this.byte(value ? 1 : 0);
  }

  /** Eight bytes, the lowest first; without a tag. */
  fixed64(hi: number, lo: number): void {
    if (this.#length + 8 > this.#buffer.length) this.reserve(8);
    const buffer = this.#buffer;
    const at = this.#length;
    buffer[at] = lo;
    buffer[at + 1] = lo >>> 8;
    buffer[at + 2] = lo >>> 16;
    buffer[at + 3] = lo >>> 24;
    buffer[at + 4] = hi;
    buffer[at + 5] = hi >>> 8;
    buffer[at + 6] = hi >>> 16;
    buffer[at + 7] = hi >>> 24;
    this.#length = at + 8;
  }

  fixed64Field(field: number, hi: number, lo: number): void {
    this.varint(field * 8 + FIXED64);
    this.fixed64(hi, lo);
  }

  bytesField(field: number, bytes: Uint8Array): void {
    this.varint(field * 8 + BYTES);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A `bytes` field from a binary string (one char a byte). */
  binaryField(field: number, binary: string): void {
    this.varint(field * 8 + BYTES);
    this.varint(binary.length);
    this.reserve(binary.length);
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = 0; i < binary.length; i++) {
      const code = binary.charCodeAt(i);
      assert(code <= 0xff, "binaryField: not a binary string (a char above 0xff)");
      buffer[at++] = code;
    }
    this.#length = at;
  }

  /** A `string` field in UTF-8. */
  stringField(field: number, text: string): void {
    const size = utf8Length(text);
    this.varint(field * 8 + BYTES);
    this.varint(size);
    this.reserve(size);
    this.#length = utf8Write(text, this.#buffer, this.#length);
  }

  /** Begins an embedded message of unknown size; give the result to {@link ProtobufWriter.close}. */
  open(field: number): number {
    this.varint(field * 8 + BYTES);
    this.byte(0);
    return this.#length;
  }

  /** Ends the embedded message: its length goes before it, and a long one moves up to make room. */
  close(start: number): void {
    const size = this.#length - start;
    assert(start >= 2 && size >= 0, "close: not the result of open");
    const more = varintSize(size) - 1;
    if (more > 0) {
      this.reserve(more);
      this.#buffer.copyWithin(start + more, start, this.#length);
    }
    this.#length = start - 1;
    this.varint(size);
    this.#length += size;
  }
}
