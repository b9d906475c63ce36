import { putRequest } from "../../src/api/build.ts";
import type { ServiceRequest } from "../../src/api/requests.ts";
import { binaryToBytes } from "../../src/base/bytes.ts";
import { MILLISECOND, SECOND } from "../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";

/** Small, so that a few hundred requests fill segments, make snapshots and compact the log. */
export const BUSY: ClusterOptions = {
  ...DEFAULT_CLUSTER,
  members: 3,
  snapshotEntries: 30,
  catchUpEntries: 5,
  segmentBytes: 8_000,
};

const LIMIT = 120 * SECOND;
const PUTS = 120;
/** Whoever went down is started again after so long: by then it needs a snapshot. */
const DOWNTIME = 400 * MILLISECOND;
const KEYS = 11;

/** Members do not start any more, or never come to agree: what is wrong with the disks shows. */
export class Unfinished extends Error {
  override name = "Unfinished";
}

/**
 * A cluster that does all that a member can come to: writes, compactions, defragmentations, snapshots of its
 * own and of a leader's, changes of membership, watches from the past, and watchers that don't keep up. Who
 * goes down comes back by itself.
 */
export class BusyCluster {
  readonly cluster: Cluster;
  /** What clients were told is there. */
  private readonly promised = new Map<string, string>();
  private readonly downSince = new Map<number, number>();
  /** Members that would not start again, and why. */
  readonly refusals: string[] = [];

  constructor(options: ClusterOptions = BUSY) {
    this.cluster = new Cluster(options);
    this.until("all members start", () =>
      this.cluster.views().every(({ status }) => status === "up"),
    );
    this.cluster.inject({ type: "campaign", member: 1 });
    this.until("a leader", () => this.cluster.leader() !== 0);
  }

  private until(what: string, holds: () => boolean): void {
    const { cluster } = this;
    while (!holds()) {
      cluster.step();
      this.startAgain();
      if (this.refusals.length > 0) throw new Unfinished(this.refusals.join("; "));
      if (cluster.now >= LIMIT) throw new Unfinished(`not reached: ${what}`);
    }
  }

  private startAgain(): void {
    const { cluster } = this;
    for (const id of cluster.memberIds()) {
      const { status, refusal, lives } = cluster.node(id);
      if (status === "refused") this.refusals.push(`m${id}: ${refusal}`);
      if (status !== "down" || lives === 0) {
        this.downSince.delete(id);
        continue;
      }
      const since = this.downSince.get(id);
      if (since === undefined) this.downSince.set(id, cluster.now);
      else if (cluster.now >= since + DOWNTIME) cluster.inject({ type: "restart", member: id });
    }
  }

  ask(request: ServiceRequest, to: number | null = null): void {
    let ended = false;
    const client = this.cluster.client(1);
    const done = () => {
      ended = true;
    };
    if (to === null) client.call(request, done);
    else client.call(request, done, { to, pin: true });
    this.until(`an end of ${request.type}`, () => ended);
  }

  private put(n: number): void {
    const key = `k${n % KEYS}`;
    const value = `${n} ${"x".repeat(100)}`;
    let ended = false;
    this.cluster
      .client(1)
      .call({ type: "put", request: putRequest(key, binaryToBytes(value)) }, ({ outcome }) => {
        ended = true;
        if (outcome === "ok") this.promised.set(key, value);
        else this.promised.delete(key);
      });
    this.until(`an end of put ${n}`, () => ended);
  }

  /** One thing after the other. */
  work(): void {
    const { cluster } = this;
    const slow = cluster.client(2);
    slow.readEveryUs = -1;
    slow.conn.endpoint = 2;
    for (let i = 0; i < 20; i++) slow.watch("k", { rangeEnd: "l" });
    for (let n = 0; n < PUTS; n++) {
      this.put(n);
      if (n === 10) cluster.inject({ type: "partition", groups: [[3]] });
      if (n === 60) cluster.inject({ type: "heal" });
      if (n % 30 === 29) {
        const { revision } = cluster.view(cluster.leader() || 1);
        this.ask({ type: "compaction", request: { revision: revision - 3, physical: false } });
      }
      if (n % 40 === 39) {
        for (const id of [1, 2, 3]) this.ask({ type: "defragment", request: {} }, id);
        const { compactRevision } = cluster.view(cluster.leader() || 1);
        cluster.client(3).watch("k0", { startRevision: Math.max(1, compactRevision) });
      }
      if (n % 40 === 30) slow.readEveryUs = 0;
      if (n % 40 === 35) slow.readEveryUs = -1;
      if (n === 70) {
        this.until("a leader", () => cluster.leader() !== 0);
        cluster.inject({ type: "add-member", member: 4, learner: true });
      }
    }
    slow.readEveryUs = 0;
    cluster.runUntil(cluster.now + SECOND);
    this.until("all members up and equal", () => {
      const inside = this.inside();
      const views = inside.map((id) => cluster.view(id));
      return (
        inside.length > 0 &&
        views.every(({ status }) => status === "up") &&
        new Set(views.map((v) => `${v.applied} ${v.stateHash}`)).size === 1
      );
    });
  }

  /** The leader's configuration: one that asked to join while a leader crashed need not be in it. */
  private inside(): number[] {
    const { cluster } = this;
    const leader = cluster.leader();
    if (leader === 0) return [];
    const { voters, learners } = cluster.view(leader).conf;
    return [...voters, ...learners];
  }

  /** Keys that hold something else than clients were told, on any member. */
  broken(): string[] {
    const { cluster } = this;
    return this.inside().flatMap((id) =>
      [...this.promised].flatMap(([key, value]) => {
        const found = cluster.peek(id, key);
        return found === value ? [] : [`m${id}: ${key} holds ${found}, not ${value}`];
      }),
    );
  }
}
