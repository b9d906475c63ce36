import type { ApiError } from "../../api/errors.ts";
import type { StreamMethod, StreamRequest, StreamResponse } from "../../api/requests.ts";
import type { Duration } from "../../base/time.ts";
import type { Caller } from "../../client/caller.ts";
import { CONNECTION_LOST, REFUSED } from "../../client/certainty.ts";
import type { StreamInput } from "../../member/protocol.ts";
import { EventKind } from "../event-kinds.ts";
import type { ClientNetwork } from "./client-network.ts";
import type { ClientWorld } from "./client-world.ts";
import {
  type Downward,
  type StreamEnd,
  type StreamPacket,
  StreamPipe,
  type Upward,
} from "./stream-pipe.ts";
import { emitRequest } from "./trace-call.ts";

/** When a silent connection is pinged, and how long the answer may take (clientv3's DialKeepAlive…). */
export interface KeepAliveTimes {
  readonly idleUs: Duration;
  readonly timeoutUs: Duration;
}

/**
 * The streams between clients and members. A member's crash breaks its streams. While a client is cut
 * off from a member, or the member is paused, what they say waits, as TCP sends it again and again; the
 * client's pings find no answer either, and then the client breaks the connection.
 *
 * Pings are not events: a ping that is answered changes nothing, so that only those are reckoned with
 * that are not.
 */
export class Connections {
  private readonly world: ClientWorld;
  private readonly wire: ClientNetwork;
  private readonly times: KeepAliveTimes;
  private readonly pipes = new Map<number, StreamPipe>();
  private opened = 0;

  constructor(world: ClientWorld, wire: ClientNetwork, times: KeepAliveTimes) {
    this.world = world;
    this.wire = wire;
    this.times = times;
  }

  // ---- the client's side -----------------------------------------------------------------------

  open(
    method: StreamMethod,
    caller: Caller,
    member: number,
    requireLeader: boolean,
    end: StreamEnd,
    cause: number,
  ): StreamPipe {
    const { now } = this.world.clock;
    const pipe = new StreamPipe(++this.opened, caller, member, end, now);
    this.pipes.set(pipe.id, pipe);
    const { id: streamId } = pipe;
    this.up(pipe, { kind: "open", streamId, method, token: caller.token, requireLeader }, cause);
    if (this.isSilent(pipe)) this.watchSilence(pipe);
    return pipe;
  }

  /** @param op the operation that it is; 0: none */
  request(pipe: StreamPipe, request: StreamRequest, cause: number, op = 0): void {
    if (pipe.open) this.up(pipe, { kind: "request", streamId: pipe.id, request }, cause, op);
  }

  /** The client has taken so many bytes of what was pushed. */
  consumed(pipe: StreamPipe, bytes: number): void {
    if (pipe.open) this.up(pipe, { kind: "consumed", streamId: pipe.id, bytes }, 0);
  }

  /** The client needs it no more: it hears nothing from now on, and the member will be told. */
  close(pipe: StreamPipe): void {
    if (!pipe.open) return;
    this.up(pipe, { kind: "close", streamId: pipe.id }, 0);
    pipe.open = false;
    this.stopTimer(pipe);
    if (pipe.dead) this.pipes.delete(pipe.id);
  }

  private up(pipe: StreamPipe, input: StreamInput, cause: number, op = 0): void {
    const { clock } = this.world;
    pipe.upAt = Math.max(pipe.upAt, clock.now + this.wire.streamDelay());
    const packet: StreamPacket = { pipe, up: { input, cause, op }, down: null };
    clock.at(pipe.upAt, EventKind.StreamPacket, pipe.member, packet);
  }

  // ---- the member's side -----------------------------------------------------------------------

  push(streamId: number, response: StreamResponse, bytes: number): void {
    this.down(streamId, { response, bytes, error: null });
  }

  /** The member ends a stream. */
  end(streamId: number, error: ApiError): void {
    this.down(streamId, { response: null, bytes: 0, error });
  }

  private down(streamId: number, down: Downward): void {
    const pipe = this.pipes.get(streamId);
    if (pipe === undefined || !pipe.open) return;
    const { clock } = this.world;
    pipe.downAt = Math.max(pipe.downAt, clock.now + this.wire.streamDelay());
    const packet: StreamPacket = { pipe, up: null, down };
    clock.at(pipe.downAt, EventKind.StreamPacket, pipe.caller.id, packet);
  }

  // ---- arrivals --------------------------------------------------------------------------------

  arrive({ pipe, up, down }: StreamPacket): void {
    const cut = this.wire.isCut(pipe.caller.id, pipe.member);
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
    const node = this.world.node(pipe.member);
    if (node.status === "down" || node.status === "refused") {
      this.end(pipe.id, pipe.life === 0 ? REFUSED : CONNECTION_LOST);
      return;
    }
    if (input.kind === "open") pipe.life = node.lives;
    // The process that knew this stream is gone.
    if (pipe.life !== node.lives) return;
    node.stream(input, this.told(pipe, node.id, up));
  }

  /** Tells the trace of a request that is an operation; watches are told of otherwise. */
  private told(pipe: StreamPipe, member: number, { input, cause, op }: Upward): number {
    if (input.kind !== "request" || input.request.type !== "leaseKeepAlive") return cause;
    return emitRequest(this.world, member, pipe.caller.id, op, input.request, cause);
  }

  private deliverDown(pipe: StreamPipe, down: Downward): void {
    if (!pipe.open) return;
    if (pipe.caller.paused) {
      pipe.caller.defer(() => this.deliverDown(pipe, down));
      return;
    }
    pipe.heardAt = this.world.clock.now;
    if (down.response !== null) pipe.end.pushed(down.response, down.bytes);
    else if (down.error !== null) {
      this.forget(pipe);
      pipe.end.ended(down.error);
    }
  }

  private forget(pipe: StreamPipe): void {
    pipe.open = false;
    this.stopTimer(pipe);
    this.pipes.delete(pipe.id);
  }

  // ---- what happens to connections -------------------------------------------------------------

  /** A member's process is gone: its end of the connections resets them. */
  connectionsLost(member: number): void {
    for (const pipe of this.pipes.values()) {
      if (pipe.member !== member || pipe.life === 0 || pipe.dead) continue;
      pipe.dead = true;
      pipe.heldUp = [];
      if (pipe.open) this.end(pipe.id, CONNECTION_LOST);
      else this.pipes.delete(pipe.id);
    }
  }

  /** Some clients and members may not hear each other any more. */
  cut(): void {
    for (const pipe of this.pipes.values()) {
      if (pipe.open && pipe.silence === 0 && this.isSilent(pipe)) this.watchSilence(pipe);
    }
  }

  /** Some hear each other again: what waited is let through. */
  healed(): void {
    const { now } = this.world.clock;
    for (const pipe of [...this.pipes.values()]) {
      if (this.wire.isCut(pipe.caller.id, pipe.member)) continue;
      const { heldUp, heldDown } = pipe;
      pipe.heldUp = [];
      pipe.heldDown = [];
      for (const up of heldUp) this.deliverUp(pipe, up);
      for (const down of heldDown) this.deliverDown(pipe, down);
      if (pipe.silence === 0 || this.isSilent(pipe)) continue;
      pipe.heardAt = now;
      this.stopTimer(pipe);
    }
  }

  private isSilent(pipe: StreamPipe): boolean {
    const cut = this.wire.isCut(pipe.caller.id, pipe.member);
    return cut || this.world.node(pipe.member).status === "paused";
  }

  /** The first ping that is not answered is the next one; the connection ends a little after it. */
  private watchSilence(pipe: StreamPipe): void {
    const { clock } = this.world;
    const { caller } = pipe;
    const { idleUs, timeoutUs } = this.times;
    const quiet = clock.now - pipe.heardAt;
    const pings = Math.floor(quiet / idleUs) + 1;
    const at = pipe.heardAt + pings * idleUs + timeoutUs;
    const fire = () => {
      // It may have spoken again while the client was paused.
      if (!pipe.open || pipe.silence === 0) return;
      this.close(pipe);
      pipe.end.ended(CONNECTION_LOST);
    };
    pipe.silence = clock.at(at, EventKind.ClientTimer, caller.id, { caller, fire });
  }

  private stopTimer(pipe: StreamPipe): void {
    if (pipe.silence !== 0) this.world.clock.cancel(pipe.silence);
    pipe.silence = 0;
  }
}
