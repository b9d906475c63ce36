import type { Duration, Instant } from "../base/time.ts";
import type { Alarm, Timers } from "./timers.ts";

/** Why a client waits no longer, in the words of Go's contexts. */
export type ContextEnd = "deadline exceeded" | "canceled";

/** Whoever is asked to do something meanwhile hears of the end once. */
type Ended = (why: ContextEnd) => void;

interface Context {
  readonly deadline: Instant;
  ended: Ended | null;
  alarm: Alarm | null;
}

/**
 * How long the clients wait whose calls are under way: their contexts, as gRPC brings them to etcd. A
 * client's deadline comes along with its call (grpc-timeout); if it gives up before, its end of the
 * stream is reset.
 *
 * Only what has no limit of its own needs to know: the rest has ended soon, and nobody hears what a
 * member says to a client that has gone.
 */
export class Contexts {
  private readonly timers: Timers;
  private readonly clock: { readonly now: Instant };
  private readonly open = new Map<number, Context>();

  constructor(timers: Timers, clock: { readonly now: Instant }) {
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
    if (context.alarm !== null) this.timers.cancel(context.alarm);
  }

  /** When its client gives up, by the member's own clock; null: the call is not under way any more. */
  deadline(callId: number): Instant | null {
    return this.open.get(callId)?.deadline ?? null;
  }

  /** Calls `ended` if the client stops waiting before it is answered. The last one to ask hears of it. */
  whenEnded(callId: number, ended: Ended): void {
    const context = this.open.get(callId);
    if (context === undefined) return;
    context.ended = ended;
    if (context.alarm !== null || context.deadline === Number.POSITIVE_INFINITY) return;
    const left = Math.max(0, context.deadline - this.clock.now);
    context.alarm = this.timers.after(left, () => this.end(callId, "deadline exceeded"));
  }

  /** The client gave up by itself. */
  cancel(callId: number): void {
    this.end(callId, "canceled");
  }

  private end(callId: number, why: ContextEnd): void {
    const context = this.open.get(callId);
    this.close(callId);
    context?.ended?.(why);
  }

  get size(): number {
    return this.open.size;
  }
}
