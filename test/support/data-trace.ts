import type {
  ClientOp,
  KeyChange,
  TraceEvent,
  WatchResponseEvent,
} from "../../src/trace/events.ts";
import { entry, TraceWriter } from "./sample-trace.ts";

/** A {@link TraceWriter} with words for what clients have: leases, watches, locks, alarms. */
export class DataWriter extends TraceWriter {
  #op = 0;
  #index = 1;
  /** Those that are up. */
  appliers: readonly number[] = [1, 2];

  /** m1 leads, counts leases down, and has applied one entry. */
  begin(): void {
    for (const id of [1, 2, 3]) this.boot(id);
    this.emit(1, 0, "role", { role: "leader", term: 1, lead: 1, reason: "election won" });
    this.emit(1, 0, "append", { entries: [entry(1, 1)], truncated: 0 });
    for (const id of [1, 2, 3]) this.applied(id, 1);
    this.lease(1, "promote", "");
  }

  applied(member: number, index: number): void {
    const columns = { terms: [1], hashes: [0], revisions: [index], texts: ["x"] };
    this.emit(member, 0, "apply", { index, ...columns });
  }

  /** The next entry is applied: on each member it does `effects`. */
  apply(effects: (member: number, index: number) => void): void {
    this.#index++;
    for (const id of this.appliers) this.applyOn(id, this.#index, effects);
  }

  applyOn(id: number, index: number, effects: (member: number, index: number) => void): void {
    effects(id, index);
    this.applied(id, index);
  }

  lease(
    member: number,
    action: "grant" | "revoke" | "checkpoint" | "renew" | "expire" | "promote" | "demote",
    lease: string,
    ttl = 0,
  ): void {
    this.emit(member, 0, "lease", { action, lease, ttl });
  }

  put(key: string, value: string, lease: string, revision: number): void {
    const changes = [putOf(key, value, lease, revision)];
    this.apply((id, index) => this.emit(id, 0, "changes", { index, revision, changes }));
  }

  /** A call that is answered with `result`, or refused with `error`. */
  call(client: number, request: ClientOp, text: string, end: object | string): void {
    const op = ++this.#op;
    const invoke = this.emit(0, 0, "invoke", { client, op, request, text });
    this.now += 1000;
    const ended =
      typeof end === "string"
        ? ({ outcome: "fail", result: null, text: end } as const)
        : ({ outcome: "ok", result: { revision: 5, ...end }, text: "" } as const);
    this.emit(0, invoke, "complete", { client, op, ...ended });
  }

  watch(client: number, watch: number, key: string, startRevision = 0, rangeEnd = ""): void {
    const filters = { noPut: false, noDelete: false, prevKv: false };
    const rest = { ...filters, progressNotify: false, requireLeader: false, text: "" };
    this.emit(0, 0, "watch", { client, watch, key, rangeEnd, startRevision, ...rest });
  }

  answer(
    client: number,
    watch: number,
    what: WatchResponseEvent["what"],
    from: number,
    revision: number,
    more: Partial<WatchResponseEvent> = {},
  ): void {
    const { fragment = false, compactRevision = 0, events = [], text = "" } = more;
    const rest = { fragment, compactRevision, events, text };
    this.emit(0, 0, "watch-response", { client, watch, from, revision, what, ...rest });
  }

  hear(client: number, watch: number, from: number, key: string, revision: number): void {
    const events = [{ ...putOf(key, "x", "", revision), modRevision: revision, prev: null }];
    this.answer(client, watch, "events", from, revision, { events });
  }

  hold(client: number, action: "acquire" | "release" | "lost", fence: number): void {
    this.emit(0, 0, "hold", { client, name: "lock", action, fence });
  }
}

export function putOf(key: string, value: string, lease: string, revision: number): KeyChange {
  return { type: "put", key, value, version: 1, createRevision: revision, lease };
}

/**
 * c1 holds a lock under a lease and watches two keys; its leader crashes, m2 follows and lets the lease
 * expire; c2 gets the lock while c1 still believes to hold it; then m3 is out of space.
 */
export function dataTrace(): TraceEvent[] {
  const w = new DataWriter();
  w.begin();
  w.now = 1_000_000;
  w.watch(1, 1, "a");
  w.answer(1, 1, "created", 1, 1);
  w.watch(1, 2, "b", 3, "c");
  w.apply((id) => w.lease(id, "grant", "7b00000000000001", 3));
  w.put("lock/7b", "", "7b00000000000001", 2);
  w.hold(1, "acquire", 2);
  w.hear(1, 1, 1, "a", 3);
  w.now = 2_000_000;
  w.lease(1, "renew", "7b00000000000001", 3);
  w.now = 3_000_000;
  w.emit(1, 0, "crash", { text: "", lostBytes: 0 });
  w.appliers = [2, 3];
  w.now = 4_000_000;
  w.emit(2, 0, "role", { role: "leader", term: 2, lead: 2, reason: "election won" });
  w.lease(2, "promote", "");
  w.apply((id) => w.lease(id, "grant", "8c00000000000002", 5));
  w.put("lock/8c", "", "8c00000000000002", 4);
  w.now = 8_000_000;
  w.lease(2, "expire", "7b00000000000001");
  w.apply((id, index) => {
    w.lease(id, "revoke", "7b00000000000001");
    const gone = { ...putOf("lock/7b", "", "", 0), type: "delete" } as const;
    w.emit(id, 0, "changes", { index, revision: 5, changes: [gone] });
  });
  w.hear(1, 1, 3, "a", 6);
  w.hold(2, "acquire", 4);
  w.apply((id) => w.emit(id, 0, "alarm", { alarm: "NOSPACE", of: 3, active: true }));
  return w.events;
}
