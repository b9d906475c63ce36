import { ProtobufError, type ProtobufReader, type ProtobufWriter } from "../../base/protobuf.ts";

/** proto3's rule: a field with its zero value is not written. */

export function putBinary(writer: ProtobufWriter, field: number, binary: string): void {
  if (binary !== "") writer.binaryField(field, binary);
}

export function putText(writer: ProtobufWriter, field: number, text: string): void {
  if (text !== "") writer.stringField(field, text);
}

export function putBytes(writer: ProtobufWriter, field: number, bytes: Uint8Array): void {
  if (bytes.length > 0) writer.bytesField(field, bytes);
}

export function putInt(writer: ProtobufWriter, field: number, value: number): void {
  if (value !== 0) writer.intField(field, value);
}

export function putBigint(writer: ProtobufWriter, field: number, value: bigint): void {
  if (value !== 0n) writer.bigintField(field, value);
}

export function putBool(writer: ProtobufWriter, field: number, value: boolean): void {
  if (value) writer.boolField(field, value);
}

/** An enum by the place of its name in `names`. */
export function putEnum<T extends string>(
  writer: ProtobufWriter,
  field: number,
  names: readonly T[],
  name: T,
): void {
  const value = names.indexOf(name);
  if (value > 0) writer.varintField(field, value);
}

/** Throws ProtobufError for a number without a name. */
export function readEnum<T extends string>(reader: ProtobufReader, names: readonly T[]): T {
  const at = reader.position;
  const value = reader.uint();
  const name = names[value];
  if (name === undefined) {
    throw new ProtobufError(`field ${reader.field}: no such choice ${value}`, at);
  }
  return name;
}

/** Writes an embedded message, even an empty one. */
export function putMessage<T>(
  writer: ProtobufWriter,
  field: number,
  write: (writer: ProtobufWriter, x: T) => void,
  x: T,
): void {
  const start = writer.open(field);
  write(writer, x);
  writer.close(start);
}

/** Reads an embedded message. */
export function readMessage<T>(reader: ProtobufReader, read: (reader: ProtobufReader) => T): T {
  const outer = reader.enter();
  const x = read(reader);
  reader.leave(outer);
  return x;
}
