import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { DataMonitor, type DataMonitorOptions } from "../../../src/check/data-monitor.ts";
import { LEASE_RULES } from "../../../src/check/lease/rule-names.ts";
import type { ClientOp } from "../../../src/trace/events.ts";
import { del, put, Tale } from "../tale.ts";

const seen = (monitor: DataMonitor): string[] =>
  monitor.violations.map((v) => `${v.invariant}: ${v.text}`);

const grant: ClientOp = { type: "lease", method: "grant", lease: "", ttl: 10 };
const keepAlive: ClientOp = { type: "lease", method: "keep-alive", lease: "aa", ttl: 0 };
const revoke: ClientOp = { type: "lease", method: "revoke", lease: "aa", ttl: 0 };
const timeToLive: ClientOp = { type: "lease", method: "time-to-live", lease: "aa", ttl: 0 };

/** m1 leads term 1 and decides of leases; lease aa (10 s) is granted by entry 2, and the client told. */
function granted(): Tale {
  const tale = new Tale().role(1, "leader", 1, 1).apply([1, 2], 1, 1).lease(1, "promote");
  const op = tale.invoke(grant);
  for (const member of [1, 2]) tale.lease(member, "grant", "aa", 10).apply(member, 2, 1);
  return tale.complete(op, { revision: 1, lease: "aa", ttl: 10 });
}

/** Keys x and y are attached to it, by entries 3 and 4. */
function attached(): Tale {
  return granted()
    .change([1, 2], 3, 2, put("x", "1", 2, { lease: "aa" }))
    .change([1, 2], 4, 3, put("y", "1", 3, { lease: "aa" }));
}

/** The lease ends by the entry after `attached`, with these keys. */
function ends(tale: Tale, ...keys: readonly string[]): Tale {
  for (const member of [1, 2]) {
    tale.lease(member, "revoke", "aa");
    if (keys.length === 0) tale.apply(member, 5, 1, { revision: 3 });
    else tale.change(member, 5, 4, ...keys.map(del));
  }
  return tale;
}

/** The client keeps it alive; m1 renews it. */
function renewed(tale: Tale): Tale {
  const op = tale.invoke(keepAlive);
  return tale.lease(1, "renew", "aa", 10).complete(op, { revision: 3, lease: "aa", ttl: 10 });
}

const led = (tale: Tale, by: number, term: number, index = 5): Tale =>
  tale
    .lease(1, "demote")
    .role(by, "leader", term, by)
    .apply([1, 2], index, term, { revision: 3 })
    .lease(by, "promote");

/** Entry 5, a checkpoint, leaves it so much. */
function written(tale: Tale, left: number, ...members: readonly number[]): Tale {
  for (const member of members)
    tale.lease(member, "checkpoint", "aa", left).apply(member, 5, 1, { revision: 3 });
  return tale;
}

/** A client asks how much is left, and is told. */
function asks(tale: Tale, ttl: number): Tale {
  return tale.complete(tale.invoke(timeToLive), { revision: 3, lease: "aa", ttl });
}

/** Entry 6 ends it. */
function endsLater(tale: Tale): Tale {
  for (const member of [1, 2])
    tale.lease(member, "revoke", "aa").change(member, 6, 4, del("x"), del("y"));
  return tale;
}

const GOOD: readonly [string, () => Tale, DataMonitorOptions?][] = [
  ["when its time is over", () => ends(attached().wait(10 * SECOND), "x", "y")],
  [
    "when its time is over since it was renewed",
    () => ends(renewed(attached().wait(5 * SECOND)).wait(10 * SECOND), "x", "y"),
  ],
  [
    "early, if a client asks for it",
    () => {
      const tale = attached();
      const op = tale.invoke(revoke);
      return ends(tale, "x", "y").complete(op, { revision: 4 });
    },
  ],
  [
    "early, if a client may have asked for it",
    () => {
      const tale = attached();
      return ends(tale.complete(tale.invoke(revoke), null, "ambiguous"), "x", "y");
    },
  ],
  [
    "a little early by the world's clock, where the leader's is fast",
    () => ends(attached().wait(9.95 * SECOND), "x", "y"),
    { leases: { driftPpm: 10_000 } },
  ],
  [
    "a little early after a change of leaders, where the new one's clock is fast",
    () => endsLater(led(attached(), 2, 2).wait(10.895 * SECOND)),
    { leases: { driftPpm: 10_000 } },
  ],
  [
    "early, where nobody knows how fast clocks are",
    () => {
      const tale = attached().emit({
        kind: "fault",
        member: 1,
        fault: "drift",
        text: "",
        members: [1],
      });
      return ends(tale.wait(SECOND), "x", "y");
    },
  ],
  [
    "later, after a change of leaders",
    () => endsLater(led(attached().wait(9 * SECOND), 2, 2).wait(11 * SECOND)),
  ],
  [
    "as the checkpoint says, after a change of leaders",
    () => {
      const tale = attached().wait(7 * SECOND);
      for (const member of [1, 2])
        tale.lease(member, "checkpoint", "aa", 3).apply(member, 5, 1, { revision: 3 });
      tale
        .lease(1, "demote")
        .role(2, "leader", 2, 2)
        .apply([1, 2], 6, 2, { revision: 3 })
        .lease(2, "promote");
      tale.wait(4 * SECOND);
      for (const member of [1, 2])
        tale.lease(member, "revoke", "aa").change(member, 7, 4, del("x"), del("y"));
      return tale;
    },
  ],
  [
    "without keys that were given to another lease, or none, or deleted",
    () => {
      const tale = attached();
      tale.change([1, 2], 5, 4, put("x", "2", 2, { version: 2 })).change([1, 2], 6, 5, del("y"));
      tale.wait(10 * SECOND);
      for (const member of [1, 2])
        tale.lease(member, "revoke", "aa").apply(member, 7, 1, { revision: 5 });
      return tale;
    },
  ],
  [
    "and is granted anew",
    () => {
      const tale = ends(attached().wait(10 * SECOND), "x", "y");
      for (const member of [1, 2])
        tale.lease(member, "grant", "aa", 20).apply(member, 6, 1, { revision: 4 });
      return tale;
    },
  ],
  [
    "and a keep-alive is told so",
    () => {
      const tale = ends(attached().wait(10 * SECOND), "x", "y");
      return tale.complete(tale.invoke(keepAlive), { revision: 4, lease: "aa", ttl: 0 });
    },
  ],
  [
    "and a leader that does not know it yet renews it",
    () => {
      const tale = attached().wait(10 * SECOND);
      tale.lease(2, "revoke", "aa").change(2, 5, 4, del("x"), del("y")).lease(1, "renew", "aa", 10);
      return tale.lease(1, "revoke", "aa").change(1, 5, 4, del("x"), del("y"));
    },
  ],
  [
    "and before it was asked how much a new leader has given it",
    () => asks(led(attached().wait(9 * SECOND), 2, 2).wait(SECOND), 10),
  ],
  [
    "and before it was asked how much a checkpoint has left",
    () => asks(led(written(attached().wait(7 * SECOND), 3, 1, 2), 2, 2, 6), 4),
  ],
  [
    "and a new leader need not have heard of a checkpoint in its own term",
    () => {
      const tale = attached().lease(1, "demote").role(2, "leader", 2, 2);
      tale.apply(1, 5, 2, { revision: 3 });
      tale.lease(1, "checkpoint", "aa", 3).apply(1, 6, 2, { revision: 3 });
      tale.apply(2, 5, 2, { revision: 3 }).lease(2, "promote");
      return asks(tale, 10);
    },
  ],
  [
    "and a deposed leader that slept tells of the time that it gave it",
    () => {
      const tale = renewed(attached().wait(SECOND));
      tale.role(2, "leader", 2, 2).apply([1, 2], 5, 2, { revision: 3 }).lease(2, "promote");
      // It applies a checkpoint before it hears of its end, and asks nobody.
      tale.wait(5 * SECOND).lease(1, "renew", "aa", 10);
      return asks(tale, 9);
    },
  ],
  [
    "and the answer may be of before there was a new leader",
    () => {
      const tale = attached();
      const op = tale.invoke(timeToLive);
      written(tale, 3, 1, 2);
      return led(tale, 2, 2, 6).complete(op, { revision: 3, lease: "aa", ttl: 9 });
    },
  ],
  [
    "and before it was asked how much was left",
    () => {
      const tale = attached();
      return tale.complete(tale.invoke(timeToLive), { revision: 3, lease: "aa", ttl: 9 });
    },
  ],
];

const BAD: readonly [string, string, RegExp, () => Tale][] = [
  [
    "lease-early",
    "before its time",
    /^lease aa \(TTL 10 s, granted by entry 2\) expired at .*, although grant , sent at .* was told 10 s/,
    () => ends(attached().wait(9.9 * SECOND), "x", "y"),
  ],
  [
    "lease-early",
    "before its time since it was renewed",
    /although keep-alive aa, sent at .* was told 10 s/,
    () => ends(renewed(attached().wait(9 * SECOND)).wait(2 * SECOND), "x", "y"),
  ],
  [
    "lease-early",
    "before a renewal that is answered late",
    /although keep-alive aa/,
    () => {
      const tale = attached().wait(9 * SECOND);
      const op = tale.invoke(keepAlive);
      tale.lease(2, "renew", "aa", 10).wait(3 * SECOND);
      return ends(tale, "x", "y").complete(op, { revision: 3, lease: "aa", ttl: 10 });
    },
  ],
  [
    "lease-extended",
    "cut short by a change of leaders",
    /expired at .*: member 2 had to keep it until/,
    () => endsLater(led(attached().wait(9 * SECOND), 2, 2).wait(5 * SECOND)),
  ],
  [
    "lease-extended",
    "without the time in which nobody led",
    /expired at .*: member 2 had to keep it until/,
    () => endsLater(led(attached().wait(9 * SECOND), 2, 2).wait(10 * SECOND)),
  ],
  [
    "lease-late",
    "never",
    /is still there: member 1 could let it expire at/,
    () => attached().wait(17 * SECOND),
  ],
  [
    "lease-late",
    "never, under a new leader",
    /is still there: member 2 could/,
    () => led(attached(), 2, 2).wait(17 * SECOND),
  ],
  [
    "lease-keys",
    "without one of its keys",
    /ended, and its key "y" is still there/,
    () => ends(attached().wait(10 * SECOND), "x"),
  ],
  [
    "lease-keys",
    "without any of its keys",
    /ended, and its key "x" is still there/,
    () => ends(attached().wait(10 * SECOND)),
  ],
  [
    "lease-keys",
    "with a key that is not its own any more",
    /ended with a delete of "x", which is none of its keys/,
    () => {
      const tale = attached()
        .change([1, 2], 5, 4, put("x", "2", 2, { version: 2 }))
        .wait(10 * SECOND);
      for (const member of [1, 2])
        tale.lease(member, "revoke", "aa").change(member, 6, 5, del("x"), del("y"));
      return tale;
    },
  ],
  [
    "lease-keys",
    "before a key is attached to it",
    /"z" is attached to lease aa, which is revoked already/,
    () =>
      ends(attached().wait(10 * SECOND), "x", "y").change(
        [1, 2],
        6,
        5,
        put("z", "1", 5, { lease: "aa" }),
      ),
  ],
  [
    "lease-keys",
    "though it was never granted",
    /lease bb is revoked, and is not there/,
    () => granted().lease(1, "revoke", "bb").apply(1, 3, 1),
  ],
  [
    "lease-renewed",
    "and is renewed afterwards",
    /member 1 renewed lease aa .*, whose end \(entry 5\) it has applied/,
    () => ends(attached().wait(10 * SECOND), "x", "y").lease(1, "renew", "aa", 10),
  ],
  [
    "lease-renewed",
    "though it was never granted, and is renewed",
    /lease bb is renewed, and was never granted/,
    () => granted().lease(1, "renew", "bb", 10),
  ],
  [
    "lease-ttl",
    "by another clock on another member",
    /has a TTL of 11 s on member 3/,
    () => granted().apply(3, 1, 1).lease(3, "grant", "aa", 11).apply(3, 2, 1),
  ],
  [
    "lease-ttl",
    "later than it was granted for, a client is told",
    /was said to have 12 s by keep-alive aa/,
    () => {
      const tale = attached();
      return tale.complete(tale.invoke(keepAlive), { revision: 3, lease: "aa", ttl: 12 });
    },
  ],
  [
    "lease-ttl",
    "in three hundred years",
    /was said to have 9223372036 s left/,
    () => {
      const tale = attached();
      return tale.complete(tale.invoke(timeToLive), { revision: 3, lease: "aa", ttl: 9223372036 });
    },
  ],
  [
    "lease-left",
    "later than a new leader can know, by what it says",
    /was said to have 10 s left by time-to-live aa, sent at .*: it could not last beyond/,
    () => asks(led(attached(), 2, 2).wait(3 * SECOND), 10),
  ],
  [
    "lease-left",
    "later than its last renewal says",
    /was said to have 9 s left/,
    () => asks(renewed(attached().wait(5 * SECOND)).wait(2 * SECOND), 9),
  ],
  [
    "lease-left",
    "as if there was no checkpoint",
    /was said to have 5 s left .*: it could not last beyond/,
    () => asks(led(written(attached().wait(7 * SECOND), 3, 1, 2), 2, 2, 6), 5),
  ],
  [
    "lease-left",
    "as if there was no checkpoint, which only the leader before had applied",
    /was said to have 10 s left/,
    () => {
      const tale = written(attached().wait(7 * SECOND), 3, 1).lease(1, "demote");
      return asks(tale.role(2, "leader", 2, 2).lease(2, "promote"), 10);
    },
  ],
  [
    "lease-ttl",
    "later, for it is granted twice",
    /is granted once more, and was not revoked/,
    () => granted().lease(1, "grant", "aa", 10).apply(1, 3, 1),
  ],
  [
    "lease-checkpoint",
    "later than its TTL by a checkpoint",
    /has 11 s left by a checkpoint/,
    () => attached().lease(1, "checkpoint", "aa", 11).apply(1, 5, 1, { revision: 3 }),
  ],
  [
    "lease-acknowledged",
    "though it never began",
    /keep-alive bb was answered with a lease nobody granted/,
    () => {
      const tale = granted();
      const op = tale.invoke({ ...keepAlive, lease: "bb" } as ClientOp);
      return tale.complete(op, { revision: 1, lease: "bb", ttl: 10 });
    },
  ],
];

function judge(tale: Tale, options: DataMonitorOptions = {}): string[] {
  const monitor = tale.play(new DataMonitor(options));
  monitor.finish({ seq: 999, at: tale.now, calm: 0, members: [1], delivered: 0 });
  return seen(monitor);
}

describe("a lease ends", () => {
  for (const [name, tale, options] of GOOD) {
    test(`rightly ${name}`, () => {
      expect(judge(tale(), options)).toEqual([]);
    });
  }
  for (const [rule, name, says, tale] of BAD) {
    test(`wrongly, by ${rule}: ${name}`, () => {
      const found = judge(tale());
      expect(found.map((text) => text.split(":")[0])).toEqual([rule]);
      expect((found[0] as string).slice(rule.length + 2)).toMatch(says);
    });
  }
  test("wrongly, by each rule there is", () => {
    const shown = new Set(BAD.map(([rule]) => rule));
    expect(LEASE_RULES.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  test("and is counted, if nobody asked for it", () => {
    const tale = ends(renewed(attached()).wait(10 * SECOND), "x", "y");
    const { leases } = tale.play(new DataMonitor());
    expect(leases.counts).toEqual({ granted: 1, expired: 1, renewed: 1 });
    expect([leases.isRevoked("aa"), leases.isRevoked("bb")]).toEqual([true, null]);
  });

  test("but not where no leader is, or no peace", () => {
    const tale = attached()
      .crash(1)
      .wait(60 * SECOND);
    expect(judge(tale)).toEqual([]);
    const stormy = attached().wait(60 * SECOND);
    const monitor = stormy.play(new DataMonitor());
    monitor.finish({
      seq: 9,
      at: stormy.now,
      calm: stormy.now - SECOND,
      members: [1],
      delivered: 0,
    });
    expect(seen(monitor)).toEqual([]);
  });
});
