import type { z } from "zod";
import { membersNow } from "../../run/in-vain.ts";
import type { World } from "../../run/world.ts";
import type { Names, NamesOf } from "../names.ts";

/**
 * Something to wait for. `begin` is called when the waiting starts (so that "new" has a meaning);
 * the function it returns says whether it holds now, and is asked after each event that matters.
 */
export interface Condition {
  begin(world: World): () => boolean;
  /** What it is that keeps it from holding now, in words, for whoever waited in vain. */
  kept(world: World): string;
}

/** @param kept default: how the members are */
export function whenever(
  holds: (world: World) => boolean,
  kept: (world: World) => string = membersNow,
): Condition {
  return { begin: (world) => () => holds(world), kept: (world) => kept(world) };
}

/** A condition that takes an argument: `committed: 7`. */
export interface ConditionKey {
  readonly about: string;
  readonly schema: z.ZodType;
  names(names: Names, argument: unknown): void;
  make(argument: unknown): Condition;
}

export function condition<S extends z.ZodType>(
  about: string,
  schema: S,
  names: NamesOf<z.output<S>>,
  make: (argument: z.output<S>) => Condition,
): ConditionKey {
  return {
    about,
    schema,
    names: (all, argument) => names(all, argument as z.output<S>),
    make: (argument) => make(argument as z.output<S>),
  };
}
