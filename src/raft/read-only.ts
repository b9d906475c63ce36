import type { RaftMistakes } from "../museum/raft.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { Tracker } from "./tracker/tracker.ts";
import { EMPTY, type Index, type Message, type NodeId } from "./types.ts";

/** How a leader makes sure that it still is one before it answers a read (thesis 6.4). */
export const ReadOnlyOption = { Safe: 0, LeaseBased: 1 } as const;
export type ReadOnlyOption = (typeof ReadOnlyOption)[keyof typeof ReadOnlyOption];

/** A read that waits for a quorum to confirm the leader; `index` was committed when it came. */
export interface WaitingRead {
  readonly request: Message;
  readonly index: Index;
}

/**
 * The reads that wait for a round of heartbeats (etcd-io/raft's read_only.go).
 *
 * Reads are numbered from 1 in the order they came. A heartbeat carries the number of the last
 * one, made here and not by the caller, so that a late answer to an old read can never confirm a
 * newer one; what a quorum has echoed confirms all reads up to that number.
 */
export class ReadOnly {
  private readonly acks = new Map<NodeId, number>();
  private waiting: WaitingRead[] = [];
  private confirmed = 0;
  private readonly mistakes: RaftMistakes;

  constructor(mistakes: RaftMistakes = NO_MISTAKES) {
    this.mistakes = mistakes;
  }

  add(index: Index, request: Message): void {
    this.waiting.push({ request, index });
  }

  /** `from` echoed `context`. */
  acknowledge(from: NodeId, context: Uint8Array): void {
    if (context.length < 8) return;
    this.acks.set(from, Math.max(this.acks.get(from) ?? 0, decodePosition(context)));
  }

  /** What a heartbeat must carry to confirm all waiting reads; empty if there are none. */
  heartbeatContext(): Uint8Array {
    if (this.waiting.length === 0) return EMPTY;
    return encodePosition(this.confirmed + this.waiting.length);
  }

  /** The reads that a quorum of the current configuration has confirmed by now. */
  takeConfirmed(tracker: Tracker): readonly WaitingRead[] {
    const reached = tracker.quorumReached((progress) => this.acks.get(progress.id) ?? 0);
    if (reached <= this.confirmed) return [];
    const taken = this.waiting.splice(0, reached - this.confirmed);
    // Known mistake R26: numbers begin anew. A late echo of an old round, from one that has gone over
    // to another leader since, confirms a read that came later.
    if (this.mistakes.reusesReadContexts) {
      for (const [id, ack] of this.acks) this.acks.set(id, Math.max(0, ack - reached));
    } else this.confirmed = reached;
    return taken;
  }
}

function encodePosition(position: number): Uint8Array {
  const bytes = new Uint8Array(8);
  let rest = position;
  for (let i = 0; i < 8; i++) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function decodePosition(bytes: Uint8Array): number {
  let position = 0;
  for (let i = 7; i >= 0; i--) position = position * 256 + (bytes[i] as number);
  return position;
}
