import { describe, expect, test } from "vitest";
import { LinearizabilityMonitor } from "../../../src/check/linearizability/linearizability-monitor.ts";
import type { ClientOp, KeyOp } from "../../../src/trace/events.ts";
import { del as erase, Tale, put as tell } from "../tale.ts";

const put = (key: string, value: string): KeyOp => ({ type: "put", key, value });
const get = (key: string, serializable = false): KeyOp => ({ type: "get", key, serializable });
const del = (key: string): KeyOp => ({ type: "delete", key });

const seen = (monitor: LinearizabilityMonitor): string[] =>
  monitor.violations.map((v) => `${v.invariant}: ${v.text}`);

/** m1 applies `op` as entry `index`, which makes `revision`; the client is told. */
function write(tale: Tale, op: KeyOp, index: number, revision: number): Tale {
  const text = op.type === "put" ? `put ${op.key}=${op.value}` : `${op.type} ${op.key}`;
  const id = tale.invoke(op);
  return tale.apply(1, index, 1, { revision, text }).complete(id, { revision, deleted: 1 });
}

/** a=1 at revision 2, a=2 at revision 3, both acknowledged. */
function start(): Tale {
  return write(write(new Tale(), put("a", "1"), 1, 2), put("a", "2"), 2, 3);
}

function read(tale: Tale, op: KeyOp, revision: number, value: string | null): Tale {
  return tale.complete(tale.invoke(op), { revision, value });
}

/** A client that answers itself, from what it read at a revision; `found`: which wrote the value. */
const cached = (value: string | null, revision: number, found = revision) => ({
  ...{ revision, value, cached: true },
  ...(value === null ? {} : { modRevision: found }),
});

describe("what a client answers from its cache", () => {
  test("is right while nobody overwrites it, however old it is", () => {
    const tale = write(start(), put("b", "1"), 3, 4);
    tale.complete(tale.invoke(get("a")), cached("2", 3));
    tale.complete(tale.invoke(get("c")), cached(null, 2));
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });

  test("may miss a write that it overlaps", () => {
    const tale = start();
    const reading = tale.invoke(get("a"));
    write(tale, put("a", "3"), 3, 4);
    tale.complete(reading, cached("2", 3));
    const absent = tale.invoke(get("b"));
    write(tale, put("b", "1"), 4, 5);
    tale.complete(absent, cached(null, 3));
    const deleted = tale.invoke(get("a"));
    write(tale, del("a"), 5, 6);
    write(tale, put("a", "5"), 6, 7);
    tale.complete(deleted, cached(null, 6));
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });

  test("is stale once a client has seen it overwritten, or deleted, or made", () => {
    const tale = start();
    tale.complete(tale.invoke(get("a")), cached("1", 2));
    write(tale, del("a"), 3, 4);
    tale.complete(tale.invoke(get("a")), cached("2", 3));
    write(tale, put("a", "4"), 4, 5);
    tale.complete(tale.invoke(get("a")), cached(null, 4));
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([
      expect.stringMatching(/answered "1" from a cache, .* had seen revision 3 .* put a=2 was at/),
      expect.stringMatching(/answered "2" from a cache, .* had seen revision 4 .* delete a was at/),
      expect.stringMatching(/answered nothing from a cache, .* revision 5 .* put a=4 was at/),
    ]);
  });

  test("is what was written at the revision that it names", () => {
    const tale = start();
    tale.complete(tale.invoke(get("a")), cached("9", 3));
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([
      expect.stringContaining('answered "9" from a cache, as of revision 3'),
    ]);
  });
});

describe("the client monitor accepts", () => {
  test("reads of the latest value, writes one after the other, and a delete", () => {
    const tale = read(start(), get("a"), 3, "2");
    write(tale, del("a"), 3, 4);
    read(tale, get("a"), 4, null);
    const nothing = tale.invoke(del("a"));
    tale.apply(1, 4, 1, { revision: 4, text: "delete a" }).complete(nothing, {
      revision: 4,
      deleted: 0,
    });
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });

  test("a stale read, if it was asked to be serializable", () => {
    expect(seen(read(start(), get("a", true), 2, "1").play(new LinearizabilityMonitor()))).toEqual(
      [],
    );
  });

  test("a read that overlaps the write it does not see", () => {
    const tale = start();
    const reading = tale.invoke(get("a"));
    write(tale, put("a", "3"), 3, 4);
    tale.complete(reading, { revision: 3, value: "2" });
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });

  test("an ambiguous write that happens, or does not", () => {
    const tale = start();
    const one = tale.invoke(put("a", "3"));
    const two = tale.invoke(put("a", "4"));
    tale.complete(one, null, "ambiguous").complete(two, null, "ambiguous");
    tale.apply(1, 3, 1, { revision: 4, text: "put a=4" });
    read(tale, get("a"), 4, "4");
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });

  test("the same entries on other members, and again after a restart", () => {
    const tale = start();
    for (const member of [2, 1]) {
      tale.apply(member, 1, 1, { revision: 2, text: "put a=1" });
      tale.apply(member, 2, 1, { revision: 3, text: "put a=2" });
    }
    const monitor = tale.play(new LinearizabilityMonitor());
    monitor.finish([{ id: 2, status: "up", applied: 2, revision: 3 }], 99, 99_000);
    expect(seen(monitor)).toEqual([]);
    expect(monitor.completed).toBe(2);
  });

  test("a read it can't judge, because a value was cut off in the trace", () => {
    const tale = start();
    const long = "x".repeat(30);
    const id = tale.invoke(put("a", long));
    tale.apply(1, 3, 1, { revision: 4, text: "something the trace cut off" });
    tale.complete(id, null, "ambiguous");
    read(tale, get("a"), 4, long);
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });
});

describe("the client monitor catches", () => {
  const CASES: readonly [string, RegExp, (t: Tale) => Tale][] = [
    [
      "an acknowledged write that another entry replaced",
      /^acknowledged-writes: put a=2, acknowledged at .* with revision 3 \(entry 2\), is gone: member 2 applied another entry 2 \(put b=9\)/,
      (t) => t.apply(2, 2, 2, { revision: 3, text: "put b=9", hash: 77 }),
    ],
    [
      "an acknowledgement before anybody applied the write",
      /^acknowledged-writes: put a=3 was acknowledged with revision 4, which nobody has applied/,
      (t) => t.complete(t.invoke(put("a", "3")), { revision: 4 }),
    ],
    [
      "two writes acknowledged with one revision",
      /^acknowledged-writes: put b=1 was acknowledged with revision 3; that contradicts put a=2/,
      (t) => t.complete(t.invoke(put("b", "1")), { revision: 3 }),
    ],
    [
      "an acknowledgement with the revision of somebody else's write",
      /^acknowledged-writes: put a=3 was acknowledged with revision 4; that contradicts put a=9/,
      (t) => {
        t.complete(t.invoke(put("a", "9")), null, "ambiguous");
        const id = t.invoke(put("a", "3"));
        return t.apply(1, 3, 1, { revision: 4, text: "put a=9" }).complete(id, { revision: 4 });
      },
    ],
    [
      "a stale read",
      /^linearizable: get a, begun at .*, read at revision 2, though a client had seen revision 3 before it began/,
      (t) => read(t, get("a"), 2, "1"),
    ],
    [
      "a read that goes back behind another read",
      /^linearizable: get a.*read at revision 3, though a client had seen revision 4/,
      (t) => {
        t.complete(t.invoke(put("a", "3")), null, "ambiguous");
        t.apply(1, 3, 1, { revision: 4, text: "put a=3" });
        return read(read(t, get("a"), 4, "3"), get("a"), 3, "2");
      },
    ],
    [
      "a wrong value",
      /^linearizable: get a returned "1" at revision 3, where the key held "2"/,
      (t) => read(t, get("a"), 3, "1"),
    ],
    [
      "a wrong value, even if serializable",
      /^linearizable: get a returned nothing at revision 2, where the key held "1"/,
      (t) => read(t, get("a", true), 2, null),
    ],
    [
      "a read from the future",
      /^linearizable: get a returned revision 9, which nobody has applied yet/,
      (t) => read(t, get("a"), 9, "2"),
    ],
    [
      "a delete that says it found nothing",
      /^linearizable: delete a returned nothing at revision 3, where the key held "2"/,
      (t) => t.complete(t.invoke(del("a")), { revision: 3, deleted: 0 }),
    ],
    [
      "a write that takes effect before what its client knew",
      /^linearizable: put b=1, begun at .*, took effect at revision 3, though a client had seen revision 4/,
      (t) => {
        // The entry of the first write is applied, and its client given up.
        const tale = new Tale();
        tale.invoke(put("b", "1"));
        tale.apply(1, 1, 1, { revision: 2, text: "put a=1" });
        tale.apply(1, 2, 1, { revision: 3, text: "put b=1" });
        tale.apply(1, 3, 1, { revision: 4, text: "put c=1" });
        tale.complete(tale.invoke(get("x")), { revision: 4, value: null });
        const late = tale.invoke(put("b", "1"));
        t.events.splice(0, t.events.length, ...tale.complete(late, { revision: 3 }).events);
        return t;
      },
    ],
  ];
  for (const [name, says, tell] of CASES) {
    test(name, () => {
      const found = seen(tell(start()).play(new LinearizabilityMonitor()));
      expect(found.length, found.join("\n")).toBe(1);
      expect(found[0]).toMatch(says);
    });
  }

  test("a member that ends without an acknowledged write", () => {
    const monitor = start().play(new LinearizabilityMonitor());
    monitor.finish(
      [
        { id: 1, status: "up", applied: 2, revision: 3 },
        { id: 2, status: "up", applied: 1, revision: 2 },
        { id: 3, status: "down", applied: 0, revision: 0 },
      ],
      99,
      99_000,
    );
    expect(seen(monitor)).toEqual([
      "acknowledged-writes: member 2 ended at entry 1 and revision 2 without put a=2, " +
        "acknowledged at 0.006s (#6) with revision 3 (entry 2)",
    ]);
  });
});

/** Traces that nobody reads have no words: who made a revision comes from the clients alone. */
describe("in a trace without words the client monitor", () => {
  /** a=1 at revision 2, acknowledged; revisions 3 and 4 are made by whoever turns up. */
  function wordless(): Tale {
    const tale = new Tale();
    const first = tale.invoke(put("a", "1"));
    for (const index of [1, 2, 3]) tale.apply(1, index, 1, { revision: index + 1 });
    return tale.complete(first, { revision: 2 });
  }
  const readAt = (t: Tale, revision: number, value: string | null, modRevision?: number): Tale =>
    t.complete(t.invoke(get("a", true)), {
      revision,
      value,
      ...(modRevision === undefined ? {} : { modRevision }),
    });

  test("accepts what can be: an ambiguous write, seen by a read, and acknowledged late", () => {
    const tale = wordless();
    const two = tale.invoke(put("a", "2"));
    const gone = tale.invoke(del("a"));
    readAt(tale, 3, "2", 3);
    readAt(tale, 2, "1", 2);
    readAt(tale, 4, null);
    tale.complete(two, { revision: 3 }).complete(gone, null, "ambiguous");
    expect(seen(tale.play(new LinearizabilityMonitor()))).toEqual([]);
  });

  const CASES: readonly [string, RegExp, (t: Tale) => Tale][] = [
    [
      "an old value, after a later write was acknowledged",
      /^linearizable: get a returned "1" at revision 3, written at revision 2, before put a=2/,
      (t) => readAt(t.complete(t.invoke(put("a", "2")), { revision: 3 }), 3, "1", 2),
    ],
    [
      "an old value, although the later write is acknowledged only afterwards",
      /^acknowledged-writes: put a=2 was acknowledged with revision 3; that contradicts get a \("1"\), which saw revision 2 instead/,
      (t) => {
        const two = t.invoke(put("a", "2"));
        return readAt(t, 4, "1", 2).complete(two, { revision: 3 });
      },
    ],
    [
      "nothing, although a write is acknowledged afterwards that came before",
      /^acknowledged-writes: put a=1 was acknowledged with revision 2; that contradicts get a \(nothing\)/,
      () => {
        const tale = new Tale();
        const first = tale.invoke(put("a", "1"));
        tale.apply(1, 1, 1, { revision: 2 });
        return readAt(tale, 2, null).complete(first, { revision: 2 });
      },
    ],
    [
      "a value that nobody wrote",
      /^linearizable: get a returned "7" at revision 3, which nobody ever wrote there/,
      (t) => readAt(t, 3, "7", 3),
    ],
    [
      "a value under another write's revision",
      /^linearizable: get a returned "2" at revision 2, written at revision 2; that contradicts put a=1/,
      (t) => {
        t.invoke(put("a", "2"));
        return readAt(t, 2, "2", 2);
      },
    ],
    [
      "a value from the future",
      /^linearizable: get a returned "1" at revision 2, written later, at revision 3/,
      (t) => readAt(t, 2, "1", 3),
    ],
    [
      "nothing where nobody deleted",
      /^linearizable: get a returned nothing at revision 3, where the key held "1"/,
      (t) => readAt(t, 3, null),
    ],
  ];
  for (const [name, says, tell] of CASES) {
    test(`catches ${name}`, () => {
      const found = seen(tell(wordless()).play(new LinearizabilityMonitor()));
      expect(found.length, found.join("\n")).toBe(1);
      expect(found[0]).toMatch(says);
    });
  }
});

const call = (method: string, writes: boolean): ClientOp => ({ type: "call", method, writes });
const txn = call("txn", true);

/** Transactions, range deletions and leases write what their answers don't tell. */
describe("where others write as well, the client monitor", () => {
  /** a=1 at revision 2; a txn writes a=2 and b=2 at revision 3, and deletes both at revision 4. */
  function story(): Tale {
    const tale = new Tale();
    const first = tale.invoke(put("a", "1"));
    tale.change(1, 1, 2, tell("a", "1", 2)).complete(first, { revision: 2 });
    for (const [index, changes] of [
      [2, [tell("a", "2", 2, { version: 2 }), tell("b", "2", 3)]],
      [3, [erase("a"), erase("b")]],
    ] as const) {
      const op = tale.invoke(txn);
      tale.change(1, index, index + 1, ...changes).complete(op, { revision: index + 1 });
    }
    return tale;
  }
  const look = (t: Tale, key: string, revision: number, value: string | null, mod?: number): Tale =>
    t.complete(t.invoke(get(key, true)), {
      revision,
      value,
      ...(mod === undefined ? {} : { modRevision: mod }),
    });

  const GOOD: readonly [string, (t: Tale) => Tale][] = [
    ["reads of what was written", (t) => look(look(t, "a", 3, "2", 3), "b", 3, "2", 3)],
    ["reads of what was deleted", (t) => look(look(t, "a", 4, null), "b", 4, null)],
    ["a txn that wrote nothing", (t) => t.complete(t.invoke(txn), { revision: 4 })],
    [
      "a put, after a txn that wrote nothing was told its revision",
      (t) => {
        const [one, other] = [t.invoke(put("c", "1")), t.invoke(txn)];
        t.change(1, 4, 5, tell("c", "1", 5)).complete(other, { revision: 5 });
        return t.complete(one, { revision: 5 });
      },
    ],
    [
      "a serializable range that is late",
      (t) => t.complete(t.invoke(call("range", false)), { revision: 2 }),
    ],
    [
      "a keep-alive that is late",
      (t) => {
        const op = t.invoke({ type: "lease", method: "keep-alive", lease: "aa", ttl: 0 });
        return t.complete(op, { revision: 2, lease: "aa", ttl: 5 });
      },
    ],
    [
      "a call that has no revision",
      (t) => t.complete(t.invoke(call("memberAdd", true)), { revision: 0 }),
    ],
  ];
  for (const [name, tell_] of GOOD) {
    test(`accepts ${name}`, () => {
      expect(seen(tell_(story()).play(new LinearizabilityMonitor({ data: true })))).toEqual([]);
      const wordless = tell_(story());
      wordless.events.splice(0, 1e9, ...wordless.events.filter(({ kind }) => kind !== "changes"));
      expect(seen(wordless.play(new LinearizabilityMonitor()))).toEqual([]);
    });
  }

  const BAD: readonly [string, RegExp, (t: Tale) => Tale][] = [
    [
      "a value that a txn replaced",
      /^linearizable: get a returned "1" at revision 3, where the key held "2"/,
      (t) => look(t, "a", 3, "1", 2),
    ],
    [
      "a key that a txn deleted",
      /^linearizable: get b returned "2" at revision 4, where the key held nothing/,
      (t) => look(t, "b", 4, "2", 3),
    ],
    [
      "nothing where a txn wrote",
      /^linearizable: get b returned nothing at revision 3, where the key held "2"/,
      (t) => look(t, "b", 3, null),
    ],
    [
      "the right value of the wrong revision",
      /written at revision 2, where put a=2 was at revision 3/,
      (t) => look(t, "a", 3, "2", 2),
    ],
    [
      "a put acknowledged with the revision of a txn",
      /^acknowledged-writes: put c=1 was acknowledged with revision 3; that contradicts put/,
      (t) => t.complete(t.invoke(put("c", "1")), { revision: 3 }),
    ],
    [
      "a txn that nobody applied",
      /^acknowledged-writes: txn was answered at revision 9, which nobody has applied yet/,
      (t) => t.complete(t.invoke(txn), { revision: 9 }),
    ],
    [
      "a range from the future",
      /^linearizable: range was answered at revision 9/,
      (t) => t.complete(t.invoke(call("range", false)), { revision: 9 }),
    ],
    [
      "a txn before what its client knew",
      /^linearizable: txn, begun at .*, took effect at revision 3, though a client had seen revision 4/,
      (t) => t.complete(t.invoke(txn), { revision: 3 }),
    ],
    [
      "a grant before what its client knew",
      /^linearizable: grant aa, begun at .*, took effect at revision 3/,
      (t) =>
        t.complete(t.invoke({ type: "lease", method: "grant", lease: "aa", ttl: 5 }), {
          revision: 3,
          lease: "aa",
          ttl: 5,
        }),
    ],
    [
      "a read behind what a watch told",
      /^linearizable: get a, begun at .*, read at revision 4, though a client had seen revision 5/,
      (t) => {
        t.change(1, 4, 5, tell("c", "1", 5)).respond("progress", 5);
        return t.complete(t.invoke(get("a")), { revision: 4, value: null });
      },
    ],
    [
      "a txn's entry that another replaced",
      /^acknowledged-writes: txn, acknowledged at .* with revision 4 \(entry 3\), is gone/,
      (t) => t.apply(2, 3, 2, { revision: 4, hash: 77 }),
    ],
  ];
  for (const [name, says, tell_] of BAD) {
    test(`catches ${name}`, () => {
      const found = seen(tell_(story()).play(new LinearizabilityMonitor({ data: true })));
      expect(found.length, found.join("\n")).toBe(1);
      expect(found[0]).toMatch(says);
    });
  }

  test("catches a member that ends without an acknowledged txn", () => {
    const monitor = story().play(new LinearizabilityMonitor({ data: true }));
    monitor.finish([{ id: 2, status: "up", applied: 2, revision: 3 }], 99, 99_000);
    expect(seen(monitor)).toEqual([
      expect.stringMatching(
        /^acknowledged-writes: member 2 ended at entry 2 and revision 3 without txn/,
      ),
    ]);
  });
});
