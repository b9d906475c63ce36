import { CLIENT_RECEIVE_LIMIT, CLIENT_SEND_LIMIT } from "../api/message-limits.ts";
import type { Instant } from "../base/time.ts";
import { LocalClock } from "../sim/machine/local-clock.ts";

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/**
 * A client's process, as its calls and streams need to know it: which member it talks to, the token
 * it has, its clock, and what waits while it is paused.
 */
export class Caller {
  readonly id: number;
  readonly clock = new LocalClock();
  /** Null: it never signs in. */
  readonly credentials: Credentials | null;
  /** The members it may talk to; null: all there are. */
  readonly endpoints: readonly number[] | null;
  readonly bugs: ReadonlySet<string>;
  /** The largest request that it sends and the largest response that it takes, in bytes. */
  readonly sendLimit: number;
  readonly receiveLimit: number;
  /** The member it talks to; 0: it has not chosen yet. */
  endpoint = 0;
  /** From the last sign-in; "" without one, or where auth is off. */
  token = "";
  /** It has tried to sign in: without auth there is no token to be had. */
  signedIn = false;
  paused = false;
  /** What came while it was paused, in the order of coming. */
  private backlog: (() => void)[] = [];

  constructor(
    id: number,
    credentials: Credentials | null,
    endpoints: readonly number[] | null,
    bugs: ReadonlySet<string>,
    sendLimit = CLIENT_SEND_LIMIT,
    receiveLimit = CLIENT_RECEIVE_LIMIT,
  ) {
    this.id = id;
    this.credentials = credentials;
    this.endpoints = endpoints;
    this.bugs = bugs;
    this.sendLimit = sendLimit;
    this.receiveLimit = receiveLimit;
  }

  /** Keeps an input for later; called while paused. */
  defer(input: () => void): void {
    this.backlog.push(input);
  }

  /** The process goes on, and finds all that came meanwhile. */
  resume(): void {
    this.paused = false;
    const waiting = this.backlog;
    this.backlog = [];
    for (const input of waiting) input();
  }

  /** The client's own time at the world's time `global`. */
  local(global: Instant): Instant {
    return this.clock.local(global);
  }

  /** Chooses the first member, in turn by the client's number. */
  choose(all: readonly number[]): number {
    if (this.endpoint === 0) {
      const ids = this.endpoints ?? all;
      this.endpoint = ids[(Math.max(1, this.id) - 1) % ids.length] as number;
    }
    return this.endpoint;
  }

  /** `from` failed: whatever comes next goes to the member after it. */
  moveOn(from: number, all: readonly number[]): void {
    const ids = this.endpoints ?? all;
    this.endpoint = ids[(ids.indexOf(from) + 1) % ids.length] as number;
  }
}
