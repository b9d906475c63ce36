import type { ApiError } from "../../api/errors.ts";
import type { StreamMethod, StreamResponse } from "../../api/requests.ts";
import type { Duration } from "../../base/time.ts";
import { CONNECTION_LOST, REFUSED } from "../../client/certainty.ts";
import type {
  Observed,
  StreamListener,
  StreamMetadata,
  TransportStream,
} from "../../client/ports.ts";
import type { StreamInput } from "../../member/protocol.ts";
import { EventKind } from "../event-kinds.ts";
import type { ClientNetwork } from "./client-network.ts";
import type { ClientProcess } from "./client-process.ts";
import type { ClientWorld } from "./client-world.ts";
import { emitRequest } from "./emit-request.ts";
import {
  type Downward,
  type StreamCarrier,
  type StreamPacket,
  StreamPipe,
  type Upward,
} from "./stream-pipe.ts";

/** When a silent connection is pinged, and how long the answer may take (clientv3's DialKeepAlive…). */
export interface KeepAliveTimes {
  readonly idleUs: Duration;
  readonly timeoutUs: Duration;
}

/**
 * The connections between clients and members that carry streams, one each. A member's crash breaks its
 * connections. While a client is cut off from a member, or the member is paused, what they send waits, as
 * TCP sends it again and again; the client's pings find no answer either, and then the client breaks the
 * connection.
 *
 * Pings are not events: a ping that is answered changes nothing, so that only those are reckoned with
 * that are not.
 */
export class Connections implements StreamCarrier {
  private readonly world: ClientWorld;
  private readonly network: ClientNetwork;
  private readonly times: KeepAliveTimes;
  private readonly pipes = new Map<number, StreamPipe>();
  private opened = 0;

  constructor(world: ClientWorld, network: ClientNetwork, times: KeepAliveTimes) {
    this.world = world;
    this.network = network;
    this.times = times;
  }

  // ---- the client's side -----------------------------------------------------------------------

  open(
    process: ClientProcess,
    endpoint: number,
    method: StreamMethod,
    { token, requireLeader }: StreamMetadata,
    observed: Observed,
    listener: StreamListener,
  ): TransportStream {
    const streamId = ++this.opened;
    const { now } = this.world.clock;
    const pipe = new StreamPipe(streamId, process, endpoint, listener, this, now);
    this.pipes.set(streamId, pipe);
    this.sendUp(pipe, { kind: "open", streamId, method, token, requireLeader }, observed);
    if (this.isSilent(pipe)) this.startPingTimer(pipe);
    return pipe;
  }

  sendUp(pipe: StreamPipe, input: StreamInput, observed: Observed): void {
    const { clock } = this.world;
    pipe.upAt = Math.max(pipe.upAt, clock.now + this.network.streamDelay());
    const packet: StreamPacket = { pipe, up: { input, observed }, down: null };
    clock.at(pipe.upAt, EventKind.StreamPacket, pipe.endpoint, packet);
  }

  /** Its client closed it: the member learns of it later. */
  closed(pipe: StreamPipe): void {
    pipe.stopPingTimer();
    if (pipe.dead) this.pipes.delete(pipe.id);
  }

  // ---- the member's side -----------------------------------------------------------------------

  push(streamId: number, response: StreamResponse, bytes: number): void {
    this.sendDown(streamId, { response, bytes, error: null });
  }

  /** The member ends a stream. */
  end(streamId: number, error: ApiError | null): void {
    this.sendDown(streamId, { response: null, bytes: 0, error });
  }

  private sendDown(streamId: number, down: Downward): void {
    const pipe = this.pipes.get(streamId);
    if (pipe === undefined || !pipe.open) return;
    const { clock } = this.world;
    pipe.downAt = Math.max(pipe.downAt, clock.now + this.network.streamDelay());
    const packet: StreamPacket = { pipe, up: null, down };
    clock.at(pipe.downAt, EventKind.StreamPacket, pipe.process.id, packet);
  }

  // ---- arrivals --------------------------------------------------------------------------------

  arrive({ pipe, up, down }: StreamPacket): void {
    const cut = this.network.isCut(pipe.process.id, pipe.endpoint);
    if (up !== null) {
      if (cut || pipe.heldUp.length > 0) pipe.heldUp.push(up);
      else this.deliverUp(pipe, up);
    } else if (down !== null) {
      if (cut || pipe.heldDown.length > 0) pipe.heldDown.push(down);
      else this.deliverDown(pipe, down);
    }
  }

  private deliverUp(pipe: StreamPipe, up: Upward): void {
    const { input } = up;
    if (input.kind === "close") this.pipes.delete(pipe.id);
    if (pipe.dead) return;
    const node = this.world.node(pipe.endpoint);
    if (node.status === "down" || node.status === "refused") {
      this.end(pipe.id, pipe.life === 0 ? REFUSED : CONNECTION_LOST);
      return;
    }
    if (input.kind === "open") pipe.life = node.lives;
    // The process that knew this stream is gone.
    if (pipe.life !== node.lives) return;
    node.stream(input, this.causeOf(pipe, up));
  }

  /** A keep-alive is a call, and so is a RangeStream: that it was taken in is an event. Watches have events of their own. */
  private causeOf({ process, endpoint }: StreamPipe, { input, observed }: Upward): number {
    if (input.kind !== "request") return observed.cause;
    const { type, request } = input.request;
    if (type === "leaseKeepAlive") {
      return emitRequest(this.world, endpoint, process.id, observed, { type, request });
    }
    if (type !== "rangeStream") return observed.cause;
    return emitRequest(this.world, endpoint, process.id, observed, { type: "range", request });
  }

  private deliverDown(pipe: StreamPipe, down: Downward): void {
    if (!pipe.open) return;
    const { process, listener } = pipe;
    if (process.paused) {
      process.defer(() => this.deliverDown(pipe, down));
      return;
    }
    pipe.lastReceivedAt = this.world.clock.now;
    if (down.response !== null) listener.onResponse(down.response, down.bytes);
    else {
      pipe.open = false;
      pipe.stopPingTimer();
      this.pipes.delete(pipe.id);
      listener.onEnd(down.error);
    }
  }

  // ---- what happens to connections -------------------------------------------------------------

  /** A member's process is gone: its end of the connections resets them. */
  lost(member: number): void {
    for (const pipe of this.pipes.values()) {
      if (pipe.endpoint !== member || pipe.life === 0 || pipe.dead) continue;
      pipe.dead = true;
      pipe.heldUp = [];
      if (pipe.open) this.end(pipe.id, CONNECTION_LOST);
      else this.pipes.delete(pipe.id);
    }
  }

  /** Clients were cut off from members, or a member was paused: pings find no answer there. */
  onCut(): void {
    for (const pipe of this.pipes.values()) {
      if (pipe.open && pipe.pingTimer === null && this.isSilent(pipe)) this.startPingTimer(pipe);
    }
  }

  /** Cuts were healed, or a member goes on: what waited is let through. */
  onHeal(): void {
    const { now } = this.world.clock;
    for (const pipe of [...this.pipes.values()]) {
      if (this.network.isCut(pipe.process.id, pipe.endpoint)) continue;
      const { heldUp, heldDown } = pipe;
      pipe.heldUp = [];
      pipe.heldDown = [];
      for (const up of heldUp) this.deliverUp(pipe, up);
      for (const down of heldDown) this.deliverDown(pipe, down);
      if (pipe.pingTimer === null || this.isSilent(pipe)) continue;
      pipe.lastReceivedAt = now;
      pipe.stopPingTimer();
    }
  }

  /** Whether a ping would find no answer. */
  private isSilent(pipe: StreamPipe): boolean {
    const cut = this.network.isCut(pipe.process.id, pipe.endpoint);
    return cut || this.world.node(pipe.endpoint).status === "paused";
  }

  /** The first ping that is not answered is the next one; the connection ends a little after it. */
  private startPingTimer(pipe: StreamPipe): void {
    const { process, lastReceivedAt } = pipe;
    const { idleUs, timeoutUs } = this.times;
    const quiet = this.world.clock.now - lastReceivedAt;
    const pings = Math.floor(quiet / idleUs) + 1;
    const at = lastReceivedAt + pings * idleUs + timeoutUs;
    pipe.pingTimer = process.atGlobal(at, () => {
      if (!pipe.open) return;
      pipe.close();
      pipe.listener.onEnd(CONNECTION_LOST);
    });
  }
}
