import type { z } from "zod";
import type { Duration } from "../../../base/time.ts";
import type { World } from "../../run/world.ts";
import type { Names, NamesOf } from "../names.ts";

/** One word of a step: what it takes, which names it gives and refers to, and what it does. */
export interface Action {
  readonly about: string;
  readonly schema: z.ZodType;
  names(names: Names, argument: unknown): void;
  run(world: World, argument: unknown): void;
  /** How long the run goes on within it, at least. */
  takes(argument: unknown): Duration;
}

/** Ties the argument of `names` and `run` to the schema's output; the table of actions forgets the type again. */
export function action<S extends z.ZodType>(
  about: string,
  schema: S,
  names: NamesOf<z.output<S>>,
  run: (world: World, argument: z.output<S>) => void,
  takes: (argument: z.output<S>) => Duration = () => 0,
): Action {
  return {
    about,
    schema,
    names: (all, argument) => names(all, argument as z.output<S>),
    run: (world, argument) => run(world, argument as z.output<S>),
    takes: (argument) => takes(argument as z.output<S>),
  };
}
