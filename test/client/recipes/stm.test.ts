import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import type { Client } from "../../../src/client/client.ts";
import { type Isolation, transact } from "../../../src/client/recipes/stm.ts";
import { ClientWorld } from "../support.ts";

const ALL: readonly Isolation[] = [
  "serializable-snapshot",
  "serializable",
  "repeatable-reads",
  "read-committed",
];

const read = (world: ClientWorld, key: string) => {
  const read = world.call(world.client(9), op.get(key)).response;
  const kv = read?.type === "range" ? read.response.kvs[0] : undefined;
  return kv === undefined ? "" : bytesToBinary(kv.value);
};

describe.each(ALL)("a transaction with %s", (isolation) => {
  test("reads, writes and deletes, and sees its own writes", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    world.call(client, op.put("a", "1"));
    world.call(client, op.put("b", "2"));
    const seen: string[] = [];
    world.do(
      client,
      transact(
        client,
        function* (stm) {
          seen.push(yield* stm.get("a"), yield* stm.get("none"));
          stm.put("a", "3");
          stm.delete("b");
          seen.push(yield* stm.get("a"), yield* stm.get("b"));
          seen.push(String(yield* stm.revision("a")));
        },
        isolation,
      ),
    );
    expect(seen).toEqual(["1", "", "3", "", "2"]);
    expect([read(world, "a"), read(world, "b")]).toEqual(["3", ""]);
  });
});

/** Client 1 reads `a`, then `b` after client 2 has changed both, then writes both sums to `c`. */
function interrupted(isolation: Isolation, change: (client: Client) => string[]) {
  const world = new ClientWorld();
  const client = world.client(1);
  for (const key of ["a", "b"]) world.call(client, op.put(key, "1"));
  let tries = 0;
  const pairs: string[] = [];
  const running = client.run(
    transact(
      client,
      function* (stm) {
        tries++;
        const a = yield* stm.get("a");
        yield* client.sleep(1_000_000);
        const b = yield* stm.get("b");
        pairs.push(a + b);
        stm.put("c", a + b);
      },
      isolation,
    ),
  );
  world.run(0.5);
  for (const key of change(world.client(2))) world.call(world.client(2), op.put(key, "2"));
  world.end(running);
  return { tries, pairs, result: read(world, "c") };
}

describe("what happens in between", () => {
  test.each([
    ["serializable-snapshot", 2, ["11", "22"], "22"],
    ["serializable", 2, ["11", "22"], "22"],
    // It sees half of the change, but does not commit on it.
    ["repeatable-reads", 2, ["12", "22"], "22"],
    // It commits on what never was.
    ["read-committed", 1, ["12"], "12"],
  ] as const)("to what was read: %s", (isolation, tries, pairs, result) => {
    expect(interrupted(isolation, () => ["a", "b"])).toEqual({ tries, pairs: [...pairs], result });
  });

  test.each([
    ["serializable-snapshot", 2],
    ["serializable", 1],
    ["repeatable-reads", 1],
    ["read-committed", 1],
  ] as const)("to what is only written: %s", (isolation, tries) => {
    expect(interrupted(isolation, () => ["c"])).toMatchObject({ tries, result: "11" });
  });

  test("to what a failed commit read: the next try does not mix it with what is newer", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const write = (value: string, ...keys: string[]) =>
      world.call(
        world.client(2),
        op.txn(
          [],
          keys.map((key) => op.put(key, value)),
        ),
      );
    write("1", "a", "z");
    let tries = 0;
    const pairs: string[] = [];
    const running = client.run(
      transact(
        client,
        function* (stm) {
          tries++;
          if (tries > 1) {
            yield* client.sleep(1_000_000);
            const z = yield* stm.get("z");
            pairs.push(z + (yield* stm.get("a")));
          } else {
            yield* stm.get("a");
            yield* client.sleep(1_000_000);
          }
          stm.put("c", "x");
        },
        "serializable",
      ),
    );
    world.run(0.5);
    write("2", "a", "z");
    world.run(1);
    expect(tries).toBe(2);
    write("3", "a", "z");
    world.end(running);
    expect(pairs[0]).toBe("33");
  });
});
