import type { Duration } from "../../base/time.ts";

/**
 * The shape of a value as data. Of an event it is written once, in the tables beside this file, and
 * everything else follows from it: the TypeScript type ({@link TypeOf}), the digest (feed.ts), the
 * checked reading of trace files (misfit.ts) and the samples of the tests.
 */
export type Shape<T = unknown> = Form & { readonly [VALUE]?: T };

export type Form =
  /** A safe integer. */
  | { readonly form: "integer" }
  /** A string, binary ones (one char a byte) too. */
  | { readonly form: "text" }
  | { readonly form: "flag" }
  /** One of these strings. */
  | { readonly form: "word"; readonly words: readonly string[] }
  | { readonly form: "list"; readonly of: Shape }
  /** A list with one element for each row: all columns of a record are equally long. */
  | { readonly form: "column"; readonly of: Shape; readonly orEmpty: boolean }
  /** Two integers, `[from, to]`. */
  | { readonly form: "pair" }
  | { readonly form: "record"; readonly fields: Fields }
  /** A record whose other fields depend on its field `type`. */
  | { readonly form: "variants"; readonly variants: Readonly<Record<string, Fields>> }
  | { readonly form: "nullable"; readonly of: Shape };

/** The fields of a record in the order in which they are digested and written. */
export type Fields = Readonly<Record<string, Shape | Optional>>;

/** A field that may be absent. */
export interface Optional<T = unknown> {
  readonly form: "optional";
  readonly of: Shape<T>;
}

/** Carries a shape's type; no object has it. */
declare const VALUE: unique symbol;

export type TypeOf<S> = S extends Optional<infer T> ? T : S extends Shape<infer T> ? T : never;

/** Shown in full by editors and in error messages, instead of as an intersection. */
export type Flat<T> = { [K in keyof T]: T[K] };

export type RecordOf<F extends Fields> = Flat<
  { readonly [K in keyof F as F[K] extends Optional ? never : K]: TypeOf<F[K]> } & {
    readonly [K in keyof F as F[K] extends Optional ? K : never]?: TypeOf<F[K]>;
  }
>;

type VariantsOf<V extends Readonly<Record<string, Fields>>> = {
  [K in keyof V]: Flat<{ readonly type: K } & RecordOf<V[K]>>;
}[keyof V];

export const integer: Shape<number> = { form: "integer" };
/** µs */
export const duration: Shape<Duration> = integer;
export const text: Shape<string> = { form: "text" };
export const flag: Shape<boolean> = { form: "flag" };
export const pair: Shape<readonly [number, number]> = { form: "pair" };

export function word<const W extends readonly string[]>(...words: W): Shape<W[number]> {
  return { form: "word", words };
}

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  return { form: "list", of };
}

export function column<T>(of: Shape<T>): Shape<readonly T[]> {
  return { form: "column", of, orEmpty: false };
}

/** A column that may be left out: then it is empty, however many rows there are. */
export function columnOrEmpty<T>(of: Shape<T>): Shape<readonly T[]> {
  return { form: "column", of, orEmpty: true };
}

export function record<const F extends Fields>(fields: F): Shape<RecordOf<F>> {
  return { form: "record", fields };
}

export function variants<const V extends Readonly<Record<string, Fields>>>(
  variants: V,
): Shape<VariantsOf<V>> {
  return { form: "variants", variants };
}

export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return { form: "nullable", of };
}

export function optional<T>(of: Shape<T>): Optional<T> {
  return { form: "optional", of };
}
