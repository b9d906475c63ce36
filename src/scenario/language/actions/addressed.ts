import type { z } from "zod";
import type { CallOptions } from "../../../client/client.ts";
import { flag, integer, members, record, text } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import type { Names, Path } from "../names.ts";
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

/** An operation as conditions and expectations know it. */
export interface Called {
  readonly as?: string | undefined;
  /** `as`, or else what the word says it is called. */
  readonly operation: string;
}

/** Adds what the operation is called without `as`. */
export function called<O extends { readonly as?: string | undefined }, I>(
  schema: z.ZodType<O, I>,
  otherwise: (input: O) => string,
) {
  return schema.transform((input) => ({ ...input, operation: input.as ?? otherwise(input) }));
}

/** Who asks for an operation, and whom. */
export interface Asked extends Called {
  readonly client: number;
  readonly to?: Selector | undefined;
}

/** A client asks for something. */
export function asks(names: Names, input: Asked): void {
  acts(names, input.client);
  referToMembers(names, input.to, "to");
  if (input.as !== undefined) names.reserve(input.as);
  names.give("operation", input.operation);
}

export function acts(names: Names, client: number): void {
  names.give("client", String(client));
}

/** Something happens to a client, which must be one that asks for anything at all. */
export function happensTo(names: Names, client: number, ...at: Path): void {
  const id = String(client);
  if (!names.whole.has("client", id)) names.refer("client", id, ...at);
}
