import type { z } from "zod";
import type { CallOptions } from "../../../client/client.ts";
import { flag, integer, members, record, text } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import type { Selector } from "../selectors.ts";

const CLIENT_MAX = 32;
export const ONLY_NEEDS_TO = "`only` needs `to`: the one member to ask";

export const clientId = integer(1, CLIENT_MAX);

/** Who asks, whom, and what it is called. */
export const addressed = {
  client: clientId.default(1),
  /** The first member to try; alone if `only`. */
  to: members.optional(),
  only: flag.default(false),
  as: text.optional(),
};

export interface Addressed {
  readonly client: number;
  readonly to?: Selector | undefined;
  readonly only: boolean;
  readonly as?: string | undefined;
}

/** A request to one member: `only` says that no other is tried. */
export function request<S extends z.ZodRawShape>(noun: string, shape: S) {
  return record(noun, { ...shape, ...addressed }).refine(
    (input) =>
      !("only" in input && input.only === true) || ("to" in input && input.to !== undefined),
    { error: ONLY_NEEDS_TO },
  );
}

export function callOptions(world: World, { to, only }: Addressed): CallOptions {
  return to === undefined ? {} : { to: world.member(to), pin: only };
}
