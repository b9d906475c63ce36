import type { EventId } from "../base/event-queue.ts";
import type { MemberReply, Message } from "../member/types.ts";
import type { Envelope } from "./link.ts";
import type { PeerPacket } from "./peer-packet.ts";
import type { ClientOperation } from "./types.ts";

/** What the events of the queue are; `target` is a member unless said otherwise. */
export const Kind = {
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
  /** A client's attempt reaches the member. Payload: Attempt. */
  Request: 6,
  /** A reply reaches the client (target). Payload: ClientReply. */
  Reply: 7,
  /** A client (target) gives an attempt up. Payload: Attempt. */
  ClientTimeout: 8,
  /** A client (target) tries again. Payload: Attempt. */
  ClientRetry: 9,
  /** What a member asked a peer outside of Raft was refused. Payload: PeerRefusal. */
  PeerRefused: 10,
} as const;

export interface SnapshotOutcome {
  readonly peer: number;
  readonly ok: boolean;
}

export interface PeerRefusal {
  readonly callId: number;
  readonly life: number;
}

/** One try of an operation at one member. */
export interface Attempt {
  readonly operation: ClientOperation;
  readonly callId: number;
  readonly to: number;
  readonly pinned: boolean;
  readonly number: number;
  /** Seq of the operation's `invoke`. */
  readonly invokeSeq: number;
  timer: EventId;
  /** The client still listens for its reply. */
  open: boolean;
  /** It reached the member: from here on nobody knows what became of it unless a reply comes. */
  delivered: boolean;
}

/** `reply` null: the connection was refused or lost before one came. */
export interface ClientReply {
  readonly attempt: Attempt;
  readonly reply: MemberReply | null;
  readonly refused: boolean;
}

/** What travels between members. */
export type Packet = Message | PeerPacket;

export type Payload =
  | Envelope<Packet>
  | PeerRefusal
  | number
  | SnapshotOutcome
  | Attempt
  | ClientReply;
