import { messageTypeName } from "../../member/tracing/summaries.ts";
import type { SimClock } from "../clock.ts";
import { EventKind, type Packet, type Payload } from "../event-kinds.ts";
import type { Envelope, Network } from "./network.ts";
import { PeerRpc } from "./peer-rpc.ts";

/** Whose messages: of a type ("any": of every type), from → to. */
export interface FlightsOf {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/**
 * Takes the n-th (from 1) of Raft's messages that are under way out of the network: those that wait on a
 * clogged link first, then in the order of their arrival. Null: there are not so many.
 */
export function takeFlight(
  clock: SimClock<Payload>,
  network: Network<Packet>,
  { from, to, message }: FlightsOf,
  n: number,
): Envelope<Packet> | null {
  const wanted = ({ payload }: Envelope<Packet>): boolean =>
    !(payload instanceof PeerRpc) && (message === "any" || messageTypeName(payload) === message);
  const held = network.heldOn(from, to).filter(wanted);
  const waiting = held[n - 1];
  if (waiting !== undefined) {
    network.remove(waiting);
    return waiting;
  }
  let left = n - held.length;
  for (const { id, kind, payload } of clock.queue.pending()) {
    if (kind !== EventKind.Deliver) continue;
    const envelope = payload as Envelope<Packet>;
    if (envelope.from !== from || envelope.to !== to || !wanted(envelope) || --left > 0) continue;
    clock.cancel(id);
    network.remove(envelope);
    return envelope;
  }
  return null;
}
