/**
 * A client of one's own on `@grpc/grpc-js` and the .proto files that come with detcd. What a library has to get
 * right stands in a few lines each: which calls may be done again, from where a watch goes on, whether a lease
 * still lives, and that a lock ends with its lease. Each test breaks what makes it hard.
 */
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { startCluster, type TestCluster } from "detcd/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// ---- the client: your code -------------------------------------------------------------------------

/** Elsewhere: `node_modules/detcd/proto`. */
const PROTO = fileURLToPath(new URL("../proto", import.meta.url));

const OPTIONS = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
const files = ["rpc.proto", "v3lock.proto"];
const packages = grpc.loadPackageDefinition(loadSync(files, { ...OPTIONS, includeDirs: [PROTO] }));
type Services = Record<string, grpc.ServiceClientConstructor>;
const { KV, Watch, Lease } = packages["etcdserverpb"] as unknown as Services;
const { Lock } = packages["v3lockpb"] as unknown as Services;

interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: string;
  readonly mod_revision: string;
}

interface WatchResponse {
  readonly header: { readonly revision: string };
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: string;
  readonly events: readonly { readonly type: "PUT" | "DELETE"; readonly kv: KeyValue }[];
}

class Client {
  private readonly services: grpc.Client[] = [];
  private readonly hosts: readonly string[];
  private readonly kv: grpc.Client;
  private readonly leases: grpc.Client;
  private readonly locks: grpc.Client;

  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
    this.kv = this.at(KV, 0);
    this.leases = this.at(Lease, 0);
    this.locks = this.at(Lock, 0);
  }

  private at(service: grpc.ServiceClientConstructor | undefined, host: number): grpc.Client {
    if (service === undefined) throw new Error("the .proto files have it");
    const address = this.hosts[host % this.hosts.length] ?? "";
    const made = new service(address, grpc.credentials.createInsecure());
    this.services.push(made);
    return made;
  }

  close(): void {
    for (const service of this.services) service.close();
  }

  /** Not done again: nobody knows whether a put whose answer was lost has happened. */
  put(key: string, value: string, lease = "0"): Promise<unknown> {
    const request = { key: Buffer.from(key), value: Buffer.from(value), lease };
    return call(this.kv, "Put", request);
  }

  /** What only reads may be done again as often as one likes. */
  async get(key: string): Promise<KeyValue | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { kvs } = await call<{ kvs: KeyValue[] }>(this.kv, "Range", {
          key: Buffer.from(key),
        });
        return kvs[0];
      } catch (error) {
        if ((error as grpc.ServiceError).code !== grpc.status.UNAVAILABLE || attempt === 5) {
          throw error;
        }
      }
    }
  }

  /** A write that may be done again: it happens only where the key is as it was read. */
  async update(key: string, change: (value: string) => string): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const before = await this.get(key);
      const value = change(before?.value.toString() ?? "");
      const txn = {
        compare: [
          { key: Buffer.from(key), target: "MOD", mod_revision: before?.mod_revision ?? "0" },
        ],
        success: [{ request_put: { key: Buffer.from(key), value: Buffer.from(value) } }],
      };
      try {
        const { succeeded } = await call<{ succeeded: boolean }>(this.kv, "Txn", txn);
        if (succeeded) return;
      } catch (error) {
        if ((error as grpc.ServiceError).code !== grpc.status.UNAVAILABLE) throw error;
        // Has it happened? Then the key holds what we wrote.
        if ((await this.get(key))?.value.toString() === value) return;
      }
    }
    throw new Error(`${key} is never as it was read`);
  }

  /**
   * Tells of each put to a key from a revision on, once and in order, at one member after the other. Ends where
   * what is to come next was compacted: what was missed nobody can tell any more.
   */
  watch(key: string, from: number, onPut: (value: string) => void): Watching {
    let next = from;
    let host = 0;
    let stream: grpc.ClientDuplexStream<unknown, WatchResponse> | null = null;
    let over = false;
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<Error>((done) => {
      fail = done;
    });
    const open = (): void => {
      if (over) return;
      const service = this.at(Watch, host++) as unknown as {
        Watch(): grpc.ClientDuplexStream<unknown, WatchResponse>;
      };
      const opened = service.Watch();
      stream = opened;
      opened.on("data", (response: WatchResponse) => {
        if (response.canceled) {
          over = true;
          fail(new Error(`compacted at ${response.compact_revision}: list again, then watch`));
          opened.cancel();
        }
        for (const { kv } of response.events) {
          onPut(kv.value.toString());
          // A batch may be cut between two events of one transaction only if it is a fragment.
          next = Number(kv.mod_revision) + 1;
        }
      });
      let ended = false;
      const again = () => {
        if (ended) return;
        ended = true;
        setTimeout(open, 20);
      };
      opened.on("error", again);
      opened.on("end", again);
      opened.write({ create_request: { key: Buffer.from(key), start_revision: String(next) } });
    };
    open();
    return {
      failed,
      stop: () => {
        over = true;
        stream?.cancel();
      },
    };
  }

  async grant(seconds: number): Promise<string> {
    return (await call<{ ID: string }>(this.leases, "LeaseGrant", { TTL: String(seconds) })).ID;
  }

  /** Whether the lease lives: a time of 0 says that it does not, and no error does. */
  keepAlive(lease: string): Promise<boolean> {
    const stream = (
      this.leases as unknown as {
        LeaseKeepAlive(): grpc.ClientDuplexStream<unknown, { TTL: string }>;
      }
    ).LeaseKeepAlive();
    return new Promise((done, failed) => {
      stream.on("data", ({ TTL }: { TTL: string }) => {
        done(TTL !== "0");
        stream.end();
      });
      stream.on("error", failed);
      stream.write({ ID: lease });
    });
  }

  /** Waits until the lock is ours, as long as the lease lives. Its key, whose end is that of the lock. */
  async lock(name: string, lease: string): Promise<string> {
    const request = { name: Buffer.from(name), lease };
    const { key } = await call<{ key: Buffer }>(this.locks, "Lock", request);
    return key.toString();
  }
}

interface Watching {
  readonly failed: Promise<Error>;
  readonly stop: () => void;
}

function call<Response>(service: grpc.Client, method: string, request: object): Promise<Response> {
  return new Promise((done, failed) => {
    const asks = service as unknown as Record<string, (...parts: unknown[]) => unknown>;
    asks[method]?.(request, (error: grpc.ServiceError | null, response: Response) => {
      if (error === null) done(response);
      else failed(error);
    });
  });
}

// ---- the tests -------------------------------------------------------------------------------------

let cluster: TestCluster;
let client: Client;

beforeEach(async ({ onTestFailed }) => {
  cluster = await startCluster({ onTestFailed });
  client = new Client(cluster.hosts);
});

afterEach(async () => {
  client.close();
  await cluster.stop();
});

describe("an answer that is lost after the write", () => {
  test("leaves it open whether a put has happened", async () => {
    cluster.loseAnswer("put");
    await expect(client.put("a", "1")).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect((await client.get("a"))?.version).toBe("1");
  });

  test("does not count twice", async () => {
    await client.put("counter", "41");
    cluster.loseAnswer("txn");
    await client.update("counter", (value) => String(Number(value) + 1));
    expect(await cluster.client.get("counter")).toBe("42");
  });
});

test("a lease that has ended is told by a time of 0, and its keys are gone", async () => {
  const lease = await client.grant(60);
  await client.put("workers/anna", "up", lease);
  expect(await client.keepAlive(lease)).toBe(true);
  await cluster.expireLease(lease);
  expect(await client.keepAlive(lease)).toBe(false);
  expect(await client.get("workers/anna")).toBeUndefined();
});

describe("a watch", () => {
  test("goes on over the crash of the leader where it stood", async () => {
    const heard: string[] = [];
    const leaderFirst = [cluster.endpoint("leader"), ...cluster.endpoints].map(
      (endpoint) => new URL(endpoint).host,
    );
    const watcher = new Client(leaderFirst);
    const watch = watcher.watch("price", 1, (value) => heard.push(value));
    for (const price of ["10", "11", "12"]) await cluster.client.put("price", price);
    await expect.poll(() => heard).toHaveLength(3);
    await cluster.crash("leader");
    await cluster.leader();
    for (const price of ["13", "14", "15"]) await cluster.client.put("price", price);
    await expect.poll(() => heard, { timeout: 20_000 }).toHaveLength(6);
    expect(heard).toEqual(["10", "11", "12", "13", "14", "15"]);
    watch.stop();
    watcher.close();
  });

  test("hears every put once where its stream is cut in the midst of them", async () => {
    const heard: string[] = [];
    // The answer to its creation is the first message.
    cluster.cutStream("watch", { after: 3, count: 2 });
    const watch = client.watch("price", 1, (value) => heard.push(value));
    const prices = Array.from({ length: 10 }, (_, i) => String(i));
    for (const price of prices) await cluster.client.put("price", price);
    await expect.poll(() => heard, { timeout: 20_000 }).toHaveLength(10);
    expect(heard).toEqual(prices);
    watch.stop();
  });

  test("says so where what it missed was compacted", async () => {
    for (const price of ["1", "2", "3"]) await cluster.client.put("price", price);
    await cluster.compact();
    const watch = client.watch("price", 2, () => undefined);
    expect((await watch.failed).message).toBe("compacted at 4: list again, then watch");
  });
});

test("who finds the lock taken waits until its holder is gone", async () => {
  const theirs = await client.grant(60);
  await client.lock("accounts", theirs);
  const other = new Client(cluster.hosts);
  const ours = await other.grant(600);
  let key = "";
  const locked = other.lock("accounts", ours).then((made) => {
    key = made;
  });
  await new Promise((later) => setTimeout(later, 100));
  expect(key).toBe("");
  // Its holder died: a minute later, which is now, etcd has let go of the lock.
  await cluster.expireLease(theirs);
  await locked;
  expect(key).toMatch(/^accounts\//);
  other.close();
});
