import { describe, expect, test } from "vitest";
import { leaderOf } from "../../src/trace/frames/frame.ts";
import { type Reasons, reasonsOf } from "../../src/trace/story/why-question.ts";
import { type Asked, library, scenario } from "./support/asked.ts";

const first = ({ links }: Reasons) => links[0]?.sentence ?? "";
const second = ({ links }: Reasons) => links[1]?.sentence ?? "";
const last = ({ links }: Reasons) => links.at(-1)?.sentence ?? "";

/** The position after the first line of the story that says so. */
function told(run: Asked, words: RegExp): number {
  const line = run.index.lines.find((one) => words.test(`${one.actor} ${one.text}`));
  if (line === undefined) throw new Error(`nothing is told of ${words}`);
  return line.seq;
}

describe("an entry", () => {
  test("that is committed says who knows it, and goes back to the client", () => {
    const run = library("leader-crash");
    const at = told(run, /entry 5 \(put k1=v1\) is committed/);
    const reasons = run.ask({ about: "entry", index: 5, member: 0 }, at);
    expect(reasons.about).toBe("entry 5");
    expect(first(reasons)).toMatch(
      /^entry 5 \(put k1=v1\) of term 2 is committed, as m3 knows: m3 knew it at .*s first$/,
    );
    expect(second(reasons)).toMatch(/^m3 {2}entry 5 \(put k1=v1\) is committed: stored on m1, m3/);
    expect(last(reasons)).toBe("c1  wants to put k1=v1");
  });

  test("that a member does not know as committed yet says who does", () => {
    const run = library("leader-crash");
    const at = told(run, /entry 5 \(put k1=v1\) is committed/);
    expect(first(run.ask({ about: "entry", index: 5, member: 1 }, at))).toMatch(
      /^m1 {2}does not know yet that entry 5 .* is committed: m3 knew it at/,
    );
  });

  test("that its leader cannot commit goes back to what keeps it from a majority", () => {
    const run = library("isolated-leader");
    const at = told(run, /m1 cannot commit entry 8/);
    const reasons = run.ask({ about: "entry", index: 8, member: 1 }, at);
    expect(first(reasons)).toMatch(/which nobody knows as committed|has not committed/);
    expect(last(reasons)).toMatch(/the network is parted|wants to put colour=green/);
  });

  test("that is of an older term waits for one of its leader's own", () => {
    const run = library("old-term-entry");
    const at = told(run, /m1 cannot commit entry 7/);
    const reasons = run.ask({ about: "entry", index: 7, member: 0 }, at);
    expect(first(reasons)).toMatch(
      /^m1 {2}has not committed entry 7 .*only with an entry of its own/,
    );
    expect(reasons.links[0]?.rule?.place).toBe("§5.4.2");
    expect(second(reasons)).toMatch(/^m1 {2}becomes leader in term 4/);
    expect(last(reasons)).toBe("!!  m1's election timer fires");
  });

  test("that took another's place says so", () => {
    const run = library("isolated-leader");
    const at = told(run, /throws away its entry 8/);
    expect(first(run.ask({ about: "entry", index: 8, member: 0 }, at))).toMatch(
      /another stood there before: put colour=green of term 2, on m[12] until/,
    );
  });

  test("that no log has in memory any more goes back to the snapshot that covers it", () => {
    const reasons = library("catch-up-by-snapshot").ask({ about: "entry", index: 2, member: 0 });
    expect(first(reasons)).toContain("entry 2 is in the memory of no log any more");
    expect(second(reasons)).toMatch(/writes a snapshot/);
  });

  test("that there is not is no question", () => {
    const { run, events } = library("leader-crash");
    for (const index of [0, -1, 1000]) {
      expect(reasonsOf({ about: "entry", index, member: 0 }, run, events.length)).toBeNull();
    }
    expect(reasonsOf({ about: "entry", index: 1, member: 0 }, run, 0)).toBeNull();
  });

  test("is never told what happened later", () => {
    const run = library("isolated-leader");
    const committed = told(run, /entry 9 \(put colour=blue\) is committed/);
    const reasons = run.ask({ about: "entry", index: 9, member: 0 }, committed - 1);
    expect(first(reasons)).toMatch(/has not committed entry 9/);
    for (const { seq } of reasons.links) expect(seq).toBeLessThan(committed);
  });
});

describe("a member", () => {
  const run = () => library("leader-crash");

  test("that leads goes back through its election", () => {
    const reasons = run().ask({ about: "member", member: 2 }, told(run(), /m2 becomes leader/));
    expect(first(reasons)).toBe("m2  leads in term 3");
    expect(second(reasons)).toMatch(/^m2 {2}becomes leader in term 3/);
    expect(last(reasons)).toMatch(/^m3 {2}crashes as leader of term 2/);
  });

  test("that follows says whom, and goes back to why that one leads", () => {
    const at = told(run(), /entry 5 \(put k1=v1\) is committed/);
    const reasons = run().ask({ about: "member", member: 1 }, at);
    expect(first(reasons)).toMatch(/^m1 {2}is a follower in term 2; its leader: m3, heard .* ago;/);
    expect(second(reasons)).toMatch(/^m1 {2}(follows m3|enters term 2)/);
    expect(
      reasons.links.some(({ sentence }) => /m3 {2}becomes leader in term 2/.test(sentence)),
    ).toBe(true);
  });

  test("that stands says who has not voted", () => {
    const at = told(run(), /m2 becomes candidate in term 3/);
    expect(first(run().ask({ about: "member", member: 2 }, at))).toMatch(
      /^m2 {2}is a candidate in term 3: granted by .*; m3 is down/,
    );
  });

  test("that is down, or paused, goes back to what was done to it", () => {
    const down = run().ask({ about: "member", member: 3 }, told(run(), /m3 crashes/));
    expect(first(down)).toBe("m3  is down");
    expect(second(down)).toMatch(/^m3 {2}crashes as leader/);
    const paused = scenario(
      "\n  - when: leader elected\n  - pause: m1\n  - after: 1s\n    note: x\n",
    );
    const reasons = paused.ask({ about: "member", member: 1 });
    expect([first(reasons), reasons.links[1]?.rule?.place]).toEqual(["m1  is paused", "§5.6"]);
  });

  test("that is none is no question", () => {
    const { run: traced, events } = run();
    expect(reasonsOf({ about: "member", member: 9 }, traced, events.length)).toBeNull();
  });
});

describe("what clients have", () => {
  test("a value goes back to the put that made it, and its commitment", () => {
    const run = library("leader-crash");
    const change = run.events.find((e) => e.kind === "changes" && e.changes[0]?.key === "k1");
    const reasons = run.ask({ about: "key", key: "k1", seq: change?.seq ?? 0 });
    expect(reasons.about).toBe("key k1");
    expect(first(reasons)).toMatch(/makes revision 2 of entry 5: put k1=v1/);
    expect(second(reasons)).toMatch(/entry 5 \(put k1=v1\) is committed: stored on m1, m3/);
    expect(last(reasons)).toBe("c1  wants to put k1=v1");
  });

  test("a lease says who counts it down, and goes back to its last renewal, or to its grant", () => {
    const run = scenario(`
  - when: leader elected
  - after: 100ms
    lease: { ttl: 10s, as: L, keep-alive: true }
  - after: 5s
    note: x
`);
    const granted = told(run, /grants lease/);
    const [lease] = run.run.frameAt(granted).data.leases;
    const question = { about: "lease", lease: lease?.id ?? "" } as const;
    const before = run.ask(question, granted);
    expect(first(before)).toMatch(/^lease \S+ of 10 s has 10s left by the clock of m\d$/);
    expect(last(before)).toBe("c1  wants to grant a lease of 10 s");
    const renewed = run.ask(question);
    expect(second(renewed)).toMatch(/renews lease/);
    expect(renewed.links[1]?.rule?.place).toBe("etcd lessor.go");
    expect(last(renewed)).toMatch(/^c1 {2}wants to keep lease .* alive|^c1 {2}wants to renew/);
  });

  test("a lease that is gone goes back to why nobody renewed it", () => {
    const run = library("lock-lost-while-paused");
    const revoked = told(run, /revokes lease/);
    const event = run.events[revoked - 1];
    const lease = event?.kind === "lease" ? event.lease : "";
    expect(first(run.ask({ about: "lease", lease }, revoked))).toMatch(/revokes lease/);
  });

  test("a call that waits says where it is stuck", () => {
    const run = library("isolated-leader");
    const asked = run.events.find((e) => e.kind === "invoke" && e.text === "put colour=green");
    const op = asked?.kind === "invoke" ? asked.op : 0;
    const ends = told(run, /gives up on put colour=green/);
    const reasons = run.ask({ about: "call", op }, ends - 1);
    expect(first(reasons)).toMatch(
      /^c1 {2}waits for the answer to put colour=green from m1 for .*: .*cannot commit entry 8/,
    );
    expect(reasons.links.slice(1).map(({ sentence }) => sentence)).toEqual([
      "!!  the network is parted: m1 m2 | m3 m4 m5",
    ]);
    // Once it has ended, it is asked why it did so.
    expect(first(run.ask({ about: "call", op }, ends))).toMatch(/gives up on put colour=green/);
  });

  test("a read that waits at a leader which lost its majority is stuck there", () => {
    const run = scenario(`
  - when: leader elected
  - put: { key: a, value: 1, as: put }
  - when: { answered: put }
  - isolate: leader
  - get: { key: a, to: leader, as: read }
  - after: 300ms
    note: x
`);
    const asked = run.events.find((e) => e.kind === "invoke" && e.text === "get a");
    const reasons = run.ask(
      { about: "call", op: asked?.kind === "invoke" ? asked.op : 0 },
      told(run, /^-- x/),
    );
    expect(first(reasons)).toMatch(/^c1 {2}waits for the answer to get a/);
    expect(last(reasons)).toMatch(/^!! {2}the network is parted/);
  });

  test("what there is not is no question", () => {
    const { run, events } = library("leader-crash");
    expect(reasonsOf({ about: "lease", lease: "7b" }, run, events.length)).toBeNull();
    expect(reasonsOf({ about: "call", op: 999 }, run, events.length)).toBeNull();
    expect(reasonsOf({ about: "event", seq: 0 }, run, events.length)).toBeNull();
  });
});

test.each(["leader-crash", "lock-lost-while-paused", "old-term-entry", "one-way-partition"])(
  "in %s every entry, member, lease and call has reasons at every line of the story",
  (name) => {
    const run = library(name);
    for (const { seq } of run.index.lines) {
      const frame = run.run.frameAt(seq);
      const last = Math.max(0, ...frame.members.map(({ log }) => log.lastIndex));
      const questions = [
        ...frame.members.map(({ id }) => ({ about: "member", member: id }) as const),
        ...frame.data.leases.map(({ id }) => ({ about: "lease", lease: id }) as const),
        ...frame.pending.map(({ op }) => ({ about: "call", op }) as const),
        ...(last > 0 && leaderOf(frame) !== undefined
          ? [{ about: "entry", index: last, member: 0 } as const]
          : []),
      ];
      for (const question of questions) {
        const { links } = run.ask(question, seq);
        expect(links.length, JSON.stringify(question)).toBeGreaterThan(0);
        for (const link of links) {
          expect(link.seq).toBeLessThanOrEqual(seq);
          expect(link.sentence).not.toBe("");
        }
      }
    }
  },
);
