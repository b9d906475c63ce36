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
  /** A client's attempt reaches the member. Payload: its Attempt. */
  Request: 6,
  /** A reply reaches the client (target). Payload: ClientReply. */
  Reply: 7,
  /** A client (target) gives an attempt up. Payload: Attempt. */
  ClientTimeout: 8,
  /** A client (target) tries again. Payload: its Call. */
  ClientRetry: 9,
  /** What a member asked a peer outside of Raft was refused. Payload: PeerRefusal. */
  PeerRefused: 10,
  /** A timer of a client (target). Payload: ClientTimer. */
  ClientTimer: 11,
  /** Something of a stream reaches its member or its client (target). Payload: its StreamPacket. */
  StreamPacket: 12,
  /** The member is told by a peer that it was removed from the cluster. */
  Rejected: 13,
  /** A client's attempt is given up, as its member learns now. Payload: its Attempt. */
  Canceled: 14,
} as const;

export interface SnapshotOutcome {
  readonly peer: number;
  readonly ok: boolean;
}

export interface PeerRefusal {
  readonly callId: number;
  readonly life: number;
}

/** A client's timer; what it does waits while the client is paused. */
export interface ClientTimer {
  readonly caller: { readonly paused: boolean; defer(input: () => void): void };
  fire(): void;
}

/** What only clients know the inside of (`client/call.ts`, `client/stream-pipe.ts`). */
export type ClientPayload =
  | { readonly attempt: object }
  | { readonly call: object }
  | { readonly policy: object }
  | { readonly pipe: object };

/** What travels between members. */
export type Packet = Message | PeerRpc;

export type Payload =
  | Envelope<Packet>
  | PeerRefusal
  | number
  | SnapshotOutcome
  | ClientTimer
  | ClientPayload;
