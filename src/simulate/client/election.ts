import { utf8Decode } from "../../base/utf8.ts";
import { Election as Recipe, type Leader as RecipeLeader } from "../../client/recipes/election.ts";
import { Session } from "../../client/recipes/session.ts";
import { firstCreated } from "../../client/recipes/wait.ts";
import type { Task } from "../../client/task.ts";
import type { Calls } from "./calls.ts";
import { programError } from "./errors.ts";
import { Inbox } from "./inbox.ts";
import { type LostReason, lost } from "./lease.ts";
import { type LockOptions, TTL_DEFAULT } from "./lock.ts";
import { keyOf, textOf } from "./text.ts";
import type { TxnGuard } from "./txn.ts";

/**
 * A leader as others see it: what it proclaims, and the fencing token that grows from leader to leader.
 *
 * @public
 */
export interface Leader {
  readonly value: string;
  readonly key: string;
  readonly fence: number;
}

/**
 * An election: whoever campaigns first leads, until it resigns or its lease is gone.
 *
 * @public
 */
export class Election {
  readonly name: string;
  readonly #calls: Calls;

  constructor(calls: Calls, name: string) {
    this.#calls = calls;
    this.name = name;
  }

  /** Waits to be elected, in a session of its own. */
  async campaign(
    value: string,
    { ttl = TTL_DEFAULT, timeout }: LockOptions = {},
  ): Promise<Leadership> {
    const { core } = this.#calls;
    const name = keyOf(this.name);
    const recipe = await this.#calls.program(
      `campaign for ${this.name}`,
      function* (): Task<Recipe> {
        const session = yield* Session.open(core, ttl);
        let elected = false;
        try {
          const election = new Recipe(session, name);
          yield* election.campaign(keyOf(value));
          elected = true;
          return election;
        } finally {
          if (!elected) yield* session.close();
        }
      },
      timeout,
    );
    return new Leadership(this.#calls, this.name, recipe);
  }

  /** Who leads now; null: nobody. */
  async leader(): Promise<Leader | null> {
    const request = { type: "range", request: firstCreated(`${keyOf(this.name)}/`) } as const;
    const { kvs } = await this.#calls.request(`ask who leads ${this.name}`, request);
    const [kv] = kvs;
    if (kv === undefined) return null;
    return { value: utf8Decode(kv.value), key: textOf(kv.key), fence: kv.createRevision };
  }

  /** Each leader, and what it proclaims; not necessarily all, but always the last one. */
  observe(): AsyncIterable<Leader> {
    const { core, id } = this.#calls;
    const { name } = this;
    const what = `observe ${name} of client ${id}`;
    const inbox = new Inbox<Leader>(this.#calls.engine, what, () => running.cancel());
    const running = core.run(
      (function* (): Task<void> {
        const session = yield* Session.open(core);
        yield* new Recipe(session, keyOf(name)).observe((leader: RecipeLeader) =>
          inbox.push({
            value: textOf(leader.value),
            key: textOf(leader.key),
            fence: leader.fence,
          }),
        );
      })(),
    );
    running.ended.listen(() => inbox.end(running.error && programError(running.error)));
    return { [Symbol.asyncIterator]: () => inbox };
  }
}

/**
 * A leadership that was won. It may be lost with its lease without being noticed for a while: `fence` and
 * the guard tell it from the next one's.
 *
 * @public
 */
export class Leadership implements TxnGuard {
  readonly name: string;
  readonly key: string;
  readonly fence: number;
  /** For a transaction: `client.txn().if(leadership).then(…)`. */
  readonly compare: TxnGuard["compare"];
  readonly #calls: Calls;
  readonly #recipe: Recipe;

  constructor(calls: Calls, name: string, recipe: Recipe) {
    this.#calls = calls;
    this.#recipe = recipe;
    this.name = name;
    this.key = textOf(recipe.key);
    this.fence = recipe.revision;
    this.compare = recipe.isOwner();
  }

  /** Whether it leads as far as its client knows. */
  get isLeading(): boolean {
    return this.#recipe.leads;
  }

  /** Waits until it does not lead any more. */
  lost(): Promise<LostReason> {
    return lost(this.#calls.engine, `the leadership of ${this.name}`, this.#recipe.session.done);
  }

  /** Announces a new value. */
  proclaim(value: string): Promise<void> {
    return this.#calls.program(`proclaim ${value}`, () => this.#recipe.proclaim(keyOf(value)));
  }

  async resign(): Promise<void> {
    const recipe = this.#recipe;
    await this.#calls.program(`resign from ${this.name}`, function* (): Task<void> {
      yield* recipe.resign();
      yield* recipe.session.close();
    });
  }
}
