import type { z } from "zod";
import type { CallOptions } from "../../../client/client.ts";
import { flag, integer, members, record, text } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import type { Kind, Names, Path } from "../names.ts";
import type { Selector } from "../selectors.ts";

export const CLIENT_MAX = 32;
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
export interface NamedOperation {
  readonly as?: string | undefined;
  /** `as`, or else what the word says it is called. */
  readonly operation: string;
}

/** Of the schema's output: adds the name of the operation, which is `otherwise` without `as`. */
export function withOperation<O extends { readonly as?: string | undefined }, I>(
  schema: z.ZodType<O, I>,
  otherwise: (input: O) => string,
) {
  return schema.transform((input) => ({ ...input, operation: input.as ?? otherwise(input) }));
}

/** And who asks whom for it. */
export interface AddressedOperation extends NamedOperation {
  readonly client: number;
  readonly to?: Selector | undefined;
}

/**
 * A client asks for something that can be referred to.
 *
 * @param renewable of a kind that may be asked for again under the same name: the newer one counts
 */
export function giveOperation(
  names: Names,
  input: AddressedOperation,
  renewable: Kind | null = null,
): void {
  giveClient(names, input.client);
  referToMembers(names, input.to, "to");
  if (input.as !== undefined) names.reserve(input.as, renewable);
  names.give("operation", input.operation);
}

export function giveClient(names: Names, client: number): void {
  names.give("client", String(client));
}

/** Something happens to a client, which must be one that asks for anything in the whole scenario. */
export function referToClient(names: Names, client: number, ...at: Path): void {
  const id = String(client);
  if (!names.whole.has("client", id)) names.refer("client", id, ...at);
}
