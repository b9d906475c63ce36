import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import type { RangeResponse } from "../../../src/api/requests.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import type { Client } from "../../../src/client/client.ts";
import { LeasingKv } from "../../../src/client/recipes/leasing.ts";
import { ClientWorld } from "../support.ts";

const PREFIX = "_l/";
const TTL = 5;

function shown({ kvs }: RangeResponse): string | null {
  return kvs[0] === undefined ? null : bytesToBinary(kvs[0].value);
}

/** A world, and a client with its leasing. */
class LeasingWorld extends ClientWorld {
  kv(id: number): { readonly client: Client; readonly kv: LeasingKv } {
    const client = this.client(id);
    return { client, kv: new LeasingKv(client, PREFIX, TTL) };
  }

  read({ client, kv }: ReturnType<LeasingWorld["kv"]>, key: string): string | null {
    return shown(this.do(client, kv.get(key)));
  }

  /** The store's own, asked by somebody who takes no part. */
  stored(key: string): RangeResponse {
    const answer = this.call(this.client(9), op.get(key)).response;
    if (answer?.type !== "range") throw new Error("a get is answered");
    return answer.response;
  }

  /** Nobody hears the client, and it hears nobody. */
  cut(client: number): void {
    this.cluster.inject({ type: "client-cut", clients: [client], members: [1, 2, 3] });
  }

  /** How many requests of a client went out, but for those that keep its lease. */
  asked(client: number): number {
    return this.kinds("attempt").filter((event) => event.client === client).length;
  }
}

/** One client owns `a`, which holds 1. */
function owning(): { world: LeasingWorld; owner: ReturnType<LeasingWorld["kv"]> } {
  const world = new LeasingWorld();
  world.call(world.client(9), op.put("a", "1"));
  const owner = world.kv(1);
  expect(world.read(owner, "a")).toBe("1");
  return { world, owner };
}

describe("leasing", () => {
  test("asks nobody for what is its own", () => {
    const { world, owner } = owning();
    expect(shown(world.stored(`${PREFIX}a`))).toBe("");
    const before = world.asked(1);
    expect(world.read(owner, "a")).toBe("1");
    expect(world.asked(1)).toBe(before);
    expect(world.kinds("complete").at(-1)?.result).toMatchObject({ value: "1", cached: true });
  });

  test("keeps that there is nothing, and what it writes and deletes itself", () => {
    const { world, owner } = owning();
    const { client, kv } = owner;
    expect(world.read(owner, "b")).toBeNull();
    world.do(client, kv.put("a", "2"));
    world.do(client, kv.put("b", "3"));
    const before = world.asked(1);
    for (const [key, value] of [
      ["a", "2"],
      ["b", "3"],
    ] as const) {
      const [own] = world.do(client, kv.get(key)).kvs;
      const [stored] = world.stored(key).kvs;
      expect(own).toEqual(stored);
      expect(bytesToBinary(own?.value ?? new Uint8Array())).toBe(value);
    }
    expect(world.asked(1)).toBe(before);
    world.do(client, kv.delete("a"));
    expect(world.read(owner, "a")).toBeNull();
    expect(world.stored("a").kvs).toEqual([]);
  });

  test("gives up what another wants to write, and does not want it back for two seconds", () => {
    const { world, owner } = owning();
    const writer = world.kv(2);
    world.do(writer.client, writer.kv.put("a", "2"));
    expect(world.stored(`${PREFIX}a`).kvs).toEqual([]);
    expect(world.read(owner, "a")).toBe("2");
    expect(world.stored(`${PREFIX}a`).kvs).toEqual([]);
    world.run(2.1);
    expect(world.read(owner, "a")).toBe("2");
    expect(shown(world.stored(`${PREFIX}a`))).toBe("");
  });

  test("lets reads wait for a write of its own", () => {
    const { world, owner } = owning();
    const { client, kv } = owner;
    const writing = client.run(kv.put("a", "2"));
    const reading = client.run(kv.get("a"));
    world.end(writing);
    world.end(reading);
    expect(shown(reading.value as RangeResponse)).toBe("2");
  });

  test("lets who writes wait until the lease of an owner that can't be asked has ended", () => {
    const { world } = owning();
    const writer = world.kv(2);
    world.run(0.5);
    world.cut(1);
    const writing = writer.client.run(writer.kv.put("a", "2"));
    world.run(TTL - 2);
    expect(writing.state).toBe("running");
    world.run(4);
    expect(writing.state).toBe("done");
  });

  test("asks a member again once its session has ended", () => {
    const { world, owner } = owning();
    world.call(world.client(9), op.put("a", "2"));
    // Somebody who takes no part is not noticed.
    expect(world.read(owner, "a")).toBe("1");
    world.cut(1);
    world.run(TTL + 2);
    const reading = owner.client.run(owner.kv.get("a"));
    world.run(0.5);
    expect(reading.state).toBe("running");
    world.cluster.inject({ type: "heal" });
    world.end(reading);
    expect(shown(reading.value as RangeResponse)).toBe("2");
    // Nor is anything left in its next session.
    world.run(3);
    expect(world.read(owner, "a")).toBe("2");
  });

  test("leaves keys alone that have a lease of their own", () => {
    const world = new LeasingWorld();
    const granted = world.call(world.client(9), {
      type: "leaseGrant",
      request: { ttl: 60, id: 7n },
    });
    expect(granted.outcome).toBe("ok");
    world.call(world.client(9), op.put("a", "1", { lease: 7n }));
    const owner = world.kv(1);
    expect(world.read(owner, "a")).toBe("1");
    expect(world.stored(`${PREFIX}a`).kvs).toEqual([]);
  });
});
