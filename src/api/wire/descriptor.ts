import { assert } from "../../base/assert.ts";
import {
  type Choice,
  type FieldType,
  INT,
  type Kind,
  type KindOf,
  UINT,
  UINT_32,
} from "./kinds.ts";
import { MappedMessage, type Message, type Names, TableMessage, UnionMessage } from "./message.ts";

/** A field as .proto files have it: what stands on the wire, whatever our types make of it. */
export interface FieldDescriptor {
  readonly number: number;
  /** In the .proto file: "range_end", "ID". */
  readonly name: string;
  /** In JSON by protobuf's rule: "rangeEnd", "ID". */
  readonly jsonName: string;
  readonly type: FieldType;
  readonly isRepeated: boolean;
  /** Whether our messages hold no integers of it but safe ones. */
  readonly isSafe: boolean;
  /** Of an enum: its full name, and its values' names by their numbers. */
  readonly choice: Pick<Choice<unknown, string>, "enumName" | "names"> | null;
  /** Of a message. */
  readonly message: Message<unknown> | null;
  /** The full name of the oneof that it is part of; "": of none. */
  readonly oneof: string;
}

/** A message as .proto files have it. */
export interface MessageDescriptor {
  /** "etcdserverpb.RangeRequest" */
  readonly name: string;
  /** In the order of their numbers. */
  readonly fields: readonly FieldDescriptor[];
  readonly byNumber: ReadonlyMap<number, FieldDescriptor>;
  /** By both of their names. */
  readonly byName: ReadonlyMap<string, FieldDescriptor>;
}

const known = new Map<Message<unknown>, MessageDescriptor>();

export function descriptorOf(of: Message<unknown>): MessageDescriptor {
  let descriptor = known.get(of);
  if (descriptor === undefined) {
    descriptor = made(of);
    known.set(of, descriptor);
  }
  return descriptor;
}

type Row = readonly [number: number, kind: Kind<unknown>, names?: Names];

function made(of: Message<unknown>): MessageDescriptor {
  const fields = Object.entries(rowsOf(of)).map(([name, row]) => fieldOf(of.name, name, row));
  return {
    name: of.name,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byName: new Map(
      fields.flatMap((field) => [
        [field.jsonName, field],
        [field.name, field],
      ]),
    ),
  };
}

function rowsOf(of: Message<unknown>): Readonly<Record<string, Row>> {
  if (of instanceof MappedMessage) return rowsOf(of.wire);
  if (of instanceof UnionMessage) return of.alternatives() as Readonly<Record<string, Row>>;
  assert(of instanceof TableMessage, "a message has a table, or is made of one that has");
  return of.table as Readonly<Record<string, Row>>;
}

function fieldOf(message: string, ours: string, [number, kind, names = {}]: Row): FieldDescriptor {
  const { name = ours.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), oneof } = names;
  const one = scalarOf(kind);
  return {
    number,
    name,
    jsonName: name.replace(/_([a-z])/gi, (_, letter: string) => letter.toUpperCase()),
    type: kind.type,
    isRepeated: kind.isRepeated === true,
    isSafe: one === INT || one === UINT || one === UINT_32,
    choice: "names" in one ? (one as Choice<unknown, string>) : null,
    message: one.type === "message" ? (one as Message<unknown>) : null,
    oneof: oneof === undefined ? "" : `${message}.${oneof}`,
  };
}

/** Of which kind one value is, of what may be missing or come any number of times. */
function scalarOf(kind: Kind<unknown>): Kind<unknown> {
  return "of" in kind ? scalarOf((kind as KindOf<unknown, unknown>).of) : kind;
}
