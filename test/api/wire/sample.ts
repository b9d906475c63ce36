import {
  BINARY,
  BLOB,
  BOOL,
  type Choice,
  INT,
  INT_ID,
  type Kind,
  type KindOf,
  TEXT,
  UINT,
  UINT_32,
  UINT_ID,
} from "../../../src/api/wire/kinds.ts";
import {
  MappedMessage,
  type Message,
  TableMessage,
  UnionMessage,
} from "../../../src/api/wire/message.ts";
import { binaryToBytes } from "../../../src/base/bytes.ts";

/**
 * Of a oneof each alternative; of other messages one sample with everything (see {@link sampleOf}), and
 * for each flag and enum one with it alone, because these can look like their neighbours. They come by
 * name, not by number, for the same reason.
 */
export function samplesOf(message: Message<unknown>): unknown[] {
  if (message instanceof TableMessage) {
    const alike = rowsOf(message).filter(([, [, kind]]) => kind === BOOL || "names" in kind);
    alike.sort(([a], [b]) => (a < b ? -1 : 1));
    const alone = alike.map(([name, [, kind]]) => ({ ...message.empty(), [name]: sampleOf(kind) }));
    return [sampleOf(message), ...alone];
  }
  if (!(message instanceof UnionMessage)) return [sampleOf(message)];
  return alternativesOf(message).map(([type, [, of]]) => ({ type, [message.slot]: sampleOf(of) }));
}

/**
 * A message with something in every field. What is in a field follows from the field's name in our
 * types, so that two fields that are mixed up in the table give other bytes.
 */
export function sampleOf(kind: Kind<unknown>, name = ""): unknown {
  const scalar = SCALARS.get(kind);
  if (scalar !== undefined) return scalar(name);
  if (kind instanceof TableMessage) {
    const fields = rowsOf(kind).map(([field, [, of]]) => [field, sampleOf(of, field)]);
    return Object.fromEntries(fields);
  }
  if (kind instanceof MappedMessage) return kind.fromWire(sampleOf(kind.wire));
  if (kind instanceof UnionMessage) {
    // Not the last one, which may hold this union again.
    const [[type, [, of]]] = alternativesOf(kind).slice(-2) as [Row];
    return { type, [kind.slot]: sampleOf(of) };
  }
  if ("names" in kind) {
    const { names } = kind as Choice<unknown, string>;
    return isList(kind) ? [...names].reverse() : names.at(-1);
  }
  const { of } = kind as KindOf<unknown, unknown>;
  return isList(kind) ? [sampleOf(of, name), sampleOf(of, `${name} again`)] : sampleOf(of, name);
}

const SCALARS = new Map<unknown, (name: string) => unknown>([
  [TEXT, (name) => `${name} é`],
  [BINARY, (name) => `${name}\xff`],
  [BLOB, (name) => binaryToBytes(`${name}\0`)],
  [BOOL, () => true],
  [INT, (name) => -numberOf(name)],
  [UINT, numberOf],
  [UINT_32, numberOf],
  [INT_ID, (name) => -BigInt(numberOf(name))],
  [UINT_ID, (name) => (1n << 63n) + BigInt(numberOf(name))],
]);

/** Another one for every name. */
function numberOf(name: string): number {
  let number = name.length;
  for (const char of name) number = (number * 31 + char.charCodeAt(0)) % 1_000_003;
  return number;
}

/** A field of a message, or an alternative of a oneof. */
export type Row = [name: string, row: readonly [number: number, kind: Kind<unknown>]];

export function rowsOf({ table }: { readonly table: object }): Row[] {
  return Object.entries<Row[1]>(table as Record<string, Row[1]>);
}

export function alternativesOf({ alternatives }: { readonly alternatives: () => object }): Row[] {
  return rowsOf({ table: alternatives() });
}

export function isList(kind: Kind<unknown>): boolean {
  return Array.isArray(kind.absent());
}
