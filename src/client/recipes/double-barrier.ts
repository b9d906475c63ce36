import { op, rangeRequest } from "../../api/build.ts";
import { prefixEnd } from "../../api/ranges.ts";
import type { KeyValue, RangeRequest } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { type Task, TaskError } from "../task.ts";
import { type MadeKey, makeUniqueKey } from "./keys.ts";
import type { Session } from "./session.ts";
import { waitEvent } from "./wait.ts";

export class TooManyClients extends TaskError {
  override name = "TooManyClients";
}

/**
 * Lets `count` sessions in together, and out together (client/v3/experimental/recipes/double_barrier.go).
 * Its keys are the sessions': one that dies does not stop the others from leaving.
 */
export class DoubleBarrier {
  private readonly session: Session;
  private readonly key: string;
  private readonly count: number;
  private own: MadeKey | null = null;

  constructor(session: Session, key: string, count: number) {
    this.session = session;
    this.key = key;
    this.count = count;
  }

  /** Waits until so many have come; whoever comes after them is refused. */
  *enter(): Task<void> {
    const { client, lease } = this.session;
    const before = yield* this.waiters();
    if (before.length >= this.count) throw new TooManyClients("too many clients");
    const own = yield* makeUniqueKey(client, `${this.key}/waiters`, "", lease);
    this.own = own;
    const waiters = yield* this.waiters();
    const last = waiters[this.count - 1];
    if (last !== undefined && own.revision > last.createRevision) {
      yield* this.withdraw(own);
      throw new TooManyClients("too many clients");
    }
    if (last !== undefined && own.revision === last.createRevision) {
      yield* client.do(op.put(this.ready, ""));
      return;
    }
    yield* waitEvent(client, "PUT", this.ready, { startRevision: own.revision });
  }

  /** Waits until all have left. */
  *leave(): Task<void> {
    const { client } = this.session;
    const { own } = this;
    assert(own !== null, "whoever leaves has entered");
    for (;;) {
      const waiters = yield* this.waiters();
      const lowest = waiters[0];
      const highest = waiters.at(-1);
      if (lowest === undefined || highest === undefined) return;
      const isLowest = lowest.key === own.key;
      if (isLowest && waiters.length === 1) {
        yield* client.do(op.delete(this.ready));
        yield* this.withdraw(own);
        return;
      }
      // The lowest waits for the highest, again and again; the others go, and wait for the lowest.
      if (!isLowest) yield* this.withdraw(own);
      const { key, modRevision } = isLowest ? highest : lowest;
      yield* waitEvent(client, "DELETE", key, { startRevision: modRevision });
    }
  }

  private get ready(): string {
    return `${this.key}/ready`;
  }

  /** Those inside, in the order in which they came. */
  private *waiters(): Task<readonly KeyValue[]> {
    const prefix = `${this.key}/waiters`;
    const options: Partial<RangeRequest> = {
      rangeEnd: prefixEnd(prefix),
      sortTarget: "CREATE",
      sortOrder: "ASCEND",
    };
    const request = rangeRequest(prefix, options);
    return (yield* this.session.client.do({ type: "range", request })).kvs;
  }

  private *withdraw({ key }: MadeKey): Task<void> {
    yield* this.session.client.do(op.delete(key));
  }
}
