import { promises as dns } from "node:dns";
import { readFile } from "node:fs/promises";
import { setTimeout as later } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import {
  InputError,
  type Sim,
  SimulationError,
  type SimulationOptions,
  type SimulationReport,
  simulate,
} from "../../src/index.ts";

/** A run that is expected to fail: what it reports. */
const failed = (
  options: SimulationOptions,
  workload: (sim: Sim) => Promise<unknown>,
): Promise<SimulationReport> => simulate({ settle: false, ...options, throws: false }, workload);

const FAULTS = [
  { after: "1500ms", crash: "leader" },
  { after: "700ms", restart: "down" },
  { after: "500ms", isolate: "m1" },
  { after: "2s", heal: true },
];

describe("a workload of promises", () => {
  test("runs on the virtual clock, while faults happen, and its run is judged", async () => {
    const report = await simulate({ seed: 3, steps: FAULTS }, async (sim) => {
      const started = sim.now();
      const client = sim.client();
      for (let i = 0; i < 40; i++) {
        await client.put("a", String(i)).catch((error: Error) => sim.log(error.message));
        await sim.sleep(100);
      }
      expect(sim.now() - started).toBeGreaterThan(4000);
      await client.put("a", "39");
      expect((await client.get("a")).value).toBe("39");
    });
    expect(report).toMatchObject({ ok: true, seed: 3, failure: null, violations: [] });
    expect(report.members).toHaveLength(3);
  });

  test("is the same twice for each of 20 seeds, byte for byte, with much going on at once", async () => {
    const run = async (seed: number) => {
      const order: string[] = [];
      const cluster = { "client-timeout": "1s" };
      const settle = seed % 4 === 0;
      const report = await simulate({ seed, cluster, steps: FAULTS, settle }, async (sim) => {
        const note = (text: string) => order.push(`${sim.now()} ${text}`);
        const watcher = sim.client(9).watch({ prefix: "" }, { revision: 1, prevKv: true });
        watcher.on("event", ({ key, modRevision }) => note(`${key}@${modRevision}`));
        const work = async (id: number) => {
          const client = sim.client(id);
          for (let i = 0; i < 4; i++) {
            await Promise.allSettled([
              client.put(`k${sim.random.below(4)}`, crypto.randomUUID()),
              client.getAll({ prefix: "k" }).then(({ revision }) => note(`read ${revision}`)),
              Promise.race([sim.sleep(Math.random() * 50), client.delete(`k${i}`)]),
            ]);
            note(`${id} did ${i} at ${Date.now()} ${performance.now()}`);
          }
          const lock = await client.lock("turn", { ttl: 5 });
          note(`${id} has ${lock.fence}`);
          await sim.sleep(10);
          await lock.unlock().catch((error: Error) => note(error.message));
        };
        await Promise.all([1, 2, 3].map(work));
      });
      return { report, order };
    };
    const digests = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const [once, twice] = [await run(seed), await run(seed)];
      expect(twice).toEqual(once);
      digests.add(once.report.traceDigest);
    }
    expect(digests.size).toBe(20);
  }, 60_000);

  test("is the same beside another one that runs at the same time", async () => {
    const run = (seed: number) =>
      simulate({ seed }, async (sim) => {
        for (let i = 0; i < 20; i++)
          await sim.client().put("a", String(Math.random() + Date.now()));
      });
    const alone = [await run(1), await run(2)];
    expect(await Promise.all([run(1), run(2)])).toEqual(alone);
  });

  test("goes as far as it can before the next event, however many awaits that takes", async () => {
    await simulate({ settle: false }, async (sim) => {
      await sim.client().put("a", "1");
      const now = sim.now();
      const { events } = sim.cluster;
      for (let i = 0; i < 500; i++) await null;
      await new Promise<void>((resolve) => process.nextTick(() => queueMicrotask(resolve)));
      expect([sim.now(), sim.cluster.events]).toEqual([now, events]);
    });
  });

  test("sees virtual time and chance where it asks the host, and only it does", async () => {
    const seen: unknown[] = [];
    let outside = 0;
    const run = () =>
      simulate({ seed: 5, settle: false }, async (sim) => {
        const before = performance.now();
        await sim.sleep(1000);
        const array = crypto.getRandomValues(new Uint8Array(4));
        seen.push([Date.now(), new Date().toISOString(), Date(), Math.random(), [...array]]);
        seen.push([crypto.randomUUID(), process.hrtime(), process.hrtime.bigint()]);
        expect(performance.now() - before).toBeCloseTo(1000, 5);
        expect(new Date(2020, 1, 1).getFullYear()).toBe(2020);
        expect(new Date()).toBeInstanceOf(Date);
      });
    const real = [Date, Math.random, performance.now, crypto.randomUUID, process.hrtime];
    const first = run();
    await null;
    outside = Date.now();
    await first;
    await run();
    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
    expect(outside).toBeGreaterThan(Date.UTC(2020));
    expect((seen[0] as number[])[0]).toBeLessThan(Date.UTC(2026, 0, 1, 0, 1));
    expect([Date, Math.random, performance.now, crypto.randomUUID, process.hrtime]).toEqual(real);
    expect(Date).toBe(real[0]);
  });

  test("does not need the host's timers, whatever a test has made of them", async () => {
    vi.useFakeTimers();
    try {
      const report = await simulate({}, async (sim) => void (await sim.client().put("a", "1")));
      expect(report.ok).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what can't be the same twice is refused", () => {
  const REFUSED: readonly (readonly [string, RegExp, () => Promise<unknown>])[] = [
    ["setTimeout", /setTimeout.*sim\.sleep/, () => new Promise((go) => setTimeout(go, 1))],
    ["setInterval", /setInterval/, () => new Promise((go) => setInterval(go, 1).unref())],
    ["setImmediate", /setImmediate.*sim\.sleep\(0\)/, () => new Promise((go) => setImmediate(go))],
    ["timers/promises", /setTimeout/, () => later(1)],
    ["readFile", /fs\..*Read files before/, () => readFile("package.json")],
    ["fetch", /fetch.*substitute/, () => fetch("http://127.0.0.1:8099/").catch(() => null)],
    [
      "AbortSignal.timeout",
      /timeout/,
      () => new Promise((go) => AbortSignal.timeout(1).addEventListener("abort", go)),
    ],
    ["dns", /lookup/, () => dns.lookup("localhost")],
  ];

  test.each(REFUSED)("%s, with its name and the remedy", async (_, text, use) => {
    const { failure } = await failed({}, async (sim) => {
      await sim.client().put("a", "1");
      await use();
    });
    expect(failure?.kind).toBe("host");
    expect(failure?.text).toMatch(text);
    expect(failure?.text).toMatch(/simulate\.test\.ts:\d+/);
  });

  test("also where nobody waits for it", async () => {
    const { failure } = await failed({}, async (sim) => {
      setTimeout(() => undefined, 1).unref();
      await sim.sleep(1);
    });
    expect(failure?.kind).toBe("host");
  });

  test("but not what the test around it does, nor what is printed", async () => {
    const timer = setInterval(() => undefined, 1);
    const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      const running = simulate({ settle: false }, async (sim) => {
        for (let i = 0; i < 50; i++) await sim.sleep(10);
        console.log("printed");
      });
      await later(2);
      expect((await running).ok).toBe(true);
    } finally {
      print.mockRestore();
      clearInterval(timer);
    }
  });

  test("a simulation within a workload", async () => {
    const { failure } = await failed({}, () => simulate({}, async () => undefined));
    expect(failure?.text).toContain("inside of a simulation already");
  });
});

describe("a run that goes wrong", () => {
  test("waits for what never comes: it ends, and says so", async () => {
    const stuck = await failed({}, async () => new Promise(() => undefined));
    expect(stuck.failure).toMatchObject({ kind: "stuck" });
    expect(stuck.failure?.text).toContain("something that never comes");
    const late = await failed({ timeout: "3s" }, async (sim) => {
      const watcher = sim.client(2).watch("nobody writes it");
      for await (const event of watcher) sim.log(event.key);
    });
    expect(late.failure?.kind).toBe("timeout");
    expect(late.failure?.text).toMatch(/3000 ms.*watch nobody writes it of client 2 \(for 3s\)/);
  });

  test("throws with what the workload threw, the log's end, and how to run it again", async () => {
    const options = { seed: 9, cluster: { members: 5 }, steps: [{ after: "1s", crash: "leader" }] };
    const run = simulate(options, async (sim) => {
      sim.log("so far, so good");
      expect(await sim.client().get("a")).toMatchObject({ value: "1" });
    });
    const error = await run.then(
      () => null,
      (thrown: unknown) => thrown as SimulationError,
    );
    expect(error).toBeInstanceOf(SimulationError);
    expect(error?.message).toContain("AssertionError");
    expect(error?.message).toContain("so far, so good");
    expect(error?.message).toContain(`simulate(${JSON.stringify(options)}, workload)`);
    expect((error?.cause as Error | undefined)?.message).toContain("match object");
    expect(error?.report.replay).toEqual(options);
  });

  test("is made again by its replay", async () => {
    const workload = async (sim: Sim) => {
      for (;;) {
        await sim.client().put("a", "1");
        if (sim.leader() > 1) throw new Error("changed");
      }
    };
    const options = { seed: 4, cluster: { election: "2s" }, timeout: 20_000, settle: false };
    const once = await failed({ ...options, steps: [{ after: "5s", crash: "leader" }] }, workload);
    const again = await failed({ ...once.replay }, workload);
    expect(again).toEqual(once);
  });

  test("violates the user's own invariant, judged after every event, or at the end", async () => {
    let count = 0;
    const { failure, virtualMs } = await failed({}, async (sim) => {
      sim.invariant("few", () => count < 3 || `${count} of them`);
      for (;;) {
        await sim.sleep(1000);
        count++;
      }
    });
    expect(failure).toMatchObject({ kind: "violation" });
    expect(failure?.text).toMatch(/^few: 3 of them \(at /);
    expect(virtualMs).toBeLessThan(5000);
    const end = await failed({}, async (sim) => {
      sim.invariant("all", () => expect(count).toBe(4) === undefined, "end");
      await sim.sleep(1);
    });
    expect(end.failure?.text).toMatch(/^all: .*expected 3 to be 4/);
  });

  test("is a violation where a checker of detcd says so", async () => {
    // Known mistake R4, old terms committed by counting, needs more luck; a corrupt member needs none.
    const { failure } = await failed({ settle: true }, async (sim) => {
      await sim.client().put("a", "1");
      await sim.inject({ corrupt: { member: "follower", key: "a", value: "2" } });
      await sim.client().put("b", "1");
    });
    expect(failure).toMatchObject({ kind: "violation" });
  });

  test("fails where a step is impossible; one of the workload's own rejects", async () => {
    const { failure } = await failed({ steps: [{ restart: "m1" }, { resume: "m9" }] }, (sim) =>
      sim.sleep(1),
    ).catch((error: Error) => ({ failure: { kind: "input", text: error.message } }));
    expect(failure?.text).toMatch(/steps\[1\].*m9/);
    const late = await failed({ steps: [{ when: { committed: 999 }, within: "1s" }] }, (sim) =>
      sim.sleep(5000),
    );
    expect(late.failure?.text).toMatch(/step 1 .*waited 1s in vain/);
    await simulate({ settle: false }, async (sim) => {
      await expect(sim.inject({ when: { committed: 999 }, within: "1s" })).rejects.toThrow(
        "in vain",
      );
      await expect(sim.inject({ explode: "m1" })).rejects.toThrow(InputError);
      await sim.inject({ after: "1s", crash: "leader" });
      expect(sim.leader()).toBe(0);
    });
  });

  test("refuses options that mean nothing, with the place", async () => {
    const run = (options: SimulationOptions) => simulate(options, async () => undefined);
    await expect(run({ cluster: { memberz: 3 } })).rejects.toThrow(/cluster.*memberz.*members/);
    await expect(run({ steps: [{ after: "1s", crush: "leader" }] })).rejects.toThrow(InputError);
    await expect(run({ timeout: "soon" })).rejects.toThrow(/timeout: "soon"/);
  });

  test("takes a whole scenario's data, and its expectations", async () => {
    const data = {
      ...{ name: "drawn", title: "Drawn", teaches: "Nothing.", seed: 2, until: "5s" },
      cluster: { members: 3 },
      steps: [{ "pause-client": 1 }, { after: "1s", "resume-client": 1 }, { settle: "10s" }],
      expect: [{ value: { a: "2" } }],
    };
    const workload = async (sim: Sim) => void (await sim.client().put("a", "1"));
    const { failure } = await failed(data, workload);
    expect(failure).toMatchObject({ kind: "expectation" });
    expect((await failed({ ...data, expect: [{ value: { a: "1" } }] }, workload)).ok).toBe(true);
  });
});

describe("once it is over", () => {
  test("what is left of a workload goes on no more, and others are told", async () => {
    let sim: Sim | undefined;
    let beats = 0;
    await simulate({}, async (given) => {
      sim = given;
      void (async () => {
        for (;;) {
          await given.sleep(10);
          beats++;
        }
      })();
      await given.sleep(105);
    });
    expect(beats).toBe(10);
    await expect(sim?.sleep(1)).rejects.toThrow("the simulation is over");
    expect(() => sim?.client()).toThrow("the simulation is over");
  });
});

describe("what would be overlooked", () => {
  test("a promise that nobody awaits ends the run when it is rejected", async () => {
    const own = await failed({}, async (sim) => {
      const later = async () => {
        await sim.sleep(1);
        throw new Error("mine");
      };
      void later();
      await sim.sleep(3000);
    });
    expect(own.failure).toMatchObject({ kind: "workload" });
    expect(own.failure?.text).toContain("a promise that nobody awaits was rejected: Error: mine");
    expect(own.virtualMs).toBeLessThan(3000);
    const call = await failed({}, async (sim) => {
      void sim.client().put("", "1");
      await sim.sleep(3000);
    });
    expect(call.failure?.text).toContain("EtcdError: etcdserver: key is not provided");
  });

  test("steps whose time did not come are named", async () => {
    const steps = [
      { after: "1ms", note: "taken" },
      { after: "5s", crash: "leader" },
    ];
    const report = await simulate({ steps }, async (sim) => {
      await sim.sleep(10);
    });
    expect(report.notTaken).toEqual(["crash: leader"]);
    const failing = simulate({ steps }, async () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("Not taken, the run had ended before: crash: leader");
  });

  test("a misspelt option is refused", async () => {
    const options = { step: FAULTS, seed: 1 } as SimulationOptions;
    await expect(simulate(options, async () => undefined)).rejects.toThrow(
      'unknown option "step", did you mean "steps"?',
    );
  });

  test("fetch is refused by name, wherever it would have gone", async () => {
    const report = await failed({}, async () => {
      await fetch("http://127.0.0.1:1/").catch(() => undefined);
    });
    expect(report.failure).toMatchObject({ kind: "host" });
    expect(report.failure?.text).toContain("the workload used fetch of the host (");
    expect(report.failure?.text).toContain("simulate.test.ts:");
  });
});
