import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../../src/api/build.ts";
import type { ServiceRequest } from "../../../src/api/requests.ts";
import { binaryToBytes, bytesToBinary } from "../../../src/base/bytes.ts";
import type { Disk, SyncToken } from "../../../src/base/disk.ts";
import { MILLISECOND } from "../../../src/base/time.ts";
import { MemoryDisk } from "../../support/memory-disk.ts";
import { Lone } from "../support/lone-member.ts";

/** Small, so that a short run has snapshots, segments and compactions. */
const CONFIG = { snapshotEntries: 40, catchUpEntries: 10, segmentBytes: 8_000 };

function start(disk: MemoryDisk, seen: Disk = disk): Lone {
  return new Lone(CONFIG, disk, { seen, silent: true });
}

/** A disk that says what it is about to do, so that a crash can be tried just before. */
class TellingDisk implements Disk {
  readonly disk: MemoryDisk;
  private readonly before: () => void;

  constructor(disk: MemoryDisk, before: () => void) {
    this.disk = disk;
    this.before = before;
  }
  create(file: string): void {
    this.before();
    this.disk.create(file);
  }
  append(file: string, bytes: Uint8Array): void {
    this.before();
    this.disk.append(file, bytes);
  }
  truncate(file: string, length: number): void {
    this.before();
    this.disk.truncate(file, length);
  }
  rename(from: string, to: string): void {
    this.before();
    this.disk.rename(from, to);
  }
  remove(file: string): void {
    this.before();
    this.disk.remove(file);
  }
  sync(file: string): SyncToken {
    this.before();
    return this.disk.sync(file);
  }
  syncDirectory(directory: string): SyncToken {
    this.before();
    return this.disk.syncDirectory(directory);
  }
  read(file: string): Uint8Array {
    return this.disk.read(file);
  }
  exists(file: string): boolean {
    return this.disk.exists(file);
  }
  list(directory: string): string[] {
    return this.disk.list(directory);
  }
}

/** Everything that a read of all keys shows. */
function readAll(lone: Lone): string {
  const all = rangeRequest("\0", { rangeEnd: "\0", serializable: true });
  const { kvs } = lone.get({ type: "range", request: all });
  return kvs
    .map(
      (kv) =>
        `${kv.key}=${bytesToBinary(kv.value)} ${kv.createRevision} ${kv.modRevision} ${kv.lease}`,
    )
    .join("\n");
}

/** The leases that a member knows, with their keys. */
function leases(lone: Lone): string {
  const { leases: ids } = lone.get({ type: "leaseLeases", request: {} });
  return [...ids]
    .map(({ id }) => {
      const request = { id, keys: true };
      const { grantedTtl, keys } = lone.get({ type: "leaseTimeToLive", request });
      return `${id} ${grantedTtl} ${keys.join(",")}`;
    })
    .sort()
    .join("\n");
}

/** The n-th request of the run; `revision` is the present one. */
function request(n: number, revision: number): ServiceRequest {
  // Every lease is granted, takes keys, and half of them are revoked.
  const lease = BigInt(1 + Math.floor(n / 20));
  if (n % 20 === 0) return { type: "leaseGrant", request: { id: lease, ttl: 1_000 + n } };
  if (n % 40 === 15) return { type: "leaseRevoke", request: { id: lease } };
  const leased = n % 3 === 0 && n % 20 < 10 ? { lease } : {};
  const put = (key: string) => putRequest(key, binaryToBytes(`${n}.`.repeat(10)), leased);
  if (n % 50 === 49) {
    return { type: "compaction", request: { revision: revision - 3, physical: n % 100 === 99 } };
  }
  if (n % 11 === 10) return { type: "deleteRange", request: deleteRangeRequest(`k${n % 7}`) };
  if (n % 13 === 12) {
    const success = [
      { type: "put", request: put("x") } as const,
      { type: "put", request: put("y") } as const,
    ];
    return { type: "txn", request: { compare: [], success, failure: [] } };
  }
  return { type: "put", request: put(`k${n % 7}`) };
}

describe("a member that crashes at any of its disk's operations", () => {
  test("starts again with every write that it acknowledged, and nothing that was never asked for", () => {
    const memory = new MemoryDisk();
    /** What a read shows at each revision. */
    const shown = new Map<number, string>();
    /** The leases as they were after each request: a restart finds one of the last acknowledged on. */
    const told = [""];
    let acknowledged = 1;
    let operations = 0;
    let crashes = 0;
    const left: {
      readonly disk: MemoryDisk;
      readonly acknowledged: number;
      readonly leases: number;
      readonly label: string;
    }[] = [];
    let up = false;
    const tryCrash = () => {
      // As in etcd, a crash while a new cluster is being made leaves nothing to start from.
      if (!up) return;
      operations++;
      // The first keeps all bytes; which of the others is tried goes round.
      const states = [...memory.crashStates()];
      for (const i of new Set([0, (operations * 17) % states.length])) {
        const state = states[i];
        if (state === undefined) continue;
        left.push({
          disk: state.disk,
          acknowledged,
          leases: told.length - 1,
          label: `operation ${operations}, ${state.label}`,
        });
      }
    };
    const judge = () => {
      for (const { disk, acknowledged: promised, leases: promisedLeases, label } of left) {
        crashes++;
        const again = start(disk);
        const { revision } = again.member.view();
        expect(revision, label).toBeGreaterThanOrEqual(promised);
        expect(readAll(again), label).toBe(shown.get(revision));
        const known = leases(again);
        expect(told.slice(promisedLeases), `${label}: ${known}`).toContain(known);
        // And once more, after a commit: the same state, to the hash.
        again.get({ type: "put", request: putRequest("after", new Uint8Array(1)) });
        again.pass(150 * MILLISECOND);
        const { stateHash } = again.member.view();
        expect(start(disk).member.view().stateHash, label).toBe(stateHash);
      }
      left.length = 0;
    };
    const life = start(memory, new TellingDisk(memory, tryCrash));
    up = true;
    shown.set(1, "");
    for (let n = 0; n < 300; n++) {
      life.get(request(n, life.member.view().revision));
      acknowledged = life.member.view().revision;
      shown.set(acknowledged, readAll(life));
      told.push(leases(life));
      if (n % 4 === 3) life.pass(60 * MILLISECOND);
      judge();
    }
    for (let i = 0; i < 30; i++) life.pass(10 * MILLISECOND);
    judge();
    console.log(`${crashes} crashes at ${operations} disk operations of 300 requests`);
    expect(operations).toBeGreaterThan(600);
    expect(new Set(told).size, "leases come and go").toBeGreaterThan(20);
    expect(memory.list("member/snap").some((file) => file.endsWith(".snap"))).toBe(true);
  });
});
