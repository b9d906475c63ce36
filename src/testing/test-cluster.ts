import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { MILLISECOND, SECOND } from "../base/time.ts";
import { parseSelectorTerm } from "../scenario/language/selectors.ts";
import { formatDuration } from "../scenario/read/duration.ts";
import { type ScenarioData, type StepData, scenarioYaml } from "../scenario/read/scenario-data.ts";
import { connectionFaultOf } from "../serve/connection-faults.ts";
import type { Server } from "../serve/server.ts";
import { TestClient } from "./test-client.ts";

/**
 * What a cluster for a test is like.
 *
 * @public
 */
export interface ClusterSetting {
  /** How many; 3 unless told. */
  readonly members?: number;
  /** Which etcd: a line such as "3.6", or a release; 3.7 unless told. */
  readonly etcd?: string;
  /** All chance of the cluster comes from it; 1 unless told. */
  readonly seed?: number;
  /** More words of a scenario's `cluster:`, e.g. `{"quota": "1MiB"}`. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  /**
   * How virtual time goes. `"by-hand"` (unless told): it stands still while no call waits for its answer, and
   * passes by `advance`; a number: so many virtual seconds pass in a second.
   */
  readonly time?: "by-hand" | number;
  /** Listen there; 127.0.0.1 unless told. */
  readonly host?: string;
  /** Of m1, the others have the next ones; free ones unless told. */
  readonly port?: number;
  /** Who says that the test has failed: `onTestFailed` of vitest. Then the session is kept, and told. */
  readonly onTestFailed?: (failed: () => void) => void;
}

/**
 * How an answer is lost, and how many.
 *
 * @public
 */
export interface LostAnswer {
  readonly by?: "reset" | "silence";
  readonly count?: number;
}

/**
 * How a call is refused, and how many.
 *
 * @public
 */
export interface Refusal {
  /** gRPC's, e.g. `"ResourceExhausted"`. */
  readonly code?: string;
  readonly message?: string;
  readonly count?: number;
}

/** How long an election may take. */
const ELECTION_MAX = 120 * SECOND;
/** A lease whose time is over is revoked within so long. */
const EXPIRY = 3 * SECOND;

/**
 * A cluster that a test talks to. Members are `"m1"`, `"m2"`, …, or `"leader"`, `"follower"` and the other words of
 * scenarios.
 *
 * @public
 */
export class TestCluster {
  readonly #server: Server;
  readonly #data: ScenarioData;
  readonly #steps: StepData[] = [];
  readonly #end: () => void;
  /** Where clients reach each member, m1 first. */
  readonly endpoints: readonly string[];
  /** To arrange, and to look. */
  readonly client: TestClient;

  constructor(server: Server, data: ScenarioData, end: () => void) {
    this.#server = server;
    this.#data = data;
    this.#end = end;
    this.endpoints = server.run.cluster.memberIds().map((id) => server.endpoint(id));
    this.client = new TestClient(server.pacer);
  }

  /** The same without a scheme: `127.0.0.1:41234`. */
  get hosts(): readonly string[] {
    return this.endpoints.map((endpoint) => new URL(endpoint).host);
  }

  /** Virtual time since the cluster began. */
  get nowMs(): number {
    return this.#server.run.now / MILLISECOND;
  }

  // ---- looking -----------------------------------------------------------------------------------

  /** The leader, `"m2"`; if there is none, as much time passes as an election takes. Throws where nobody wins it. */
  async leader(): Promise<string> {
    const { cluster } = this.#server.run;
    const elected = this.#server.pacer.advanceUntil(() => cluster.leader() !== 0, ELECTION_MAX);
    await breath();
    if (!elected) throw new Error("nobody leads, and nobody is elected: is there a majority?");
    return `m${cluster.leader()}`;
  }

  /** Where clients reach a member. */
  endpoint(member: string): string {
    const term = parseSelectorTerm(member);
    if (typeof term === "object") throw new Error(term.error);
    return this.#server.endpoint(this.#server.run.world.member([term]));
  }

  // ---- breaking and mending ----------------------------------------------------------------------

  /** A step in the words of a scenario: `{"disk-slow": {member: "m2", …}}`. */
  async step(step: StepData): Promise<void> {
    const { pacer, run } = this.#server;
    pacer.take({ kind: "step", step });
    this.#steps.push({ at: formatDuration(run.now), ...step });
    pacer.onProgress();
    await breath();
  }

  /** The process ends: its connections are reset, new ones refused. `disk`: what becomes of what was not synced. */
  crash(member = "leader", disk: "lose" | "keep" | "tear" = "lose"): Promise<void> {
    return this.step({ crash: { member, disk } });
  }

  restart(member = "down"): Promise<void> {
    return this.step({ restart: member });
  }

  /** The members of different groups don't hear each other; clients reach all of them. */
  partition(...groups: readonly (readonly string[])[]): Promise<void> {
    return this.step({ partition: groups });
  }

  heal(): Promise<void> {
    return this.step({ heal: true });
  }

  /** The process stands still, as in SIGSTOP: it keeps its connections and says nothing. */
  pause(member = "leader"): Promise<void> {
    return this.step({ pause: member });
  }

  resume(member = "paused"): Promise<void> {
    return this.step({ resume: member });
  }

  // ---- between clients and members ---------------------------------------------------------------

  /**
   * The next call of the method is carried out, and its client does not hear of it: its connection is reset, or,
   * by `"silence"`, nothing comes. A count of 0 takes back what has not happened yet.
   *
   * @param method `"put"`, `"txn"`, `"leaseGrant"`, `"lock"`, …
   */
  loseAnswer(method: string, how: LostAnswer = {}): void {
    this.#connectionFault({ "lose-answer": { method, ...how } });
  }

  /** The connection of a stream is reset when so many more messages have gone out on it: 1 unless told. */
  cutStream(
    method: "watch" | "leaseKeepAlive" | "rangeStream",
    how: { readonly after?: number; readonly count?: number } = {},
  ): void {
    this.#connectionFault({ "cut-stream": { method, ...how } });
  }

  /** The next call of the method ends with an error, and no member hears of it: Unavailable unless told. */
  refuse(method: string, how: Refusal = {}): void {
    this.#connectionFault({ refuse: { method, ...how } });
  }

  #connectionFault(step: StepData): void {
    const fault = connectionFaultOf(step);
    if (fault !== null) this.#server.faults.add(fault);
  }

  /** Nobody hears what its history was before this revision; the newest unless told. */
  async compact(revision?: number): Promise<void> {
    const { cluster } = this.#server.run;
    const newest = cluster.view(Number((await this.leader()).slice(1))).revision;
    const request = { revision: revision ?? newest, physical: false };
    await this.client.ask({ type: "compaction", request });
  }

  // ---- time --------------------------------------------------------------------------------------

  /** So much virtual time passes at once: to a client it is as if it had stood still meanwhile. */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`time does not go back: advance(${ms})`);
    this.#server.pacer.advance(Math.round(ms * MILLISECOND));
    await breath();
  }

  /** So much time passes that the lease expires, whoever keeps it alive. Throws where it does not exist. */
  async expireLease(id: bigint | string | number): Promise<void> {
    const lease = BigInt(id);
    const left = async () =>
      (await this.client.ask({ type: "leaseTimeToLive", request: { id: lease, keys: false } })).ttl;
    const ttl = await left();
    if (ttl < 0) throw new Error(`there is no lease ${lease}`);
    await this.advance((ttl * SECOND + EXPIRY) / MILLISECOND);
    for (let more = 0; more < 10 && (await left()) >= 0; more++) {
      await this.advance(EXPIRY / MILLISECOND);
    }
  }

  // ---- the end -----------------------------------------------------------------------------------

  /** Writes what was done to the cluster as a scenario, for `detcd replay` and `detcd serve --scenario`. */
  save(file: string): void {
    const none = [{ after: "1s", note: "nothing was done to it" }];
    const steps = this.#steps.length === 0 ? none : this.#steps;
    writeFileSync(resolve(file), scenarioYaml({ ...this.#data, name: "session", steps }));
  }

  /** Ends it: nothing is left open. */
  async stop(): Promise<void> {
    this.#end();
    await breath();
  }
}

/** What is on its way to sockets gets there. */
function breath(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
