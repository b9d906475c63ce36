import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import { type Duration, MINUTE, SECOND } from "../../../src/base/time.ts";
import { AUTH_ON, compact, hashKv, put } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

/** When what was compacted, as [seconds, revision]; a put each `everyUs`. */
function compactions(lone: Lone, forUs: Duration, everyUs: Duration): (readonly number[])[] {
  const told: (readonly number[])[] = [];
  let seen = lone.events.length;
  const end = lone.now + forUs;
  while (lone.now < end) {
    lone.get(put("k", `${lone.now}`));
    lone.pass(everyUs - (lone.now % everyUs));
    for (const event of lone.events.slice(seen)) {
      if (event.kind === "compact") {
        told.push([Math.round(lone.now / SECOND), event.revision]);
      }
    }
    seen = lone.events.length;
  }
  return told;
}

describe("compaction by age", () => {
  test("looks ten times a period, and keeps one period at least", () => {
    const lone = new Lone({ autoCompactionRetention: 10 * MINUTE });
    // A write each half minute: revision n + 1 after n of them.
    const told = compactions(lone, 31 * MINUTE, 30 * SECOND);
    expect(told).toEqual([
      [600, 1],
      [1200, 19],
      [1800, 39],
    ]);
  });

  test("of more than an hour compacts every hour, what is older than the period", () => {
    const lone = new Lone({ autoCompactionRetention: 120 * MINUTE });
    const told = compactions(lone, 241 * MINUTE, 6 * MINUTE);
    expect(told.map(([at]) => (at as number) / 60)).toEqual([120, 180, 240]);
    const revisions = told.map(([, revision]) => revision);
    expect(revisions).toEqual([1, 10, 20]);
  });

  test("goes on past a revision that somebody compacted already", () => {
    const lone = new Lone({ autoCompactionRetention: 10 * MINUTE });
    compactions(lone, 9 * MINUTE, MINUTE);
    lone.get(compact(lone.member.view().revision));
    const told = compactions(lone, 22 * MINUTE, MINUTE);
    // At 10 and at 20 minutes there was nothing left to do; it does not try again in between.
    expect(told.map(([at]) => at)).toEqual([1800]);
  });

  test("is off by default", () => {
    const lone = new Lone();
    expect(compactions(lone, 200 * MINUTE, 10 * MINUTE)).toEqual([]);
  });

  test("works with authentication, too", () => {
    const lone = new Lone({ autoCompactionRetention: 5 * MINUTE });
    for (const step of AUTH_ON) lone.get(step);
    lone.pass(6 * MINUTE);
    const told = lone.events.filter(({ kind }) => kind === "compact");
    expect(told.length).toBe(1);
  });
});

describe("compaction by number", () => {
  test("keeps the newest revisions, looking every five minutes", () => {
    const lone = new Lone({ autoCompactionMode: "revision", autoCompactionRetention: 10 });
    const told = compactions(lone, 16 * MINUTE, MINUTE);
    expect(told).toEqual([
      [600, 1],
      [900, 6],
    ]);
    lone.pass(20 * MINUTE);
    const { revision } = lone.member.view();
    const before = lone.member.view().lastIndex;
    lone.pass(20 * MINUTE);
    expect(lone.member.view().lastIndex, "nothing new, nothing to do").toBe(before);
    // To the one before that it compacted earlier, and keeps its hash.
    expect(lone.error(hashKv(revision - 12))).toBe(Errors.compacted);
    expect(lone.error(hashKv(revision - 10))).toBeNull();
  });
});

describe("compaction in a cluster", () => {
  test("is the leader's alone, and goes on with the next one", () => {
    const trio = new Trio({ autoCompactionRetention: 5 * MINUTE });
    const count = () => trio.cluster.view(trio.leader).lastIndex;
    trio.get(trio.leader, put("a"));
    trio.pass(1 * MINUTE);
    const before = count();
    trio.pass(4.5 * MINUTE);
    expect(count(), "one compaction, by one member").toBe(before + 1);
    const old = trio.leader;
    trio.get(old, put("b"));
    trio.get(old, put("c"));
    trio.cluster.inject({ type: "crash", member: old, disk: "lose" });
    trio.pass(10 * SECOND);
    const next = trio.leader;
    expect(next).not.toBe(old);
    const compacted = () => trio.machine(next).store.compactRevision;
    trio.pass(11 * MINUTE);
    expect(compacted()).toBe(4);
  });
});
