import type { z } from "zod";
import type { World } from "../../run/world.ts";

/** One word of a step: what it takes, and what it does. */
export interface Action {
  readonly about: string;
  readonly schema: z.ZodType;
  run(world: World, argument: unknown): void;
}

/** Ties `run`'s argument to the schema's output; the table of actions forgets the type again. */
export function action<S extends z.ZodType>(
  about: string,
  schema: S,
  run: (world: World, argument: z.output<S>) => void,
): Action {
  return { about, schema, run: (world, argument) => run(world, argument as z.output<S>) };
}
