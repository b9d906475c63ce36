import { deleteRangeRequest, putRequest, rangeRequest } from "../src/api/build.ts";
import type { Reply } from "../src/api/reply.ts";
import type { Compare, KvRequest, KvResponse, RequestOp } from "../src/api/requests.ts";
import { applyKv } from "../src/member/apply/backend-applier.ts";
import { NO_LEASES } from "../src/mvcc/lessor-port.ts";
import { Store } from "../src/mvcc/store.ts";
import { StoreWatchStream } from "../src/mvcc/watch/watch-stream.ts";
import { WatchableStore } from "../src/mvcc/watch/watchable-store.ts";
import type { Bench } from "./measure.ts";

/** The store alone: requests applied, no log, no disk. */
const KEYS = 100_000;
const ROUND = 10_000;

const value = new Uint8Array(64).fill(7);

const NAMES = Array.from({ length: KEYS }, (_, i) => `/registry/${String(i).padStart(6, "0")}`);

function key(i: number): string {
  return NAMES[i] as string;
}

/** A store of 100,000 keys. */
class World {
  readonly store = new Store();
  private next = 0;

  constructor() {
    for (let i = 0; i < KEYS; i++) this.put();
  }

  put(): void {
    const i = this.next;
    this.next = (this.next + 7_919) % KEYS;
    this.apply({ type: "put", request: putRequest(key(i), value) });
  }

  apply(op: KvRequest): Reply<KvResponse> {
    return applyKv(this.store, NO_LEASES, op);
  }

  compact(): void {
    const { store } = this;
    store.compact(store.revision);
    while (store.compacting) store.compactStep();
    store.backend.commit();
  }
}

export function mvccPutBench(): Bench {
  const world = new World();
  let rounds = 0;
  return {
    name: "mvcc: put, 100,000 keys, 64 B",
    unit: "puts",
    target: 500_000,
    measure: "per second",
    run() {
      for (let i = 0; i < ROUND; i++) world.put();
      // Without it memory would grow with the speed.
      if (++rounds % 50 === 0) world.compact();
      return ROUND;
    },
  };
}

export function mvccRangeBench(keys: number, target: number): Bench {
  const world = new World();
  let from = 0;
  return {
    name: `mvcc: range of ${keys}, 100,000 keys`,
    unit: "ranges",
    target,
    measure: "per second",
    run() {
      const rounds = ROUND / (keys > 1 ? 10 : 1);
      for (let i = 0; i < rounds; i++) {
        from = (from + 7_919) % (KEYS - keys);
        const rangeEnd = keys === 1 ? "" : key(from + keys);
        const reply = world.apply({
          type: "range",
          request: rangeRequest(key(from), { rangeEnd }),
        });
        if (reply.error !== null) throw new Error(reply.error.message);
      }
      return rounds;
    },
  };
}

export function mvccTxnBench(): Bench {
  const world = new World();
  let i = 0;
  return {
    name: "mvcc: txn, one guard, put and range",
    unit: "txns",
    measure: "per second",
    run() {
      for (let n = 0; n < ROUND; n++) {
        i = (i + 7_919) % KEYS;
        const guard: Compare = {
          ...{ result: "GREATER", key: key(i), rangeEnd: "", target: "MOD" },
          modRevision: 0,
        };
        const success: RequestOp[] = [
          { type: "put", request: putRequest(key(i), value) },
          { type: "range", request: rangeRequest(key(i)) },
        ];
        const failure: RequestOp[] = [{ type: "deleteRange", request: deleteRangeRequest(key(i)) }];
        world.apply({ type: "txn", request: { compare: [guard], success, failure } });
      }
      return ROUND;
    },
  };
}

export function mvccCompactionBench(): Bench {
  const world = new World();
  return {
    name: "mvcc: 10,000 puts and their compaction, 100,000 keys",
    unit: "revisions",
    measure: "per second",
    run() {
      for (let i = 0; i < ROUND; i++) world.put();
      world.compact();
      return ROUND;
    },
  };
}

/** What a put costs on top where a thousand watchers are on the store, as their streams take all. */
export function watchBench(name: string, watchers: number, keyOf: (i: number) => string): Bench {
  const world = new World();
  const hub = new WatchableStore(world.store);
  let told = 0;
  for (let i = 0; i < watchers; i++) {
    const stream = new StoreWatchStream(hub, () => {
      told++;
      return true;
    });
    stream.watch(0, {
      ...{ key: keyOf(i), rangeEnd: "", startRevision: 0, progressNotify: false, filters: [] },
      ...{ prevKv: false, watchId: 0, fragment: false },
    });
  }
  let rounds = 0;
  let next = 0;
  // All on one key: that one is written.
  const one = watchers > 0 && keyOf(0) === keyOf(1);
  const puts = one ? ROUND / 100 : ROUND;
  return {
    name: `watch: put, ${name}`,
    unit: "puts",
    measure: "per second",
    run() {
      const before = told;
      for (let i = 0; i < puts; i++) {
        if (!one) next = (next + 7_919) % KEYS;
        world.apply({ type: "put", request: putRequest(key(next), value) });
        hub.afterWrite();
      }
      if (one && told - before !== puts * watchers) throw new Error("a watcher was passed over");
      if (++rounds % 50 === 0) world.compact();
      return puts;
    },
  };
}

export function watchBenches(): readonly (() => Bench)[] {
  return [
    () => watchBench("no watcher", 0, () => ""),
    () => watchBench("1,000 watchers of a key each", 1_000, (i) => key(i * 100)),
    () => watchBench("1,000 watchers of the key", 1_000, () => key(0)),
  ];
}
