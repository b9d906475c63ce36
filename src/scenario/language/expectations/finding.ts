import { z } from "zod";
import type { World } from "../../run/world.ts";
import type { Names, NamesOf } from "../names.ts";

/** What a check found: whether it holds, and in one line what was seen. */
export interface Finding {
  readonly ok: boolean;
  readonly found: string;
}

export type Check = (world: World) => Finding;

/** An expectation that takes an argument: `pending: stale write`. */
export interface ExpectationKey {
  readonly about: string;
  readonly schema: z.ZodType;
  names(names: Names, argument: unknown): void;
  check(argument: unknown): Check;
}

/** Ties `check`'s argument to the schema's output; the table of expectations forgets the type again. */
export function expectation<S extends z.ZodType>(
  about: string,
  schema: S,
  names: NamesOf<z.output<S>>,
  check: (argument: z.output<S>) => Check,
): ExpectationKey {
  return {
    about,
    schema,
    names: (all, argument) => names(all, argument as z.output<S>),
    check: (argument) => check(argument as z.output<S>),
  };
}

/** All must hold: the first that does not, else all of them in one line. */
export function all(findings: readonly Finding[]): Finding {
  const failed = findings.find(({ ok }) => !ok);
  return failed ?? { ok: true, found: findings.map(({ found }) => found).join("; ") };
}

/** An expectation about each of several things that the scenario named. */
export function each<V>(
  about: string,
  value: z.ZodType<V>,
  names: NamesOf<Readonly<Record<string, V>>>,
  check: (world: World, name: string, wanted: V) => Finding,
): ExpectationKey {
  return expectation(
    about,
    z.record(z.string(), value),
    names,
    (wanted) => (world) =>
      all(
        Object.entries(wanted as Record<string, V>).map(([name, one]) => check(world, name, one)),
      ),
  );
}
