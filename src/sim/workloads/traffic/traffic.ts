import type { Random } from "../../../base/random.ts";
import type { Duration } from "../../../base/time.ts";
import type { Task } from "../../../client/task.ts";
import { type ClientSource, Workers } from "../workers.ts";
import { kubernetes } from "./kubernetes.ts";
import { append, set } from "./lists.ts";
import { multiTxn } from "./multi-txn.ts";
import { register } from "./register.ts";
import { type Operation, TrafficClient } from "./traffic-client.ts";

/** What clients may do over and over. */
const OPERATIONS = {
  register,
  set,
  append,
  "multi-txn": multiTxn,
  kubernetes,
} as const satisfies Record<string, Operation>;

export type TrafficKind = keyof typeof OPERATIONS | "mixed";
export const TRAFFIC_KINDS = [
  ...(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]),
  "mixed",
] as const satisfies readonly TrafficKind[];

export interface TrafficPlan {
  readonly clients: readonly number[];
  readonly kind: TrafficKind;
  /** Of each client; and from one to the next, if that was answered by then. */
  readonly count: number;
  readonly everyUs: Duration;
  /** How many there are, and what they begin with: k0, k1 … */
  readonly keys: number;
  readonly prefix: string;
  /** The next operation does not wait for the one before it. */
  readonly open: boolean;
}

/** Clients that do one random thing after the other; what fails is left at that. */
export class Traffic extends Workers {
  readonly plan: TrafficPlan;
  succeeded = 0;

  constructor(source: ClientSource, plan: TrafficPlan, random: Random) {
    super();
    this.plan = plan;
    for (const id of plan.clients) {
      const client = source.client(id);
      const stream = random.fork(`client ${id}`);
      this.start(client, this.work(new TrafficClient(client, stream, plan.prefix, plan.keys)));
    }
  }

  private *work(self: TrafficClient): Task<void> {
    const { client } = self;
    const { count, everyUs, open } = this.plan;
    let due = client.now;
    for (let n = 0; n < count && !this.stopping; n++) {
      const one = this.count(this.operation(self)(self));
      if (open) this.start(client, one);
      else yield* one;
      due = Math.max(due + everyUs, client.now);
      if (due > client.now) yield* client.sleep(due - client.now);
    }
  }

  private *count(operation: Task<void>): Task<void> {
    if (yield* this.attempt(operation)) this.succeeded++;
  }

  private operation({ random }: TrafficClient): Operation {
    const { kind } = this.plan;
    return kind === "mixed" ? random.pick(Object.values(OPERATIONS)) : OPERATIONS[kind];
  }
}
