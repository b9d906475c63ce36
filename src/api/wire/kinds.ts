import { assert } from "../../base/assert.ts";
import {
  BYTES as LENGTH_DELIMITED,
  ProtobufError,
  type ProtobufReader,
  type ProtobufWriter,
  VARINT,
  varint64Size,
  varintSize,
} from "../../base/protobuf.ts";
import { utf8Length } from "../../base/utf8.ts";

/** What .proto files call a kind. */
export type FieldType =
  | "string"
  | "bytes"
  | "bool"
  | "int64"
  | "uint64"
  | "uint32"
  | "enum"
  | "message";

/**
 * A kind of value that a field of a message can hold. The scalars below follow proto3: a zero is not
 * written, and what is not there is zero. A field that comes twice counts as it came last.
 */
export interface Kind<V> {
  readonly type: FieldType;
  /** Whether it may come any number of times. */
  readonly isRepeated?: boolean;
  /** What a field means that is not there. */
  absent(): V;
  /** Whether it need not be written. */
  isAbsent(value: V): boolean;
  /** That this is so exactly if the value is falsy: spares a call for each field of each message. */
  readonly absentIfFalsy?: boolean;
  /** Writes tag and value. */
  writeField(writer: ProtobufWriter, field: number, value: V): void;
  /** Bytes of the value behind a tag of `tag` bytes, and of the tag itself, once or more. */
  sizeField(tag: number, value: V): number;
  /**
   * Reads the field whose tag was read last. `depth` is how many messages lie around it, `before` what
   * the message has so far, to which a list adds. Throws ProtobufError.
   */
  readField(reader: ProtobufReader, depth: number, before: unknown): V;
}

function scalar<V>(
  type: FieldType,
  zero: V,
  writeField: Kind<V>["writeField"],
  size: (value: V) => number,
  readField: (reader: ProtobufReader) => V,
): Kind<V> {
  return {
    type,
    absent: () => zero,
    isAbsent: (value) => value === zero,
    absentIfFalsy: !zero,
    writeField,
    sizeField: (tag, value) => tag + size(value),
    readField,
  };
}

/** A length goes before the bytes. */
export function prefixed(bytes: number): number {
  return varintSize(bytes) + bytes;
}

export const NO_BYTES = new Uint8Array(0);

/** `string`. */
export const TEXT: Kind<string> = scalar(
  "string",
  "",
  (writer, field, value) => writer.stringField(field, value),
  (value) => prefixed(utf8Length(value)),
  (reader) => reader.string(),
);

/** `bytes` as a binary string, one char a byte: keys. */
export const BINARY: Kind<string> = scalar(
  "bytes",
  "",
  (writer, field, value) => writer.binaryField(field, value),
  (value) => prefixed(value.length),
  (reader) => reader.binary(),
);

/** `bytes`; what is read is a view of the input. */
export const BLOB: Kind<Uint8Array> = {
  ...scalar<Uint8Array>(
    "bytes",
    NO_BYTES,
    (writer, field, value) => writer.bytesField(field, value),
    (value) => prefixed(value.length),
    (reader) => reader.view(),
  ),
  isAbsent: (value) => value.length === 0,
};

export const BOOL: Kind<boolean> = scalar(
  "bool",
  false,
  (writer, field, value) => writer.boolField(field, value),
  () => 1,
  (reader) => reader.bool(),
);

/**
 * `int64` that is a safe integer: revisions, versions, counts, seconds. Of another one the nearest is taken: clients say the
 * largest there is where they mean no limit.
 */
export const INT: Kind<number> = scalar<number>(
  "int64",
  0,
  (writer, field, value) => writer.intField(field, value),
  (value) => (value < 0 ? 10 : varintSize(value)),
  (reader) => reader.nearestInt(),
);

/** `uint64` that is a safe integer: terms, indexes. Another one is an error. */
export const UINT: Kind<number> = scalar<number>(
  "uint64",
  0,
  (writer, field, value) => writer.varintField(field, value),
  varintSize,
  (reader) => reader.uint(),
);

/** `uint32`: hashes. */
export const UINT_32: Kind<number> = { ...UINT, type: "uint32" };

/** Any `int64`: ids of leases. */
export const INT_ID: Kind<bigint> = scalar<bigint>(
  "int64",
  0n,
  (writer, field, value) => writer.bigintField(field, value),
  bigintSize,
  (reader) => reader.bigint(),
);

/** Any `uint64`: ids of members and clusters. */
export const UINT_ID: Kind<bigint> = scalar<bigint>(
  "uint64",
  0n,
  (writer, field, value) => writer.bigintField(field, value),
  bigintSize,
  (reader) => reader.ubigint(),
);

const TWO_63 = 1n << 63n;

function bigintSize(value: bigint): number {
  // Most ids of members and clusters are so large.
  if (value < 0n || value >= TWO_63) return 10;
  return varint64Size(Number(value >> 32n), Number(value & 0xffff_ffffn));
}

// For sizes by hand: fields with a tag of one byte, which are those below 16; zeros are left out.

export function bytesSize(length: number): number {
  return length === 0 ? 0 : 1 + prefixed(length);
}

export function intSize(value: number): number {
  if (value === 0) return 0;
  return value < 0 ? 11 : 1 + varintSize(value);
}

export function idSize(value: bigint): number {
  return value === 0n ? 0 : 1 + bigintSize(value);
}

/** A kind that is made of another one. */
export interface KindOf<V, T> extends Kind<V> {
  readonly of: Kind<T>;
}

export interface Choice<V, N extends string> extends Kind<V> {
  /** As in etcd's .proto files, e.g. "etcdserverpb.RangeRequest.SortOrder". */
  readonly enumName: string;
  readonly names: readonly N[];
}

/** An enum; a name's number is its place. A number without a name is an error. */
export function choice<N extends string>(enumName: string, names: readonly N[]): Choice<N, N> {
  const kind = scalar<N>(
    "enum",
    names[0] as N,
    (writer, field, name) => writer.varintField(field, numberOf(names, name)),
    (name) => varintSize(numberOf(names, name)),
    (reader) => readName(reader, names),
  );
  return { ...kind, enumName, names };
}

function numberOf<N>(names: readonly N[], name: N): number {
  const number = names.indexOf(name);
  assert(number >= 0, "an enum's name is in its table");
  return number;
}

function readName<N>(reader: ProtobufReader, names: readonly N[]): N {
  const at = reader.position;
  const number = reader.uint();
  const name = names[number];
  if (name === undefined) {
    throw new ProtobufError(`field ${reader.field}: no such choice ${number}`, at);
  }
  return name;
}

/** A repeated enum: written packed, as proto3 has it, and read in both forms. */
export function choices<N extends string>(
  enumName: string,
  names: readonly N[],
): Choice<readonly N[], N> {
  const bodySize = (list: readonly N[]): number =>
    list.reduce((size, name) => size + varintSize(numberOf(names, name)), 0);
  return {
    ...list(),
    type: "enum",
    enumName,
    names,
    writeField(writer, field, list) {
      const start = writer.open(field);
      for (const name of list) writer.varint(numberOf(names, name));
      writer.close(start);
    },
    sizeField: (tag, list) => tag + prefixed(bodySize(list)),
    readField(reader, _depth, before) {
      const list = before as N[];
      if (reader.wireType !== LENGTH_DELIMITED) {
        list.push(readName(reader, names));
        return list;
      }
      const outer = reader.enter();
      // Inside stand bare varints.
      reader.wireType = VARINT;
      while (reader.position < reader.end) list.push(readName(reader, names));
      reader.leave(outer);
      return list;
    },
  };
}

/** Any number of texts, bytes or messages, each with a tag of its own. */
export function repeated<V>(kind: Kind<V>): KindOf<readonly V[], V> {
  return {
    ...list(),
    type: kind.type,
    of: kind,
    writeField(writer, field, list) {
      for (const value of list) kind.writeField(writer, field, value);
    },
    sizeField(tag, list) {
      let size = 0;
      for (const value of list) size += kind.sizeField(tag, value);
      return size;
    },
    readField(reader, depth, before) {
      const list = before as V[];
      list.push(kind.readField(reader, depth, null));
      return list;
    },
  };
}

function list(): Pick<Kind<readonly never[]>, "isRepeated" | "absent" | "isAbsent"> {
  return { isRepeated: true, absent: () => [], isAbsent: (list) => list.length === 0 };
}

/** What may be missing, which is null: a zero is written. Also takes undefined for missing. */
export function optional<V>(kind: Kind<V>): KindOf<V | null, V> {
  return {
    type: kind.type,
    of: kind,
    absent: () => null,
    isAbsent: (value) => value === null || value === undefined,
    writeField: (writer, field, value) => kind.writeField(writer, field, value as V),
    sizeField: (tag, value) => kind.sizeField(tag, value as V),
    readField: (reader, depth) => kind.readField(reader, depth, null),
  };
}

/** As Go writes proto2: even if it is zero. */
export function required<V>(kind: Kind<V>): KindOf<V, V> {
  return { ...kind, of: kind, isAbsent: () => false, absentIfFalsy: false };
}
