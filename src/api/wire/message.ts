import { assert } from "../../base/assert.ts";
import { ProtobufError, ProtobufReader, ProtobufWriter, varintSize } from "../../base/protobuf.ts";
import { type Kind, prefixed } from "./kinds.ts";

/**
 * A message of etcd's protocol: what encodes it, decodes it and tells its size. Also the kind of a
 * field that holds one, which is written even if it is empty; a message that is not there is one of
 * zeros, unless its field is `optional`.
 */
export interface Message<T> extends Kind<T> {
  /** As in etcd's .proto files, e.g. "etcdserverpb.PutRequest". */
  readonly name: string;
  /** Writes its fields, in the order of their numbers. */
  write(writer: ProtobufWriter, value: T): void;
  /** Reads all that is left. Values of bytes are views of the input. Throws ProtobufError. */
  read(reader: ProtobufReader, depth?: number): T;
  /** Exactly what `write` writes. */
  size(value: T): number;
}

/** What a field is called in etcd's .proto files. */
export interface Names {
  /** Where it is not our name with underscores: `ID` of `id`. */
  readonly name?: string;
  /** Of which oneof it is. */
  readonly oneof?: string;
}

/** Number, kind and names of each field of the message, by its name in our type, in the order of numbers. */
export type Table<T> = {
  readonly [F in keyof T]-?: readonly [number: number, kind: Kind<T[F]>, names?: Names];
};

/**
 * Faster ways to do what a table says, for messages of which many operations have some. `empty` is a
 * literal of what is not there, in the order of the table: cheaper than adding one field to another.
 */
export interface Tuned<T> extends Partial<Pick<Message<T>, "write" | "read" | "size">> {
  empty?(): T;
}

/** A message as its table says. Fields that it does not name are skipped. */
export function message<T extends object>(
  name: string,
  table: Table<T>,
  tuned: Tuned<T> = {},
): TableMessage<T> {
  return new TableMessage(name, table, tuned);
}

/**
 * A oneof: one of some messages, each in a field of its own. It stands in `slot` of our
 * `{ type, request }` or `{ type, response }`.
 *
 * @param alternatives called when first needed, because transactions hold transactions
 */
export function union<T extends { readonly type: string }, Slot extends OneofSlot<T>>(
  name: string,
  slot: Slot,
  alternatives: () => Alternatives<T, Slot>,
): UnionMessage<T, Slot> {
  return new UnionMessage(name, slot, alternatives);
}

type OneofSlot<T> = keyof T & ("request" | "response");

export type Alternatives<T extends { readonly type: string }, Slot extends keyof T> = {
  readonly [K in T["type"]]: readonly [
    number: number,
    message: Message<Extract<T, { readonly type: K }>[Slot]>,
    names: Required<Names>,
  ];
};

/** A message that our types hold in another form than its fields, `W`. */
export function mapped<T, W>(
  of: Message<W>,
  toWire: (value: T) => W,
  fromWire: (wire: W) => T,
): MappedMessage<T, W> {
  return new MappedMessage(of, toWire, fromWire);
}

const shared = new ProtobufWriter(1024);

/** The bytes of a message, as an array of its own. */
export function encode<T>(of: Message<T>, value: T): Uint8Array {
  shared.reset();
  of.write(shared, value);
  return shared.finish();
}

/** Bytes in the result are views of `bytes`. Throws ProtobufError. */
export function decode<T>(of: Message<T>, bytes: Uint8Array): T {
  return of.read(new ProtobufReader(bytes));
}

/** More than messages that mean something nest; fewer than the stack has room for. */
const DEPTH_MAX = 250;

abstract class EmbeddableMessage<T> implements Message<T> {
  readonly type = "message";
  readonly name: string;
  private zero: T | undefined;

  constructor(name: string) {
    this.name = name;
  }

  abstract write(writer: ProtobufWriter, value: T): void;
  abstract read(reader: ProtobufReader, depth?: number): T;
  abstract size(value: T): number;

  absent(): T {
    this.zero ??= decode(this, new Uint8Array(0));
    return this.zero;
  }

  isAbsent(_value: T): boolean {
    return false;
  }

  writeField(writer: ProtobufWriter, field: number, value: T): void {
    const start = writer.open(field);
    this.write(writer, value);
    writer.close(start);
  }

  sizeField(tag: number, value: T): number {
    return tag + prefixed(this.size(value));
  }

  readField(reader: ProtobufReader, depth: number): T {
    if (depth === DEPTH_MAX) throw new ProtobufError("messages nest too deep", reader.position);
    const outer = reader.enter();
    const value = this.read(reader, depth + 1);
    reader.leave(outer);
    return value;
  }
}

/** A row of the table. */
interface Field {
  readonly name: string;
  readonly number: number;
  readonly tag: number;
  readonly kind: Kind<unknown>;
  readonly absentIfFalsy: boolean;
}

/** Fields by their names: what a message is while we go through its table. */
type Draft = Record<string, unknown>;

export class TableMessage<T extends object> extends EmbeddableMessage<T> {
  readonly table: Table<T>;
  private readonly fields: readonly Field[];
  private readonly byNumber: readonly (Field | undefined)[];

  constructor(name: string, table: Table<T>, tuned: Tuned<T>) {
    super(name);
    this.table = table;
    this.fields = fieldsOf(name, table);
    const byNumber: (Field | undefined)[] = [];
    for (const field of this.fields) byNumber[field.number] = field;
    this.byNumber = byNumber;
    Object.assign(this, tuned);
  }

  write(writer: ProtobufWriter, value: T): void {
    for (const { name, number, kind, absentIfFalsy } of this.fields) {
      const field = (value as Draft)[name];
      if (absentIfFalsy ? field : !kind.isAbsent(field)) kind.writeField(writer, number, field);
    }
  }

  size(value: T): number {
    let size = 0;
    for (const { name, tag, kind, absentIfFalsy } of this.fields) {
      const field = (value as Draft)[name];
      if (absentIfFalsy ? field : !kind.isAbsent(field)) size += kind.sizeField(tag, field);
    }
    return size;
  }

  read(reader: ProtobufReader, depth = 0): T {
    const draft = this.empty() as Draft;
    while (reader.next()) {
      const field = this.byNumber[reader.field];
      if (field === undefined) reader.skip();
      else draft[field.name] = field.kind.readField(reader, depth, draft[field.name]);
    }
    return draft as T;
  }

  /** One in which nothing is. */
  empty(): T {
    const draft: Draft = {};
    for (const { name, kind } of this.fields) draft[name] = kind.absent();
    return draft as T;
  }
}

function fieldsOf<T>(of: string, table: Table<T>): Field[] {
  const fields: Field[] = [];
  let last = 0;
  for (const [name, [number, kind]] of Object.entries(
    table as Record<string, readonly [number, Kind<unknown>, Names?]>,
  )) {
    assert(number > last, `${of}: ${name} stands in the order of field numbers`);
    last = number;
    const { absentIfFalsy = false } = kind;
    fields.push({ name, number, tag: tagSize(number), kind, absentIfFalsy });
  }
  return fields;
}

function tagSize(field: number): number {
  return varintSize(field * 8);
}

interface Alternative {
  readonly type: string;
  readonly number: number;
  readonly tag: number;
  readonly message: Message<unknown>;
}

export class UnionMessage<
  T extends { readonly type: string },
  Slot extends OneofSlot<T>,
> extends EmbeddableMessage<T> {
  readonly slot: Slot;
  readonly alternatives: () => Alternatives<T, Slot>;
  private readonly byType = new Map<string, Alternative>();
  private readonly byNumber: Alternative[] = [];

  constructor(name: string, slot: Slot, alternatives: () => Alternatives<T, Slot>) {
    super(name);
    this.slot = slot;
    this.alternatives = alternatives;
  }

  write(writer: ProtobufWriter, value: T): void {
    const { message, number } = this.alternativeOf(value.type);
    message.writeField(writer, number, value[this.slot]);
  }

  size(value: T): number {
    const { message, tag } = this.alternativeOf(value.type);
    return message.sizeField(tag, value[this.slot]);
  }

  /** An empty one means nothing that we could say: a ProtobufError. */
  read(reader: ProtobufReader, depth = 0): T {
    this.resolve();
    const from = reader.position;
    let type = "";
    let value: unknown = null;
    while (reader.next()) {
      const found = this.byNumber[reader.field];
      if (found === undefined) reader.skip();
      else {
        type = found.type;
        value = found.message.readField(reader, depth, null);
      }
    }
    if (type === "") throw new ProtobufError(`${this.name} is empty`, from);
    const whole = this.slot === "request" ? { type, request: value } : { type, response: value };
    return whole as unknown as T;
  }

  private alternativeOf(type: string): Alternative {
    this.resolve();
    const found = this.byType.get(type);
    assert(found !== undefined, `${this.name} has this type`);
    return found;
  }

  private resolve(): void {
    if (this.byType.size > 0) return;
    const entries = Object.entries<readonly [number, Message<unknown>, Names]>(this.alternatives());
    for (const [type, [number, message]] of entries) {
      const alternative = { type, number, tag: tagSize(number), message };
      this.byType.set(type, alternative);
      this.byNumber[number] = alternative;
    }
  }
}

export class MappedMessage<T, W> extends EmbeddableMessage<T> {
  readonly wire: Message<W>;
  readonly fromWire: (wire: W) => T;
  private readonly toWire: (value: T) => W;

  constructor(wire: Message<W>, toWire: (value: T) => W, fromWire: (wire: W) => T) {
    super(wire.name);
    this.wire = wire;
    this.toWire = toWire;
    this.fromWire = fromWire;
  }

  write(writer: ProtobufWriter, value: T): void {
    this.wire.write(writer, this.toWire(value));
  }

  size(value: T): number {
    return this.wire.size(this.toWire(value));
  }

  read(reader: ProtobufReader, depth = 0): T {
    return this.fromWire(this.wire.read(reader, depth));
  }
}
