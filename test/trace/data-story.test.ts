import { describe, expect, test } from "vitest";
import { type StoryLine, sentence, tellStory } from "../../src/trace/story/story.ts";
import { renderStory } from "../../src/trace/story/story-text.ts";
import { DataWriter, dataTrace, putOf } from "../support/data-trace.ts";
import { SAMPLE_HEADER } from "../support/sample-trace.ts";

const TOPICS: readonly StoryLine["topic"][] = [
  "client",
  "lease",
  "watch",
  "lock",
  "alarm",
  "fault",
];

/** What is told of the events that `write` adds to a cluster with a leader. */
function lines(write: (w: DataWriter) => void, detail: "story" | "all" = "story"): StoryLine[] {
  const w = new DataWriter();
  w.begin();
  const before = w.events.length;
  write(w);
  return tellStory(SAMPLE_HEADER, w.events).filter((line) => {
    return line.seq > before && (detail === "all" || line.detail === "story");
  });
}

function told(write: (w: DataWriter) => void): string[] {
  return lines(write).map(sentence);
}

test("a run is told with what clients have of it", () => {
  const story = tellStory(SAMPLE_HEADER, dataTrace());
  const shown = story.filter((line) => line.detail === "story" && TOPICS.includes(line.topic));
  expect(shown.map(sentence)).toMatchInlineSnapshot(`
    [
      "c1  opens watch w1 of a from now on",
      "c1  w1 is created on m1 at revision 1: it hears what happens from revision 2 on",
      "c1  opens watch w2 of [b, c) from revision 3 on",
      "m1  grants lease 7b00000000000001 for 3 s: its clock counts it down, since it leads",
      "c1  holds lock (fence 2): the oldest key that waits for it is on its lease 7b00000000000001",
      "c1  w1 hears from m1: put a=x at revision 3",
      "m1  renews lease 7b00000000000001 for 3 s: its client keeps it alive",
      "m1  crashes as leader of term 1; it served watch w1 of c1",
      "m2  counts leases down from now on, and gives each its time anew: 7b00000000000001 for 4s from now: no leader knows how much the one before had counted; an election timeout (1s) is added for the time without one",
      "m2  grants lease 8c00000000000002 for 5 s: its clock counts it down, since it leads",
      "m2  finds lease 7b00000000000001 expired by its clock and proposes to revoke it: nobody renewed it since this leader began to count it 4s ago",
      "m2  revokes lease 7b00000000000001, and lock/7b goes with it: it had expired",
      "c1  w1 goes on at m3 from revision 4 on: put a=x at revision 6: m1, which served it, is down",
      "c2  holds lock (fence 4), while c1 (fence 2) still believes to hold it: the key of c1 went with its lease 7b00000000000001, which c1 has not noticed",
      "m2  raises the alarm NOSPACE of m3: its backend would grow beyond the quota, so that no member takes puts or leases now",
    ]
  `);
});

const grant = (w: DataWriter) => w.apply((id) => w.lease(id, "grant", "7b", 3));

describe("leases", () => {
  test("are granted and revoked once, however many members do it; others in full", () => {
    const write = (w: DataWriter) => {
      grant(w);
      w.apply((id) => w.lease(id, "revoke", "7b"));
    };
    expect(told(write)).toEqual([
      "m1  grants lease 7b for 3 s: its clock counts it down, since it leads",
      "m1  revokes lease 7b",
    ]);
    const all = lines(write, "all").map(sentence);
    expect(all.filter((line) => line.includes("lease"))).toHaveLength(4);
  });

  test("are told to be kept alive once by each leader", () => {
    const write = (w: DataWriter) => {
      grant(w);
      for (let i = 0; i < 5; i++) w.lease(1, "renew", "7b", 3);
      w.emit(2, 0, "role", { role: "leader", term: 2, lead: 2, reason: "election won" });
      w.lease(2, "promote", "");
      for (let i = 0; i < 5; i++) w.lease(2, "renew", "7b", 3);
    };
    expect(told(write).filter((line) => line.includes("renews"))).toEqual([
      "m1  renews lease 7b for 3 s, 5 times until 0.000s: its client keeps it alive",
      "m2  renews lease 7b for 3 s, 5 times until 0.000s: its client keeps it alive",
    ]);
  });

  test("that are renewed many times say how often, and by way of whom, until something changes", () => {
    const request = { type: "lease", method: "keep-alive", lease: "7b", ttl: 0 } as const;
    const write = (w: DataWriter) => {
      grant(w);
      let op = 0;
      const renew = (to: number, answered: boolean) => {
        const invoke = w.emit(0, 0, "invoke", { client: 1, op: ++op, request, text: "keep it" });
        w.emit(0, invoke, "attempt", { client: 1, op, to, attempt: 1, lastError: "" });
        if (answered) w.lease(1, "renew", "7b", 3);
        const end = answered
          ? ({ outcome: "ok", result: { revision: 5, lease: "7b", ttl: 3 }, text: "" } as const)
          : ({ outcome: "fail", result: null, text: "no reply in time" } as const);
        w.emit(0, invoke, "complete", { client: 1, op, ...end });
        w.now += 1_000_000;
      };
      for (const to of [3, 3]) renew(to, true);
      renew(3, false);
      for (const to of [3, 2, 2, 2]) renew(to, true);
    };
    expect(told(write).filter((line) => line.includes("keep"))).toEqual([
      "m1  renews lease 7b for 3 s, 2 times until 1.000s: c1 keeps it alive by way of m3",
      "c1  gives up on keep it after 0µs (no reply in time) and can't know whether it was renewed: m3, which it asked, has no leader",
      "m1  renews lease 7b for 3 s: c1 keeps it alive by way of m3",
      "m1  renews lease 7b for 3 s, 3 times until 6.000s: c1 keeps it alive by way of m2",
    ]);
  });

  test("lose a key that is put under another one", () => {
    const write = (w: DataWriter) => {
      grant(w);
      w.apply((id) => w.lease(id, "grant", "8c", 3));
      w.put("b", "1", "7b", 2);
      w.put("b", "2", "7b", 3);
      w.put("b", "3", "8c", 4);
    };
    expect(told(write).slice(2)).toEqual(["m1  puts b under lease 8c instead of 7b"]);
  });

  test("are not counted down by who leads no more", () => {
    const write = (w: DataWriter) => {
      grant(w);
      w.lease(1, "demote", "");
    };
    expect(told(write).at(-1)).toBe(
      "m1  counts its 1 lease down no more: it leads no more, and only a leader may let leases end",
    );
    expect(told((w) => w.lease(1, "demote", ""))).toEqual([]);
  });

  test("get what the last checkpoint says, from a later leader", () => {
    const write = (w: DataWriter) => {
      grant(w);
      w.apply((id) => w.lease(id, "checkpoint", "7b", 2));
      w.emit(2, 0, "role", { role: "leader", term: 2, lead: 2, reason: "election won" });
      w.lease(2, "promote", "");
    };
    expect(told(write).at(-1)).toBe(
      "m2  counts leases down from now on, and gives each its time anew: 7b for 3s from now: no leader knows how much the one before had counted since its last checkpoint; an election timeout (1s) is added for the time without one",
    );
  });

  test("whose revoke is proposed again and again have expired once", () => {
    const write = (w: DataWriter) => {
      grant(w);
      w.now += 3_000_000;
      w.lease(1, "expire", "7b");
      w.now += 1_000_000;
      w.lease(1, "expire", "7b");
    };
    expect(told(write).slice(1)).toEqual([
      "m1  finds lease 7b expired by its clock and proposes to revoke it: nobody renewed it since it was granted 3s ago",
    ]);
  });

  test("that somebody revokes say who", () => {
    const request = { type: "lease", method: "revoke", lease: "7b", ttl: 0 } as const;
    const write = (w: DataWriter) => {
      grant(w);
      w.put("a", "1", "7b", 2);
      const text = "revoke lease 7b";
      w.emit(0, 0, "invoke", { client: 2, op: 9, request, text });
      w.apply((id) => w.lease(id, "revoke", "7b"));
    };
    expect(told(write).at(-1)).toBe("m1  revokes lease 7b, and a goes with it: c2 asked for it");
  });
});

describe("watches", () => {
  const open = (w: DataWriter) => {
    w.watch(1, 1, "a", 4, "c");
    w.answer(1, 1, "created", 2, 7);
  };

  test.each<[string, (w: DataWriter) => void, string]>([
    [
      "without some kind of change",
      (w) => {
        const filters = { noPut: true, noDelete: false, prevKv: false };
        const stream = { progressNotify: false, requireLeader: false };
        const rest = { startRevision: 0, ...filters, ...stream, text: "" };
        w.emit(0, 0, "watch", { client: 1, watch: 1, key: "a", rangeEnd: "\0", ...rest });
      },
      "c1  opens watch w1 of [a, …) from now on, without puts",
    ],
    [
      "created",
      open,
      "c1  w1 is created on m2 at revision 7: it hears what happens from revision 4 on",
    ],
    [
      "with events",
      (w) => {
        open(w);
        const put = (key: string) => ({ ...putOf(key, "1", "", 8), modRevision: 8, prev: null });
        const events = [put("a"), { ...put("b"), type: "delete" as const }, put("b1"), put("b2")];
        w.answer(1, 1, "events", 2, 8, { events, fragment: true });
      },
      "c1  w1 hears from m2: put a=1, delete b, put b1=1, 1 more at revision 8, and more of it follows",
    ],
    [
      "whose member is down",
      (w) => {
        open(w);
        w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
        w.hear(1, 1, 3, "a", 9);
      },
      "c1  w1 goes on at m3 from revision 4 on: put a=x at revision 9: m2, which served it, is down",
    ],
    [
      "whose member has come back",
      (w) => {
        open(w);
        w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
        w.emit(2, 0, "boot", { restart: true });
        w.hear(1, 1, 2, "a", 9);
      },
      "c1  w1 goes on at m2 from revision 4 on: put a=x at revision 9: m2, which served it, crashed",
    ],
    [
      "whose connection broke",
      (w) => {
        open(w);
        w.answer(1, 1, "progress", 3, 9);
      },
      "c1  w1 goes on at m3 from revision 4 on: it has heard of all up to revision 9: m2, which served it, lost its connection",
    ],
    [
      "with a report of progress",
      (w) => {
        open(w);
        w.answer(1, 1, "progress", 2, 9);
      },
      "c1  w1 has heard of all up to revision 9, m2 says",
    ],
    [
      "that are compacted away",
      (w) => {
        open(w);
        w.answer(1, 1, "canceled", 2, 0, { compactRevision: 8, text: "compacted" });
      },
      "c1  w1 is cancelled by m2: what it would hear next, revision 4, is compacted: 8 is the oldest that is left",
    ],
    [
      "that end for another reason",
      (w) => {
        open(w);
        w.answer(1, 1, "canceled", 2, 0, { text: "etcdserver: no leader" });
      },
      "c1  w1 is cancelled by m2: etcdserver: no leader",
    ],
  ])("%s", (_, write, line) => {
    expect(told(write).at(-1)).toBe(line);
  });

  test("that are busy are told a few times, and again after a silence", () => {
    const write = (w: DataWriter) => {
      open(w);
      for (let i = 0; i < 20; i++) {
        w.now += 10_000;
        w.hear(1, 1, 2, "a", 8 + i);
      }
      w.now += 2_000_000;
      w.hear(1, 1, 2, "a", 50);
    };
    expect(told(write).slice(2)).toEqual([
      "c1  w1 hears from m2: put a=x at revision 8",
      "c1  w1 hears from m2: put a=x at revision 9",
      "c1  w1 hears from m2: put a=x at revision 10",
      "c1  w1 hears from m2: put a=x at revision 50 (its 21st time)",
    ]);
    expect(lines(write, "all")).toHaveLength(23);
  });

  test("that many hear are summed up", () => {
    const w = new DataWriter();
    w.begin();
    for (let i = 1; i <= 9; i++) {
      w.watch(i, i, "a");
      w.answer(i, i, "created", 1, 1);
    }
    for (let i = 1; i <= 9; i++) w.hear(i, i, 1, "a", 2);
    expect(renderStory(SAMPLE_HEADER, w.events).at(-1)).toBe(
      "           … 5 more answers to watches until 0.000s",
    );
  });

  test("that their client reads too slowly fall behind, and catch up", () => {
    const write = (w: DataWriter) => {
      w.watch(3, 1, "a");
      const opened = w.events.length;
      w.answer(3, 1, "created", 2, 1);
      const moved = (group: "synced" | "unsynced" | "victim", next: number) =>
        w.emit(2, 0, "watcher", { opened, group, next });
      for (let revision = 2; revision <= 30; revision++) w.put("a", "x", "", revision);
      for (const id of [1, 2]) w.applied(id, 30);
      moved("victim", 14);
      moved("unsynced", 15);
      moved("synced", 31);
      const change = (revision: number) => ({ ...putOf("a", "x", "", revision), prev: null });
      const events = Array.from({ length: 29 }, (_, i) => ({
        ...change(i + 2),
        modRevision: i + 2,
      }));
      w.answer(3, 1, "events", 2, 30, { events });
    };
    expect(told(write).slice(2)).toEqual([
      "m2  can't hand w1 of c3 revision 14 and makes it a victim: the queue of its stream is full, and c3 has read up to revision 1 only",
      "m2  will serve w1 of c3 from history, from revision 15 on: there is room in its stream again, and writes went on meanwhile",
      "m2  has w1 of c3 in step again and hands it each write as it happens",
      "c3  w1 hears from m2: put a=x, put a=x, put a=x, 26 more at revision 30; it has caught up, from 29 revisions behind",
    ]);
  });

  test("that a snapshot leaves behind say so; of some it is not known whose they are", () => {
    const write = (w: DataWriter) => {
      w.watch(3, 1, "a", 1);
      const opened = w.events.length;
      w.emit(2, 0, "watcher", { opened, group: "unsynced", next: 4 });
      w.emit(1, 0, "watcher", { opened: 0, group: "victim", next: 4 });
    };
    expect(told(write).slice(1)).toEqual([
      "m2  will serve w1 of c3 from history, from revision 4 on: a snapshot took the place of the store that it was in step with",
      "m1  can't hand a watch revision 4 and makes it a victim: the queue of its stream is full, and its client has read nothing yet",
    ]);
  });

  test("are asked for a word of progress", () => {
    const write = (w: DataWriter) => {
      w.watch(1, 1, "a");
      w.answer(1, 1, "created", 2, 1);
      w.emit(0, 0, "progress-request", { client: 1, requireLeader: false });
      w.answer(1, 1, "progress", 2, 7);
      w.answer(1, 1, "progress", 2, 7);
    };
    expect(lines(write).map((line) => [sentence(line), line.routine])).toEqual([
      ["c1  opens watch w1 of a from now on", false],
      [expect.stringContaining("is created"), false],
      ["c1  asks up to where its watches have heard of everything", false],
      ["c1  w1 has heard of all up to revision 7, m2 says", false],
      ["c1  w1 has heard of all up to revision 7, m2 says", true],
    ]);
  });

  test("are named when their member crashes", () => {
    const write = (w: DataWriter) => {
      open(w);
      w.emit(2, 0, "crash", { text: "all bytes were synced", lostBytes: 0 });
    };
    expect(told(write).at(-1)).toBe("m2  crashes: all bytes were synced; it served watch w1 of c1");
  });
});

describe("locks", () => {
  test("are acquired, given back and lost", () => {
    const write = (w: DataWriter) => {
      w.hold(1, "acquire", 3);
      w.now += 2_000_000;
      w.hold(1, "release", 3);
      w.hold(2, "acquire", 5);
      w.hold(3, "acquire", 6);
      w.now += 1_000_000;
      w.hold(2, "lost", 5);
    };
    expect(told(write)).toEqual([
      "c1  holds lock (fence 3)",
      "c1  gives lock (fence 3) back after 2s",
      "c2  holds lock (fence 5)",
      "c3  holds lock (fence 6), while c2 (fence 5) still believes to hold it: c2 has not noticed that it lost it",
      "c2  learns after 1s that it may not hold lock (fence 5) any more: its session ended; c3 has it by now",
    ]);
  });
});

describe("the store", () => {
  test("is compacted for somebody, once", () => {
    const request = { type: "call", method: "compaction", writes: true } as const;
    const write = (w: DataWriter) => {
      w.emit(0, 0, "invoke", { client: 2, op: 9, request, text: "compaction" });
      w.apply((id, index) => w.emit(id, 0, "compact", { index, revision: 8 }));
    };
    expect(told(write)).toEqual([
      "m1  compacts the store up to revision 8: c2 asked for it; what was before can't be read or watched any more",
    ]);
  });

  test("is freed of what a compaction left over, in spite of a crash", () => {
    const write = (w: DataWriter) => {
      w.emit(2, 0, "compact", { index: 2, revision: 8 });
      w.emit(1, 0, "compact", { index: 2, revision: 8 });
      w.emit(1, 0, "compaction", { action: "finish", revision: 8 });
      w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
      w.emit(2, 0, "compaction", { action: "resume", revision: 8 });
      w.emit(2, 0, "compaction", { action: "finish", revision: 8 });
      w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
    };
    expect(told(write).slice(1)).toEqual([
      "m2  crashes; it was in the middle of compacting to revision 8",
      "m2  finds a note in its database, that a compaction to revision 8 was scheduled, and goes on with it: there is none that it was finished",
      "m2  has freed all that the compaction to revision 8 left over",
      "m2  crashes",
    ]);
  });

  test("raises and disarms an alarm once", () => {
    const write = (w: DataWriter) => {
      for (const active of [true, false]) {
        w.apply((id) => w.emit(id, 0, "alarm", { alarm: "CORRUPT", of: 3, active }));
      }
    };
    expect(told(write)).toEqual([
      "m1  raises the alarm CORRUPT of m3: its data is not what the others have, so that no member serves keys now",
      "m1  disarms the alarm CORRUPT of m3",
    ]);
  });
});

describe("calls", () => {
  const CALL = { type: "call", method: "txn", writes: true } as const;
  const GRANT = { type: "lease", method: "grant", lease: "", ttl: 3 } as const;
  const LIVES = { type: "lease", method: "time-to-live", lease: "7b", ttl: 0 } as const;
  const KEEP = { type: "lease", method: "keep-alive", lease: "7b", ttl: 0 } as const;
  const PUT = { type: "put", key: "a", value: "1" } as const;
  const GET = { type: "get", key: "a", serializable: false } as const;

  test.each([
    [CALL, { succeeded: true }, "is acknowledged at revision 5: its guards held"],
    [CALL, { succeeded: false }, "is acknowledged at revision 5: its guards did not hold"],
    [CALL, { deleted: 0 }, "is acknowledged at revision 5: there was nothing to delete"],
    [CALL, { deleted: 2 }, "is acknowledged at revision 5"],
    [GRANT, { lease: "7b", ttl: 3 }, "is acknowledged at revision 5: lease 7b, 3 s"],
    [LIVES, { lease: "7b", ttl: 2 }, "is answered: 2 s at revision 5"],
    [LIVES, { lease: "7b", ttl: -1 }, "is answered: there is no such lease at revision 5"],
    [
      PUT,
      "etcdserver: user name is empty",
      "fails and certainly did not happen (etcdserver: user name is empty): authentication is on, and it did not sign in",
    ],
    [
      PUT,
      "etcdserver: permission denied",
      "fails and certainly did not happen (etcdserver: permission denied): no role of its user allows that",
    ],
    [
      PUT,
      "etcdserver: mvcc: database space exceeded",
      "fails and certainly did not happen (etcdserver: mvcc: database space exceeded): it would grow the backend beyond its quota",
    ],
    [PUT, "connection refused", "fails and certainly did not happen (connection refused)"],
  ])("%j that ends with %j", (request, end, line) => {
    expect(told((w) => w.call(1, request, "x", end))).toEqual([`c1  x ${line}`]);
  });

  test.each([
    [GET, "no reply in time", "gives up on x after 1ms (no reply in time)"],
    [GET, "connection refused", "x fails after 1ms (connection refused)"],
    [
      GET,
      "etcdserver: mvcc: required revision has been compacted",
      "x fails after 1ms (etcdserver: mvcc: required revision has been compacted): what it asks for is compacted",
    ],
    [
      KEEP,
      "etcdserver: request canceled",
      "gives up on x after 1ms (etcdserver: request canceled) and can't know whether it was renewed",
    ],
    [KEEP, "connection refused", "x fails after 1ms (connection refused)"],
  ])("%j, no write, that ends with %j: nothing is said of what happened", (request, end, line) => {
    expect(told((w) => w.call(1, request, "x", end))).toEqual([`c1  ${line}`]);
  });

  test("to keep a lease alive are not told as long as they are answered, and one that fails once", () => {
    const keep = { type: "lease", method: "keep-alive", lease: "7b", ttl: 0 } as const;
    const write = (w: DataWriter) => {
      const ends = [{ ttl: 3 }, "no reply in time", "no reply in time", { ttl: 3 }, { ttl: 0 }];
      for (const end of ends) {
        w.call(
          1,
          keep,
          "keep lease 7b alive",
          typeof end === "string" ? end : { lease: "7b", ...end },
        );
      }
    };
    expect(told(write)).toEqual([
      "c1  gives up on keep lease 7b alive after 1ms (no reply in time) and can't know whether it was renewed",
      "c1  keep lease 7b alive is answered: there is no such lease at revision 5",
    ]);
  });

  test("to sign in are told if they fail", () => {
    const request = { type: "call", method: "authenticate", writes: false } as const;
    const words = "etcdserver: authentication failed, invalid user ID or password";
    const write = (w: DataWriter) => {
      w.call(1, request, "sign in", {});
      w.call(1, request, "sign in", words);
    };
    expect(told(write)).toEqual([
      `c1  sign in fails after 1ms (${words}): its name or its password is wrong`,
    ]);
  });
});
