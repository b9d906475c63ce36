import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { WhyLink } from "../../src/trace/story/why-chain.ts";
import { SAMPLE_HEADER, sampleTrace } from "../support/sample-trace.ts";
import { Asked, library, scenario } from "./support/asked.ts";

const sentences = (links: readonly WhyLink[]) => links.map(({ sentence }) => sentence);
const places = (links: readonly WhyLink[]) => links.map(({ rule }) => rule?.place ?? "");
const last = (links: readonly WhyLink[]) => links.at(-1)?.sentence ?? "";

describe("an election", () => {
  test("goes back to the crash of the leader that was heard no more", () => {
    const chain = library("leader-crash").why(/becomes leader in term 3/);
    expect(last(chain)).toMatch(/^m3 {2}crashes as leader of term 2/);
    expect(sentences(chain).filter((text) => /clock|disk/.test(text))).toEqual([]);
    expect(sentences(chain).some((text) => /heard nothing from its leader m3/.test(text))).toBe(
      true,
    );
    expect(places(chain)).toEqual([
      ...["§5.2", "§5.4.1", "§5.4.1", "§5.4.1"],
      ...["thesis 9.6", "thesis 9.6", "thesis 9.6", "§5.2", "§5.5"],
    ]);
  });

  test("goes back to the partition that took the leader away", () => {
    const chain = library("isolated-leader").why(/becomes leader in term 3/);
    expect(last(chain)).toBe("!!  the network is parted: m1 m2 | m3 m4 m5");
    expect(places(chain).at(-1)).toBe("§2");
  });

  test("goes back through a leader that stepped down to what it could not hear", () => {
    const chain = library("one-way-partition").why(/m3 asks whether it could win term 3/);
    expect(sentences(chain).slice(1)).toEqual([
      expect.stringMatching(
        /^m1 {2}steps down as leader of term 2: it did not hear from a majority/,
      ),
      "!!  nothing gets through from m2 to m1",
    ]);
    expect(places(chain)).toEqual(["§5.2", "thesis 6.2", "§2"]);
  });

  test("goes back through one that was not decided", () => {
    const run = library("one-way-partition");
    const chain = run.why(
      /m1 asks whether/,
      run.events.findIndex((e) => e.at > 4_000_000),
    );
    expect(sentences(chain)[0]).toContain("its pre-vote was not decided");
    expect(last(chain)).toBe("!!  nothing gets through from m2 to m1");
  });

  test("on a leader's order goes back to the transfer", () => {
    const chain = library("leadership-transfer").why(/m3 becomes candidate in term 3/);
    expect(last(chain)).toBe("!!  leadership is to move to m3");
    expect(new Set(places(chain))).toEqual(new Set(["thesis 3.10"]));
  });
});

describe("an entry", () => {
  test("that is committed goes back to what the client asked for", () => {
    const chain = library("leader-crash").why(/entry 5 \(put k1=v1\) is committed/);
    expect(sentences(chain).map((text) => text.slice(0, 34))).toEqual([
      "m3  entry 5 (put k1=v1) is committ",
      expect.stringMatching(/^m1 {2}receives|^m3 {2}receives m1's acknowl/),
      "m1  stores entry 5 (put k1=v1) of ",
      "m1  receives m3's append of term 2",
      "m3  appends entry 5 (put k1=v1) of",
      "m3  receives m1's forwarded reques",
      "m1  receives c1's put k1=v1",
      "c1  wants to put k1=v1",
    ]);
  });

  test("that was acknowledged goes back through its commit", () => {
    const chain = library("leader-crash").why(/put k1=v1 is acknowledged/);
    expect(sentences(chain)).toContain("m3  entry 5 (put k1=v1) is committed: stored on m1, m3");
    expect(last(chain)).toBe("c1  wants to put k1=v1");
  });

  test("of an older term waits because its leader leads a later one", () => {
    const chain = library("old-term-entry").why(/m1 cannot commit entry 7/);
    expect(places(chain)[0]).toBe("§5.4.2");
    expect(sentences(chain)[1]).toMatch(/^m1 {2}becomes leader in term 4/);
    expect(last(chain)).toBe("!!  m1's election timer fires");
  });

  test("that lacks a majority goes back to what keeps it from one", () => {
    const chain = library("isolated-leader").why(/m1 cannot commit entry 8/);
    expect(sentences(chain).slice(1)).toEqual(["!!  the network is parted: m1 m2 | m3 m4 m5"]);
  });

  test("in the sample goes the same way, step by step", () => {
    const events = sampleTrace();
    const run = new Asked({ header: SAMPLE_HEADER, events });
    const commit = events.find((e) => e.kind === "commit" && e.index === 2) as TraceEvent;
    expect(run.of(commit, true).map(({ seq }) => events[seq - 1]?.kind)).toEqual([
      ...["commit", "deliver", "send", "append", "deliver", "send", "append", "request", "invoke"],
    ]);
  });
});

test("disks and clocks are links only where every step is wanted", () => {
  const run = library("leader-crash");
  const won = run.events.find((e) => e.kind === "role" && e.role === "leader" && e.term === 3);
  const kinds = (every: boolean) =>
    run.of(won as TraceEvent, every).map(({ seq }) => run.events[seq - 1]?.kind);
  expect(kinds(true)).toEqual(
    expect.arrayContaining(["send", "disk-done", "sync", "wake", "fault"]),
  );
  for (const folded of ["send", "disk-done", "sync", "wake", "fault"]) {
    expect(kinds(false)).not.toContain(folded);
  }
  // The links that are left are the same ones.
  const seqs = (every: boolean) => run.of(won as TraceEvent, every).map(({ seq }) => seq);
  expect(seqs(true)).toEqual(expect.arrayContaining(seqs(false)));
  expect(seqs(true)).toEqual([...new Set(seqs(true))].sort((a, b) => b - a));
});

describe("a put that was not answered", () => {
  test("goes back to the partition that kept it from a majority", () => {
    const chain = library("isolated-leader").why(/gives up on put colour=green/);
    expect(sentences(chain).slice(1)).toEqual(["!!  the network is parted: m1 m2 | m3 m4 m5"]);
  });

  test("goes back to the links that were cut one way", () => {
    const chain = library("one-way-partition").why(/gives up on put a=1/);
    expect(last(chain)).toBe("!!  nothing gets through from m2 to m1");
  });

  test("goes back to the crash of whom it was asked of", () => {
    const chain = library("old-term-entry").why(/gives up on put x=of term 2/);
    expect(last(chain)).toBe("m1  crashes as leader of term 2: nothing was unsynced");
  });
});

describe("what stands in the way is found, whatever it is", () => {
  test("a leader that is paused is heard no more", () => {
    const run = scenario(`
  - when: leader elected
  - pause: leader
  - when: leader elected
`);
    const paused = run.events.find((e) => e.kind === "pause");
    const chain = run.why(/becomes leader in term 3/);
    expect(chain.at(-1)?.seq).toBe(paused?.seq);
    expect(last(chain)).toMatch(/^m\d {2}is paused/);
    expect(places(chain).at(-1)).toBe("§5.6");
  });

  test("a leader whose messages are held back is heard no more", () => {
    const run = scenario(`
  - when: leader elected
  - clog: { from: leader, to: all }
  - after: 3s
    unclog: true
`);
    const chain = run.why(/asks whether it could win term 3/);
    expect(last(chain)).toMatch(/^!! {2}messages from m\d .*are held back/);
    expect(places(chain).at(-1)).toBe("§2");
  });

  test("a leader that must wait for who is paused, or behind a clogged link", () => {
    for (const [fault, end] of [
      ["pause: followers", /is paused/],
      ["clog: { from: leader, to: all }", /are held back/],
    ] as const) {
      const run = scenario(`
  - when: leader elected
  - after: 100ms
    ${fault}
  - put: { key: a, value: 1, to: leader, only: true }
  - after: 2s
    note: enough
`);
      expect(last(run.why(/gives up on put a=1/))).toMatch(end);
    }
  });

  test("a client that is cut off from whom it asked, until all is healed", () => {
    const run = scenario(`
  - when: leader elected
  - put: { key: a, value: 0 }
  - after: 1s
    cut-client: { client: 1, from: all }
  - put: { key: a, value: 1 }
  - after: 8s
    heal: true
  - after: 1s
    pause: followers
  - put: { key: a, value: 2, to: leader, only: true }
  - after: 8s
    note: enough
`);
    expect(last(run.why(/gives up on put a=1/))).toMatch(
      /^!! {2}c1 and m1 m2 m3 don't hear each other/,
    );
    expect(places(run.why(/gives up on put a=1/)).at(-1)).toBe("§2");
    // What is over is in nobody's way.
    expect(last(run.why(/gives up on put a=2/))).toMatch(/is paused/);
  });

  test("of clients with like names only the one that is meant", () => {
    const run = scenario(`
  - when: leader elected
  - put: { key: a, value: 0, client: 1 }
  - put: { key: a, value: 0, client: 11 }
  - after: 1s
    cut-client: { client: 11, from: all }
  - isolate: leader
  - put: { key: a, value: 1, client: 1, to: leader, only: true }
  - after: 3s
    note: enough
`);
    expect(last(run.why(/gives up on put a=1/))).toMatch(/^!! {2}the network is parted/);
  });

  test("a lease that a paused client could not renew", () => {
    const chain = library("lock-lost-while-paused").why(/finds lease .* expired/);
    expect(last(chain)).toBe("!!  c1's process is paused");
    expect(places(chain)).toEqual(["etcd lessor.go", "§5.6"]);
  });
});

describe("a read", () => {
  const run = () =>
    scenario(`
  - when: leader elected
  - transfer-to: m1
  - when: m1 is leader
  - put: { key: a, value: 1, to: m1, as: put }
  - when: { answered: put }
  - get: { key: a, to: m2, as: follower }
  - when: { answered: follower }
  - get: { key: a, to: m1, as: leader }
  - when: { answered: leader }
  - get: { key: a, to: m3, serializable: true, as: local }
  - when: { answered: local }
`);

  test("at a follower asks the leader, who asks a majority", () => {
    const chain = run().why(/get a is answered by m2/);
    expect(places(chain)).toEqual([
      ...["thesis 6.4", "thesis 6.4", "thesis 6.4", "thesis 6.4", "thesis 6.4", "§8", "§8"],
    ]);
    expect(sentences(chain).map((text) => text.slice(0, 30))).toEqual([
      ...['c1  get a is answered by m2: "', "m2  receives m1's answer to a "],
      expect.stringMatching(/^m1 {2}receives m\d's heartbeat a/),
      expect.stringMatching(/^m\d {2}receives m1's heartbeat o/),
      ...["m1  receives m2's question for", "m2  receives c1's get a", "c1  wants to get a"],
    ]);
  });

  test("at the leader asks a majority", () => {
    const chain = run().why(/get a is answered by m1/);
    expect(sentences(chain).map((text) => text.slice(0, 30))).toEqual([
      'c1  get a is answered by m1: "',
      expect.stringMatching(/^m1 {2}receives m\d's heartbeat a/),
      expect.stringMatching(/^m\d {2}receives m1's heartbeat o/),
      ...["m1  receives c1's get a", "c1  wants to get a"],
    ]);
  });

  test("that may be old asks nobody", () => {
    const chain = run().why(/is answered by m3/);
    expect(sentences(chain).slice(1)).toEqual([
      expect.stringMatching(/^m3 {2}receives c1/),
      expect.stringMatching(/^c1 {2}wants to get a/),
    ]);
    expect(chain[0]?.rule?.rule).toMatch(/may be old/);
  });

  test("that had to wait until its member had applied enough says for what", () => {
    const run = library("slow-apply");
    const waits = run.events.filter(
      (e) => e.kind === "complete" && e.outcome === "ok" && e.result?.modRevision !== undefined,
    );
    const applied = waits.filter((event) => /applies/.test(sentences(run.of(event))[1] ?? ""));
    expect(applied.length).toBeGreaterThan(0);
    for (const event of applied) {
      expect(sentences(run.of(event))[2]).toMatch(/answer to a read|heartbeat answer/);
    }
  });
});

test.each(["leader-crash", "isolated-leader", "one-way-partition", "old-term-entry"])(
  "every line of %s has reasons that came before it, each once",
  (name) => {
    const run = library(name);
    for (const { seq } of run.index.lines) {
      const seqs = run.of(run.events[seq - 1] as TraceEvent).map((link) => link.seq);
      expect(seqs[0]).toBe(seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
    }
  },
);
