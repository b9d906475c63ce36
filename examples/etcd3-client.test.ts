/**
 * A shop that stands on etcd by the client `etcd3` from npm: it sets and follows prices, books orders, keeps
 * a list of the workers that live, and does its accounts under a lock. Each test breaks one thing that breaks in real life,
 * in a whole etcd that needs no Docker, and whose minutes take no time.
 */
import { startCluster, type TestCluster } from "detcd/testing";
import { Etcd3, EtcdLockFailedError, type Namespace } from "etcd3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// ---- the shop: your code ---------------------------------------------------------------------------

/** `etcd3` does a call again whose answer was lost: a new price may so come back after somebody's newer one. */
async function setPrice(etcd: Namespace, item: string, price: string): Promise<void> {
  await etcd.put(`prices/${item}`).value(price);
}

/** The order's number makes it safe to say twice: who comes second sees that it stands there. */
async function book(etcd: Namespace, order: string, item: string): Promise<void> {
  const booked = await etcd
    .if(`orders/${order}`, "Create", "==", 0)
    .then(etcd.put(`orders/${order}`).value(item))
    .else(etcd.get(`orders/${order}`))
    .commit();
  if (booked.succeeded) return;
  const standing = booked.responses[0]?.response_range?.kvs[0]?.value.toString();
  if (standing !== item) throw new Error(`order ${order} is another one's`);
}

/** Follows the prices, whatever happens to the connection. */
async function followPrices(etcd: Namespace, onPrice: (item: string, price: string) => void) {
  const watcher = await etcd.watch().prefix("prices/").create();
  watcher.on("put", ({ key, value }) => onPrice(key.toString(), value.toString()));
  return watcher;
}

/** `etcd3` gives up at once where somebody else has the lock; this one has patience. */
async function withLock<T>(etcd: Namespace, name: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await etcd.lock(name).ttl(30).do(work);
    } catch (error) {
      if (!(error instanceof EtcdLockFailedError)) throw error;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

// ---- the tests -------------------------------------------------------------------------------------

let cluster: TestCluster;
let etcd: Etcd3;

beforeEach(async ({ onTestFailed }) => {
  cluster = await startCluster({ onTestFailed });
  etcd = new Etcd3({ hosts: [...cluster.endpoints] });
});

afterEach(async () => {
  etcd.close();
  await cluster.stop();
});

describe("an answer that is lost after the write", () => {
  test("makes a put happen twice, and nobody is told", async () => {
    cluster.loseAnswer("put");
    await setPrice(etcd, "hat", "10");
    expect((await cluster.client.getEntry("prices/hat"))?.version).toBe(2);
  });

  test("does not book an order twice", async () => {
    cluster.loseAnswer("txn");
    await book(etcd, "17", "a hat");
    expect((await cluster.client.getEntry("orders/17"))?.version).toBe(1);
    await expect(book(etcd, "17", "a coat")).rejects.toThrow("order 17 is another one's");
  });
});

test("a worker whose lease has ended is off the list, and learns of it", async () => {
  const lease = etcd.lease(60);
  await lease.put("workers/anna").value("up");
  const lost = new Promise<Error>((done) => lease.once("lost", done));
  expect(await etcd.getAll().prefix("workers/").keys()).toEqual(["workers/anna"]);
  await cluster.expireLease(BigInt(await lease.grant()));
  expect(await etcd.getAll().prefix("workers/").keys()).toEqual([]);
  await expect(lease.put("workers/anna").value("busy")).rejects.toThrow(/lease not found/);
  expect((await lost).message).toMatch(/expired or revoked/);
});

test("prices are followed over the crash of the leader, without a gap", async () => {
  const heard: string[] = [];
  const watcher = await followPrices(etcd, (_item, price) => heard.push(price));
  for (const price of ["10", "11", "12"]) await cluster.client.put("prices/hat", price);
  await cluster.crash("leader");
  await cluster.leader();
  for (const price of ["13", "14", "15"]) await cluster.client.put("prices/hat", price);
  await expect.poll(() => heard, { timeout: 20_000 }).toHaveLength(6);
  expect(heard).toEqual(["10", "11", "12", "13", "14", "15"]);
  await watcher.cancel();
});

test("who finds the lock taken waits until its holder is gone", async () => {
  const other = new Etcd3({ hosts: [...cluster.endpoints] });
  const held = await other.lock("accounts").ttl(60).acquire();
  await expect(etcd.lock("accounts").acquire()).rejects.toThrow(EtcdLockFailedError);
  let done = false;
  const accounts = withLock(etcd, "accounts", async () => {
    done = true;
  });
  await new Promise((later) => setTimeout(later, 100));
  expect(done).toBe(false);
  // Its holder died: a minute later, which is now, etcd has let go of the lock.
  const lease = BigInt((await held.leaseId()) ?? 0);
  other.close();
  await cluster.expireLease(lease);
  await accounts;
  expect(done).toBe(true);
});
