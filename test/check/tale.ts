import type {
  AccessEvent,
  AccessNeed,
  AuthChange,
  ClientOp,
  ClientResult,
  ConfSummary,
  EntrySummary,
  HoldEvent,
  KeyChange,
  LeaseAction,
  PeerProgress,
  RoleName,
  TraceEvent,
  WatchEvent,
  WatchedChange,
  WatchResponseEvent,
} from "../../src/trace/events.ts";
import type { TraceSink } from "../../src/trace/trace.ts";

export function conf(voters: readonly number[], more: Partial<ConfSummary> = {}): ConfSummary {
  return {
    voters,
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
    ...more,
  };
}

/** `entry(5, 2, "put a=1")`: equal texts stand for equal data. */
export function entry(index: number, term: number, text = ""): EntrySummary {
  let hash = 7;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 2 ** 40;
  const type = text.startsWith("conf") ? "conf-change" : "normal";
  return { index, term, type, bytes: text.length, text, hash };
}

/** Replicating, everything up to `match` acknowledged and nothing in flight, unless `more` says so. */
export function peer(id: number, match: number, more: Partial<PeerProgress> = {}): PeerProgress {
  return {
    id,
    state: "replicate",
    match,
    next: match + 1,
    pendingSnapshot: 0,
    paused: false,
    inflight: 0,
    ...more,
  };
}

/** A put as members tell it; a key's first version unless `more` says otherwise. */
export function put(
  key: string,
  value: string,
  createRevision: number,
  more: Partial<KeyChange> = {},
): KeyChange {
  return { type: "put", key, value, version: 1, createRevision, lease: "", ...more };
}

export function del(key: string): KeyChange {
  return { type: "delete", key, value: "", version: 0, createRevision: 0, lease: "" };
}

/** A trace made by hand, event by event, 1 ms apart. */
export class Tale {
  readonly events: TraceEvent[] = [];
  #at = 0;
  #op = 0;

  emit(event: Omit<TraceEvent, "seq" | "at" | "cause"> & { [key: string]: unknown }): this {
    this.#at += 1000;
    const seq = this.events.length + 1;
    this.events.push({ seq, at: this.#at, cause: 0, ...event } as unknown as TraceEvent);
    return this;
  }

  /** Every member boots with an empty log and this configuration. */
  boot(members: readonly number[], voters: readonly number[] = members): this {
    for (const member of members) {
      this.emit({ kind: "boot", member, restart: false });
      this.recover(member, { term: 0, vote: 0, commit: 0, conf: conf(voters) });
    }
    return this;
  }

  recover(
    member: number,
    what: {
      term: number;
      vote: number;
      commit: number;
      applied?: number;
      entries?: EntrySummary[];
      snapshot?: { index: number; term: number };
      conf?: ConfSummary;
    },
  ): this {
    const { entries = [], snapshot = { index: 0, term: 0 } } = what;
    return this.emit({
      kind: "recover",
      member,
      repaired: "",
      ...what,
      entries,
      snapshot,
      applied: what.applied ?? snapshot.index,
      conf: what.conf ?? conf([1, 2, 3]),
    });
  }

  crash(member: number): this {
    return this.emit({ kind: "crash", member, text: "", lostBytes: 0 });
  }

  reboot(member: number, what: Parameters<Tale["recover"]>[1]): this {
    this.crash(member);
    this.emit({ kind: "boot", member, restart: true });
    return this.recover(member, what);
  }

  role(member: number, role: RoleName, term: number, lead = 0): this {
    return this.emit({ kind: "role", member, role, term, lead, reason: "" });
  }

  hardState(member: number, term: number, vote: number, commit = 0): this {
    return this.emit({ kind: "hard-state", member, term, vote, commit });
  }

  grant(voter: number, candidate: number, term: number): this {
    const message = { type: "MsgVoteResp", from: voter, to: candidate, term, reject: false };
    return this.emit({ kind: "deliver", member: candidate, message });
  }

  acknowledge(from: number, to: number, term: number, index: number): this {
    const message = { type: "MsgAppResp", from, to, term, index };
    return this.emit({ kind: "deliver", member: to, message });
  }

  /** `leader` is elected in `term` with the votes of `voters`, as the book says. */
  elect(leader: number, term: number, voters: readonly number[], commit = 0): this {
    this.role(leader, "candidate", term).hardState(leader, term, leader, commit);
    for (const voter of voters) {
      this.role(voter, "follower", term).hardState(voter, term, leader, commit);
      this.grant(voter, leader, term);
    }
    return this.role(leader, "leader", term, leader);
  }

  append(members: number | readonly number[], ...entries: EntrySummary[]): this {
    for (const member of [members].flat()) {
      this.emit({ kind: "append", member, entries, truncated: 0 });
    }
    return this;
  }

  commit(members: number | readonly number[], index: number, term: number): this {
    for (const member of [members].flat()) this.emit({ kind: "commit", member, index, term });
    return this;
  }

  /** Entries with text make a revision each, starting at 2, if `revision` says so. */
  apply(
    members: number | readonly number[],
    index: number,
    term: number,
    more: { hash?: number; revision?: number; text?: string } = {},
  ): this {
    const { hash = index * 1000, revision = 1, text = "" } = more;
    return this.applyAll(members, index, [{ term, hash, revision, text }]);
  }

  /** Entries from `index` on are applied in one go. */
  applyAll(
    members: number | readonly number[],
    index: number,
    entries: readonly { term: number; hash: number; revision: number; text: string }[],
  ): this {
    const terms = entries.map((e) => e.term);
    const hashes = entries.map((e) => e.hash);
    const revisions = entries.map((e) => e.revision);
    const texts = entries.map((e) => e.text);
    for (const member of [members].flat()) {
      this.emit({ kind: "apply", member, index, terms, hashes, revisions, texts });
    }
    return this;
  }

  /** Leader `member` tells what it knows of each member, itself included. */
  progress(
    member: number,
    term: number,
    at: { commit: number; last: number },
    peers: readonly PeerProgress[],
  ): this {
    return this.emit({ kind: "progress", member, term, ...at, peers });
  }

  conf(members: number | readonly number[], index: number, to: ConfSummary): this {
    for (const member of [members].flat()) this.emit({ kind: "conf", member, index, conf: to });
    return this;
  }

  restore(member: number, index: number, term: number, hash = index * 1000): this {
    return this.emit({
      kind: "restore",
      member,
      index,
      term,
      hash,
      revision: 1,
      conf: conf([1, 2, 3]),
    });
  }

  snapshot(member: number, index: number, term: number, compacted: number): this {
    return this.emit({ kind: "snapshot", member, index, term, compacted });
  }

  /** Now is `us` later; in whole ms, so that times read well. */
  wait(us: number): this {
    this.#at += us;
    return this;
  }

  get now(): number {
    return this.#at;
  }

  /** The members apply entry `index`, which does this at `revision`. */
  change(
    members: number | readonly number[],
    index: number,
    revision: number,
    ...changes: readonly KeyChange[]
  ): this {
    for (const member of [members].flat()) {
      this.emit({ kind: "changes", member, index, revision, changes });
      this.apply(member, index, 1, { revision });
    }
    return this;
  }

  compact(members: number | readonly number[], index: number, at: number, revision: number): this {
    for (const member of [members].flat()) {
      this.emit({ kind: "compact", member, index, revision: at });
      this.apply(member, index, 1, { revision });
    }
    return this;
  }

  /** What the member does with a lease; grants, revokes and checkpoints belong before an `apply`. */
  lease(member: number, action: LeaseAction, lease = "", ttl = 0): this {
    return this.emit({ kind: "lease", member, action, lease, ttl });
  }

  /** Client 1 watches `key`, as watch 1. */
  watch(key: string, more: Partial<WatchEvent> = {}): this {
    return this.emit({
      kind: "watch",
      member: 0,
      client: 1,
      watch: 1,
      key,
      rangeEnd: "",
      startRevision: 0,
      noPut: false,
      noDelete: false,
      prevKv: false,
      progressNotify: false,
      requireLeader: false,
      text: `watch ${key}`,
      ...more,
    });
  }

  respond(
    what: WatchResponseEvent["what"],
    revision: number,
    more: Partial<WatchResponseEvent> = {},
  ): this {
    return this.emit({
      kind: "watch-response",
      member: 0,
      client: 1,
      watch: 1,
      from: 1,
      revision,
      what,
      fragment: false,
      compactRevision: 0,
      events: [],
      text: "",
      ...more,
    });
  }

  /** Watch 1 is told of these events in one response. */
  told(...events: readonly WatchedChange[]): this {
    return this.respond("events", events.at(-1)?.modRevision ?? 0, { events });
  }

  hold(client: number, action: HoldEvent["action"], fence: number, name = "lock"): this {
    return this.emit({ kind: "hold", member: 0, client, name, action, fence });
  }

  invoke(request: ClientOp): number {
    this.#op++;
    const text = requestText(request);
    this.emit({ kind: "invoke", member: 0, client: 1, op: this.#op, request, text });
    return this.#op;
  }

  complete(op: number, result: ClientResult | null, outcome = "ok", text = ""): this {
    return this.emit({ kind: "complete", member: 0, client: 1, op, outcome, result, text });
  }

  /** The operation that was invoked last, or a watch, is this user's. */
  as(user: string, needs: readonly AccessNeed[], more: Partial<AccessEvent> = {}): this {
    return this.emit({
      kind: "access",
      member: 0,
      client: 1,
      op: this.#op,
      watch: 0,
      user,
      password: 1,
      local: false,
      needs,
      sets: null,
      ...more,
    });
  }

  /** The members apply entry `index`, which changes who may what. */
  auth(members: number | readonly number[], index: number, change: AuthChange): this {
    for (const member of [members].flat()) {
      this.emit({ kind: "auth", member, index, change }).apply(member, index, 1);
    }
    return this;
  }

  /** Three members; m1 leads term 1, and entries 1 (empty) and 2 are committed everywhere. */
  static settled(): Tale {
    const all = [1, 2, 3];
    return new Tale()
      .boot(all)
      .elect(1, 1, [2, 3])
      .append(all, entry(1, 1))
      .append(all, entry(2, 1, "put a=1"))
      .commit(all, 2, 1)
      .apply(all, 1, 1)
      .apply(all, 2, 1);
  }

  play<S extends TraceSink>(sink: S): S {
    for (const event of this.events) sink.event(event);
    return sink;
  }
}

function requestText(request: ClientOp): string {
  switch (request.type) {
    case "put":
      return `put ${request.key}=${request.value}`;
    case "call":
      return request.method;
    case "lease":
      return `${request.method} ${request.lease}`;
    default:
      return `${request.type} ${request.key}`;
  }
}
