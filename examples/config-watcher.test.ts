/**
 * A service that follows its configuration and must see every version of it. A watch goes on by itself where a
 * member crashes; but one that asks to end where there is no leader (so as not to serve what is stale) has to
 * be opened again. Whoever then watches from now on misses what was written in between. Whoever asks from
 * the revision after the last one that it saw misses nothing.
 */
import { type EtcdClient, simulate } from "detcd";
import { describe, expect, test } from "vitest";

// ---- the service: your code -----------------------------------------------------------------------

type Follow = (client: EtcdClient, apply: (version: number) => void) => Promise<void>;

const careful: Follow = async (client, apply) => {
  let revision = 1;
  for (;;) {
    try {
      for await (const event of client.watch("config", { revision, requireLeader: true })) {
        apply(Number(event.value));
        revision = event.modRevision + 1;
      }
    } catch {
      await client.sleep(500);
    }
  }
};

const naive: Follow = async (client, apply) => {
  for (;;) {
    try {
      for await (const event of client.watch("config", { requireLeader: true })) {
        apply(Number(event.value));
      }
    } catch {
      await client.sleep(500);
    }
  }
};

// ---- the test -------------------------------------------------------------------------------------

const run = (seed: number, follow: Follow) =>
  simulate(
    // The member that the service talks to loses sight of the others for a while.
    {
      seed,
      steps: [
        { after: "3s", isolate: "m1" },
        { after: "6s", heal: true },
      ],
    },
    async (sim) => {
      let seen = 0;
      let missed = "";
      sim.invariant("no version is missed", () => missed === "" || missed);
      void follow(sim.client(1, { endpoints: [1] }), (version) => {
        if (version > seen + 1) missed = `after version ${seen} came ${version}`;
        seen = version;
      });
      await sim.sleep(200);

      const operator = sim.client(2, { endpoints: [2, 3] });
      for (let version = 1; version <= 20; ) {
        try {
          await operator.put("config", String(version));
          version++;
        } catch (error) {
          // Perhaps it was done all the same: to write it again does no harm.
          sim.log(String(error));
        }
        await sim.sleep(500);
      }
      await sim.sleep(5000);
      expect(seen).toBe(20);
    },
  );

describe("a service that follows its configuration", () => {
  test.each([1, 2, 3])("sees every version of it, whatever happens (seed %i)", async (seed) => {
    await run(seed, careful);
  });

  test("that watches from now on is caught", async () => {
    await expect(run(1, naive)).rejects.toThrow("no version is missed");
  });
});
