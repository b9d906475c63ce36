import type {
  EntrySummary,
  MessageSummary,
  TraceEvent,
  TraceHeader,
} from "../../src/trace/events.ts";
import { ListSink, Recorder } from "../../src/trace/recorder.ts";

export const SAMPLE_HEADER: TraceHeader = {
  detcd: "trace",
  version: 1,
  name: "sample",
  title: "A leader crashes",
  teaches: "The others notice, and one of them takes over.",
  seed: 7,
  members: [1, 2, 3],
  tickUs: 100_000,
  electionTicks: 10,
};

const VOTERS = {
  voters: [1, 2, 3],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

export function entry(index: number, term: number, text = ""): EntrySummary {
  return { index, term, type: "normal", bytes: text.length, text, hash: index * 1000 + term };
}

/** Writes a run by hand, in the order in which a member emits what a step changed. */
export class TraceWriter {
  readonly #sink = new ListSink();
  readonly #recorder = new Recorder([this.#sink]);
  now = 0;

  get events(): TraceEvent[] {
    return this.#sink.events;
  }

  emit<K extends TraceEvent["kind"]>(
    member: number,
    cause: number,
    kind: K,
    fields: Omit<Extract<TraceEvent, { kind: K }>, "seq" | "kind" | "at" | "member" | "cause">,
  ): number {
    return this.#recorder.emit({
      seq: 0,
      at: this.now,
      member,
      cause,
      kind,
      ...fields,
    } as unknown as TraceEvent);
  }

  boot(member: number): void {
    const boot = this.emit(member, 0, "boot", { restart: false });
    this.emit(member, boot, "recover", {
      term: 0,
      vote: 0,
      commit: 0,
      applied: 0,
      entries: [],
      snapshot: { index: 0, term: 0 },
      conf: VOTERS,
      repaired: "",
    });
    this.emit(member, boot, "role", { role: "follower", term: 0, lead: 0, reason: "start" });
  }

  send(cause: number, message: MessageSummary): number {
    return this.emit(message.from, cause, "send", { message });
  }

  /** Delivers a sent message `after` µs later; the seq of the delivery. */
  deliver(send: number, after: number): number {
    this.now += after;
    const sent = this.events[send - 1];
    if (sent?.kind !== "send") throw new Error(`event ${send} is no send`);
    return this.emit(sent.message.to, send, "deliver", { message: sent.message });
  }

  /** Candidate `id` asks `voter`, which agrees; the delivery of its vote. */
  vote(
    cause: number,
    id: number,
    voter: number,
    term: number,
    index: number,
    logTerm: number,
  ): number {
    const ask = this.send(cause, { type: "MsgVote", from: id, to: voter, term, logTerm, index });
    const asked = this.deliver(ask, 400);
    this.emit(voter, asked, "role", { role: "follower", term, lead: 0, reason: "higher term" });
    this.emit(voter, asked, "hard-state", { term, vote: id, commit: 0 });
    const answer = this.send(asked, {
      type: "MsgVoteResp",
      from: voter,
      to: id,
      term,
      reject: false,
    });
    return this.deliver(answer, 400);
  }

  /** The leader stores entries and the peer acknowledges them; the delivery of the acknowledgement. */
  replicate(
    cause: number,
    lead: number,
    to: number,
    term: number,
    previous: EntrySummary | null,
    entries: readonly EntrySummary[],
    commit: number,
  ): number {
    const sent = this.send(cause, {
      type: "MsgApp",
      from: lead,
      to,
      term,
      logTerm: previous?.term ?? 0,
      index: previous?.index ?? 0,
      commit,
      entries: entries.map((e) => e.term),
    });
    const arrived = this.deliver(sent, 600);
    this.emit(to, arrived, "role", { role: "follower", term, lead, reason: "leader found" });
    this.emit(to, arrived, "append", { entries, truncated: 0 });
    const index = entries.at(-1)?.index ?? previous?.index ?? 0;
    const answer = this.send(arrived, { type: "MsgAppResp", from: to, to: lead, term, index });
    return this.deliver(answer, 600);
  }
}

/**
 * Three members elect m1, which commits a write; m1 crashes; m2 is elected and commits another. m1
 * comes back and follows. Made by hand: enough of a run to show, not one that raft would make.
 */
export function sampleTrace(): TraceEvent[] {
  const w = new TraceWriter();
  for (const id of [1, 2, 3]) w.boot(id);

  w.now = 1_200_000;
  const wake = w.emit(1, 0, "wake", { ticks: 12 });
  w.emit(1, wake, "role", { role: "candidate", term: 1, lead: 0, reason: "election timeout" });
  w.emit(1, wake, "hard-state", { term: 1, vote: 1, commit: 0 });
  const voted = w.vote(wake, 1, 2, 1, 0, 0);
  w.emit(1, voted, "role", { role: "leader", term: 1, lead: 1, reason: "election won" });
  const first = entry(1, 1);
  w.emit(1, voted, "append", { entries: [first], truncated: 0 });
  const stored = w.replicate(voted, 1, 2, 1, null, [first], 0);
  w.emit(1, stored, "commit", { index: 1, term: 1 });

  w.now = 1_500_000;
  const invoke = w.emit(0, 0, "invoke", {
    client: 1,
    op: 1,
    request: { type: "put", key: "a", value: "1" },
    text: "put a=1",
  });
  w.emit(0, invoke, "attempt", { client: 1, op: 1, to: 1, attempt: 1, lastError: "" });
  w.now += 300;
  const request = w.emit(1, invoke, "request", { client: 1, op: 1, text: "put a=1" });
  const second = entry(2, 1, "put a=1");
  w.emit(1, request, "append", { entries: [second], truncated: 0 });
  w.emit(1, request, "sync", { file: "0.wal", token: 1, took: 900 });
  const both = w.replicate(request, 1, 2, 1, first, [second], 1);
  w.emit(1, both, "commit", { index: 2, term: 1 });
  w.emit(1, both, "apply", {
    index: 2,
    terms: [1],
    hashes: [99],
    revisions: [2],
    texts: ["put a=1"],
  });
  w.now += 300;
  w.emit(0, both, "complete", {
    client: 1,
    op: 1,
    outcome: "ok",
    result: { revision: 2 },
    text: "put a=1",
  });

  w.now = 1_700_000;
  const fault = w.emit(0, 0, "fault", { fault: "crash", text: "crash m1", members: [1] });
  w.emit(1, fault, "crash", { text: "all bytes were synced", lostBytes: 0 });
  const lost = w.send(both, { type: "MsgHeartbeat", from: 2, to: 1, term: 1, commit: 1 });
  w.emit(2, lost, "drop", {
    message: { type: "MsgHeartbeat", from: 2, to: 1, term: 1, commit: 1 },
    reason: "down",
  });

  w.now = 2_900_000;
  const late = w.emit(2, 0, "wake", { ticks: 12 });
  w.emit(2, late, "role", { role: "candidate", term: 2, lead: 0, reason: "election timeout" });
  w.emit(2, late, "hard-state", { term: 2, vote: 2, commit: 1 });
  const won = w.vote(late, 2, 3, 2, 2, 1);
  w.emit(2, won, "role", { role: "leader", term: 2, lead: 2, reason: "election won" });
  const third = entry(3, 2);
  w.emit(2, won, "append", { entries: [third], truncated: 0 });
  const caught = w.replicate(won, 2, 3, 2, null, [first, second, third], 1);
  w.emit(2, caught, "commit", { index: 3, term: 2 });

  w.now = 3_500_000;
  const restart = w.emit(0, 0, "fault", { fault: "restart", text: "restart m1", members: [1] });
  const boot = w.emit(1, restart, "boot", { restart: true });
  w.emit(1, boot, "recover", {
    term: 1,
    vote: 1,
    commit: 1,
    applied: 0,
    entries: [first, second],
    snapshot: { index: 0, term: 0 },
    conf: VOTERS,
    repaired: "torn tail of 37 bytes cut off",
  });
  w.emit(1, boot, "role", { role: "follower", term: 1, lead: 0, reason: "start" });
  const back = w.replicate(caught, 2, 1, 2, second, [third], 3);
  w.emit(1, back, "commit", { index: 3, term: 2 });
  w.now = 3_800_000;
  w.send(back, { type: "MsgHeartbeat", from: 2, to: 1, term: 2, commit: 3 });
  w.send(back, { type: "MsgHeartbeat", from: 2, to: 3, term: 2, commit: 3 });
  return w.events;
}
