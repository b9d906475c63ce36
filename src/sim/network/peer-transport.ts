import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse } from "../../api/requests.ts";
import type { Duration } from "../../base/time.ts";
import type { Message, PeerRequest } from "../../member/protocol.ts";
import { isSnapshot, messageSummary, messageTypeName } from "../../member/tracing/summaries.ts";
import { type DropEvent, Layer } from "../../trace/events.ts";
import type { Trace } from "../../trace/trace.ts";
import type { SimClock } from "../clock.ts";
import { EventKind, type Packet, type Payload, type SnapshotOutcome } from "../event-kinds.ts";
import type { Node, NodePeers } from "../machine/node.ts";
import { Arrival, dropReason, type Envelope, Fate, type Network } from "./network.ts";
import { PeerRpc } from "./peer-rpc.ts";

/** How long a connection attempt to a machine without a process takes to be refused, in µs. */
const REFUSED_US = 500;
/** How long the sender of a snapshot that got lost waits before it gives up, in µs. */
const SNAPSHOT_TIMEOUT_US = 5_000_000;

/** The machines that messages go between. */
export interface PeerWorld {
  readonly clock: SimClock<Payload>;
  readonly trace: Trace;
  readonly network: Network<Packet>;
  has(id: number): boolean;
  node(id: number): Node;
}

/**
 * One machine's end of the network between members, as rafthttp is: Raft's messages, of whose loss the
 * sender learns where nobody listens, and in any case of a snapshot's; and the calls beside them.
 */
export class PeerTransport implements NodePeers {
  private readonly world: PeerWorld;
  private readonly node: Node;
  /** Peers' calls that are not responded to yet: by peer and call, the life of the calling process. */
  private readonly calls = new Map<number, Map<number, number>>();

  constructor(world: PeerWorld, node: Node) {
    this.world = world;
    this.node = node;
  }

  // ---- Raft's messages -----------------------------------------------------------------------

  send(message: Message): void {
    const { world, node } = this;
    const seq = (world.trace.layers & Layer.Detail) === 0 ? 0 : this.emitSend(node, message);
    // A peer that nobody started yet is a machine that refuses connections.
    if (!world.has(message.to)) {
      this.notSent(message);
      return;
    }
    const type = messageTypeName(message);
    const fate = world.network.send(node.id, message.to, type, message, seq);
    if (fate === Fate.Sent) return;
    if (seq !== 0) this.emitFate(message, fate, seq);
    if (fate !== Fate.Duplicated && isSnapshot(message)) this.snapshotLost(message);
  }

  /** A message, or a call beside Raft, has come to the end of its way. */
  deliver(envelope: Envelope<Packet>): void {
    const { payload: message, sendSeq } = envelope;
    if (message instanceof PeerRpc) {
      this.deliverRpc(envelope, message);
      return;
    }
    const { network } = this.world;
    const arrival = network.arrives(envelope);
    if (arrival === Arrival.Held) return;
    if (arrival === Arrival.Cut) {
      this.emitDrop(message, sendSeq, "partition");
      if (isSnapshot(message)) this.snapshotLost(message);
      return;
    }
    const at = network.arrivesAt(envelope);
    const node = this.world.node(at);
    const refuses = node.status === "down" || node.status === "refused";
    if (at !== message.to) this.emitDrop(message, sendSeq, "misdelivered");
    else if (refuses) this.emitDrop(message, sendSeq, "down");
    if (refuses) {
      this.notSent(message);
      return;
    }
    if (at !== message.to) {
      // Who should refuse it gets it; a sender waits for the answer to a snapshot alone.
      if (isSnapshot(message)) this.snapshotEnded(message, false, REFUSED_US);
      node.receiveStray(message, sendSeq);
      return;
    }
    if (isSnapshot(message)) this.snapshotEnded(message, true, REFUSED_US);
    node.receive(message, sendSeq);
  }

  /** A message that was under way is lost. */
  lost({ payload: message, sendSeq }: Envelope<Packet>): void {
    if (message instanceof PeerRpc) return;
    this.emitDrop(message, sendSeq, "loss");
    if (isSnapshot(message)) this.snapshotLost(message);
  }

  /** The other end refuses connections: the sender learns of it, as rafthttp reports it. */
  private notSent(message: Message): void {
    const { clock } = this.world;
    clock.at(clock.now + REFUSED_US, EventKind.Unreachable, message.from, message.to);
    if (isSnapshot(message)) this.snapshotEnded(message, false, REFUSED_US);
  }

  private snapshotLost(message: Message): void {
    this.snapshotEnded(message, false, SNAPSHOT_TIMEOUT_US);
  }

  /** The sender learns after so long whether its snapshot got through. */
  private snapshotEnded({ from, to }: Message, ok: boolean, us: Duration): void {
    const { clock } = this.world;
    const outcome: SnapshotOutcome = { peer: to, ok };
    clock.at(clock.now + us, EventKind.SnapshotSent, from, outcome);
  }

  // ---- what the trace is told of them --------------------------------------------------------

  private emitSend({ cause, id: member }: Node, message: Message): number {
    const { trace, clock } = this.world;
    const summary = messageSummary(message, true);
    return trace.emit({ seq: 0, kind: "send", at: clock.now, member, cause, message: summary });
  }

  private emitFate(message: Message, fate: Fate, cause: number): void {
    const { trace, clock } = this.world;
    const summary = messageSummary(message, true);
    const base = { at: clock.now, member: message.from, cause, message: summary };
    const reason = dropReason(fate);
    if (reason === null) trace.emit({ seq: 0, ...base, kind: "duplicate" });
    else trace.emit({ seq: 0, ...base, kind: "drop", reason });
  }

  private emitDrop(message: Message, cause: number, reason: DropEvent["reason"]): void {
    const { trace, clock } = this.world;
    if ((trace.layers & Layer.Detail) === 0) return;
    const base = { at: clock.now, member: message.from, message: messageSummary(message, true) };
    trace.emit({ seq: 0, ...base, kind: "drop", cause, reason });
  }

  // ---- beside Raft ---------------------------------------------------------------------------

  rpc(peer: number, callId: number, request: PeerRequest): void {
    const { id, lives } = this.node;
    this.sendRpc(new PeerRpc(id, peer, callId, lives, request, null));
  }

  respondPeer(peer: number, callId: number, reply: Reply<ServiceResponse>): void {
    const life = this.calls.get(peer)?.get(callId) ?? 0;
    this.calls.get(peer)?.delete(callId);
    this.sendRpc(new PeerRpc(this.node.id, peer, callId, life, null, reply));
  }

  asked({ from, callId, life }: PeerRpc): void {
    const calls = this.calls.get(from) ?? new Map<number, number>();
    this.calls.set(from, calls.set(callId, life));
  }

  booted(): void {
    this.calls.clear();
  }

  private sendRpc(rpc: PeerRpc): void {
    const { world } = this;
    if (world.has(rpc.to)) world.network.sendPeerRpc(rpc.from, rpc.to, rpc);
    else this.refuseRpc(rpc);
  }

  private deliverRpc(envelope: Envelope<Packet>, rpc: PeerRpc): void {
    const { world } = this;
    if (world.network.arrives(envelope) !== Arrival.Delivered) return;
    const node = world.node(rpc.to);
    if (node.status === "down" || node.status === "refused") this.refuseRpc(rpc);
    else node.receivePeerRpc(rpc);
  }

  private refuseRpc({ from, callId, life, request }: PeerRpc): void {
    if (request === null) return;
    const { clock } = this.world;
    clock.at(clock.now + REFUSED_US, EventKind.PeerRefused, from, { callId, life });
  }

  reject(peer: number): void {
    const { network, clock } = this.world;
    if (network.isCut(this.node.id, peer)) return;
    clock.at(clock.now + REFUSED_US, EventKind.Rejected, peer, null);
  }

  connectedFor(peer: number): Duration {
    const { world, node } = this;
    if (!world.has(peer)) return -1;
    const ends = [node, world.node(peer)];
    if (ends.some(({ status }) => status === "down" || status === "refused")) return -1;
    const since = Math.max(
      ...ends.map(({ upSince }) => upSince),
      world.network.openSince(node.id, peer),
      world.network.openSince(peer, node.id),
    );
    const { now } = world.clock;
    return since > now ? -1 : now - since;
  }
}
