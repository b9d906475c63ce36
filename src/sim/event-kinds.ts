import type { Message } from "../member/protocol.ts";
import type { Envelope } from "./network/link.ts";
import type { PeerRpc } from "./network/peer-rpc.ts";

/** What the events of the queue are; `target` is a member unless said otherwise. */
export const EventKind = {
  Boot: 0,
  Wake: 1,
  /** Payload: Envelope<Packet>. */
  Deliver: 2,
  /** Payload: the sync's token. */
  DiskDone: 3,
  /** The member learns that a peer (payload) refuses connections. */
  Unreachable: 4,
  /** Sending a snapshot to a peer ended. Payload: SnapshotOutcome. */
  SnapshotSent: 5,
  /** A client's request reaches the member. Payload: UnaryCallEvents. */
  Request: 6,
  /** The reply reaches the client (target). Payload: UnaryCallEvents. */
  Reply: 7,
  /** The member learns that the client has gone. Payload: UnaryCallEvents. */
  Canceled: 8,
  /** A timer of a client (target). Payload: ClientTimer. */
  ClientTimer: 9,
  /** Something of a stream reaches its member or its client (target). Payload: its StreamPacket. */
  StreamPacket: 10,
  /** What a member asked a peer outside of Raft was refused. Payload: PeerRefusal. */
  PeerRefused: 11,
  /** The member is told by a peer that it was removed from the cluster. */
  Rejected: 12,
  /** A step of a fault that takes its time. Payload: PlannedStep. */
  Planned: 13,
  /** All chance is another from now on. Payload: its seed. */
  Reseed: 14,
} as const;

export interface SnapshotOutcome {
  readonly peer: number;
  readonly ok: boolean;
}

export interface PeerRefusal {
  readonly callId: number;
  readonly life: number;
}

/** What happens to a client's unary call (`clients/client-transport.ts`). */
export interface UnaryCallEvents {
  arrive(): void;
  canceled(): void;
  replied(): void;
}

/** A client's timer (`clients/client-process.ts`). */
export interface ClientTimer {
  ranOut(): void;
}

/** A step of a fault that takes its time (`swizzle.ts`). */
export interface PlannedStep {
  comes(): void;
}

/** What travels between members. */
export type Packet = Message | PeerRpc;

export type Payload =
  | Envelope<Packet>
  | PeerRefusal
  | number
  | SnapshotOutcome
  | UnaryCallEvents
  | ClientTimer
  | PlannedStep
  /** A StreamPacket, which only clients know the inside of. */
  | { readonly pipe: object };
