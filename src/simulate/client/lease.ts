import type { KeepAlive, LeaseEnd } from "../../client/lease/keep-alive-channel.ts";
import type { Eventual } from "../../client/task.ts";
import type { Engine } from "../engine.ts";
import type { Calls } from "./calls.ts";

/**
 * Why a lease is no longer kept alive. `gone`: etcd says that there is no such lease; `unanswered`: its
 * time passed without an answer; `stopped`: its user stopped it.
 *
 * @public
 */
export type LostReason = LeaseEnd;

/** Waits until what is kept alive is not any more. */
export function lost(engine: Engine, what: string, ended: Eventual<LeaseEnd>): Promise<LostReason> {
  return engine.promise(`the loss of ${what}`, ({ resolve }) => void ended.listen(resolve));
}

/**
 * A lease that a client was granted. It ends after its TTL, and with it the keys that were put under it,
 * unless it is kept alive.
 *
 * @public
 */
export class Lease {
  readonly id: bigint;
  /** Seconds; etcd may have raised it. */
  readonly ttl: number;
  readonly #calls: Calls;
  #kept: KeepAlive | null = null;

  constructor(calls: Calls, id: bigint, ttl: number) {
    this.#calls = calls;
    this.id = id;
    this.ttl = ttl;
  }

  /** Renews it from now on, a third of its TTL after each answer, until it is stopped or lost. */
  keepAlive(): this {
    if (this.#kept === null || this.#kept.ended.settled) {
      this.#kept = this.#calls.core.keepAlive(this.id);
    }
    return this;
  }

  /** Whether it is kept alive, and has not run out as far as its client knows. */
  get isAlive(): boolean {
    return this.#kept?.unexpired ?? false;
  }

  /** Waits until it is not kept alive any more: what was held by it may be another's then. */
  lost(): Promise<LostReason> {
    this.keepAlive();
    return lost(this.#calls.engine, `lease ${this.id}`, (this.#kept as KeepAlive).ended);
  }

  /** Does not renew it any more: it runs out by itself. */
  stop(): void {
    this.#kept?.stop();
  }

  /** Renews it once: the TTL that it has then, in seconds. */
  async keepAliveOnce(): Promise<number> {
    const { core } = this.#calls;
    const { ttl } = await this.#calls.program(`renew lease ${this.id}`, () =>
      core.keepAliveOnce(this.id),
    );
    return ttl;
  }

  /** The seconds that are left; -1: there is no such lease any more. */
  async timeToLive(): Promise<number> {
    const { id } = this;
    const request = { type: "leaseTimeToLive", request: { id, keys: false } } as const;
    return (await this.#calls.request(`ask for lease ${id}`, request)).ttl;
  }

  /** Ends it at once, with the keys under it. */
  async revoke(): Promise<void> {
    const { id } = this;
    this.stop();
    await this.#calls.request(`revoke lease ${id}`, { type: "leaseRevoke", request: { id } });
  }
}
