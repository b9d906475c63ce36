import { type ApiError, Errors } from "../../api/errors.ts";
import { assert } from "../../base/assert.ts";
import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import type { MemberTimer, MemberTimers } from "./member-timers.ts";

/** Why a client waits no longer, in the words of Go's contexts. */
export type ContextEnd = "deadline exceeded" | "canceled";

/** What the client is told, who does not listen any more. */
export function contextError(why: ContextEnd): ApiError {
  return why === "canceled" ? Errors.canceled : Errors.deadlineExceeded;
}

/** Whoever is asked to do something meanwhile hears of the end once. */
type Ended = (why: ContextEnd) => void;

const NOTHING = (): void => undefined;

interface Context {
  readonly deadline: Instant;
  ended: Ended | null;
  alarm: MemberTimer | null;
}

/**
 * How long the clients wait whose calls are under way: their contexts, as gRPC brings them to etcd. A
 * client's deadline comes along with its call (grpc-timeout); if it gives up before, its end of the
 * stream is reset.
 *
 * Only what has no limit of its own needs to know: the rest has ended soon, and nobody hears what a
 * member says to a client that has gone.
 */
export class RequestContexts {
  private readonly timers: MemberTimers;
  private readonly clock: { readonly now: Instant };
  private readonly open = new Map<number, Context>();

  constructor(timers: MemberTimers, clock: { readonly now: Instant }) {
    this.timers = timers;
    this.clock = clock;
  }

  /** A call whose client waits so long has come. */
  begin(callId: number, timeoutUs: Duration): void {
    const deadline = this.clock.now + timeoutUs;
    this.open.set(callId, { deadline, ended: null, alarm: null });
  }

  /** It is answered. */
  close(callId: number): void {
    const context = this.open.get(callId);
    if (context === undefined) return;
    this.open.delete(callId);
    this.ignore(context);
  }

  /** When its client gives up, by the member's own clock; null: the call is not under way any more. */
  deadline(callId: number): Instant | null {
    return this.open.get(callId)?.deadline ?? null;
  }

  /**
   * Calls `ended` if the client stops waiting before the call is answered, unless what is returned is
   * called before. A call waits for one thing at a time.
   */
  whenEnded(callId: number, ended: Ended): () => void {
    const context = this.open.get(callId);
    if (context === undefined) return NOTHING;
    assert(context.ended === null, "a call waits for one thing at a time");
    context.ended = ended;
    if (context.deadline !== NEVER) {
      const left = Math.max(0, context.deadline - this.clock.now);
      context.alarm = this.timers.after(left, () => this.end(callId, "deadline exceeded"));
    }
    return () => this.ignore(context);
  }

  private ignore(context: Context): void {
    context.ended = null;
    if (context.alarm !== null) this.timers.cancel(context.alarm);
    context.alarm = null;
  }

  /** The client gave up by itself. */
  cancel(callId: number): void {
    this.end(callId, "canceled");
  }

  private end(callId: number, why: ContextEnd): void {
    const ended = this.open.get(callId)?.ended ?? NOTHING;
    this.close(callId);
    ended(why);
  }

  get size(): number {
    return this.open.size;
  }
}
