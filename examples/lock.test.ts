/**
 * Workers that take a lock, read a counter, work for a while, and write it back raised by one. The lock
 * stands on a lease. A worker that stands still for longer than that has lost the lock when it goes on, and
 * writes all the same, over what others have written meanwhile: their increments are lost. With the lock as a
 * guard of the write, etcd refuses it.
 */
import { type EtcdClient, type Lock, simulate } from "detcd";
import { describe, expect, test } from "vitest";

// ---- the workers: your code -----------------------------------------------------------------------

/** Whether the counter was raised. */
type Write = (client: EtcdClient, lock: Lock, value: string) => Promise<boolean>;

async function increment(client: EtcdClient, write: Write): Promise<boolean> {
  const lock = await client.lock("counter-lock", { ttl: 5 });
  const { value } = await client.get("counter");
  await client.sleep(800);
  const raised = await write(client, lock, String(Number(value ?? 0) + 1));
  await lock.unlock();
  return raised;
}

const fenced: Write = async (client, lock, value) =>
  (await client.txn().if(lock).then({ put: "counter", value }).commit()).succeeded;

const unfenced: Write = async (client, _, value) => {
  await client.put("counter", value);
  return true;
};

// ---- the test -------------------------------------------------------------------------------------

const run = (seed: number, write: Write) =>
  simulate(
    {
      seed,
      steps: [
        { after: "500ms", "pause-client": 1 },
        { after: "12s", "resume-client": 1 },
      ],
    },
    async (sim) => {
      let raised = 0;
      const worker = async (id: number) => {
        for (let i = 0; i < 3; i++) if (await increment(sim.client(id), write)) raised++;
      };
      const first = worker(1);
      await sim.sleep(50);
      await Promise.all([first, worker(2), worker(3)]);
      const { value } = await sim.client(4).get("counter");
      sim.invariant(
        "no increment is lost",
        () => Number(value) === raised || `${raised} increments, and the counter is ${value}`,
        "end",
      );
    },
  );

describe("a counter under a lock", () => {
  test.each([1, 2, 3])("is right with fencing (seed %i)", async (seed) => {
    await run(seed, fenced);
  });

  test("loses increments without", async () => {
    await expect(run(1, unfenced)).rejects.toThrow(/no increment is lost: \d increments/);
  });
});
