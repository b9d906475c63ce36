import { op } from "../../src/api/build.ts";
import { prefixEnd } from "../../src/api/ranges.ts";
import { SECOND } from "../../src/base/time.ts";
import type { Violation } from "../../src/check/violation.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";
import { ask, callsOf } from "../support/patient.ts";
import type { UserShape } from "./core-schedule.ts";
import { elect, inject, logged, until, write } from "./directed.ts";
import { runPlan } from "./run-plan.ts";
import type { Action } from "./schedule.ts";

/** A few steps written for one mistake; what judges them is what judges random plans. */
export interface Directed {
  readonly options?: Partial<ClusterOptions>;
  readonly users?: boolean;
  readonly script: (cluster: Cluster, act: (action: Action) => void) => void;
}

export function runDirected(
  { options, users = false, script }: Directed,
  bugs: readonly string[],
  only?: readonly string[],
): readonly Violation[] {
  const plan = { options: { seed: 1, members: 3, ...options }, users, steps: [] };
  const judged = only === undefined ? {} : { only };
  return runPlan(plan, { bugs, script, ...judged }).violations;
}

function run(cluster: Cluster, seconds: number): void {
  cluster.runUntil(cluster.now + seconds * SECOND);
}

const ALL = { rangeEnd: prefixEnd("k") };

/** A client's call to one member, and the world until it has ended. */
function call(cluster: Cluster, to: number, ...[request]: [Parameters<Client["call"]>[0]]): void {
  let ended = false;
  const done = () => {
    ended = true;
  };
  cluster.client(1).call(request, done, { to, pin: true });
  until(cluster, "the call has ended", () => ended);
}

type Client = ReturnType<Cluster["client"]>;

/** So many transactions of so many puts of keys of their own: k00000 and on. */
function fill(cluster: Cluster, transactions: number, puts: number): void {
  for (let i = 0; i < transactions; i++) {
    const keys = Array.from({ length: puts }, (_, j) => `k${10000 + i * puts + j}`);
    const ops = keys.map((key) => op.put(key, "v"));
    call(cluster, cluster.leader(), op.txn([], ops));
  }
}

/** One of two members that have a write loses a bit of it; the third never heard of it. */
export const ROTTEN_LOG: Directed = {
  // Where the bit is that flips.
  options: { seed: 2 },
  script: (cluster) => {
    elect(cluster, 1);
    inject(cluster, { type: "crash", member: 3, disk: "keep" });
    write(cluster, 1, 40);
    run(cluster, 1);
    for (const member of [1, 2]) inject(cluster, { type: "crash", member, disk: "keep" });
    inject(cluster, { type: "bit-rot", member: 1, suffix: ".wal", bits: 1 });
    for (const member of [1, 3]) inject(cluster, { type: "restart", member });
    run(cluster, 5);
  },
};

/** A watch begins with the very deletion that was compacted. */
export const COMPACTED_DELETION: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    call(cluster, 1, op.put("k", "v"));
    call(cluster, 1, op.delete("k"));
    const { revision } = cluster.view(1);
    call(cluster, 1, { type: "compaction", request: { revision, physical: true } });
    cluster.client(21).watch("k", { startRevision: revision });
    run(cluster, 1);
    call(cluster, 1, op.put("k", "w"));
  },
};

/** A member is asked to defragment all the while a snapshot takes the place of its backend. */
export const DEFRAGMENTED_SNAPSHOT: Directed = {
  options: { snapshotEntries: 8, catchUpEntries: 0 },
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    inject(cluster, { type: "partition", groups: [[3], [1, 2]] });
    write(cluster, 1, 40);
    run(cluster, 1);
    const slow = { syncMinUs: 20_000, syncMeanUs: 20_000, syncMaxUs: 20_000 };
    inject(cluster, { type: "disk-slow", member: 3, options: slow }, { type: "heal" });
    const client = cluster.client(51);
    for (let i = 0; i < 100; i++) {
      client.call({ type: "defragment", request: {} }, () => undefined, { to: 3, pin: true });
      cluster.runUntil(cluster.now + 10_000);
    }
    run(cluster, 1);
    inject(cluster, { type: "crash", member: 3, disk: "keep" });
    run(cluster, 1);
  },
};

/** A lease ends while nobody answers its leader, who still leads when they do again. */
export const UNCONFIRMED_EXPIRY: Directed = {
  options: { checkQuorum: false },
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    call(cluster, 1, { type: "leaseGrant", request: { id: 7n, ttl: 3 } });
    call(cluster, 1, op.put("k", "v", { lease: 7n }));
    inject(cluster, { type: "pause", member: 2 }, { type: "pause", member: 3 });
    run(cluster, 20);
    inject(cluster, { type: "resume", member: 2 }, { type: "resume", member: 3 });
    elect(cluster, 1);
  },
};

/** Half of a long lease is over when everybody starts again, and somebody asks how much is left. */
export const LONG_LEASE: Directed = {
  options: { leaseCheckpoint: true },
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    call(cluster, 1, { type: "leaseGrant", request: { id: 7n, ttl: 600 } });
    call(cluster, 1, op.put("k", "v", { lease: 7n }));
    run(cluster, 350);
    // What is in the database by now is not applied again from the log.
    write(cluster, 1);
    run(cluster, 50);
    for (const member of [1, 2, 3]) inject(cluster, { type: "crash", member, disk: "keep" });
    for (const member of [1, 2, 3]) inject(cluster, { type: "restart", member });
    elect(cluster, 1);
    run(cluster, 1);
    call(cluster, 1, { type: "leaseTimeToLive", request: { id: 7n, keys: true } });
  },
};

/** A lease of ten minutes, five of which are over and written down. */
function checkpointed(cluster: Cluster): void {
  elect(cluster, 1);
  run(cluster, 1);
  call(cluster, 1, { type: "leaseGrant", request: { id: 7n, ttl: 600 } });
  call(cluster, 1, op.put("k", "v", { lease: 7n }));
  run(cluster, 302);
}

/** Its client renews it, and the leader is gone before anybody else hears that this is committed. */
export const UNHEARD_RENEWAL: Directed = {
  options: { leaseCheckpoint: true },
  script: (cluster) => {
    checkpointed(cluster);
    const index = cluster.view(1).lastIndex + 1;
    let renewed = false;
    const done = () => {
      renewed = true;
    };
    const request = { type: "leaseKeepAlive", request: { id: 7n } } as const;
    cluster.client(11).call(request, done, { to: 1, pin: true });
    logged(cluster, 2, index);
    inject(cluster, { type: "cut", from: [1], to: [2, 3] });
    until(cluster, "it is renewed", () => renewed);
    inject(cluster, { type: "crash", member: 1, disk: "keep" }, { type: "heal" });
    elect(cluster, 2);
    run(cluster, 400);
  },
};

/** A client renews a checkpointed lease in the very moment in which another revokes it. */
export function renewedAndRevoked(afterUs: number): Directed {
  return {
    options: { leaseCheckpoint: true },
    script: (cluster) => {
      checkpointed(cluster);
      const ignored = () => undefined;
      const to = { to: 1, pin: true };
      const request = { id: 7n };
      cluster.client(11).call({ type: "leaseKeepAlive", request }, ignored, to);
      cluster.runUntil(cluster.now + afterUs);
      cluster.client(12).call({ type: "leaseRevoke", request }, ignored, to);
      run(cluster, 1);
    },
  };
}

/**
 * A leader writes down what is left of a thousand leases, a whole batch, and is deposed before that
 * is committed. A client renews one of them with the next leader.
 */
export const STALE_BATCH: Directed = {
  options: { leaseCheckpoint: true },
  script: (cluster) => {
    elect(cluster, 2);
    run(cluster, 1);
    let granted = 0;
    for (let i = 1; i <= 1000; i++) {
      const request = { id: BigInt(i), ttl: 600 };
      const done = () => granted++;
      cluster.client(1).call({ type: "leaseGrant", request }, done, { to: 2, pin: true });
    }
    until(cluster, "a thousand leases are granted", () => granted === 1000);
    // With a new leader all start again at once, so that their checkpoints are due at once.
    inject(cluster, { type: "transfer", to: 1 });
    elect(cluster, 1);
    run(cluster, 299);
    logged(cluster, 1, cluster.view(1).lastIndex + 1);
    inject(cluster, { type: "partition", groups: [[1], [2, 3]] });
    elect(cluster, 2);
    run(cluster, 1);
    call(cluster, 2, { type: "leaseKeepAlive", request: { id: 7n } });
    // Until the old leader gives its proposal up.
    run(cluster, 10);
    inject(cluster, { type: "heal" });
    run(cluster, 3);
    inject(cluster, { type: "crash", member: cluster.leader(), disk: "keep" });
    run(cluster, 310);
  },
};

/** A mad switch brings what the leader tells m2 to m3, which is behind it (etcd issue 16220). */
export const MAD_SWITCH: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    inject(cluster, { type: "cut", from: [1], to: [3] });
    write(cluster, 1, 10);
    run(cluster, 0.2);
    inject(cluster, { type: "misdeliver", from: [1], to: 2, at: 3 });
    run(cluster, 5);
  },
};

/**
 * A leader's log ends with an empty entry in place of a change of membership that raft refused, and the
 * revoke of a lease; all of that is committed with the next leader's first entry.
 */
export const REFUSED_CHANGE: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    call(cluster, 1, { type: "leaseGrant", request: { id: 7n, ttl: 2 } });
    call(cluster, 1, op.put("k", "v", { lease: 7n }));
    run(cluster, 1.9);
    for (const from of [2, 3]) {
      inject(cluster, { type: "drop-next", from, to: 1, message: "MsgAppResp", count: 1000 });
    }
    const { lastIndex } = cluster.view(1);
    inject(cluster, { type: "add-member", member: 4, learner: true });
    inject(cluster, { type: "remove-member", member: 3 });
    logged(cluster, 2, lastIndex + 3);
    inject(cluster, { type: "crash", member: 1, disk: "keep" });
    elect(cluster, 2);
    run(cluster, 1);
  },
};

/** Bob signs in with his old password just when it is changed, and goes on with the token he got. */
export function oldPassword(afterUs: number): Directed {
  return {
    users: true,
    script: (cluster, act) => {
      elect(cluster, 1);
      act({ do: "auth", change: "enable", permission: 0 });
      run(cluster, 4);
      // The administrator signs in, too: from now on only bob has to.
      act({ do: "auth", change: "grant", permission: 1 });
      run(cluster, 1);
      act({ do: "as-user", shape: "put", key: 0 });
      cluster.runUntil(cluster.now + afterUs);
      act({ do: "auth", change: "password", permission: 0 });
      run(cluster, 1);
      act({ do: "as-user", shape: "put", key: 0 });
      run(cluster, 1);
    },
  };
}

/** A leader waits for its disk, alone, while the next one is asked to keep its leases alive. */
export const STALLED_LEADER: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    call(cluster, 1, { type: "leaseGrant", request: { id: 7n, ttl: 5 } });
    cluster.client(11, { endpoints: [2, 3] }).keepAlive(7n);
    call(cluster, 1, op.put("k", "v", { lease: 7n }));
    run(cluster, 2);
    const stalled = { syncMinUs: 8 * SECOND, syncMeanUs: 8 * SECOND, syncMaxUs: 8 * SECOND };
    inject(cluster, { type: "disk-slow", member: 1, options: stalled });
    write(cluster, 1);
    run(cluster, 0.1);
    inject(cluster, { type: "partition", groups: [[1], [2, 3]] });
    run(cluster, 9);
    inject(cluster, { type: "heal" });
    run(cluster, 3);
  },
};

/** A learner that nobody started is to become a voter. */
export const UNSTARTED_LEARNER: Directed = {
  options: { members: 1 },
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    const client = cluster.client(51);
    const request = { peerUrls: ["http://m2:2380"], isLearner: true };
    client.call({ type: "memberAdd", request }, ({ response }) => {
      if (response?.type !== "memberAdd") return;
      const { id } = response.response.member;
      client.call({ type: "memberPromote", request: { id } }, () => undefined);
    });
    run(cluster, 10);
  },
};

/** A learner is given another address. */
export const MOVED_LEARNER: Directed = {
  script: (cluster, act) => {
    elect(cluster, 1);
    run(cluster, 6);
    act({ do: "member", change: "add-learner", who: 0 });
    run(cluster, 3);
    act({ do: "member", change: "update", who: 3 });
    run(cluster, 3);
  },
};

/** A learner is promoted, and everybody starts again. */
export const PROMOTED_LEARNER: Directed = {
  script: (cluster, act) => {
    elect(cluster, 1);
    run(cluster, 6);
    act({ do: "member", change: "add-learner", who: 0 });
    run(cluster, 3);
    act({ do: "member", change: "promote", who: 3 });
    run(cluster, 3);
    write(cluster, 1);
    run(cluster, 1);
    for (const member of [1, 2, 3, 4]) inject(cluster, { type: "crash", member, disk: "keep" });
    for (const member of [1, 2, 3, 4]) inject(cluster, { type: "restart", member });
    run(cluster, 3);
  },
};

/** All that was written is deleted and compacted; the member is down before, or after, that is finished. */
function everythingCompacted(finished: boolean): Directed {
  return {
    script: (cluster) => {
      elect(cluster, 1);
      fill(cluster, 8, 125);
      call(cluster, 1, op.delete("k", ALL));
      const { revision } = cluster.view(1);
      run(cluster, 1);
      call(cluster, 1, { type: "compaction", request: { revision, physical: finished } });
      // A batch of a thousand rows, ten milliseconds, a second batch: that is all of them.
      if (!finished) cluster.runUntil(cluster.now + 15_000);
      inject(cluster, { type: "crash", member: 1, disk: "keep" }, { type: "restart", member: 1 });
      run(cluster, 2);
      write(cluster, 2, 3);
    },
  };
}
export const COMPACTED = everythingCompacted(true);
export const HALF_COMPACTED = everythingCompacted(false);

/** A watch waits for a later revision while a snapshot takes its member there halfway. */
export const FUTURE_WATCH: Directed = {
  options: { snapshotEntries: 8, catchUpEntries: 0 },
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    const startRevision = cluster.view(1).revision + 60;
    const client = cluster.client(21, { endpoints: [3] });
    client.watch("k", { ...ALL, startRevision });
    run(cluster, 1);
    inject(cluster, { type: "partition", groups: [[3], [1, 2]] });
    write(cluster, 1, 40);
    run(cluster, 1);
    inject(cluster, { type: "heal" });
    run(cluster, 2);
    write(cluster, 1, 40);
    run(cluster, 1);
  },
};

/** A stream is full when it is to be told that a watch begins before the compaction. */
export const STARVED_STREAM: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    write(cluster, 1, 20);
    run(cluster, 1);
    const client = cluster.client(21, { endpoints: [2] });
    client.watch("k", ALL);
    run(cluster, 1);
    client.readEveryUs = -1;
    for (let i = 0; i < 300; i++) call(cluster, 1, op.put("k0", "x".repeat(2000)));
    run(cluster, 1);
    const { revision } = cluster.view(1);
    call(cluster, 1, { type: "compaction", request: { revision, physical: false } });
    client.watch("k", { ...ALL, startRevision: 2 });
    run(cluster, 1);
    client.readEveryUs = 0;
    run(cluster, 1);
    write(cluster, 1, 3);
  },
};

/** A transaction does its work from the last key to the first, and somebody watches. */
export const BACKWARDS: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    cluster.client(21).watch("k", ALL);
    run(cluster, 1);
    call(cluster, 1, op.txn([], [op.put("k3", "v"), op.put("k2", "v"), op.put("k1", "v")]));
    call(cluster, 1, op.txn([], [op.put("k4", "v"), op.delete("k3"), op.put("k1", "w")]));
  },
};

/** A watcher catches up with more than one batch of large transactions. */
export const LARGE_TRANSACTIONS: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    fill(cluster, 12, 120);
    cluster.client(21).watch("k", { ...ALL, startRevision: 1 });
  },
};

/** A member that is behind goes down at the n-th operation of its disk while a snapshot comes in. */
export function snapshotCutShort(operations: number): Directed {
  return {
    options: { snapshotEntries: 8, catchUpEntries: 0 },
    script: (cluster) => {
      elect(cluster, 1);
      run(cluster, 1);
      inject(cluster, { type: "partition", groups: [[3], [1, 2]] });
      write(cluster, 1, 40);
      run(cluster, 1);
      inject(cluster, { type: "crash-at", member: 3, operations, disk: "keep" });
      inject(cluster, { type: "heal" });
      run(cluster, 3);
    },
  };
}

/** What a deposed leader is asked, as long as nobody tells it; `late`: an echo of before reaches it. */
function deposed(options: Partial<ClusterOptions>, late: boolean): Directed {
  return {
    options: { preVote: false, checkQuorum: false, ...options },
    script: (cluster) => {
      const get = op.get("k");
      const read = () => {
        const made = ask(cluster, 1, get, { to: 1, pin: true });
        until(cluster, "the read ends", () => made.outcome !== "pending");
      };
      elect(cluster, 1);
      write(cluster, 1);
      run(cluster, 1);
      if (late) {
        // m2 confirms the first read; what m3 says of it is still on its way.
        inject(cluster, { type: "clog", from: [3], to: [1] });
        read();
      }
      inject(cluster, { type: "cut", from: [1], to: [2, 3] }, { type: "cut", from: [2], to: [1] });
      if (!late) inject(cluster, { type: "cut", from: [3], to: [1] });
      elect(cluster, 2);
      write(cluster, 2);
      until(cluster, "the write is acknowledged", () => callsOf(cluster).at(-1)?.outcome === "ok");
      const made = ask(cluster, 1, get, { to: 1, pin: true });
      cluster.runUntil(cluster.now + 5_000);
      inject(cluster, { type: "unclog" });
      until(cluster, "the read ends", () => made.outcome !== "pending");
    },
  };
}
export const LATE_ECHO = deposed({}, true);
export const LEASE_READ = deposed({ readOnly: "lease" }, false);

/** Auth is on, ann has one of the permissions, and tries something. */
export function asAnn(permission: number, shape: UserShape, key: number): Directed {
  return {
    users: true,
    script: (cluster, act) => {
      elect(cluster, 1);
      act({ do: "auth", change: "enable", permission: 0 });
      run(cluster, 4);
      act({ do: "auth", change: "grant", permission });
      run(cluster, 1);
      act({ do: "as-user", shape, key });
      run(cluster, 1);
    },
  };
}
/** She may write the key, and asks for what it held before. */
export const UNREAD_PREVIOUS = asAnn(3, "prev", 3);
/** She may read the key, and asks for all that come after it. */
export const OPEN_RANGE = asAnn(0, "open", 0);

/** A member that hears late of everything is asked for what was taken from ann meanwhile. */
export const LATE_REVOKE: Directed = {
  users: true,
  script: (cluster, act) => {
    elect(cluster, 1);
    act({ do: "auth", change: "enable", permission: 0 });
    run(cluster, 4);
    act({ do: "auth", change: "grant", permission: 0 });
    run(cluster, 1);
    // So that she has signed in.
    act({ do: "as-user", shape: "put", key: 0 });
    run(cluster, 1);
    inject(cluster, { type: "clog", from: [1], to: [3] });
    act({ do: "auth", change: "take", permission: 0 });
    run(cluster, 0.2);
    act({ do: "as-user", shape: "put", key: 0 });
    run(cluster, 0.2);
    inject(cluster, { type: "unclog" });
    run(cluster, 2);
  },
};

/** What ann may is another when a snapshot takes her member over the change. */
export const SKIPPED_CHANGE: Directed = {
  users: true,
  options: { snapshotEntries: 8, catchUpEntries: 0 },
  script: (cluster, act) => {
    elect(cluster, 1);
    act({ do: "auth", change: "enable", permission: 0 });
    run(cluster, 4);
    act({ do: "auth", change: "grant", permission: 0 });
    run(cluster, 1);
    act({ do: "as-user", shape: "put", key: 0 });
    run(cluster, 1);
    inject(cluster, { type: "partition", groups: [[3], [1, 2]] });
    act({ do: "auth", change: "take", permission: 0 });
    run(cluster, 2);
    for (let i = 0; i < 20; i++) act({ do: "txn", shape: "many", key: 2, back: 0, client: 1 });
    run(cluster, 2);
    inject(cluster, { type: "heal" });
    run(cluster, 3);
    act({ do: "as-user", shape: "put", key: 0 });
    run(cluster, 2);
  },
};

/** The same the other way: she was granted it, and her member does not let her read. */
export const SKIPPED_GRANT: Directed = {
  users: true,
  options: { snapshotEntries: 8, catchUpEntries: 0 },
  script: (cluster, act) => {
    elect(cluster, 1);
    act({ do: "auth", change: "enable", permission: 0 });
    run(cluster, 4);
    act({ do: "as-user", shape: "get", key: 0 });
    run(cluster, 1);
    inject(cluster, { type: "partition", groups: [[3], [1, 2]] });
    act({ do: "auth", change: "grant", permission: 0 });
    run(cluster, 2);
    for (let i = 0; i < 20; i++) act({ do: "txn", shape: "many", key: 2, back: 0, client: 1 });
    run(cluster, 2);
    inject(cluster, { type: "heal" });
    run(cluster, 3);
    act({ do: "as-user", shape: "get", key: 0 });
    run(cluster, 2);
  },
};

/** A transaction puts a key, and then reads what has been compacted. */
export const HALF_TRANSACTION: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    for (const value of ["1", "2", "3"]) call(cluster, 1, op.put("k", value));
    const { revision } = cluster.view(1);
    call(cluster, 1, { type: "compaction", request: { revision, physical: true } });
    call(cluster, 1, op.txn([], [op.put("k", "4"), op.get("k", { revision: revision - 1 })]));
    run(cluster, 1);
  },
};

/** A member goes down right after it has defragmented what it has just written. */
export const DEFRAGMENTED_WRITE: Directed = {
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    call(cluster, 1, op.put("k", "v"));
    call(cluster, 1, { type: "defragment", request: {} });
    cluster.runUntil(cluster.now + 20_000);
    inject(cluster, { type: "crash", member: 1, disk: "lose" }, { type: "restart", member: 1 });
    run(cluster, 1);
  },
};

/** The only member goes down before its disk has what it acknowledged. */
export const HASTY_ANSWER: Directed = {
  options: { members: 1 },
  script: (cluster) => {
    elect(cluster, 1);
    run(cluster, 1);
    const slow = { syncMinUs: 900_000, syncMeanUs: 900_000, syncMaxUs: 900_000 };
    inject(cluster, { type: "disk-slow", member: 1, options: slow });
    write(cluster, 1, 3);
    run(cluster, 0.5);
    inject(cluster, { type: "crash", member: 1, disk: "lose" });
  },
};
