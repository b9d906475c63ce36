import { CLIENT_RECEIVE_LIMIT, CLIENT_SEND_LIMIT } from "../api/grpc-limits.ts";
import { type Duration, type Instant, SECOND } from "../base/time.ts";
import type { ClientMistakes } from "../museum/client.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { ClientPorts, Timer } from "./ports.ts";

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/**
 * How a client differs from one that clientv3 makes by default.
 *
 * @public
 */
export interface ClientOptions {
  /** Signs in with them before its first call, and again when its token has become stale. */
  readonly auth?: Credentials;
  /** The endpoints it may talk to; all there are, unless told. */
  readonly endpoints?: readonly number[];
  /** How long one attempt may take; 5 s unless told (etcdctl's --command-timeout). */
  readonly timeoutUs?: Duration;
  /** Known mistakes to make on purpose. */
  readonly mistakes?: ClientMistakes;
  /** MaxCallSendMsgSize and MaxCallRecvMsgSize, in bytes; clientv3's defaults unless told. */
  readonly sendLimit?: number;
  readonly receiveLimit?: number;
}

const TIMEOUT_US: Duration = 5 * SECOND;

/** What all calls and streams of a client share, as gRPC's ClientConn: the endpoint they go to, the token, the ports. */
export class ClientConn {
  readonly id: number;
  readonly ports: ClientPorts;
  /** Null: it never signs in. */
  readonly credentials: Credentials | null;
  /** How long one attempt may take. */
  readonly timeoutUs: Duration;
  readonly mistakes: ClientMistakes;
  /** The largest request that it sends and the largest response that it takes, in bytes. */
  readonly sendLimit: number;
  readonly receiveLimit: number;
  /** The endpoint it talks to; 0: it has not chosen yet. */
  endpoint = 0;
  /** From the last sign-in; "" without one, or where auth is off. */
  token = "";
  /** It has tried to sign in: without auth there is no token to be had. */
  signedIn = false;
  /** Takes one watch response after so long; 0: as soon as it comes; -1: none for now. */
  readEveryUs: Duration = 0;
  /** Null: all there are. */
  private readonly own: readonly number[] | null;

  constructor(id: number, ports: ClientPorts, options: ClientOptions) {
    this.id = id;
    this.ports = ports;
    this.credentials = options.auth ?? null;
    this.timeoutUs = options.timeoutUs ?? TIMEOUT_US;
    this.mistakes = options.mistakes ?? NO_MISTAKES;
    this.sendLimit = options.sendLimit ?? CLIENT_SEND_LIMIT;
    this.receiveLimit = options.receiveLimit ?? CLIENT_RECEIVE_LIMIT;
    this.own = options.endpoints ?? null;
  }

  /** The client's own time. */
  get now(): Instant {
    return this.ports.clock.now;
  }

  /** Calls `fire` after so long by the client's clock. */
  after(us: Duration, fire: () => void): Timer {
    const { clock } = this.ports;
    return clock.at(clock.now + us, fire);
  }

  // ---- the balancer ------------------------------------------------------------------------------

  /** The endpoints it may talk to. */
  get endpoints(): readonly number[] {
    return this.own ?? this.ports.transport.endpoints();
  }

  /** The endpoint it talks to: at first in turn by the client's number. */
  choose(): number {
    if (this.endpoint === 0) {
      const { endpoints } = this;
      this.endpoint = endpoints[(Math.max(1, this.id) - 1) % endpoints.length] as number;
    }
    return this.endpoint;
  }

  /** `failed` failed: whatever comes next goes to the endpoint after it. */
  moveOn(failed: number): void {
    const { endpoints } = this;
    this.endpoint = endpoints[(endpoints.indexOf(failed) + 1) % endpoints.length] as number;
  }

  /** A stream of `failed` broke: the same, unless a call has found out already. */
  leave(failed: number): void {
    if (this.endpoint === failed) this.moveOn(failed);
  }
}
