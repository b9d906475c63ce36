import type { ApiError } from "../../api/errors.ts";
import type { WatchCreateRequest, WatchResponse } from "../../api/requests.ts";
import type { ClientConn } from "../client-conn.ts";
import type { Observed } from "../ports.ts";
import { Eventual, type Task, until } from "../task.ts";

/** What a watch gives its user, and who sent it. */
export interface Delivery {
  readonly response: WatchResponse;
  /** The endpoint; 0: the client made it up. */
  readonly from: number;
}

/** Called for each response, before it is put into the watcher's inbox. */
export type OnDelivery = (delivery: Delivery) => void;

/**
 * One watch as its user sees it: responses in their order, whichever member they come from, until it is
 * cancelled. What the user does not take waits without bound, as in clientv3.
 */
export class ClientWatcher {
  readonly conn: ClientConn;
  readonly request: WatchCreateRequest;
  readonly observed: Observed;
  /** The next revision to ask for after a break; 0: none is known yet. */
  nextRevision: number;
  /** The id that the member gave it; -1: it waits for one. */
  watchId = -1;
  /** Its first creation: the header's revision. */
  readonly created = new Eventual<number>();
  /** Why it ended; null while it goes on, and where its user ended it. */
  error: ApiError | null = null;
  closed = false;
  private readonly onDelivery: OnDelivery | null;
  private readonly inbox: WatchResponse[] = [];
  private arrival: Eventual<null> | null = null;
  private readonly stop: (watcher: ClientWatcher) => void;

  constructor(
    conn: ClientConn,
    request: WatchCreateRequest,
    observed: Observed,
    onDelivery: OnDelivery | null,
    stop: (watcher: ClientWatcher) => void,
  ) {
    this.conn = conn;
    this.request = request;
    this.observed = observed;
    this.nextRevision = request.startRevision;
    this.onDelivery = onDelivery;
    this.stop = stop;
  }

  /** What the observer calls it. */
  get id(): number {
    return this.observed.id;
  }

  /** The next response; null when no more come: `error` says why. */
  *next(): Task<WatchResponse | null> {
    if (this.inbox.length === 0 && !this.closed) {
      this.arrival ??= new Eventual<null>();
      yield* until(this.arrival);
    }
    return this.inbox.shift() ?? null;
  }

  cancel(): void {
    if (!this.closed) this.stop(this);
  }

  // ---- from the stream -------------------------------------------------------------------------

  deliver(delivery: Delivery): void {
    this.onDelivery?.(delivery);
    this.inbox.push(delivery.response);
    this.wake();
  }

  close(error: ApiError | null): void {
    this.closed = true;
    this.error = error;
    this.wake();
  }

  private wake(): void {
    const { arrival } = this;
    this.arrival = null;
    arrival?.settle(null);
  }

  // ---- where it goes on after a break ------------------------------------------------------------

  /** The member has begun to watch. */
  begun(revision: number): void {
    if (this.created.settled) return;
    // From now on: what comes next is the next revision. Known mistake C6: clientv3 asks for the
    // present one again, and after a break gives an event that was there before the watch.
    if (this.nextRevision === 0) {
      this.nextRevision = this.conn.mistakes.resumesAtPresent ? revision : revision + 1;
    }
    this.created.settle(revision);
  }

  /** All up to here has been given to the user. */
  advance({ header, events }: WatchResponse): void {
    const last = events.at(-1);
    // Known mistake C2: the store's revision may be ahead of the events that were sent, and those in
    // between are never asked for.
    if (this.conn.mistakes.resumesAfterHeader) this.nextRevision = header.revision + 1;
    else if (last !== undefined) this.nextRevision = last.kv.modRevision + 1;
    else if (header.revision >= this.nextRevision) this.nextRevision = header.revision + 1;
  }

  /** What to ask the next member for. */
  resumption(): WatchCreateRequest {
    // Known mistake C1: the watch begins anew from now on, and what happened meanwhile is lost.
    const lost = this.conn.mistakes.restartsWatches && this.created.settled;
    const startRevision = lost ? 0 : this.nextRevision;
    return { ...this.request, startRevision };
  }
}
