import { op } from "../../api/build.ts";
import { prefixEnd } from "../../api/ranges.ts";
import type { KeyValue } from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import type { Random } from "../../base/random.ts";
import type { Duration } from "../../base/time.ts";
import type { Client } from "../../client/client.ts";
import { type Isolation, transact } from "../../client/recipes/stm.ts";
import type { Task } from "../../client/task.ts";
import { type ClientSource, Workers } from "./workers.ts";

export interface BankPlan {
  readonly clients: readonly number[];
  readonly name: string;
  readonly accounts: number;
  /** In each account, at the start. */
  readonly balance: number;
  /** Of each client, and how long it waits between them. */
  readonly transfers: number;
  readonly everyUs: Duration;
  readonly isolation: Isolation;
}

/** Clients that move money between accounts: whatever happens, the sum stays what it was. */
export class Bank extends Workers {
  readonly plan: BankPlan;
  transferred = 0;

  constructor(source: ClientSource, plan: BankPlan, random: Random) {
    super();
    this.plan = plan;
    for (const id of plan.clients) {
      const client = source.client(id);
      this.start(client, this.work(client, random.fork(`client ${id}`)));
    }
  }

  get total(): number {
    return this.plan.accounts * this.plan.balance;
  }

  /** Reads the whole bank at one revision. */
  *sum(client: Client): Task<number> {
    const prefix = `${this.plan.name}/`;
    const { kvs } = yield* client.do(op.get(prefix, { rangeEnd: prefixEnd(prefix) }));
    const known = kvs.reduce((sum, kv) => sum + balanceOf(kv), 0);
    return known + (this.plan.accounts - kvs.length) * this.plan.balance;
  }

  private *work(client: Client, random: Random): Task<void> {
    const { accounts, transfers, everyUs } = this.plan;
    for (let n = 0; n < transfers && !this.stopping; n++) {
      const from = random.below(accounts);
      const to = (from + 1 + random.below(accounts - 1)) % accounts;
      const amount = random.between(1, 10);
      if (yield* this.attempt(this.transfer(client, from, to, amount))) this.transferred++;
      yield* client.sleep(everyUs);
    }
  }

  private *transfer(client: Client, from: number, to: number, amount: number): Task<void> {
    const { name, balance, isolation } = this.plan;
    const [source, target] = [`${name}/${from}`, `${name}/${to}`];
    const amountIn = (text: string) => (text === "" ? balance : Number(text));
    yield* transact(
      client,
      function* (stm) {
        const has = amountIn(yield* stm.get(source));
        const other = amountIn(yield* stm.get(target));
        const moved = Math.min(has, amount);
        stm.put(source, String(has - moved));
        stm.put(target, String(other + moved));
      },
      isolation,
    );
  }
}

function balanceOf({ value }: KeyValue): number {
  return Number(bytesToBinary(value));
}
