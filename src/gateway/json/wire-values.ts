import type { FieldDescriptor } from "../../api/wire/descriptor.ts";
import type { ProtobufWriter } from "../../base/protobuf.ts";

/** Writers of values that were read from JSON, which may be beyond what our messages hold. */

const LIMITS = {
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  uint64: [0n, (1n << 64n) - 1n],
  uint32: [0n, (1n << 32n) - 1n],
  enum: [-(1n << 31n), (1n << 31n) - 1n],
} as const;

export type IntegerType = keyof typeof LIMITS;

export function isIntegerType(type: string): type is IntegerType {
  return type in LIMITS;
}

/** null if it is out of its type's range. */
export function integerOf(type: IntegerType, digits: string): bigint | null {
  const value = BigInt(digits);
  const [min, max] = LIMITS[type];
  return value < min || value > max ? null : value;
}

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Where our messages hold safe integers, what is beyond stands for the largest one: no revision, count
 * or time to live comes near it, so that it means the same.
 */
export function writeInteger(writer: ProtobufWriter, field: FieldDescriptor, value: bigint): void {
  if (!field.isSafe) writer.bigintField(field.number, value);
  else if (value > SAFE_MAX) writer.bigintField(field.number, SAFE_MAX);
  else writer.bigintField(field.number, value < -SAFE_MAX ? -SAFE_MAX : value);
}

/** A number without a name means nothing to us: it counts as the first one's. */
export function writeChoice(writer: ProtobufWriter, field: FieldDescriptor, value: number): void {
  const isKnown = field.choice?.names[value] !== undefined;
  writer.varintField(field.number, isKnown ? value : 0);
}
