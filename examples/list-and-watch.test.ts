/**
 * A cache of all keys under a prefix, as Kubernetes' informers have: it lists, and watches from the revision
 * after that of the list. A cache that was cut off for so long that what it needs has been compacted meanwhile
 * gets "required revision has been compacted", and must list again. One that just goes on from now never hears
 * of what was deleted in between.
 */
import { CompactedError, type EtcdClient, simulate } from "detcd";
import { describe, expect, test } from "vitest";

// ---- the cache: your code -------------------------------------------------------------------------

class Cache {
  readonly pods = new Map<string, string>();
  relists = 0;

  /** @param relist what to do where history is gone: list again, or just go on */
  async follow(client: EtcdClient, relist: boolean): Promise<void> {
    let revision = await this.list(client);
    for (;;) {
      try {
        for await (const event of client.watch({ prefix: "pods/" }, { revision: revision + 1 })) {
          if (event.type === "put") this.pods.set(event.key, event.value);
          else this.pods.delete(event.key);
          revision = event.modRevision;
        }
      } catch (error) {
        if (!(error instanceof CompactedError)) throw error;
        this.relists++;
        revision = relist ? await this.list(client) : (await client.get("pods/")).revision;
      }
    }
  }

  private async list(client: EtcdClient): Promise<number> {
    const { entries, revision } = await client.getAll({ prefix: "pods/" });
    this.pods.clear();
    for (const { key, value } of entries) this.pods.set(key, value);
    return revision;
  }
}

// ---- the test -------------------------------------------------------------------------------------

const run = (seed: number, relist: boolean) =>
  simulate(
    {
      seed,
      // The cache hears nothing for a while; what it misses is compacted before it hears again.
      steps: [
        { after: "1s", "cut-client": { client: 1, from: ["m1", "m2", "m3"] } },
        { after: "20s", heal: true },
      ],
    },
    async (sim) => {
      const cache = new Cache();
      void cache.follow(sim.client(1), relist);

      const controller = sim.client(2);
      for (let i = 0; i < 60; i++) {
        const key = `pods/${sim.random.below(10)}`;
        if (sim.random.chance(0.4)) await controller.delete(key);
        else await controller.put(key, `node ${i}`);
        await sim.sleep(200);
      }
      const { revision } = await controller.get("pods/");
      await controller.compact(revision);
      await sim.sleep(30_000);

      const { entries } = await controller.getAll({ prefix: "pods/" });
      const stored = new Map(entries.map(({ key, value }) => [key, value]));
      expect(cache.relists).toBe(1);
      expect(cache.pods, "the cache").toEqual(stored);
    },
  );

describe("a cache that lists and watches", () => {
  test.each([1, 2, 3])("is what is stored in the end, whatever happens (seed %i)", async (seed) => {
    await run(seed, true);
  });

  test("that does not list again is caught", async () => {
    await expect(run(1, false)).rejects.toThrow("the cache");
  });
});
