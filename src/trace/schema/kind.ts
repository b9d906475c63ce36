import type { Instant } from "../../base/time.ts";
import { type Fields, type Flat, integer, type RecordOf, type Shape } from "./shape.ts";

/**
 * Layers, so that a sink can ask for no more than it needs:
 *  - STEP: what the world hands to a member (a delivery, a wake-up, a request) and faults;
 *  - STATE: what changed on a member (role, vote, log, commit, applied …);
 *  - DETAIL: messages sent, disk work, etcd-raft's own log lines — for people;
 *  - BINDING: of the deliveries, those by which a member binds itself (votes, acknowledgements of
 *    entries that it had not acknowledged yet). With STATE it is what the invariants need, at a
 *    fraction of STEP's cost;
 *  - DATA: what applied entries did to keys, leases and alarms, and what watches and locks gave
 *    to clients;
 *  - CLIENT: what clients asked for and what they got, which is part of STEP too.
 *
 * @public
 */
export const Layer = {
  Step: 1,
  State: 2,
  Detail: 4,
  Binding: 8,
  Data: 16,
  Client: 32,
  All: 63,
} as const;

/** What all events of the trace have (see events.ts). */
export interface Base {
  seq: number;
  readonly at: Instant;
  readonly member: number;
  readonly cause: number;
}

export const BASE_FIELDS = {
  seq: integer,
  at: integer,
  member: integer,
  cause: integer,
} satisfies Record<keyof Base, Shape>;

/** What is said of a kind of event: the layers it belongs to, and its own fields. */
export interface Kind<F extends Fields = Fields> {
  readonly layers: number;
  readonly fields: F;
}

export function kind<const F extends Fields>(layers: number, fields: F): Kind<F> {
  return { layers, fields };
}

/** The event of the kind that is called `K` and described by `D`. */
export type EventAs<K, D extends Kind> = Flat<Base & { readonly kind: K } & RecordOf<D["fields"]>>;
