import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type {
  ServiceRequest,
  ServiceResponse,
  StreamMethod,
  StreamRequest,
  StreamResponse,
  WatchCreateRequest,
  WatchResponse,
} from "../api/requests.ts";
import type { Duration, Instant } from "../base/time.ts";
import type { Ending } from "./outcome.ts";

/** All that a client needs of the world it runs in: a simulated one, or one that speaks gRPC. */
export interface ClientPorts {
  readonly clock: ClientClock;
  readonly transport: Transport;
  readonly observer: ClientObserver;
  readonly chance: ClientChance;
}

// ---- time and chance ---------------------------------------------------------------------------

/** The clock of the client's process. */
export interface ClientClock {
  readonly now: Instant;
  /** Calls `fire` once it is `when` by this clock, at the earliest when whoever asked has returned. */
  at(when: Instant, fire: () => void): Timer;
}

export interface Timer {
  /** It will not fire any more. */
  cancel(): void;
}

/** Chance, where clientv3 leaves something to it. Draws are uniform in [0, 2^32). */
export interface ClientChance {
  /** For the jitter of the pause before a retry. */
  readonly drawPause: () => number;
  /** For the order in which a client walks through what it has, as Go does through a map. */
  readonly drawOrder: () => number;
}

// ---- transport ---------------------------------------------------------------------------------

/** How requests get to members. An endpoint is a number, from 1 on. */
export interface Transport {
  /** The endpoints of all members: those of a client that was given none of its own. */
  endpoints(): readonly number[];
  /**
   * Sends a request. `onReply` is called once, at the earliest when `start` has returned, with what the
   * member responds, or with `REFUSED` or `CONNECTION_LOST` (`certainty.ts`); never if it all gets lost.
   */
  start(
    endpoint: number,
    request: ServiceRequest,
    metadata: CallMetadata,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
  ): TransportCall;
  /** Opens a stream, of which `observed` is the reason. */
  openStream(
    endpoint: number,
    method: StreamMethod,
    metadata: StreamMetadata,
    observed: Observed,
    listener: StreamListener,
  ): TransportStream;
}

export interface CallMetadata {
  /** From the last sign-in; "" without one. */
  readonly token: string;
  /** How long the client waits (grpc-timeout). */
  readonly timeoutUs: Duration;
}

/** One attempt of a call under way. After either method its reply is not handed over any more. */
export interface TransportCall {
  /** The client's time is over; the member knows, since the deadline came along with the request. */
  abandon(): void;
  /** The client has lost interest, and the member is told so (RST_STREAM). */
  reset(): void;
}

export interface StreamMetadata {
  readonly token: string;
  /** End the stream where its member loses sight of a leader (clientv3.WithRequireLeader). */
  readonly requireLeader: boolean;
}

/** The client's end of a stream: first in, first out. On a stream that has ended nothing happens. */
export interface TransportStream {
  readonly endpoint: number;
  request(request: StreamRequest, observed: Observed): void;
  /** The client has taken so many bytes of what came: there is room for more. */
  consumed(bytes: number): void;
  /** The client needs it no more: nothing is handed over from now on, and the member is told. */
  close(): void;
}

/** Who is handed what comes on a stream. */
export interface StreamListener {
  /** `bytes` is what it takes of the stream's window until it is consumed. */
  onResponse(response: StreamResponse, bytes: number): void;
  /** Nothing more comes: the member said so, or the connection broke; null: all was said. */
  onEnd(error: ApiError | null): void;
}

// ---- observer ----------------------------------------------------------------------------------

/** What the observer calls a call or a watch; the client hands it back with all that comes of it. */
export interface Observed {
  readonly id: number;
  /** What its beginning is called where it is the reason of something else. */
  readonly cause: number;
}

/** Of what nobody observes the beginning of. */
export const UNOBSERVED: Observed = Object.freeze({ id: 0, cause: 0 });

/** Is told what a client does and comes to know. Nothing the client does depends on it. */
export interface ClientObserver {
  /** A call begins. */
  invoke(request: ServiceRequest): Observed;
  /** The call's n-th attempt goes to an endpoint; `error`: what the last one failed with. */
  attempt(call: Observed, endpoint: number, attempt: number, error: ApiError | null): void;
  complete(
    call: Observed,
    outcome: Ending,
    response: ServiceResponse | null,
    error: ApiError | null,
  ): void;
  /** The client answered the call by itself, from what it keeps. */
  completeCached(call: Observed, response: ServiceResponse): void;
  /** A watch begins. */
  watch(request: WatchCreateRequest, requireLeader: boolean): Observed;
  /** What a watch gives its user; `from`: the endpoint it came from, 0: the client itself. */
  watchResponse(
    watch: Observed,
    response: WatchResponse,
    from: number,
    kind: "created" | "canceled" | "other",
  ): void;
  /** All watches of a stream are asked for their progress. */
  progressRequest(requireLeader: boolean): Observed;
  /** The client has, gave back, or may have lost what only one may hold; `fence` grows with each holder. */
  hold(name: string, action: "acquire" | "release" | "lost", fence: number): void;
}
