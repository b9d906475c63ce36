import type { Fields, Optional, Shape } from "./shape.ts";

/** Where a value that was read does not have its shape. */
export interface Misfit {
  /** From the value that was asked about to the part at fault: "", `.from`, `[3].role`. */
  readonly path: string;
  /** Whether nothing is there. */
  readonly missing: boolean;
  /** What should be there, for "… must be …". */
  readonly wanted: string;
}

/** The first fault of a record read from JSON: its `path` begins with a field's name. Fields beyond those are let be. */
export function misfitOfFields(holder: object, fields: Fields): Misfit | null {
  const values = holder as Readonly<Record<string, unknown>>;
  const { all, columns } = planOf(fields);
  for (const [name, shape] of all) {
    const found = misfit(values[name], shape);
    if (found !== null) return { ...found, path: name + found.path };
  }
  return columns.length === 0 ? null : unequalColumn(values, columns);
}

interface Plan {
  readonly all: readonly (readonly [string, Shape | Optional])[];
  readonly columns: readonly (readonly [string, Shape & { readonly form: "column" }])[];
}

/** Records of a kind are read by the million. */
const plans = new WeakMap<Fields, Plan>();

function planOf(fields: Fields): Plan {
  const known = plans.get(fields);
  if (known !== undefined) return known;
  const all = Object.entries(fields);
  const columns = all.flatMap(([name, shape]) =>
    shape.form === "column" ? [[name, shape] as const] : [],
  );
  const plan = { all, columns };
  plans.set(fields, plan);
  return plan;
}

/** The first fault of a value read from JSON, or null. */
export function misfit(value: unknown, shape: Shape | Optional): Misfit | null {
  switch (shape.form) {
    case "integer":
      return Number.isSafeInteger(value) ? null : fault(value, "a whole number");
    case "text":
      return typeof value === "string" ? null : fault(value, "a text");
    case "flag":
      return typeof value === "boolean" ? null : fault(value, "true or false");
    case "word":
      return shape.words.includes(value as string) ? null : oneOf(value, shape.words);
    case "pair":
      return isPair(value) ? null : fault(value, "a pair [from, to]");
    case "list":
    case "column":
      return misfitOfElements(value, shape.of);
    case "record":
      return isRecord(value)
        ? nested(misfitOfFields(value, shape.fields))
        : fault(value, recordOf(shape.fields));
    case "variants":
      return misfitOfVariant(value, shape.variants);
    case "nullable": {
      const found = value === null ? null : misfit(value, shape.of);
      return found?.path === "" ? fault(value, `${found.wanted} or null`) : found;
    }
    case "optional":
      return value === undefined ? null : misfit(value, shape.of);
  }
}

function misfitOfElements(value: unknown, of: Shape): Misfit | null {
  if (!Array.isArray(value)) return fault(value, "a list");
  for (let i = 0; i < value.length; i++) {
    const found = misfit(value[i], of);
    if (found !== null) return { ...found, path: `[${i}]${found.path}` };
  }
  return null;
}

function misfitOfVariant(
  value: unknown,
  variants: Readonly<Record<string, Fields>>,
): Misfit | null {
  if (!isRecord(value)) return fault(value, "a record {type, …}");
  const { type } = value as { readonly type?: unknown };
  const fields = Object.hasOwn(variants, type as string) ? variants[type as string] : undefined;
  if (fields === undefined) return { ...oneOf(type, Object.keys(variants)), path: ".type" };
  return nested(misfitOfFields(value, fields));
}

/** The columns of a record have a row in common each. */
function unequalColumn(
  values: Readonly<Record<string, unknown>>,
  columns: Plan["columns"],
): Misfit | null {
  let first: string | undefined;
  for (const [name, shape] of columns) {
    first ??= name;
    const { length } = values[name] as readonly unknown[];
    if (shape.orEmpty && length === 0) continue;
    if (length !== (values[first] as readonly unknown[]).length) {
      return { path: name, missing: false, wanted: `as long as "${first}"` };
    }
  }
  return null;
}

/** `a record {type, from, to, …}` */
function recordOf(fields: Fields): string {
  const names = Object.keys(fields);
  return `a record {${[...names.slice(0, 3), ...(names.length > 3 ? ["…"] : [])].join(", ")}}`;
}

function fault(value: unknown, wanted: string): Misfit {
  return { path: "", missing: value === undefined, wanted };
}

function oneOf(value: unknown, words: readonly string[]): Misfit {
  return fault(value, `one of ${words.join(", ")}`);
}

function nested(found: Misfit | null): Misfit | null {
  return found === null ? null : { ...found, path: `.${found.path}` };
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}
