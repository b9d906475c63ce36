import type { Reply } from "../../api/reply.ts";
import type { ServiceRequest, ServiceResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { Instant } from "../../base/time.ts";
import { CONNECTION_LOST, REFUSED } from "../../client/certainty.ts";
import type { CallMetadata, Observed, TransportCall } from "../../client/ports.ts";
import type { Call } from "../../member/protocol.ts";
import { EventKind } from "../event-kinds.ts";
import type { ClientNetwork } from "./client-network.ts";
import type { ClientProcess } from "./client-process.ts";
import type { ClientWorld } from "./client-world.ts";
import { emitRequest } from "./emit-request.ts";

const CONNECTION_REFUSED: Reply<ServiceResponse> = { response: null, error: REFUSED };
const CONNECTION_BROKE: Reply<ServiceResponse> = { response: null, error: CONNECTION_LOST };

/** Unary calls on their way between clients and members: each is a request there and a reply back. */
export class UnaryCalls {
  readonly world: ClientWorld;
  readonly network: ClientNetwork;
  private callIds = 0;
  /** Those whose clients wait and whose replies are not under way yet, in the order of starting. */
  private readonly unanswered = new Map<number, UnaryCall>();

  constructor(world: ClientWorld, network: ClientNetwork) {
    this.world = world;
    this.network = network;
  }

  start(
    process: ClientProcess,
    endpoint: number,
    request: ServiceRequest,
    metadata: CallMetadata,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
  ): TransportCall {
    const { clock } = this.world;
    const callId = ++this.callIds;
    const { token, timeoutUs } = metadata;
    const message: Call = { kind: "call", callId, token, request, timeoutUs };
    const arrivesAt = clock.now + this.network.delay();
    const call = new UnaryCall(this, process, endpoint, message, observed, onReply, arrivesAt);
    this.unanswered.set(callId, call);
    clock.at(arrivesAt, EventKind.Request, endpoint, call);
    return call;
  }

  /** A member responds. Late responses find nobody who waits. */
  respond(callId: number, reply: Reply<ServiceResponse>): void {
    const call = this.unanswered.get(callId);
    if (call !== undefined) this.sendBack(call, reply);
  }

  /** A member's process is gone: open connections to it break. */
  connectionsLost(member: number): void {
    for (const call of this.unanswered.values()) {
      if (call.endpoint === member && call.delivered) this.sendBack(call, CONNECTION_BROKE);
    }
  }

  /** A reply sets out for the client. */
  sendBack(call: UnaryCall, reply: Reply<ServiceResponse>): void {
    const { clock } = this.world;
    this.forget(call);
    call.reply = reply;
    clock.at(clock.now + this.network.delay(), EventKind.Reply, call.process.id, call);
  }

  forget({ message }: UnaryCall): void {
    this.unanswered.delete(message.callId);
  }
}

export class UnaryCall implements TransportCall {
  readonly process: ClientProcess;
  readonly endpoint: number;
  /** What its member gets. */
  readonly message: Call;
  /** It reached the member: from here on nobody knows what becomes of it unless a reply comes. */
  delivered = false;
  /** Null while none is under way. */
  reply: Reply<ServiceResponse> | null = null;
  private readonly calls: UnaryCalls;
  private readonly observed: Observed;
  private readonly onReply: (reply: Reply<ServiceResponse>) => void;
  /** When it gets to the member. */
  private readonly arrivesAt: Instant;
  /** The client waits for its reply. */
  private open = true;

  constructor(
    calls: UnaryCalls,
    process: ClientProcess,
    endpoint: number,
    message: Call,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
    arrivesAt: Instant,
  ) {
    this.calls = calls;
    this.process = process;
    this.endpoint = endpoint;
    this.message = message;
    this.observed = observed;
    this.onReply = onReply;
    this.arrivesAt = arrivesAt;
  }

  // ---- the client --------------------------------------------------------------------------------

  abandon(): void {
    if (!this.open) return;
    this.open = false;
    this.calls.forget(this);
  }

  reset(): void {
    if (!this.open) return;
    this.abandon();
    const { clock } = this.calls.world;
    const at = Math.max(this.arrivesAt, clock.now + this.calls.network.streamDelay());
    clock.at(at, EventKind.Canceled, this.endpoint, this);
  }

  // ---- events of the queue -----------------------------------------------------------------------

  /** The request reaches its member. */
  arrive(): void {
    if (this.isCut) return;
    const { calls, process, message, observed } = this;
    const node = calls.world.node(this.endpoint);
    if (node.status === "down" || node.status === "refused") {
      calls.sendBack(this, CONNECTION_REFUSED);
      return;
    }
    this.delivered = true;
    const cause = emitRequest(calls.world, node.id, process.id, observed, message.request);
    node.request(message, cause);
  }

  /** The member learns that the client has gone. */
  canceled(): void {
    if (!this.delivered || this.isCut) return;
    const node = this.calls.world.node(this.endpoint);
    if (node.member !== null) node.canceled(this.message.callId);
  }

  /** The reply reaches the client. */
  replied(): void {
    if (!this.open || this.isCut) return;
    const { process, reply } = this;
    if (process.paused) {
      process.defer(() => this.replied());
      return;
    }
    assert(reply !== null, "a reply is under way");
    this.open = false;
    this.onReply(reply);
  }

  private get isCut(): boolean {
    return this.calls.network.isCut(this.process.id, this.endpoint);
  }
}
