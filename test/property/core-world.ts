import { compare, op } from "../../src/api/build.ts";
import { prefixEnd } from "../../src/api/ranges.ts";
import type { MemberOp, MembersResponse, ServiceRequest } from "../../src/api/requests.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import type { Client, WatchOptions } from "../../src/client/client.ts";
import type { KeepAlive } from "../../src/client/lease/keep-alive.ts";
import { type Task, TaskError } from "../../src/client/task.ts";
import type { ClientWatcher } from "../../src/client/watch/client-watcher.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import { LockWorkers } from "../../src/sim/workloads/lock-workers.ts";
import type { CoreAction, MemberChange, TxnShape, WatchKind } from "./core-schedule.ts";
import { FAILED_WRITES, PERMITTED, type PutValues } from "./oracles.ts";
import type { Who } from "./schedule.ts";
import { ROOT, Users } from "./users.ts";

const LEASES = 11;
const WATCHERS = [21, 22, 23] as const;
const LOCKERS = [31, 32, 33] as const;
const MEMBERS = 51;
/** Those that are paused and cut off. */
const TROUBLED = [1, 2, 3, 4, ...WATCHERS, ...LOCKERS] as const;
const ALL = [...TROUBLED, LEASES, MEMBERS] as const;

type Of<D extends CoreAction["do"]> = Extract<CoreAction, { readonly do: D }>;

/** What a core action needs to know of the world of its plan. */
export interface Around {
  readonly cluster: Cluster;
  readonly puts: PutValues | null;
  pick(who: Who): number;
  fresh(): number;
  wrong(invariant: string, text: string): void;
}

/** Carries out what clients do in a plan with the whole of etcd. */
export class CoreWorld {
  private readonly around: Around;
  private readonly users: Users | null;
  private readonly leases: bigint[] = [1n, 1n, 1n];
  private readonly keepAlives: (KeepAlive | null)[] = [null, null, null];
  private readonly watchers = new Map<number, ClientWatcher[]>();
  private readonly locks: LockWorkers[] = [];
  /** Clients that were ever stopped or cut off: what they believe to hold may be gone. */
  readonly stopped = new Set<number>();
  private granted = 1000n;
  private values = 0;

  constructor(around: Around, users: boolean) {
    this.around = around;
    const { cluster } = around;
    if (users) for (const id of ALL) cluster.client(id, { auth: ROOT });
    this.users = users
      ? new Users(
          (id, auth) => cluster.client(id, { auth }),
          (text) => around.wrong(PERMITTED, text),
        )
      : null;
  }

  act(action: CoreAction): void {
    const { cluster } = this.around;
    switch (action.do) {
      case "txn":
        this.txn(action);
        return;
      case "range": {
        const { back, serializable } = action;
        const range = { rangeEnd: prefixEnd("k"), revision: this.revision(back), serializable };
        this.call(1, op.get("k", range));
        return;
      }
      case "compact": {
        const { back, physical } = action;
        this.call(1, { type: "compaction", request: { revision: this.revision(back), physical } });
        return;
      }
      case "grant":
      case "revoke":
      case "keep":
      case "let-go":
      case "time-left":
      case "attach":
        this.lease(action);
        return;
      case "watch":
        this.watch(action);
        return;
      case "unwatch":
        this.watchers.get(watcherOf(action.client))?.shift()?.cancel();
        return;
      case "ask-progress":
        cluster.client(watcherOf(action.client)).requestProgress();
        return;
      case "read-slowly": {
        const { everyMs } = action;
        cluster.client(watcherOf(action.client)).readEveryUs =
          everyMs < 0 ? -1 : everyMs * MILLISECOND;
        return;
      }
      case "auth":
        this.users?.change(action.change, action.permission);
        return;
      case "as-user":
        this.users?.act(action.shape, `k${action.key}`, this.leases[0] as bigint);
        return;
      case "lock":
        this.lock(LOCKERS[action.client % LOCKERS.length] as number, action.holdMs);
        return;
      case "client-pause":
      case "client-resume":
      case "client-cut":
        this.trouble(action);
        return;
      case "defrag": {
        const to = this.around.pick(action.who);
        this.client(MEMBERS).call({ type: "defragment", request: {} }, ignored, { to, pin: true });
        return;
      }
      case "member":
        this.client(MEMBERS).run(this.member(action.change, this.around.pick(action.who)));
        return;
      case "crash-at": {
        const { operations, disk } = action;
        const member = this.around.pick(action.who);
        cluster.inject({ type: "crash-at", member, operations, disk });
      }
    }
  }

  /** Lets clients come to rest, and undoes what slows them down. */
  heal(): void {
    const { cluster } = this.around;
    for (const id of cluster.memberIds()) {
      cluster.node(id).disk.failsAt = Number.POSITIVE_INFINITY;
    }
    for (const client of TROUBLED) {
      if (cluster.clients.process(client).paused) cluster.inject({ type: "client-resume", client });
    }
    for (const id of WATCHERS) cluster.client(id).readEveryUs = 0;
    for (const locks of this.locks) locks.stop();
  }

  // ---- keys --------------------------------------------------------------------------------------

  private client(id: number): Client {
    return this.around.cluster.client(id);
  }

  private call(client: number, request: ServiceRequest): void {
    this.client(client).call(request, ignored);
  }

  /** So many revisions before the newest; a later one if `back` is negative. */
  private revision(back: number): number {
    const { cluster } = this.around;
    const leader = cluster.leader();
    const newest = leader === 0 ? 1 : cluster.view(leader).revision;
    return Math.max(1, newest - back);
  }

  private txn({ shape, key, back, client }: Of<"txn">): void {
    const value = `x${++this.values}`;
    this.client(client).call(this.request(shape, `k${key}`, value, back), ({ outcome }) => {
      if (outcome !== "fail" || this.around.puts?.has(value) !== true) return;
      this.around.wrong(FAILED_WRITES, `a failed transaction wrote ${value} all the same`);
    });
  }

  private request(shape: TxnShape, key: string, value: string, back: number) {
    const put = op.put(key, value);
    const all = { rangeEnd: prefixEnd("k") };
    switch (shape) {
      case "guarded":
        return op.txn(
          [compare.version(key, "EQUAL", 0)],
          [put],
          [op.delete(key), op.get("k", all)],
        );
      case "many":
        return op.txn([], [put, op.put(`${key}x`, value), op.delete("k1x"), op.get(key)]);
      case "old read":
        return op.txn([], [put, op.get(key, { revision: this.revision(back) })]);
      case "delete all":
        // Nothing is left: a compaction may take the newest revisions along.
        return op.txn([], [op.delete("a", { rangeEnd: "\0", prevKv: true })]);
      case "nested":
        return op.txn(
          [],
          [op.txn([compare.created(key, "GREATER", 0)], [put], [op.put("l", value)])],
        );
      case "read":
        return op.txn([], [op.get("k", all), op.get(key, { revision: this.revision(back) })]);
    }
  }

  // ---- leases and locks --------------------------------------------------------------------------

  private lease(action: Of<"grant" | "revoke" | "keep" | "let-go" | "time-left" | "attach">): void {
    const { slot } = action;
    const id = this.leases[slot] as bigint;
    switch (action.do) {
      case "grant": {
        this.granted++;
        const fresh = action.below ? -this.granted : this.granted;
        this.leases[slot] = fresh;
        this.call(LEASES, { type: "leaseGrant", request: { id: fresh, ttl: action.ttl } });
        return;
      }
      case "revoke":
        this.call(LEASES, { type: "leaseRevoke", request: { id } });
        return;
      case "keep":
        this.keepAlives[slot]?.stop();
        this.keepAlives[slot] = this.client(LEASES).keepAlive(id);
        return;
      case "let-go":
        this.keepAlives[slot]?.stop();
        return;
      case "time-left":
        this.call(LEASES, { type: "leaseTimeToLive", request: { id, keys: true } });
        return;
      case "attach":
        for (let i = 0; i < action.count; i++) {
          const key = `k${(action.key + 7 * i) % 10}`;
          this.call(LEASES, op.put(key, `x${++this.values}`, { lease: id }));
        }
    }
  }

  private lock(client: number, holdMs: number): void {
    const { cluster } = this.around;
    const plan = { name: "L", ttl: 2, holdUs: holdMs * MILLISECOND, rounds: 2, fenced: true };
    this.locks.push(new LockWorkers(cluster, { ...plan, clients: [client] }));
  }

  // ---- watches -----------------------------------------------------------------------------------

  private watch({ client, kind, key, back }: Of<"watch">): void {
    const id = watcherOf(client);
    const watcher = this.client(id).watch(...this.watchOf(kind, `k${key}`, back));
    const all = this.watchers.get(id) ?? [];
    this.watchers.set(id, [...all, watcher]);
  }

  private watchOf(kind: WatchKind, key: string, back: number): [string, WatchOptions] {
    const prefix = { rangeEnd: prefixEnd("k") };
    switch (kind) {
      case "key":
        return [key, {}];
      case "prefix":
        return ["k", prefix];
      case "past":
        return ["k", { ...prefix, startRevision: this.revision(Math.abs(back)) }];
      case "future":
        return ["k", { ...prefix, startRevision: this.revision(-1 - Math.abs(back)) }];
      case "prev":
        return ["k", { ...prefix, prevKv: true, progressNotify: true }];
      case "filtered":
        return ["k", { ...prefix, filters: [back > 1 ? "NOPUT" : "NODELETE"] }];
    }
  }

  // ---- clients in trouble, members ---------------------------------------------------------------

  private trouble(action: Of<"client-pause" | "client-resume" | "client-cut">): void {
    const { cluster } = this.around;
    const client = TROUBLED[action.client % TROUBLED.length] as number;
    const { paused } = cluster.clients.process(client);
    if (action.do === "client-resume") {
      if (paused) cluster.inject({ type: action.do, client });
      return;
    }
    this.stopped.add(client);
    if (action.do === "client-cut") {
      const members = action.who === "all" ? cluster.memberIds() : [this.around.pick(action.who)];
      cluster.inject({ type: "client-cut", clients: [client], members });
    } else if (!paused) cluster.inject({ type: "client-pause", client });
  }

  private *member(change: MemberChange, node: number): Task<void> {
    const client = this.client(MEMBERS);
    try {
      const listed: MembersResponse = yield* client.do({
        type: "memberList",
        request: { linearizable: true },
      });
      if (change === "list") return;
      const found = listed.members.find(({ peerUrls }) => peerUrls.includes(urlOf(node)));
      const id = found?.id ?? 0n;
      if (change === "add" || change === "add-learner") {
        yield* this.join(client, change === "add-learner");
      } else yield* client.do(changeOf(change, id, node));
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
    }
  }

  private *join(client: Client, isLearner: boolean): Task<void> {
    const { cluster } = this.around;
    const node = this.around.fresh();
    if (node > 9) return;
    // The machine is there before anybody knows of it; its process waits for its peers.
    cluster.addNode(node, []).boot(0);
    yield* client.do({ type: "memberAdd", request: { peerUrls: [urlOf(node)], isLearner } });
  }
}

function changeOf(
  change: Exclude<MemberChange, "add" | "add-learner" | "list">,
  id: bigint,
  node: number,
): MemberOp {
  switch (change) {
    case "remove":
      return { type: "memberRemove", request: { id } };
    case "promote":
      return { type: "memberPromote", request: { id } };
    case "update":
      return { type: "memberUpdate", request: { id, peerUrls: [urlOf(node)] } };
  }
}

function urlOf(node: number): string {
  return `http://m${node}:2380`;
}

function watcherOf(index: number): number {
  return WATCHERS[index % WATCHERS.length] as number;
}

function ignored(): void {
  // The monitors see what it came to.
}
