import fc from "fast-check";
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
import { MappedMessage, TableMessage, UnionMessage } from "../../../src/api/wire/message.ts";
import { alternativesOf, isList, rowsOf } from "./sample.ts";

/** Any value of a kind, as its table says. `depth` bounds how often transactions nest. */
export function arbitraryOf(kind: Kind<unknown>, depth = 3): fc.Arbitrary<unknown> {
  const scalar = SCALARS.get(kind);
  if (scalar !== undefined) return scalar;
  if (kind instanceof TableMessage) {
    return fc.record(
      Object.fromEntries(rowsOf(kind).map(([name, [, of]]) => [name, arbitraryOf(of, depth)])),
    );
  }
  if (kind instanceof MappedMessage) return arbitraryOf(kind.wire, depth).map(kind.fromWire);
  if (kind instanceof UnionMessage) {
    const all = alternativesOf(kind);
    const here = depth === 0 ? all.slice(0, 1) : all;
    return fc.oneof(
      ...here.map(([type, [, of]]) =>
        fc.record({ type: fc.constant(type), [kind.slot]: arbitraryOf(of, depth - 1) }),
      ),
    );
  }
  if ("names" in kind) {
    const name = fc.constantFrom(...(kind as Choice<unknown, string>).names);
    return isList(kind) ? fc.array(name, { maxLength: 3 }) : name;
  }
  const of = arbitraryOf((kind as KindOf<unknown, unknown>).of, depth);
  if (isList(kind)) return fc.array(of, { maxLength: 3 });
  return kind.absent() === null ? fc.option(of) : of;
}

const int = fc.oneof(fc.constant(0), fc.integer({ min: -300, max: 300 }), fc.maxSafeInteger());
const uint = fc.oneof(fc.constant(0), fc.nat(300), fc.maxSafeNat());
const id = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

const SCALARS = new Map<unknown, fc.Arbitrary<unknown>>([
  [TEXT, fc.string({ unit: "grapheme", maxLength: 20 })],
  [BINARY, fc.string({ unit: fc.nat(255).map((c) => String.fromCharCode(c)), maxLength: 40 })],
  [BLOB, fc.uint8Array({ maxLength: 200 })],
  [BOOL, fc.boolean()],
  [INT, int],
  [UINT, uint],
  [UINT_32, uint.map((value) => value >>> 0)],
  [INT_ID, fc.oneof(fc.constant(0n), id).map((bits) => BigInt.asIntN(64, bits))],
  [UINT_ID, fc.oneof(fc.constant(0n), id)],
]);
