/** Wire types: the low three bits of a tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

/** Bytes that are no message of the kind expected. `offset` counts from the start of the reader's array. */
export class ProtobufError extends Error {
  override name = "ProtobufError";
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`protobuf: ${problem} at byte ${offset}`);
    this.offset = offset;
  }
}
