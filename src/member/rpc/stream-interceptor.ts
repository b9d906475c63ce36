import { type ApiError, Errors } from "../../api/errors.ts";
import type { StreamMethod, StreamRequest } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import type { StreamInput } from "../protocol.ts";
import { refusalOf } from "./error-codes.ts";
import type { MemberTimer } from "./member-timers.ts";
import type { ServerContext } from "./server-context.ts";

type Open = Extract<StreamInput, { readonly kind: "open" }>;

/** A stream that wants a leader is ended after so many election timeouts without one. */
const LEADERLESS_TIMEOUTS = 3;

/** Ends a stream, with an error or (null) because all was said: nothing more comes on it. */
export type EndStream = (streamId: number, error: ApiError | null) => void;

/** What serves the streams of one method. It ends them by the {@link EndStream} that it was given. */
export interface StreamHandler {
  open(streamId: number, token: string): void;
  request(streamId: number, request: StreamRequest): void;
  /** The client took so many bytes of what was pushed. */
  consumed(streamId: number, bytes: number): void;
  /** The client is gone. */
  close(streamId: number): void;
  end(streamId: number, error: ApiError): void;
}

/**
 * What stands before all streams of a member (v3rpc/interceptor.go newStreamInterceptor): who may open
 * one, and the end of those that want a leader when none has been seen for too long (monitorLeader).
 */
export class StreamInterceptor {
  private readonly context: ServerContext;
  private readonly handlers = new Map<StreamMethod, StreamHandler>();
  private readonly open = new Map<number, StreamHandler>();
  /** Streams to be ended when this member sees no leader for too long. */
  private readonly wantLeader = new Set<number>();
  private leaderless: MemberTimer | null = null;

  constructor(context: ServerContext) {
    this.context = context;
  }

  /** From now on `handler` serves the streams of this method. */
  register(method: StreamMethod, handler: StreamHandler): void {
    this.handlers.set(method, handler);
  }

  /** For handlers, when they end one. */
  readonly end: EndStream = (streamId, error) => {
    this.forget(streamId);
    this.context.host.endStream(streamId, error);
  };

  handle(input: StreamInput): void {
    const { streamId } = input;
    if (input.kind === "open") {
      this.begin(input);
      return;
    }
    const handler = this.open.get(streamId);
    // It was ended while this was on its way.
    if (handler === undefined) return;
    if (input.kind === "request") handler.request(streamId, input.request);
    else if (input.kind === "consumed") handler.consumed(streamId, input.bytes);
    else {
      this.forget(streamId);
      handler.close(streamId);
    }
  }

  private begin({ streamId, method, token, requireLeader }: Open): void {
    const { host, machine, config, lead } = this.context;
    const unknown = method === "rangeStream" && !config.profile.rangeStream;
    const refused = unknown
      ? Errors.rangeStreamUnknown
      : machine.configuration.isLearner(config.id)
        ? refusalOf(Errors.notSupportedForLearner, config.profile)
        : requireLeader && lead === 0
          ? Errors.noLeader
          : null;
    if (refused !== null) {
      host.endStream(streamId, refused);
      return;
    }
    const handler = this.handlers.get(method);
    assert(handler !== undefined, "every method has its handler");
    this.open.set(streamId, handler);
    if (requireLeader) this.wantLeader.add(streamId);
    handler.open(streamId, token);
  }

  private forget(streamId: number): void {
    this.open.delete(streamId);
    this.wantLeader.delete(streamId);
  }

  /** Which streams end without a leader. */
  digest(into: Digest): void {
    for (const streamId of this.open.keys()) into.u32(this.wantLeader.has(streamId) ? 1 : 0);
  }

  /** Raft's view of who leads has changed. */
  leaderSeen(): void {
    const { context } = this;
    if (context.lead !== 0) {
      if (this.leaderless !== null) context.timers.cancel(this.leaderless);
      this.leaderless = null;
      return;
    }
    if (this.leaderless !== null) return;
    const { electionTicks, tickUs } = context.config;
    this.leaderless = context.timers.after(LEADERLESS_TIMEOUTS * electionTicks * tickUs, () => {
      this.leaderless = null;
      for (const streamId of [...this.wantLeader]) {
        this.open.get(streamId)?.end(streamId, Errors.noLeader);
      }
    });
  }
}
