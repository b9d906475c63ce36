import type { Duration, Instant } from "../../base/time.ts";
import type { Cluster } from "../../sim/cluster.ts";
import type { ClientOperation } from "../../sim/operation.ts";

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
  readonly operations: ClientOperation[] = [];
  /** When the next put is due. */
  due: Instant;

  constructor(plan: WorkloadPlan, now: Instant) {
    this.plan = plan;
    this.due = now;
  }

  get allSent(): boolean {
    return this.operations.length >= this.plan.count;
  }

  get done(): boolean {
    return this.allSent && this.operations.every((operation) => operation.outcome !== "pending");
  }

  /** Called when `due` has come. */
  fire(cluster: Cluster): void {
    this.due += this.plan.every;
    if (!this.plan.open && this.operations.at(-1)?.outcome === "pending") return;
    const { client, key, value, bytes, to, only } = this.plan;
    const number = String(this.operations.length + 1);
    const spec = {
      type: "put",
      key: key.replaceAll("%d", number),
      value: value.replaceAll("%d", number).padEnd(bytes, "."),
    } as const;
    this.operations.push(cluster.request(client, spec, to === 0 ? {} : { to, pin: only }));
  }
}
