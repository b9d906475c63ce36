import { describe, expect, test } from "vitest";
import { Errors } from "../../src/api/errors.ts";
import { Digest } from "../../src/base/digest.ts";
import { rootRandom } from "../../src/base/random.ts";
import { MILLISECOND, MINUTE, NEVER, SECOND } from "../../src/base/time.ts";
import { generateLeaseId } from "../../src/lease/generate-lease-id.ts";
import { Lease } from "../../src/lease/lease.ts";
import { Lessor } from "../../src/lease/lessor.ts";
import { LESSOR_DEFAULTS, minTtl } from "../../src/lease/options.ts";
import { mistakesOf } from "../../src/museum/switches.ts";
import { granted, renewal, rig } from "./support.ts";

const ids = (leases: readonly Lease[]): bigint[] => leases.map((lease) => lease.id);

describe("granting a lease", () => {
  test.each([
    ["id 0 is no lease", 0n, 10, Errors.leaseNotFound],
    ["a TTL above 9,000,000,000 s is too large", 5n, 9_000_000_001, Errors.leaseTtlTooLarge],
    ["an id that is taken cannot be granted again", 7n, 10, Errors.leaseExists],
    ["too large a TTL is told before the taken id", 7n, 9_000_000_001, Errors.leaseTtlTooLarge],
  ])("%s", (_, id, ttl, error) => {
    const { lessor } = rig();
    granted(lessor, 0, 7n, 10);
    expect(lessor.grant(0, id, ttl)).toBe(error);
    expect(lessor.size).toBe(1);
  });

  test.each([
    [1, 2],
    [0, 2],
    [-5, 2],
    [2, 2],
    [3, 3],
    [9_000_000_000, 9_000_000_000],
  ])("a TTL of %i s is granted as %i s", (asked, got) => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    expect(granted(lessor, 0, 1n, asked).ttl).toBe(got);
    expect(lessor.timeToLive(0, 1n, false)).toMatchObject({ grantedTtl: got });
  });

  test("the shortest TTL is one and a half election timeouts, in whole seconds", () => {
    expect(minTtl(10, 100 * MILLISECOND)).toBe(2);
    expect(minTtl(10, 10 * MILLISECOND)).toBe(1);
    expect(minTtl(50, 100 * MILLISECOND)).toBe(8);
    expect(minTtl(3, 500 * MILLISECOND)).toBe(2);
  });

  test("ids that the server chooses are positive, below 2^63, and drawn from the seed", () => {
    const drawn = (): bigint[] => {
      const random = rootRandom(1).fork("leases");
      return Array.from({ length: 1000 }, () => generateLeaseId(random));
    };
    const first = drawn();
    expect(new Set(first).size).toBe(1000);
    expect(first.every((id) => id > 0n && id < 1n << 63n)).toBe(true);
    expect(first.some((id) => id > 1n << 62n)).toBe(true);
    expect(drawn()).toEqual(first);
  });
});

describe("the primary lessor", () => {
  test("lets a lease expire exactly its TTL after the grant, and names it once", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, SECOND, 1n, 10);
    expect(lessor.due()).toBe(11 * SECOND);
    expect(lessor.expired(11 * SECOND - 1)).toEqual([]);
    expect(ids(lessor.expired(11 * SECOND))).toEqual([1n]);
    expect(lessor.expired(11 * SECOND)).toEqual([]);
  });

  test("names a lease again every three seconds until its revoke is applied", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    expect(ids(lessor.expired(10 * SECOND))).toEqual([1n]);
    expect(lessor.due()).toBe(13 * SECOND);
    expect(ids(lessor.expired(13 * SECOND))).toEqual([1n]);
    expect(lessor.revoke(1n, () => undefined)).toBeNull();
    expect(lessor.due()).toBe(NEVER);
    expect(lessor.expired(16 * SECOND)).toEqual([]);
  });

  test("[L9] with the mistake a revoke that failed is never tried again", () => {
    const { lessor } = rig({ bugs: ["L9"] });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    expect(ids(lessor.expired(10 * SECOND))).toEqual([1n]);
    expect(lessor.due()).toBe(NEVER);
    expect(lessor.expired(100 * SECOND)).toEqual([]);
  });

  test("names at most 500 leases in half a second", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    for (let id = 1n; id <= 1200n; id++) granted(lessor, 0, id, 10);
    const at = 10 * SECOND;
    expect(lessor.expired(at)).toHaveLength(500);
    expect(lessor.expired(at + 1)).toHaveLength(0);
    expect(lessor.due()).toBe(at + 500 * MILLISECOND);
    expect(lessor.expired(at + 500 * MILLISECOND)).toHaveLength(500);
    expect(lessor.expired(at + 1000 * MILLISECOND)).toHaveLength(200);
  });

  test("gives a keep-alive the whole TTL again", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    expect(renewal(lessor, 6 * SECOND, 1n)).toEqual([{ kind: "renewed", ttl: 10 }]);
    expect(lessor.expired(15 * SECOND)).toEqual([]);
    expect(lessor.due()).toBe(16 * SECOND);
  });

  test("does not find a lease that was never granted", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    expect(renewal(lessor, 0, 1n)).toEqual([{ kind: "not found" }]);
    expect(lessor.timeToLive(0, 1n, true)).toBe(Errors.leaseNotFound);
    expect(lessor.revoke(1n, () => undefined)).toBe(Errors.leaseNotFound);
  });

  test("lets a keep-alive that came too late wait for the revoke", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    const answers = renewal(lessor, 10 * SECOND, 1n);
    expect(answers).toEqual([]);
    lessor.revoke(1n, () => undefined);
    expect(answers).toEqual([{ kind: "not found" }]);
  });

  test("sends a keep-alive that came too late to the next leader when it is demoted", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    const answers = renewal(lessor, 10 * SECOND, 1n);
    lessor.demote();
    expect(answers).toEqual([{ kind: "not primary" }]);
  });

  test("cuts the time to live to whole seconds towards zero", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    const ttl = (now: number): unknown => lessor.timeToLive(now, 1n, false);
    expect(ttl(0)).toEqual({ ttl: 10, grantedTtl: 10, keys: [] });
    expect(ttl(1)).toMatchObject({ ttl: 9 });
    expect(ttl(9 * SECOND + 1)).toMatchObject({ ttl: 0 });
    expect(ttl(10 * SECOND + 1)).toMatchObject({ ttl: 0 });
    expect(ttl(11 * SECOND)).toMatchObject({ ttl: -1 });
  });

  test("lists leases in the order in which they end", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 3n, 30);
    granted(lessor, 0, 1n, 20);
    granted(lessor, 0, 2n, 10);
    granted(lessor, 0, -4n, 20);
    expect(ids(lessor.list())).toEqual([2n, -4n, 1n, 3n]);
  });
});

describe("keys of a lease", () => {
  test("are deleted in byte order, then the lease is gone from the store", () => {
    const { lessor, bucket } = rig();
    granted(lessor, 0, 1n, 10);
    for (const key of ["b", "\u00ff", "a", "aa", "c"]) lessor.attach(1n, key);
    lessor.detach(1n, "c");
    const deleted: string[] = [];
    expect(bucket.pairs.size).toBe(1);
    lessor.revoke(1n, (key) => {
      deleted.push(key);
      // The store tells the lessor of every deletion, this one's too.
      lessor.detach(1n, key);
    });
    expect(deleted).toEqual(["a", "aa", "b", "\u00ff"]);
    expect(bucket.pairs.size).toBe(0);
    expect(lessor.exists(1n)).toBe(false);
  });

  test("[L3] with the mistake they go in the order in which they came", () => {
    const { lessor } = rig({ bugs: ["L3"] });
    granted(lessor, 0, 1n, 10);
    for (const key of ["b", "a"]) lessor.attach(1n, key);
    const deleted: string[] = [];
    lessor.revoke(1n, (key) => deleted.push(key));
    expect(deleted).toEqual(["b", "a"]);
  });

  test("are shown sorted, where asked for", () => {
    const { lessor } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    for (const key of ["b", "a"]) lessor.attach(1n, key);
    expect(lessor.timeToLive(0, 1n, true)).toEqual({ ttl: 10, grantedTtl: 10, keys: ["a", "b"] });
    expect(lessor.timeToLive(0, 1n, false)).toMatchObject({ keys: [] });
  });

  test("of a lease that is gone attach to nothing", () => {
    const { lessor } = rig();
    lessor.attach(1n, "a");
    lessor.detach(1n, "a");
    expect(lessor.lookup(1n)).toBeNull();
  });
});

describe("a change of leaders", () => {
  test("a follower never lets a lease expire, and does not say how long one has", () => {
    const { lessor } = rig();
    granted(lessor, 0, 1n, 10);
    expect(lessor.due()).toBe(NEVER);
    expect(lessor.expired(1000 * SECOND)).toEqual([]);
    expect(renewal(lessor, 0, 1n)).toEqual([{ kind: "not primary" }]);
    expect(lessor.timeToLive(0, 1n, false)).toBe(Errors.leaderChanged);
  });

  test("[L8] with the mistake a demoted lessor answers that a lease lives for centuries", () => {
    const { lessor } = rig({ bugs: ["L8"] });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, 10);
    lessor.demote();
    expect(lessor.timeToLive(0, 1n, false)).toMatchObject({ ttl: 9_223_372_036 });
  });

  test("a new leader gives every lease its TTL again and the election timeout on top", () => {
    const { lessor } = rig();
    granted(lessor, 0, 1n, 10);
    granted(lessor, 0, 2n, 20);
    lessor.promote(100 * SECOND, SECOND);
    expect(lessor.timeToLive(100 * SECOND, 1n, false)).toMatchObject({ ttl: 11 });
    expect(lessor.timeToLive(100 * SECOND, 2n, false)).toMatchObject({ ttl: 21 });
    // The extension is for the change alone.
    renewal(lessor, 105 * SECOND, 1n);
    expect(lessor.timeToLive(105 * SECOND, 1n, false)).toMatchObject({ ttl: 10 });
    lessor.demote();
    expect(lessor.due()).toBe(NEVER);
    expect(lessor.expired(1000 * SECOND)).toEqual([]);
  });

  test("all that it knows of time, keys and leadership makes up its fingerprint", () => {
    const print = (change: (lessor: Lessor) => unknown, leases = [1n, 2n]): string => {
      const { lessor } = rig();
      for (const id of leases) granted(lessor, 0, id, 10);
      change(lessor);
      const digest = new Digest();
      lessor.digest(digest);
      return digest.hex();
    };
    const prints = [
      print(() => undefined),
      print((lessor) => lessor.attach(1n, "a")),
      print((lessor) => lessor.attach(2n, "a")),
      print((lessor) => lessor.promote(0, 0)),
      print((lessor) => lessor.promote(SECOND, 0)),
      print(() => undefined, []),
      print((lessor) => lessor.promote(0, 0), []),
      print((lessor) => lessor.checkpoint(0, { id: 1n, remainingTtl: 7 })),
      print((lessor) => lessor.checkpoint(0, { id: 2n, remainingTtl: 7 })),
      print((lessor) => lessor.revoke(2n, () => undefined)),
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(print(() => undefined)).toBe(prints[0]);
  });

  test("leases that would all end at once are spread to 750 a second", () => {
    const { lessor } = rig();
    const count = 4000;
    for (let id = 1n; id <= BigInt(count); id++) granted(lessor, 0, id, 10);
    lessor.promote(0, SECOND);
    const perSecond = new Map<number, number>();
    for (const { expiry } of lessor.list()) {
      const second = Math.floor(expiry / SECOND);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(751);
    expect(perSecond.size).toBeGreaterThanOrEqual(6);
    expect(Math.min(...lessor.list().map((lease) => lease.expiry))).toBe(11 * SECOND);
    // Not later than the rate asks for.
    expect(Math.max(...lessor.list().map((lease) => lease.expiry))).toBeLessThanOrEqual(
      11 * SECOND + Math.ceil((count * SECOND) / 750) + SECOND,
    );
  });

  test("one that ends later in its second is put off by that much less", () => {
    const { lessor } = rig({ revokeRate: 4, minTtl: 1 });
    // Three a second: of five at once, the fourth waits 4/3 s and the fifth 5/3 s.
    for (let id = 1n; id <= 5n; id++) granted(lessor, 0, id, 10);
    granted(lessor, 0, 6n, 11);
    granted(lessor, 0, 7n, 13);
    lessor.promote(0, 0);
    const at = (id: bigint): number => (lessor.lookup(id)?.expiry ?? 0) - 10 * SECOND;
    expect([1n, 2n, 3n, 4n, 5n].map(at)).toEqual([0, 0, 0, 1_333_333, 1_666_666]);
    // The sixth, a second later: 6/3 s - 1 s on top of its own time.
    expect(at(6n)).toBe(2 * SECOND);
    expect(at(7n)).toBe(3 * SECOND);
  });

  test("leases that end by themselves keep their time", () => {
    const { lessor } = rig();
    for (let n = 1; n <= 1000; n++) granted(lessor, 0, BigInt(n), 2 * n);
    lessor.promote(0, 0);
    for (let n = 1; n <= 1000; n++) expect(lessor.lookup(BigInt(n))?.expiry).toBe(2 * n * SECOND);
  });
});

describe("a restart", () => {
  test("brings back every lease, negative ids too, held until someone leads", () => {
    const { lessor, store } = rig();
    granted(lessor, 0, 5n, 10);
    granted(lessor, 0, -5n, 20);
    lessor.checkpoint(0, { id: -5n, remainingTtl: 7 });
    const again = new Lessor(store, LESSOR_DEFAULTS, null);
    expect(ids(again.list())).toEqual([-5n, 5n]);
    expect(again.due()).toBe(NEVER);
    again.promote(0, SECOND);
    expect(again.timeToLive(0, 5n, false)).toMatchObject({ ttl: 11, grantedTtl: 10 });
    expect(again.timeToLive(0, -5n, false)).toMatchObject({ ttl: 8, grantedTtl: 20 });
  });

  test("[L7] with the mistake a negative id is not recovered", () => {
    const { lessor, store } = rig();
    granted(lessor, 0, 5n, 10);
    granted(lessor, 0, -5n, 20);
    const again = new Lessor(store, { ...LESSOR_DEFAULTS, mistakes: mistakesOf(["L7"]) }, null);
    expect(ids(again.list())).toEqual([5n]);
  });

  test("raises a stored TTL to the shortest one of today", () => {
    const { lessor, store } = rig();
    granted(lessor, 0, 5n, 3);
    const again = new Lessor(store, { ...LESSOR_DEFAULTS, minTtl: 8 }, null);
    expect(again.lookup(5n)?.ttl).toBe(8);
  });

  test("in a running member forgets what the snapshot does not have", () => {
    const { lessor } = rig();
    granted(lessor, 0, 5n, 10);
    lessor.recover(rig().store);
    expect(lessor.size).toBe(0);
  });
});

describe("checkpoints", () => {
  const LONG = 1000;

  test("of a long lease are proposed every five minutes; of a short one never", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    granted(lessor, 0, 2n, 300);
    expect(lessor.due()).toBe(5 * MINUTE);
    lessor.sendCheckpoints(5 * MINUTE);
    expect(log.apply(5 * MINUTE, lessor)).toEqual({
      checkpoints: [{ id: 1n, remainingTtl: LONG - 300 }],
    });
    lessor.expired(5 * MINUTE);
    lessor.revoke(2n, () => undefined);
    expect(lessor.due()).toBe(10 * MINUTE);
  });

  test("let a new leader go on from what was left", () => {
    const { lessor, log, store } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    log.apply(5 * MINUTE, lessor);
    lessor.demote();
    lessor.promote(6 * MINUTE, 0);
    expect(lessor.timeToLive(6 * MINUTE, 1n, false)).toMatchObject({ ttl: LONG - 300 });
    // After a restart, too.
    const again = new Lessor(store, LESSOR_DEFAULTS, null);
    again.promote(0, 0);
    expect(again.timeToLive(0, 1n, false)).toMatchObject({ ttl: LONG - 300 });
  });

  test("[L5] with the mistake they do not survive a restart", () => {
    const { lessor, log, store } = rig({ bugs: ["L5"] });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    log.apply(5 * MINUTE, lessor);
    const again = new Lessor(store, LESSOR_DEFAULTS, null);
    again.promote(0, 0);
    expect(again.timeToLive(0, 1n, false)).toMatchObject({ ttl: LONG });
  });

  test("are cleared by a renewal, which is answered when that is applied", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 100 * SECOND, 1n);
    expect(answers).toEqual([]);
    expect(log.apply(101 * SECOND, lessor)).toEqual({ checkpoints: [{ id: 1n, remainingTtl: 0 }] });
    expect(answers).toEqual([{ kind: "renewed", ttl: LONG }]);
    expect(lessor.timeToLive(101 * SECOND, 1n, false)).toMatchObject({ ttl: LONG });
    expect(renewal(lessor, 102 * SECOND, 1n)).toHaveLength(1);
  });

  test("a renewal whose lease was revoked meanwhile did not renew it", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 0, 1n);
    lessor.revoke(1n, () => undefined);
    log.apply(0, lessor);
    expect(answers).toEqual([{ kind: "not found" }]);
  });

  test("[L4] with the mistake it is told that it did", () => {
    const { lessor, log } = rig({ bugs: ["L4"] });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 0, 1n);
    lessor.revoke(1n, () => undefined);
    log.apply(0, lessor);
    expect(answers).toEqual([{ kind: "renewed", ttl: LONG }]);
  });

  test("that can't be cleared fail the renewal: the lease lives as long as was told before", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 100 * SECOND, 1n);
    log.lose(107 * SECOND);
    expect(answers).toEqual([{ kind: "failed", error: Errors.timeout }]);
    expect(lessor.timeToLive(107 * SECOND, 1n, false)).toMatchObject({ ttl: LONG - 107 });
    // The next one may do better.
    const again = renewal(lessor, 108 * SECOND, 1n);
    log.apply(108 * SECOND, lessor);
    expect(again).toEqual([{ kind: "renewed", ttl: LONG }]);
  });

  test("that were cleared by another renewal meanwhile do not fail it", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 100 * SECOND, 1n);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 0 });
    log.lose(107 * SECOND);
    expect(answers).toEqual([{ kind: "renewed", ttl: LONG }]);
    expect(lessor.timeToLive(107 * SECOND, 1n, false)).toMatchObject({ ttl: LONG });
  });

  test("[L14] with the mistake the client is told more than there is", () => {
    const { lessor, log } = rig({ bugs: ["L14"] });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 100 * SECOND, 1n);
    log.lose(107 * SECOND);
    expect(answers).toEqual([{ kind: "renewed", ttl: LONG }]);
    expect(lessor.timeToLive(107 * SECOND, 1n, false)).toMatchObject({ ttl: 400 });
  });

  test("that got lost have another turn, unless the lease or the lead has gone", () => {
    const { lessor, log } = rig({ checkpointBatch: 2 });
    lessor.promote(0, 0);
    for (let id = 1n; id <= 3n; id++) granted(lessor, 0, id, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    lessor.revoke(1n, () => undefined);
    log.lose(5 * MINUTE);
    expect(log.proposed, "what is to come after it waits for the next round").toHaveLength(0);
    lessor.sendCheckpoints(5 * MINUTE);
    expect(log.apply(5 * MINUTE, lessor).checkpoints.map((c) => c.id)).toEqual([3n]);
    lessor.sendCheckpoints(10 * MINUTE);
    const round = log.apply(10 * MINUTE, lessor).checkpoints;
    expect(round).toContainEqual({ id: 2n, remainingTtl: LONG - 600 });
  });

  test("[L14] with the mistake they have none", () => {
    const { lessor, log } = rig({ bugs: ["L14"] });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    log.lose(5 * MINUTE);
    expect(lessor.due(), "its end").toBe(LONG * SECOND);
  });

  test("a renewal whose lease expired meanwhile waits for the revoke", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    lessor.checkpoint(0, { id: 1n, remainingTtl: 400 });
    const answers = renewal(lessor, 0, 1n);
    log.apply(LONG * SECOND, lessor);
    expect(answers).toEqual([]);
    lessor.revoke(1n, () => undefined);
    expect(answers).toEqual([{ kind: "not found" }]);
  });

  test("go out batch after batch, each when the one before is applied", () => {
    const { lessor, log } = rig({ checkpointBatch: 2 });
    lessor.promote(0, 0);
    for (let id = 1n; id <= 3n; id++) granted(lessor, 0, id, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    expect(log.proposed).toHaveLength(1);
    expect(lessor.due()).not.toBe(5 * MINUTE);
    expect(log.apply(5 * MINUTE, lessor).checkpoints.map((c) => c.id)).toEqual([1n, 2n]);
    expect(log.apply(5 * MINUTE, lessor).checkpoints.map((c) => c.id)).toEqual([3n]);
    expect(log.proposed).toHaveLength(0);
    expect(lessor.due()).toBe(10 * MINUTE);
  });

  test("end with a batch that is not full: what comes due meanwhile waits for the next round", () => {
    const { lessor, log } = rig({ checkpointBatch: 2 });
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    granted(lessor, MINUTE, 2n, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    expect(log.apply(6 * MINUTE, lessor).checkpoints.map((c) => c.id)).toEqual([1n]);
    expect(log.proposed).toHaveLength(0);
    expect(lessor.due()).toBe(6 * MINUTE);
  });

  test("end after 500 batches: the rest waits for the next round", () => {
    const { lessor, log } = rig({ checkpointBatch: 1 });
    lessor.promote(0, 0);
    for (let id = 1n; id <= 501n; id++) granted(lessor, 0, id, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    for (let n = 0; n < 500; n++) log.apply(5 * MINUTE, lessor);
    expect(log.proposed).toHaveLength(0);
    expect(lessor.due()).toBe(5 * MINUTE);
  });

  test("end with the demotion", () => {
    const { lessor, log } = rig({ checkpointBatch: 2 });
    lessor.promote(0, 0);
    for (let id = 1n; id <= 3n; id++) granted(lessor, 0, id, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    lessor.demote();
    log.apply(5 * MINUTE, lessor);
    expect(log.proposed).toHaveLength(0);
  });

  test("[L6] with the mistake a demoted lessor sends the last batch again", () => {
    const { lessor, log } = rig({ checkpointBatch: 2, bugs: ["L6"] });
    lessor.promote(0, 0);
    for (let id = 1n; id <= 3n; id++) granted(lessor, 0, id, LONG);
    lessor.sendCheckpoints(5 * MINUTE);
    const first = log.proposed[0]?.request;
    lessor.demote();
    log.apply(5 * MINUTE, lessor);
    expect(log.proposed.map(({ request }) => request)).toEqual([first]);
  });

  test("are not made for a lease that was just renewed, and come later", () => {
    const { lessor, log } = rig();
    lessor.promote(0, 0);
    granted(lessor, 0, 1n, LONG);
    renewal(lessor, 5 * MINUTE, 1n);
    lessor.sendCheckpoints(5 * MINUTE);
    expect(log.proposed).toHaveLength(0);
    expect(lessor.due()).toBe(10 * MINUTE);
  });

  test("are not made at all without a host", () => {
    const lessor = new Lessor(rig().store, LESSOR_DEFAULTS, null);
    lessor.promote(0, 0);
    expect(lessor.grant(0, 1n, LONG)).toBeInstanceOf(Lease);
    expect(lessor.due()).toBe(LONG * SECOND);
    lessor.sendCheckpoints(5 * MINUTE);
    expect(lessor.due()).toBe(LONG * SECOND);
  });
});
