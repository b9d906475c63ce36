import { KINDS, type TraceEvent, type TraceKind } from "../../src/trace/events.ts";
import type { Fields, Optional, Shape } from "../../src/trace/schema/shape.ts";

/**
 * Events made of nothing but their description: one of every kind (of every variant of it) with
 * every field set, and all that differ from such a one in one place.
 */

const KIND_NAMES = Object.keys(KINDS) as TraceKind[];

/** One event of every kind, with every field set; numbered from 1. */
export function everyKind(): TraceEvent[] {
  return KIND_NAMES.flatMap((kind) =>
    samplesOf(KINDS[kind].fields).map((own) => ({ kind, own })),
  ).map(
    ({ kind, own }, i) =>
      ({ seq: i + 1, at: 5_000_000_000, member: 2, cause: 0, kind, ...own }) as TraceEvent,
  );
}

/** One change of an event: where, and the event with it. */
export interface Change {
  readonly where: string;
  readonly event: TraceEvent;
}

/** Every event that differs from this one in one of its kind's own fields, or within it. */
export function changesOf(event: TraceEvent): Change[] {
  return changedRecords({ ...event }, KINDS[event.kind].fields).map(([where, changed]) => ({
    where,
    event: changed as unknown as TraceEvent,
  }));
}

type Values = Readonly<Record<string, unknown>>;
type Changed<T> = readonly [where: string, value: T];

/** Records with all their fields: more than one if a field has variants. */
function samplesOf(fields: Fields): Values[] {
  let records: Values[] = [{}];
  for (const [name, shape] of Object.entries(fields)) {
    const values = samples(shape);
    records = values.flatMap((value) => records.map((record) => ({ ...record, [name]: value })));
  }
  return records;
}

function samples(shape: Shape | Optional): unknown[] {
  switch (shape.form) {
    case "integer":
      return [7];
    case "text":
      return ["text"];
    case "flag":
      return [true];
    case "word":
      return [shape.words[0]];
    case "pair":
      return [[1, 2]];
    case "list":
    case "column":
      return [[...samples(shape.of), ...samples(shape.of)]];
    case "record":
      return samplesOf(shape.fields);
    case "variants":
      return Object.entries(shape.variants).flatMap(([type, fields]) =>
        samplesOf(fields).map((record) => ({ type, ...record })),
      );
    case "nullable":
    case "optional":
      return samples(shape.of);
  }
}

function changedRecords(record: Values, fields: Fields): Changed<Values>[] {
  return Object.entries(fields).flatMap(([name, shape]) =>
    changed(record[name], shape).map(([where, value]): Changed<Values> => {
      const { [name]: _, ...rest } = record;
      return [`${name}${where}`, value === undefined ? rest : { ...record, [name]: value }];
    }),
  );
}

/** All values of the shape that differ from this one in one place; undefined: absent. */
function changed(value: unknown, shape: Shape | Optional): Changed<unknown>[] {
  switch (shape.form) {
    case "integer": {
      const n = value as number;
      return [n + 1, -n, n + 2 ** 32, 2 ** 30 + n].map((other) => [` = ${other}`, other]);
    }
    case "text":
      return ["", `${value}~`, "\0\xff"].map((other) => [` = ${JSON.stringify(other)}`, other]);
    case "flag":
      return [[" = false", !value]];
    case "word":
      return shape.words.filter((word) => word !== value).map((word) => [` = ${word}`, word]);
    case "pair": {
      const [from, to] = value as [number, number];
      return [
        [".from", [from + 9, to]],
        [".to", [from, to + 9]],
      ];
    }
    case "list":
      return [
        [" = []", []],
        [" longer", [...list(value), list(value)[0]]],
        ...within(value, shape.of),
      ];
    case "column":
      return within(value, shape.of);
    case "record":
      return changedRecords(value as Values, shape.fields).map(([at, other]) => [`.${at}`, other]);
    case "variants": {
      const { type } = value as { readonly type: string };
      return changedRecords(value as Values, shape.variants[type] as Fields).map(([at, other]) => [
        `.${at}`,
        other,
      ]);
    }
    case "nullable":
      return [[" = null", null], ...changed(value, shape.of)];
    case "optional":
      return [[" absent", undefined], ...changed(value, shape.of)];
  }
}

const list = (value: unknown) => value as readonly unknown[];

/** Lists that differ in one of their elements. */
function within(value: unknown, of: Shape): Changed<unknown>[] {
  return list(value).flatMap((element, i) =>
    changed(element, of).map(
      ([where, other]): Changed<unknown> => [`[${i}]${where}`, list(value).with(i, other)],
    ),
  );
}
