import { op } from "../../api/build.ts";
import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import { PATIENT } from "../../client/retry-policy.ts";
import type { ClientBook } from "./client-book.ts";
import type { ClientCall } from "./client-call.ts";

export interface WorkloadPlan {
  readonly count: number;
  readonly every: Duration;
  readonly client: number;
  /** `%d` becomes the number of the put: 1, 2, 3 … */
  readonly key: string;
  readonly value: string;
  /** Values shorter than this are filled up with dots. */
  readonly bytes: number;
  /** The first member to try; 0: the client chooses. */
  readonly to: number;
  /** Never try another member. */
  readonly only: boolean;
  /** Don't wait for answers. */
  readonly open: boolean;
}

/**
 * A client that puts one key after the other: the next put is due `every` after the one before,
 * and waits for its answer first, unless the workload is open.
 */
export class Workload {
  readonly plan: WorkloadPlan;
  readonly calls: ClientCall[] = [];
  #next: Instant;

  constructor(plan: WorkloadPlan, now: Instant) {
    this.plan = plan;
    this.#next = now;
  }

  /** When the next put is due: of the instants that are `every` apart the first one that finds it answered. */
  get due(): Instant {
    const last = this.calls.at(-1);
    if (this.allSent) return NEVER;
    if (this.plan.open || last === undefined) return this.#next;
    if (last.outcome === "pending") return NEVER;
    const late = last.completedAt - this.#next;
    if (late <= 0) return this.#next;
    const { every } = this.plan;
    return every === 0 ? last.completedAt : this.#next + Math.ceil(late / every) * every;
  }

  get allSent(): boolean {
    return this.calls.length >= this.plan.count;
  }

  get done(): boolean {
    return this.allSent && this.calls.every(({ outcome }) => outcome !== "pending");
  }

  /** Called when `due` has come. */
  fire(clients: ClientBook): void {
    this.#next = this.due + this.plan.every;
    const { client, bytes, to, only } = this.plan;
    const number = String(this.calls.length + 1);
    const key = this.plan.key.replaceAll("%d", number);
    const value = this.plan.value.replaceAll("%d", number).padEnd(bytes, ".");
    const options = { to, pin: only, policy: PATIENT };
    this.calls.push(clients.ask(client, op.put(key, value), `put ${key}=${value}`, null, options));
  }
}
