/**
 * A service of which one instance acts, the elected leader: every 500 ms it writes what it did. An instance
 * that stood still for long (a garbage collection, a laptop's lid) goes on where it was, and does not know
 * yet that another one leads by now. So it is not enough to have been elected: each act must be refused once
 * its leader is not the leader any more. The fencing token does that: it grows from leader to leader, and a
 * transaction can be guarded by it.
 */
import { type EtcdClient, type Leadership, LostError, type Sim, simulate } from "detcd";
import { describe, expect, test } from "vitest";

// ---- the service: your code -----------------------------------------------------------------------

type Act = (client: EtcdClient, leadership: Leadership) => Promise<void>;

async function instance(client: EtcdClient, act: Act): Promise<void> {
  for (;;) {
    try {
      const leadership = await client.election("service").campaign(`c${client.id}`, { ttl: 5 });
      while (leadership.isLeading) {
        await client.sleep(500);
        await act(client, leadership);
      }
    } catch {
      // The cluster has trouble, or the session is over: campaign again.
      await client.sleep(1000);
    }
  }
}

/** Writes with the guard: etcd refuses it once another one leads. */
const careful: Act = async (client, leadership) => {
  const act = { put: "act", value: String(leadership.fence) };
  const { succeeded } = await client.txn().if(leadership).then(act).commit();
  if (!succeeded) throw new LostError("FailedPrecondition", "another one leads", "certain");
};

/** Believes that whoever was elected leads. */
const careless: Act = async (client, leadership) => {
  await client.put("act", String(leadership.fence));
};

// ---- the test -------------------------------------------------------------------------------------

const run = (seed: number, act: Act) =>
  simulate(
    {
      seed,
      // Client 1 leads first. It stands still for longer than its lease lives.
      steps: [
        { after: "4s", "pause-client": 1 },
        { after: "9s", "resume-client": 1 },
        { after: "3s", crash: "leader" },
        { after: "3s", restart: "down" },
      ],
    },
    async (sim: Sim) => {
      // Acts, in the order in which etcd has them, must come from newer and newer leaders.
      const fences: number[] = [];
      const audit = sim.client(9).watch("act", { revision: 1 });
      audit.on("put", ({ value }) => fences.push(Number(value)));
      sim.invariant("an old leader does not act", () => {
        const [last = 0, before = 0] = [fences.at(-1), fences.at(-2)];
        return last >= before || `the leader of ${before} had acted when that of ${last} did`;
      });

      for (const id of [1, 2, 3]) {
        void instance(sim.client(id), act);
        await sim.sleep(100);
      }
      await sim.sleep(30_000);
      expect(new Set(fences).size).toBeGreaterThan(1);
    },
  );

describe("a service with a leader", () => {
  test.each([1, 2, 3])(
    "that guards what it does is right, whatever happens (seed %i)",
    async (seed) => {
      await run(seed, careful);
    },
  );

  test("that does not is caught", async () => {
    await expect(run(1, careless)).rejects.toThrow("an old leader does not act");
  });
});
