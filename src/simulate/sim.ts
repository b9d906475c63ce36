import type { Random } from "../base/random.ts";
import { MILLISECOND } from "../base/time.ts";
import { CLIENT_MAX } from "../scenario/language/actions/addressed.ts";
import type { StepData } from "../scenario/read/scenario-data.ts";
import { endFaults } from "../scenario/run/end-faults.ts";
import type { Cluster } from "../sim/cluster.ts";
import { EtcdClient, type EtcdClientOptions } from "./client/etcd-client.ts";
import type { Engine } from "./engine.ts";
import type { InvariantCheck } from "./invariants.ts";

/**
 * Chance that follows from the run's seed.
 *
 * @public
 */
export interface SimRandom {
  /** In [0, 1), as Math.random. */
  next(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  /** A whole number in [low, high], both included. */
  between(low: number, high: number): number;
  /** True with this probability, of 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/**
 * The simulation as its workload sees it. Times are milliseconds of virtual time.
 *
 * @public
 */
export class Sim {
  readonly random: SimRandom;
  readonly #engine: Engine;
  readonly #clients = new Map<number, EtcdClient>();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.random = chance(engine.random.fork("random"));
  }

  /** Since the start of the run. */
  now(): number {
    return this.#engine.sinceStartMs();
  }

  sleep(ms: number): Promise<void> {
    return this.#engine.sleep(microseconds(ms));
  }

  /**
   * Client `id`, in a process of its own that steps can name (`{"pause-client": 1}`): 1 to 32; without an
   * id the next that there is not yet. Options are for the first time that it is asked for.
   */
  client(id?: number, options?: EtcdClientOptions): EtcdClient {
    this.#engine.assertUnderWay();
    let number = id ?? 1;
    if (id === undefined) while (this.#clients.has(number)) number++;
    const known = this.#clients.get(number);
    if (known !== undefined) {
      if (options === undefined) return known;
      throw new RangeError(`client ${number} is there already: it gets its options once`);
    }
    if (!Number.isInteger(number) || number < 1 || number > CLIENT_MAX) {
      throw new RangeError(`clients have numbers from 1 to ${CLIENT_MAX}, not ${number}`);
    }
    const client = new EtcdClient(this.#engine, number, options);
    this.#clients.set(number, client);
    return client;
  }

  /**
   * Takes a step of a scenario, at once or when its time comes: `{crash: "leader"}`, `{after: "1s", heal: …}`.
   * Rejects if it is impossible.
   */
  inject(step: StepData): Promise<void> {
    return this.#engine.inject(step);
  }

  /** Ends all faults, and starts every member again. */
  endFaults(): void {
    this.#engine.assertUnderWay();
    if (!this.#engine.over) this.#engine.act(() => endFaults(this.#engine.world));
  }

  /** A line for the report, and for the message of a run that fails. */
  log(text: string): void {
    if (!this.#engine.over) this.#engine.log.push({ ms: this.now(), text });
  }

  /**
   * Something that must hold after every event of the run, or at the end of the workload. The first time
   * that it does not, the run ends, and fails with what the check says.
   */
  invariant(name: string, check: InvariantCheck, when: "always" | "end" = "always"): void {
    this.#engine.addInvariant(name, check, when);
  }

  /** The number of the member that leads; 0: none. */
  leader(): number {
    return this.#engine.cluster.leader();
  }

  /** The cluster behind it all, to look at. */
  get cluster(): Cluster {
    return this.#engine.cluster;
  }
}

/** Virtual time is counted in whole microseconds. */
export function microseconds(ms: number): number {
  if (!(ms >= 0) || ms === Number.POSITIVE_INFINITY) {
    throw new RangeError(`${ms} ms is no length of time`);
  }
  return Math.round(ms * MILLISECOND);
}

const MILLION = 1_000_000;

function chance(random: Random): SimRandom {
  return {
    next: () => random.uint32() / 2 ** 32,
    below: (n) => random.below(n),
    between: (low, high) => random.between(low, high),
    chance: (probability) => random.chance(Math.round(probability * MILLION)),
    pick: (from) => random.pick(from),
  };
}
