import type { Reply } from "../../api/reply.ts";
import type { ServiceRequest, ServiceResponse, StreamMethod } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { Instant } from "../../base/time.ts";
import { CONNECTION_LOST, REFUSED } from "../../client/certainty.ts";
import type {
  CallMetadata,
  Observed,
  StreamListener,
  StreamMetadata,
  Transport,
  TransportCall,
  TransportStream,
} from "../../client/ports.ts";
import type { Call } from "../../member/protocol.ts";
import { EventKind } from "../event-kinds.ts";
import type { Caller } from "../machine/node.ts";
import type { ClientNetwork } from "./client-network.ts";
import type { ClientProcess } from "./client-process.ts";
import type { ClientWorld } from "./client-world.ts";
import type { Connections } from "./connections.ts";
import { emitRequest } from "./emit-request.ts";

/** How one client's requests get to members. Its endpoints are the members' numbers. */
export class ClientTransport implements Transport {
  readonly process: ClientProcess;
  readonly world: ClientWorld;
  readonly network: ClientNetwork;
  private readonly connections: Connections;

  constructor(
    process: ClientProcess,
    world: ClientWorld,
    network: ClientNetwork,
    connections: Connections,
  ) {
    this.process = process;
    this.world = world;
    this.network = network;
    this.connections = connections;
  }

  endpoints(): readonly number[] {
    return this.world.memberIds();
  }

  start(
    endpoint: number,
    request: ServiceRequest,
    { token, timeoutUs }: CallMetadata,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
  ): TransportCall {
    const { clock } = this.world;
    const callId = this.world.nextCallId();
    const message: Call = { kind: "call", callId, token, request, timeoutUs };
    const arrivesAt = clock.now + this.network.delay();
    const call = new UnaryCall(this, endpoint, message, observed, onReply, arrivesAt);
    clock.at(arrivesAt, EventKind.Request, endpoint, call);
    return call;
  }

  openStream(
    endpoint: number,
    method: StreamMethod,
    metadata: StreamMetadata,
    observed: Observed,
    listener: StreamListener,
  ): TransportStream {
    return this.connections.open(this.process, endpoint, method, metadata, observed, listener);
  }
}

/** A unary call on its way between its client and a member: a request there and a reply back. */
class UnaryCall implements TransportCall, Caller {
  private readonly transport: ClientTransport;
  private readonly endpoint: number;
  /** What its member gets. */
  private readonly message: Call;
  private readonly observed: Observed;
  private readonly onReply: (reply: Reply<ServiceResponse>) => void;
  /** When it gets to the member. */
  private readonly arrivesAt: Instant;
  /** It reached the member: from here on nobody knows what becomes of it unless a reply comes. */
  private delivered = false;
  /** Null while none is under way. */
  private reply: Reply<ServiceResponse> | null = null;
  /** The client waits for its reply. */
  private open = true;

  constructor(
    transport: ClientTransport,
    endpoint: number,
    message: Call,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
    arrivesAt: Instant,
  ) {
    this.transport = transport;
    this.endpoint = endpoint;
    this.message = message;
    this.observed = observed;
    this.onReply = onReply;
    this.arrivesAt = arrivesAt;
  }

  // ---- the client --------------------------------------------------------------------------------

  abandon(): void {
    this.open = false;
  }

  reset(): void {
    if (!this.open) return;
    this.open = false;
    const { world, network } = this.transport;
    const { clock } = world;
    const at = Math.max(this.arrivesAt, clock.now + network.streamDelay());
    clock.at(at, EventKind.Canceled, this.endpoint, this);
  }

  // ---- the member --------------------------------------------------------------------------------

  /** The member responds. A late response finds nobody who waits. */
  responded(reply: Reply<ServiceResponse>): void {
    if (this.open) this.sendBack(reply);
  }

  connectionLost(): void {
    if (this.open) this.sendBack({ response: null, error: CONNECTION_LOST });
  }

  /** A reply sets out for the client. */
  private sendBack(reply: Reply<ServiceResponse>): void {
    const { world, network, process } = this.transport;
    this.reply = reply;
    world.clock.at(world.clock.now + network.delay(), EventKind.Reply, process.id, this);
  }

  // ---- events of the queue -----------------------------------------------------------------------

  /** The request reaches its member. */
  arrive(): void {
    if (this.isCut) return;
    const { message, observed } = this;
    const { world, process } = this.transport;
    const node = world.node(this.endpoint);
    if (node.status === "down" || node.status === "refused") {
      this.sendBack({ response: null, error: REFUSED });
      return;
    }
    this.delivered = true;
    const cause = emitRequest(world, node.id, process.id, observed, message.request);
    node.request(message, cause, this);
  }

  /** The member learns that the client has gone. */
  canceled(): void {
    if (!this.delivered || this.isCut) return;
    const node = this.transport.world.node(this.endpoint);
    if (node.member !== null) node.canceled(this.message.callId);
  }

  /** The reply reaches the client. */
  replied(): void {
    if (!this.open || this.isCut) return;
    const { process } = this.transport;
    if (process.paused) {
      process.defer(() => this.replied());
      return;
    }
    const { reply } = this;
    assert(reply !== null, "a reply is under way");
    this.open = false;
    this.onReply(reply);
  }

  private get isCut(): boolean {
    return this.transport.network.isCut(this.transport.process.id, this.endpoint);
  }
}
