import { type Duration, MILLISECOND } from "../../base/time.ts";
import type { Client } from "../../client/client.ts";
import { CallError } from "../../client/client.ts";
import { Queue } from "../../client/recipes/queue.ts";
import { type Task, TaskError } from "../../client/task.ts";
import { type ClientSource, Workers } from "./workers.ts";

export interface QueuePlan {
  readonly name: string;
  readonly producers: readonly number[];
  readonly consumers: readonly number[];
  /** Of each producer, and how long it waits between them. */
  readonly items: number;
  readonly everyUs: Duration;
}

const PAUSE_US: Duration = 100 * MILLISECOND;

/** Producers that put numbered items into a queue, and consumers that take them out. */
export class QueueTraffic extends Workers {
  readonly plan: QueuePlan;
  /** Acknowledged. */
  readonly sent: string[] = [];
  /** Perhaps in the queue. */
  readonly maybeSent: string[] = [];
  readonly taken: string[] = [];
  /** How often a consumer doesn't know whether it took an item: it is lost then. */
  takenInDoubt = 0;
  /** How many producers have not sent everything yet. */
  producing = 0;
  /** How many consumers wait for the word that an item is theirs. */
  claiming = 0;

  constructor(source: ClientSource, plan: QueuePlan) {
    super();
    this.plan = plan;
    for (const id of plan.producers) this.start(source.client(id), this.produce(source.client(id)));
    for (const id of plan.consumers) this.start(source.client(id), this.consume(source.client(id)));
  }

  private *produce(client: Client): Task<void> {
    const queue = new Queue(client, this.plan.name);
    this.producing++;
    for (let n = 1; n <= this.plan.items && !this.stopping; n++) {
      const item = `c${client.id}.${n}`;
      try {
        yield* queue.enqueue(item);
        this.sent.push(item);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        this.failures++;
        if (error.outcome === "ambiguous") this.maybeSent.push(item);
      }
      yield* client.sleep(this.plan.everyUs);
    }
    this.producing--;
  }

  private *consume(client: Client): Task<void> {
    const queue = new Queue(client, this.plan.name);
    while (!this.stopping) {
      try {
        this.taken.push(
          yield* queue.dequeue((claims) => {
            this.claiming += claims ? 1 : -1;
          }),
        );
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        this.failures++;
        this.lastFailure = error.message;
        if (error instanceof CallError && error.outcome === "ambiguous") this.takenInDoubt++;
        yield* client.sleep(PAUSE_US);
      }
    }
  }
}
