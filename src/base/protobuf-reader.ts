import { assert } from "./assert.ts";
import { bytesToBinary } from "./bytes.ts";
import {
  BYTES,
  END_GROUP,
  FIXED32,
  FIXED64,
  ProtobufError,
  START_GROUP,
  VARINT,
} from "./protobuf-wire.ts";
import { utf8Decode } from "./utf8.ts";

const TWO_32 = 0x1_0000_0000;
/** Groups nest no deeper than this in anything we read. */
const GROUP_DEPTH_MAX = 32;

/**
 * Reads one message's fields in order:
 * `while (reader.next()) switch (reader.field) { case 1: x = reader.uint(); break; default: reader.skip(); }`.
 * Every method checks the bounds and the wire type; a problem is a {@link ProtobufError}.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** The offset of the next byte. */
  position: number;
  /** The end of the message being read. */
  end: number;
  /** Field number and wire type of the tag read last. */
  field = 0;
  wireType = 0;
  /** The unsigned halves of the varint read last by {@link ProtobufReader.varint64}. */
  hi = 0;
  lo = 0;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    assert(from >= 0 && from <= to && to <= bytes.length, "ProtobufReader: range out of bounds");
    this.bytes = bytes;
    this.position = from;
    this.end = to;
  }

  /** Starts over with the message at [from, to) of the same bytes. */
  reset(from: number, to: number): void {
    assert(from >= 0 && from <= to && to <= this.bytes.length, "reset: range out of bounds");
    this.position = from;
    this.end = to;
  }

  /** Reads the next tag; false at the end of the message. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const at = this.position;
    const tag = this.#number();
    this.field = Math.floor(tag / 8);
    this.wireType = tag % 8;
    if (this.field === 0 || tag >= TWO_32) throw new ProtobufError("illegal tag", at);
    return true;
  }

  /** An unsigned integer that must be safe (uint64, uint32, enum). */
  uint(): number {
    this.#expect(VARINT, "a varint");
    return this.#number();
  }

  /** A signed integer in two's complement (int64, int32) that must be safe. */
  int(): number {
    const at = this.position;
    this.varint64();
    const value = (this.hi | 0) * TWO_32 + this.lo;
    if (!Number.isSafeInteger(value)) throw new ProtobufError("an integer beyond 2^53", at);
    return value;
  }

  /** The same of any: the safe integer that is nearest. */
  nearestInt(): number {
    this.varint64();
    const value = (this.hi | 0) * TWO_32 + this.lo;
    return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  }

  bool(): boolean {
    this.varint64();
    return this.hi !== 0 || this.lo !== 0;
  }

  /** A signed 64-bit integer of any size. */
  bigint(): bigint {
    this.varint64();
    return BigInt.asIntN(64, (BigInt(this.hi) << 32n) | BigInt(this.lo));
  }

  /** An unsigned 64-bit integer of any size. */
  ubigint(): bigint {
    return BigInt.asUintN(64, this.bigint());
  }

  /** Any 64-bit varint, into `hi` and `lo`. */
  varint64(): void {
    this.#expect(VARINT, "a varint");
    this.#pair();
  }

  /** A fixed64, into `hi` and `lo`. */
  fixed64(): void {
    this.#expect(FIXED64, "a fixed64");
    const at = this.#take(8);
    this.lo = this.#uint32(at);
    this.hi = this.#uint32(at + 4);
  }

  /** A view of a bytes field: shares memory with the input. */
  view(): Uint8Array {
    this.#expect(BYTES, "a length-delimited field");
    const length = this.#number();
    const from = this.#take(length);
    return this.bytes.subarray(from, from + length);
  }

  /** A bytes field as a binary string (one char a byte). */
  binary(): string {
    this.#expect(BYTES, "a length-delimited field");
    const length = this.#number();
    const from = this.#take(length);
    return bytesToBinary(this.bytes, from, from + length);
  }

  /** A string field. */
  string(): string {
    this.#expect(BYTES, "a length-delimited field");
    const length = this.#number();
    const from = this.#take(length);
    return utf8Decode(this.bytes, from, from + length);
  }

  /** Enters an embedded message; give the result to {@link ProtobufReader.leave} once `next` is false. */
  enter(): number {
    this.#expect(BYTES, "an embedded message");
    const length = this.#number();
    const outerEnd = this.end;
    const from = this.#take(length);
    this.position = from;
    this.end = from + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    assert(
      this.position === this.end && outerEnd >= this.end,
      "leave: the message is not read out",
    );
    this.end = outerEnd;
  }

  /** Steps over the field whose tag was read last. */
  skip(): void {
    if (this.wireType === VARINT) this.#pair();
    else if (this.wireType === FIXED64) this.#take(8);
    else if (this.wireType === FIXED32) this.#take(4);
    else if (this.wireType === BYTES) this.#take(this.#number());
    else if (this.wireType === START_GROUP) this.#skipGroup();
    else throw new ProtobufError(`illegal wire type ${this.wireType}`, this.position);
  }

  #skipGroup(): void {
    const open: number[] = [this.field];
    while (open.length > 0) {
      if (!this.next()) throw new ProtobufError("a group without end", this.position);
      if (this.wireType === START_GROUP) {
        open.push(this.field);
        if (open.length > GROUP_DEPTH_MAX)
          throw new ProtobufError("groups nest too deep", this.position);
      } else if (this.wireType !== END_GROUP) this.skip();
      else if (open.pop() !== this.field)
        throw new ProtobufError("mismatched end of group", this.position);
    }
  }

  #expect(wireType: number, what: string): void {
    if (this.wireType === wireType) return;
    throw new ProtobufError(
      `field ${this.field} should be ${what}, has wire type ${this.wireType}`,
      this.position,
    );
  }

  /** Steps over `length` bytes and gives the offset where they begin. */
  #take(length: number): number {
    const at = this.position;
    if (length > this.end - at) {
      throw new ProtobufError(`unexpected end: ${length} bytes wanted, ${this.end - at} left`, at);
    }
    this.position = at + length;
    return at;
  }

  #uint32(at: number): number {
    const b = this.bytes;
    return (
      ((b[at] as number) |
        ((b[at + 1] as number) << 8) |
        ((b[at + 2] as number) << 16) |
        ((b[at + 3] as number) << 24)) >>>
      0
    );
  }

  /** A varint that must be a safe integer. */
  #number(): number {
    const at = this.position;
    if (at < this.end) {
      const first = this.bytes[at] as number;
      if (first < 0x80) {
        this.position = at + 1;
        return first;
      }
    }
    this.#pair();
    if (this.hi >= 0x20_0000) throw new ProtobufError("an integer beyond 2^53", at);
    return this.hi * TWO_32 + this.lo;
  }

  #pair(): void {
    const start = this.position;
    let hi = 0;
    let lo = 0;
    let at = start;
    for (let shift = 0; ; shift += 7) {
      if (at >= this.end) throw new ProtobufError("unexpected end inside a varint", start);
      const byte = this.bytes[at++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi = bits >>> 4;
      } else hi |= bits << (shift - 32);
      if (byte < 0x80) {
        if (shift === 63 && bits > 1) throw new ProtobufError("a varint beyond 64 bits", start);
        break;
      }
      if (shift === 63) throw new ProtobufError("a varint longer than ten bytes", start);
    }
    this.hi = hi >>> 0;
    this.lo = lo >>> 0;
    this.position = at;
  }
}
