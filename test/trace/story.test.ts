import { describe, expect, test } from "vitest";
import { sentence, storyText, tellStory } from "../../src/trace/story/story.ts";
import { entry, SAMPLE_HEADER, sampleTrace, TraceWriter } from "../support/sample-trace.ts";

/** The sentences of level `story`, without their times. */
function told(w: TraceWriter): string[] {
  return tellStory(SAMPLE_HEADER, w.events)
    .filter((line) => line.detail === "story")
    .map(sentence);
}

/** m1 leads term 1 of m1, m2, m3; the seq of the step that made it leader. */
function elected(w: TraceWriter): number {
  for (const id of [1, 2, 3]) w.boot(id);
  w.now = 1_200_000;
  const wake = w.emit(1, 0, "wake", { ticks: 12 });
  w.emit(1, wake, "role", { role: "candidate", term: 1, lead: 0, reason: "election timeout" });
  const voted = w.vote(wake, 1, 2, 1, 0, 0);
  w.emit(1, voted, "role", { role: "leader", term: 1, lead: 1, reason: "election won" });
  return voted;
}

test("a run is told as who did what, because of what", () => {
  const lines = tellStory(SAMPLE_HEADER, sampleTrace()).filter((line) => line.detail === "story");
  expect(lines.map(storyText)).toMatchInlineSnapshot(`
    [
      "   1.200s  m1  becomes candidate in term 1: no leader showed up for 1.2s",
      "   1.200s  m2  votes for m1 in term 1: their logs end alike",
      "   1.200s  m1  becomes leader in term 1: votes from m1, m2 (2 of 3)",
      "   1.202s  m1  entry 1 (the empty entry of a new leader) is committed: stored on m1, m2",
      "   1.501s  m1  entry 2 (put a=1) is committed: stored on m1, m2",
      "   1.501s  c1  put a=1 is acknowledged at revision 2",
      "   1.700s  m1  crashes as leader of term 1: all bytes were synced",
      "   2.900s  m2  becomes candidate in term 2: it heard nothing from its leader m1 for 1.3s",
      "   2.900s  m3  votes for m2 in term 2: m2's log is more up-to-date",
      "   2.900s  m2  becomes leader in term 2: votes from m2, m3 (2 of 3)",
      "   2.902s  m2  entry 3 (the empty entry of a new leader) is committed: stored on m2, m3",
      "   3.500s  m1  starts again: its disk holds term 1, entries 1…2; torn tail of 37 bytes cut off",
      "   3.501s  m1  has caught up with entry 3: m2 sent it entry 3",
    ]
  `);
});

test("entries applied in one go, and what a leader knows, are told in full on demand", () => {
  const w = new TraceWriter();
  const cause = elected(w);
  const known = { state: "replicate", pendingSnapshot: 0, paused: false, inflight: 0 } as const;
  w.emit(1, cause, "apply", {
    index: 2,
    terms: [1, 1, 1],
    hashes: [5, 6, 7],
    revisions: [2, 2, 3],
    texts: ["put a=1", "", "delete b"],
  });
  w.emit(1, cause, "progress", {
    term: 1,
    commit: 4,
    last: 9,
    peers: [
      { ...known, id: 1, match: 9, next: 10 },
      { ...known, id: 2, match: 9, next: 10 },
      { ...known, id: 3, match: 4, next: 8, inflight: 2 },
      { ...known, id: 4, state: "probe", match: 0, next: 8, paused: true },
      { ...known, id: 5, state: "snapshot", match: 1, next: 5, pendingSnapshot: 4, paused: true },
    ],
  });
  const lines = tellStory(SAMPLE_HEADER, w.events).slice(-2);
  expect(lines.map((line) => line.detail)).toEqual(["all", "all"]);
  expect(lines.map(sentence)).toEqual([
    "m1  applies entries 2…4 (put a=1, an empty entry, delete b): revision 3",
    "m1  knows as leader: m2 up to 9; m3 up to 4, sent up to 7 (2 in flight); " +
      "m4 up to 0, probing from 8, paused; m5 up to 1, waiting for the snapshot up to 4",
  ]);
});

test("every line names an event of the run, in order", () => {
  const events = sampleTrace();
  const lines = tellStory(SAMPLE_HEADER, events);
  expect(lines.length).toBeGreaterThan(30);
  lines.forEach((line, i) => {
    expect(line.at).toBe(events[line.seq - 1]?.at);
    expect(line.seq).toBeGreaterThan(lines[i - 1]?.seq ?? 0);
  });
});

test("a trace that lacks events is no story", () => {
  const events = sampleTrace().filter((event) => event.kind !== "send");
  expect(() => tellStory(SAMPLE_HEADER, events)).toThrow("a story needs every event of the run");
});

describe("votes", () => {
  test("are refused with the reason: voted already, or a log that lacks something", () => {
    const w = new TraceWriter();
    elected(w);
    w.emit(2, 0, "append", { entries: [entry(1, 1), entry(2, 1)], truncated: 0 });
    const refuse = (from: number, to: number, term: number, index: number) => {
      const ask = w.send(0, { type: "MsgVote", from, to, term, logTerm: 1, index });
      const asked = w.deliver(ask, 300);
      w.send(asked, { type: "MsgVoteResp", from: to, to: from, term, reject: true });
    };
    refuse(3, 2, 1, 9);
    refuse(3, 2, 1, 1);
    expect(told(w).slice(-2)).toEqual([
      "m2  refuses its vote to m3: it already voted for m1 in term 1",
      "m2  refuses its vote to m3: m3's log ends at entry 1 of term 1, its own at entry 2 of term 1",
    ]);
  });

  test("that waited for the disk are still given because of the request", () => {
    const w = new TraceWriter();
    elected(w);
    const ask = { type: "MsgVote", from: 3, to: 2, term: 2, logTerm: 1, index: 1 } as const;
    w.deliver(w.send(0, ask), 300);
    const done = w.emit(2, 0, "disk-done", { token: 1 });
    w.emit(2, done, "hard-state", { term: 2, vote: 3, commit: 0 });
    expect(told(w).at(-1)).toBe("m2  votes for m3 in term 2: m3's log is more up-to-date");
  });

  test("are not even considered while the leader is heard", () => {
    const w = new TraceWriter();
    const won = elected(w);
    w.replicate(won, 1, 2, 1, null, [entry(1, 1)], 0);
    w.now += 70_000;
    const ask = w.send(0, { type: "MsgVote", from: 3, to: 2, term: 5, logTerm: 0, index: 0 });
    const asked = w.deliver(ask, 300);
    w.emit(2, asked, "log", { level: "INFO", text: "ignored" });
    expect(told(w).at(-1)).toBe(
      "m2  ignores m3's request for a vote for term 5: it heard from its leader m1 only 70ms ago",
    );
  });

  test("a request that is answered is not ignored", () => {
    const w = new TraceWriter();
    const won = elected(w);
    w.replicate(won, 1, 2, 1, null, [entry(1, 1)], 0);
    const ask = w.send(0, { type: "MsgVote", from: 3, to: 2, term: 5, logTerm: 1, index: 1 });
    const asked = w.deliver(ask, 300);
    w.emit(2, asked, "role", { role: "follower", term: 5, lead: 0, reason: "higher term" });
    expect(told(w).join("\n")).not.toContain("ignores");
  });
});

test("nobody takes what a deposed leader still sends out", () => {
  const w = new TraceWriter();
  elected(w);
  w.emit(2, 0, "role", { role: "follower", term: 3, lead: 0, reason: "higher term" });
  const append = (term: number) => {
    const where = { index: 0, logTerm: 0, commit: 0, entries: [] };
    w.deliver(w.send(0, { type: "MsgApp", from: 1, to: 2, term, ...where }), 300);
  };
  append(1);
  append(3);
  expect(told(w).filter((line) => line.includes("does not take"))).toEqual([
    "m2  does not take m1's append of term 1: it is in term 3",
  ]);
});

test("an answer that waited for the disk is still an answer to its own request", () => {
  const w = new TraceWriter();
  elected(w);
  w.emit(3, 0, "append", { entries: [entry(1, 1), entry(2, 1)], truncated: 0 });
  const ask = (index: number, logTerm: number) =>
    w.deliver(
      w.send(0, {
        type: "MsgApp",
        from: 2,
        to: 3,
        term: 4,
        index,
        logTerm,
        commit: 0,
        entries: [],
      }),
      300,
    );
  const first = ask(2, 3);
  ask(1, 1);
  const sync = w.emit(3, first, "sync", { file: "0.wal", token: 1, took: 900 });
  const done = w.emit(3, sync, "disk-done", { token: 1 });
  w.send(done, {
    type: "MsgAppResp",
    from: 3,
    to: 2,
    term: 4,
    index: 2,
    reject: true,
    rejectHint: 1,
  });
  expect(told(w).at(-1)).toBe(
    "m3  cannot append after entry 2 and tells m2: its entry 2 is of term 1, the leader's of term 3",
  );
});

describe("a leader steps down", () => {
  test("because a message carries a later term", () => {
    const w = new TraceWriter();
    elected(w);
    const beat = w.send(0, { type: "MsgHeartbeat", from: 2, to: 1, term: 3, commit: 0 });
    const heard = w.deliver(beat, 300);
    w.emit(1, heard, "role", { role: "follower", term: 3, lead: 2, reason: "higher term" });
    expect(told(w).at(-1)).toBe(
      "m1  steps down as leader of term 1: m2's heartbeat carries term 3",
    );
  });

  test("because it hears too few, and which", () => {
    const w = new TraceWriter();
    elected(w);
    w.now += 2_000_000;
    const wake = w.emit(1, 0, "wake", { ticks: 20 });
    w.emit(1, wake, "role", { role: "follower", term: 1, lead: 0, reason: "quorum lost" });
    expect(told(w).at(-1)).toBe(
      "m1  steps down as leader of term 1: it did not hear from a majority for an election timeout: silent are m2, m3 (CheckQuorum)",
    );
  });
});

describe("an entry is not committed", () => {
  /** m1 holds an uncommitted entry and looks at its clock much later. */
  function stalled(prepare: (w: TraceWriter) => void): string[] {
    const w = new TraceWriter();
    const won = elected(w);
    w.emit(1, won, "append", { entries: [entry(1, 1, "put a=1")], truncated: 0 });
    prepare(w);
    w.now += 1_500_000;
    w.emit(1, 0, "wake", { ticks: 15 });
    w.now += 1_500_000;
    w.emit(1, 0, "wake", { ticks: 15 });
    return told(w).filter((line) => line.includes("cannot commit"));
  }

  test("while too few store it, and the story says once what keeps them", () => {
    const lines = stalled((w) => {
      w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
      w.emit(0, 0, "links", { cut: [[1, 3]], clogged: [] });
    });
    expect(lines).toEqual([
      "m1  cannot commit entry 1 (put a=1) for 1.5s now: known to be stored on m1 only, needs 2 of 3; m2 is down; m3 is not reached (cut one way)",
    ]);
  });

  test("by counting alone, if it is of an older term (Raft, figure 8)", () => {
    const w = new TraceWriter();
    const won = elected(w);
    w.emit(1, won, "append", { entries: [entry(1, 1, "put a=1")], truncated: 0 });
    w.emit(1, 0, "role", { role: "candidate", term: 4, lead: 0, reason: "election timeout" });
    w.emit(1, 0, "role", { role: "leader", term: 4, lead: 1, reason: "election won" });
    const answer = w.send(0, { type: "MsgAppResp", from: 2, to: 1, term: 4, index: 1 });
    w.deliver(answer, 300);
    w.now += 1_500_000;
    w.emit(1, 0, "wake", { ticks: 15 });
    expect(told(w).at(-1)).toBe(
      "m1  cannot commit entry 1 (put a=1) for 1.5s now: it is on a majority (m1, m2) but of term 1: a leader of term 4 may not commit it by counting, only with an entry of its own term",
    );
  });

  test("and when it is committed in time, nothing is said", () => {
    expect(stalled((w) => w.emit(1, 0, "commit", { index: 1, term: 1 }))).toEqual([]);
  });
});

test("entries that give way to the leader's were committed nowhere", () => {
  const w = new TraceWriter();
  const won = elected(w);
  w.emit(3, won, "append", { entries: [entry(1, 1), entry(2, 1, "put x=1")], truncated: 0 });
  const sent = w.send(0, {
    type: "MsgApp",
    from: 2,
    to: 3,
    term: 2,
    logTerm: 1,
    index: 1,
    commit: 1,
    entries: [2],
  });
  const arrived = w.deliver(sent, 300);
  w.emit(3, arrived, "append", { entries: [entry(2, 2, "put y=1")], truncated: 1 });
  expect(told(w).at(-1)).toBe(
    "m3  throws away its entry 2 (put x=1) of term 1, which nobody knows as committed: m2's entry 2 (put y=1) of term 2 replaces it",
  );
});

test("a client that asks another member says why; one that gives up, what stood in its way", () => {
  const w = new TraceWriter();
  elected(w);
  const request = { type: "put", key: "a", value: "1" } as const;
  const invoke = w.emit(0, 0, "invoke", { client: 1, op: 1, request, text: "put a=1" });
  w.emit(0, invoke, "attempt", { client: 1, op: 1, to: 1, attempt: 1, lastError: "" });
  w.emit(1, 0, "crash", { text: "", lostBytes: 0 });
  w.now += 1_000_000;
  w.emit(0, invoke, "attempt", {
    client: 1,
    op: 1,
    to: 2,
    attempt: 2,
    lastError: "connection lost",
  });
  w.now += 1_000_000;
  w.emit(0, invoke, "complete", {
    client: 1,
    op: 1,
    outcome: "ambiguous",
    result: null,
    text: "no reply in time",
  });
  expect(told(w).slice(-2)).toEqual([
    "c1  asks m2 for put a=1: m1 is down",
    "c1  gives up on put a=1 after 2s (no reply in time) and can't know whether it happened: there is no leader",
  ]);
});

test.each([
  ["no reply in time", "m1 did not answer in time"],
  ["connection refused", "m1 refused the connection"],
  [
    "etcdserver: revision of auth store is old",
    'm1 answered "etcdserver: revision of auth store is old": users or roles have changed since it was checked',
  ],
  [
    "etcdserver: leader changed",
    'm1 answered "etcdserver: leader changed": another leader came while it waited',
  ],
])("a client that asks again after %j from a member that is up says so, once", (lastError, why) => {
  const w = new TraceWriter();
  elected(w);
  const request = { type: "get", key: "a", serializable: false } as const;
  for (const op of [1, 2]) {
    const invoke = w.emit(0, 0, "invoke", { client: 1, op, request, text: "get a" });
    w.emit(0, invoke, "attempt", { client: 1, op, to: 1, attempt: 1, lastError: "" });
    w.emit(0, invoke, "attempt", { client: 1, op, to: 2, attempt: 2, lastError });
    const result = { revision: 5, value: "x", modRevision: 2 };
    w.emit(0, 0, "complete", { client: 1, op, outcome: "ok", result, text: "" });
  }
  const answer = 'c1  get a is answered by m2: "x" at revision 5';
  expect(told(w).slice(-3)).toEqual([`c1  asks m2 for get a: ${why}`, answer, answer]);
});

test("a member that comes back has caught up once it knows all that is committed", () => {
  const w = new TraceWriter();
  const won = elected(w);
  const first = entry(1, 1);
  const second = entry(2, 1, "put a=1");
  w.emit(1, won, "append", { entries: [first, second], truncated: 0 });
  w.emit(3, 0, "pause", {});
  const both = w.replicate(won, 1, 2, 1, null, [first, second], 0);
  w.emit(1, both, "commit", { index: 2, term: 1 });
  w.emit(3, 0, "resume", {});
  w.replicate(both, 1, 3, 1, null, [first], 1);
  w.emit(3, both, "commit", { index: 1, term: 1 });
  expect(told(w).join()).not.toContain("caught up");
  w.replicate(both, 1, 3, 1, first, [second], 2);
  w.emit(3, both, "commit", { index: 2, term: 1 });
  w.emit(2, both, "commit", { index: 2, term: 1 });
  expect(told(w).filter((line) => line.includes("caught up"))).toEqual([
    "m3  has caught up with entry 2: m1 sent it entries 1…2",
  ]);
});

test("configurations are told once, joint ones as such", () => {
  const w = new TraceWriter();
  const won = elected(w);
  const conf = {
    voters: [1, 2, 4],
    votersOutgoing: [1, 2, 3],
    learners: [5],
    learnersNext: [],
    autoLeave: true,
  };
  w.emit(1, won, "conf", { index: 4, conf });
  w.emit(2, won, "conf", { index: 4, conf });
  expect(told(w).filter((line) => line.includes("configuration"))).toEqual([
    "m1  the configuration is now joint: old voters m1, m2, m3; new voters m1, m2, m4; learner m5: both halves must agree on everything until it is left",
  ]);
});

test("a fault that one member feels is told by that member, one of the network by itself", () => {
  const w = new TraceWriter();
  elected(w);
  const pause = w.emit(0, 0, "fault", { fault: "pause", text: "m2 is paused", members: [2] });
  w.emit(2, pause, "pause", {});
  const part = w.emit(0, 0, "fault", { fault: "partition", text: "partition: m1", members: [1] });
  w.emit(0, part, "links", {
    cut: [
      [1, 2],
      [2, 1],
      [1, 3],
    ],
    clogged: [],
  });
  const again = w.emit(0, 0, "fault", { fault: "partition", text: "partition: m2", members: [2] });
  const cut: [number, number][] = [
    [1, 2],
    [2, 1],
    [2, 3],
    [3, 2],
  ];
  w.emit(0, again, "links", { cut, clogged: [] });
  const crash = w.emit(0, 0, "fault", { fault: "crash", text: "m3 crashes", members: [3] });
  w.emit(3, crash, "crash", {
    text: "member/wal/0-0.wal: 24 of 24 unsynced bytes lost",
    lostBytes: 24,
  });
  expect(told(w).slice(-4)).toEqual([
    "m2  is paused: it keeps its state and hears nothing",
    "!!  partition: m1",
    "!!  the network is parted: m2 | m1 m3",
    "m3  crashes: WAL: 24 of 24 unsynced bytes lost",
  ]);
});
