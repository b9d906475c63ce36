import type { TraceEvent } from "../../src/trace/events.ts";

const conf = {
  voters: [1, 2],
  votersOutgoing: [3],
  learners: [4],
  learnersNext: [5],
  autoLeave: true,
};
const message = {
  type: "MsgSnap",
  from: 1,
  to: 2,
  term: 3,
  logTerm: 2,
  index: 9,
  commit: 8,
  entries: [2, 3],
  reject: true,
  rejectHint: 7,
  snapshot: { index: 6, term: 2 },
  context: "ctx",
};
const base = { at: 5_000_000_000, member: 2, cause: 0 };
const entries = [
  { index: 4, term: 2, type: "conf-change" as const, bytes: 3, text: "add m4", hash: 77 },
];

const peers = [
  {
    id: 2,
    state: "snapshot" as const,
    match: 3,
    next: 8,
    pendingSnapshot: 7,
    paused: true,
    inflight: 1,
  },
];

/** One event of every kind, with every field set. */
export function everyKind(): TraceEvent[] {
  const list: TraceEvent[] = [
    { seq: 0, ...base, kind: "boot", restart: true },
    { seq: 0, ...base, kind: "wake", ticks: 3 },
    { seq: 0, ...base, kind: "deliver", message },
    { seq: 0, ...base, kind: "disk-done", token: 4 },
    { seq: 0, ...base, kind: "request", client: 1, op: 2, text: "put a=1" },
    { seq: 0, ...base, kind: "fault", fault: "crash", text: "crash m1", members: [1] },
    { seq: 0, ...base, kind: "crash", text: "kept all", lostBytes: 12 },
    { seq: 0, ...base, kind: "pause" },
    { seq: 0, ...base, kind: "resume" },
    { seq: 0, ...base, kind: "refuse", text: "corrupt" },
    { seq: 0, ...base, kind: "links", cut: [[1, 2]], clogged: [[2, 1]] },
    { seq: 0, ...base, kind: "role", role: "leader", term: 3, lead: 2, reason: "election won" },
    { seq: 0, ...base, kind: "hard-state", term: 3, vote: 2, commit: 1 },
    { seq: 0, ...base, kind: "append", entries, truncated: 1 },
    { seq: 0, ...base, kind: "commit", index: 4, term: 2 },
    {
      seq: 0,
      ...base,
      kind: "apply",
      index: 4,
      terms: [2, 2],
      hashes: [5, 7],
      revisions: [6, 7],
      texts: ["put", ""],
    },
    { seq: 0, ...base, kind: "progress", term: 3, commit: 4, last: 9, peers },
    { seq: 0, ...base, kind: "conf", index: 4, conf },
    { seq: 0, ...base, kind: "restore", index: 4, term: 2, hash: 5, revision: 6, conf },
    { seq: 0, ...base, kind: "snapshot", index: 4, term: 2, compacted: 3 },
    {
      seq: 0,
      ...base,
      kind: "recover",
      term: 3,
      vote: 2,
      commit: 4,
      applied: 3,
      entries,
      snapshot: { index: 3, term: 2 },
      conf,
      repaired: "tail",
    },
    { seq: 0, ...base, kind: "send", message },
    { seq: 0, ...base, kind: "drop", message, reason: "loss" },
    { seq: 0, ...base, kind: "duplicate", message },
    { seq: 0, ...base, kind: "sync", file: "0.wal", token: 4, took: 900 },
    { seq: 0, ...base, kind: "log", level: "INFO", text: "became leader" },
    {
      seq: 0,
      ...base,
      kind: "ready",
      token: 4,
      steps: [
        {
          step: "switch",
          term: 3,
          vote: 2,
          commit: 4,
          role: "leader",
          last: 5,
          message,
          changes: [{ node: 4, change: "add-learner" }],
          conf,
          index: 4,
        },
      ],
    },
    {
      seq: 0,
      ...base,
      kind: "invoke",
      client: 1,
      op: 2,
      request: { type: "get", key: "a", serializable: true },
      text: "get a",
    },
    { seq: 0, ...base, kind: "attempt", client: 1, op: 2, to: 3, attempt: 1 },
    {
      seq: 0,
      ...base,
      kind: "complete",
      client: 1,
      op: 2,
      outcome: "ok",
      result: { revision: 6, value: "x", modRevision: 5, deleted: 1 },
      text: "get a",
    },
  ];
  list.forEach((event, i) => {
    event.seq = i + 1;
  });
  return list;
}
