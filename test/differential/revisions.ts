/**
 * A revision as a program names it: relative to the store's current or compacted one, so that the
 * program means the same wherever in a server's life it runs. A number stands for itself.
 */
export type Revision = number | { readonly from: "now" | "compacted"; readonly plus: number };

/** The store's revisions at the moment when a call is made. */
export interface Revisions {
  readonly now: number;
  readonly compacted: number;
}

type RevisionField =
  | "revision"
  | "minModRevision"
  | "maxModRevision"
  | "minCreateRevision"
  | "maxCreateRevision"
  | "createRevision"
  | "startRevision"
  | "modRevision";

/** A request whose revisions are relative. */
export type Relative<T> = T extends Uint8Array | string | number | bigint | boolean
  ? T
  : { readonly [F in keyof T]: F extends RevisionField ? Revision : Relative<T[F]> };

/** The request as it is sent now. A revision that turns out 0 or less is sent like that. */
export function resolve<T>(request: Relative<T>, at: Revisions): T {
  return resolveAny(request, at) as T;
}

function resolveAny(value: unknown, at: Revisions): unknown {
  if (Array.isArray(value)) return value.map((part) => resolveAny(part, at));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if ("from" in value) {
    const { from, plus } = value as Exclude<Revision, number>;
    return at[from] + plus;
  }
  const out: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) out[name] = resolveAny(part, at);
  return out;
}
