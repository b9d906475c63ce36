import { unreachable } from "../base/assert.ts";
import { Digest } from "../base/digest.ts";
import {
  type ChangeSummary,
  type ClientOp,
  type ClientResult,
  type ConfSummary,
  type EntrySummary,
  type KeyChange,
  Layer,
  type MessageSummary,
  type PeerProgress,
  type RaftStep,
  type TraceEvent,
  type WatchedChange,
} from "./events.ts";
import type { TraceSink } from "./trace.ts";

/**
 * The fingerprint of a run: a rolling digest over every event in canonical form. Equal traces give
 * equal digests; different traces different ones but for a chance of 2^-64.
 *
 * Each kind's fields are walked by name, in the order events.ts declares them, not generically
 * over the object's own keys. So the digest of a trace read back from a file is that of the live
 * run whatever the key order, an absent field equals an undefined one, and V8 sees plain loads of
 * named properties. Every event begins with a tag for its kind and every list with its length:
 * no two event sequences feed the same words. A test alters each field of each kind in turn and
 * wants another digest, so a field forgotten here does not go unnoticed.
 */
export class TraceDigest implements TraceSink {
  readonly layers: number;
  readonly keeps = false;
  readonly #digest = new Digest();
  #count = 0;

  constructor(layers: number = Layer.All) {
    this.layers = layers;
  }

  /** Events digested so far. */
  get count(): number {
    return this.#count;
  }

  /** 16 hex digits; may be read at any time. */
  hex(): string {
    return this.#digest.hex();
  }

  event(e: TraceEvent): void {
    this.#count++;
    const d = this.#digest;
    switch (e.kind) {
      case "boot":
        this.#begin(1, e);
        this.#flag(e.restart);
        break;
      case "wake":
        this.#begin(2, e);
        d.number(e.ticks);
        break;
      case "deliver":
        this.#begin(3, e);
        this.#message(e.message);
        break;
      case "disk-done":
        this.#begin(4, e);
        d.number(e.token);
        break;
      case "request":
        this.#begin(5, e);
        this.#clientText(e.client, e.op, e.text);
        break;
      case "fault":
        this.#begin(6, e);
        d.string(e.fault);
        d.string(e.text);
        this.#numbers(e.members);
        break;
      case "crash":
        this.#begin(7, e);
        d.string(e.text);
        d.number(e.lostBytes);
        break;
      case "pause":
        this.#begin(8, e);
        break;
      case "resume":
        this.#begin(9, e);
        break;
      case "refuse":
        this.#begin(10, e);
        d.string(e.text);
        break;
      case "links":
        this.#begin(11, e);
        this.#pairs(e.cut);
        this.#pairs(e.clogged);
        break;
      case "role":
        this.#begin(12, e);
        d.string(e.role);
        d.number(e.term);
        d.number(e.lead);
        d.string(e.reason);
        break;
      case "hard-state":
        this.#begin(13, e);
        d.number(e.term);
        d.number(e.vote);
        d.number(e.commit);
        break;
      case "append":
        this.#begin(14, e);
        this.#entries(e.entries);
        d.number(e.truncated);
        break;
      case "commit":
        this.#begin(15, e);
        this.#position(e.index, e.term);
        break;
      case "apply":
        this.#begin(16, e);
        d.number(e.index);
        this.#numbers(e.terms);
        this.#numbers(e.hashes);
        this.#numbers(e.revisions);
        d.u32(e.texts.length);
        for (let i = 0; i < e.texts.length; i++) d.string(e.texts[i] as string);
        break;
      case "progress":
        this.#begin(30, e);
        d.number(e.term);
        d.number(e.commit);
        d.number(e.last);
        this.#peers(e.peers);
        break;
      case "conf":
        this.#begin(17, e);
        d.number(e.index);
        this.#conf(e.conf);
        break;
      case "restore":
        this.#begin(18, e);
        this.#position(e.index, e.term);
        d.number(e.hash);
        d.number(e.revision);
        this.#conf(e.conf);
        break;
      case "snapshot":
        this.#begin(19, e);
        this.#position(e.index, e.term);
        d.number(e.compacted);
        break;
      case "recover":
        this.#begin(20, e);
        d.number(e.term);
        d.number(e.vote);
        d.number(e.commit);
        d.number(e.applied);
        this.#entries(e.entries);
        this.#position(e.snapshot.index, e.snapshot.term);
        this.#conf(e.conf);
        d.string(e.repaired);
        break;
      case "send":
        this.#begin(21, e);
        this.#message(e.message);
        break;
      case "drop":
        this.#begin(22, e);
        this.#message(e.message);
        d.string(e.reason);
        break;
      case "duplicate":
        this.#begin(23, e);
        this.#message(e.message);
        break;
      case "sync":
        this.#begin(24, e);
        d.string(e.file);
        d.number(e.token);
        d.number(e.took);
        break;
      case "log":
        this.#begin(25, e);
        d.string(e.level);
        d.string(e.text);
        break;
      case "ready":
        this.#begin(29, e);
        d.number(e.token);
        this.#steps(e.steps);
        break;
      case "changes":
        this.#begin(30, e);
        this.#position(e.index, e.revision);
        d.u32(e.changes.length);
        for (const change of e.changes) this.#change(change);
        break;
      case "compact":
        this.#begin(31, e);
        this.#position(e.index, e.revision);
        break;
      case "lease":
        this.#begin(32, e);
        d.string(e.action);
        d.string(e.lease);
        d.number(e.ttl);
        break;
      case "alarm":
        this.#begin(33, e);
        d.string(e.alarm);
        d.number(e.of);
        this.#flag(e.active);
        break;
      case "watch":
        this.#begin(34, e);
        this.#clientText(e.client, e.watch, e.text);
        d.string(e.key);
        d.string(e.rangeEnd);
        d.number(e.startRevision);
        this.#flag(e.noPut);
        this.#flag(e.noDelete);
        this.#flag(e.prevKv);
        break;
      case "watch-response":
        this.#begin(35, e);
        this.#clientText(e.client, e.watch, e.text);
        d.number(e.from);
        d.number(e.revision);
        d.string(e.what);
        this.#flag(e.fragment);
        d.number(e.compactRevision);
        d.u32(e.events.length);
        for (const change of e.events) this.#watched(change);
        break;
      case "progress-request":
        this.#begin(39, e);
        d.number(e.client);
        break;
      case "compaction":
        this.#begin(37, e);
        d.string(e.action);
        d.number(e.revision);
        break;
      case "watcher":
        this.#begin(38, e);
        d.number(e.opened);
        d.string(e.group);
        d.number(e.next);
        break;
      case "hold":
        this.#begin(36, e);
        this.#clientText(e.client, e.fence, e.name);
        d.string(e.action);
        break;
      case "invoke":
        this.#begin(26, e);
        this.#clientText(e.client, e.op, e.text);
        this.#request(e.request);
        break;
      case "attempt":
        this.#begin(27, e);
        d.number(e.client);
        d.number(e.op);
        d.number(e.to);
        d.number(e.attempt);
        // Of a first attempt there is none.
        if (e.lastError !== "") d.string(e.lastError);
        break;
      case "complete":
        this.#begin(28, e);
        this.#clientText(e.client, e.op, e.text);
        d.string(e.outcome);
        this.#result(e.result);
        break;
      default:
        unreachable(e);
    }
  }

  #begin(tag: number, e: TraceEvent): void {
    const d = this.#digest;
    d.u32(tag);
    d.number(e.seq);
    d.number(e.at);
    d.number(e.member);
    d.number(e.cause);
  }

  #message(m: MessageSummary): void {
    const d = this.#digest;
    d.string(m.type);
    d.number(m.from);
    d.number(m.to);
    d.number(m.term);
    this.#optional(m.logTerm);
    this.#optional(m.index);
    this.#optional(m.commit);
    if (m.entries === undefined) d.u32(0);
    else {
      d.u32(1);
      this.#numbers(m.entries);
    }
    d.u32(m.reject === undefined ? 0 : m.reject ? 2 : 1);
    this.#optional(m.rejectHint);
    if (m.snapshot === undefined) d.u32(0);
    else {
      d.u32(1);
      this.#position(m.snapshot.index, m.snapshot.term);
    }
    if (m.context === undefined) d.u32(0);
    else {
      d.u32(1);
      d.string(m.context);
    }
  }

  #entries(entries: readonly EntrySummary[]): void {
    const d = this.#digest;
    d.u32(entries.length);
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as EntrySummary;
      this.#position(entry.index, entry.term);
      d.u32(entry.type === "normal" ? 0 : 1);
      d.number(entry.bytes);
      d.string(entry.text);
      d.number(entry.hash);
    }
  }

  #peers(peers: readonly PeerProgress[]): void {
    const d = this.#digest;
    d.u32(peers.length);
    for (let i = 0; i < peers.length; i++) {
      const peer = peers[i] as PeerProgress;
      d.number(peer.id);
      d.string(peer.state);
      d.number(peer.match);
      d.number(peer.next);
      d.number(peer.pendingSnapshot);
      this.#flag(peer.paused);
      d.number(peer.inflight);
    }
  }

  #steps(steps: readonly RaftStep[]): void {
    const d = this.#digest;
    d.u32(steps.length);
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as RaftStep;
      d.string(step.step);
      d.number(step.term);
      d.number(step.vote);
      d.number(step.commit);
      d.string(step.role);
      d.number(step.last);
      if (step.message === undefined) d.u32(0);
      else {
        d.u32(1);
        this.#message(step.message);
      }
      this.#changes(step.changes);
      if (step.conf === undefined) d.u32(0);
      else {
        d.u32(1);
        this.#conf(step.conf);
      }
      this.#optional(step.index);
    }
  }

  #changes(changes: readonly ChangeSummary[] | undefined): void {
    const d = this.#digest;
    if (changes === undefined) {
      d.u32(0);
      return;
    }
    d.u32(1 + changes.length);
    for (const { node, change } of changes) {
      d.number(node);
      d.string(change);
    }
  }

  #conf(conf: ConfSummary): void {
    this.#numbers(conf.voters);
    this.#numbers(conf.votersOutgoing);
    this.#numbers(conf.learners);
    this.#numbers(conf.learnersNext);
    this.#flag(conf.autoLeave);
  }

  #change(change: KeyChange): void {
    const d = this.#digest;
    d.string(change.type);
    d.string(change.key);
    d.string(change.value);
    d.number(change.version);
    d.number(change.createRevision);
    d.string(change.lease);
  }

  #watched(change: WatchedChange): void {
    const d = this.#digest;
    this.#change(change);
    d.number(change.modRevision);
    if (change.prev === null) d.u32(0);
    else {
      d.u32(1);
      d.string(change.prev.value);
      d.number(change.prev.modRevision);
    }
  }

  #request(request: ClientOp): void {
    const d = this.#digest;
    d.string(request.type);
    if ("method" in request) {
      d.string(request.method);
      if ("writes" in request) this.#flag(request.writes);
      else {
        d.string(request.lease);
        d.number(request.ttl);
      }
      return;
    }
    d.string(request.key);
    if (request.type === "put") d.string(request.value);
    else if (request.type === "get") this.#flag(request.serializable);
  }

  #result(result: ClientResult | null): void {
    const d = this.#digest;
    if (result === null) {
      d.u32(0);
      return;
    }
    d.u32(1);
    d.number(result.revision);
    if (result.value === undefined) d.u32(0);
    else if (result.value === null) d.u32(1);
    else {
      d.u32(2);
      d.string(result.value);
    }
    this.#optional(result.modRevision);
    this.#optional(result.deleted);
    // Absent in most results, and then as if the field did not exist.
    if (result.succeeded !== undefined) this.#flag(result.succeeded);
    if (result.lease !== undefined) d.string(result.lease);
    if (result.ttl !== undefined) d.number(result.ttl);
  }

  #clientText(client: number, op: number, text: string): void {
    const d = this.#digest;
    d.number(client);
    d.number(op);
    d.string(text);
  }

  #position(index: number, term: number): void {
    this.#digest.number(index);
    this.#digest.number(term);
  }

  #numbers(list: readonly number[]): void {
    const d = this.#digest;
    d.u32(list.length);
    for (let i = 0; i < list.length; i++) d.number(list[i] as number);
  }

  #pairs(pairs: readonly (readonly [number, number])[]): void {
    const d = this.#digest;
    d.u32(pairs.length);
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as readonly [number, number];
      d.number(pair[0]);
      d.number(pair[1]);
    }
  }

  #optional(value: number | undefined): void {
    if (value === undefined) {
      this.#digest.u32(0);
    } else {
      this.#digest.u32(1);
      this.#digest.number(value);
    }
  }

  #flag(value: boolean): void {
    this.#digest.u32(value ? 1 : 0);
  }
}

/** The digest of a whole trace at once, as 16 hex digits. */
export function digestOf(events: readonly TraceEvent[]): string {
  const digest = new TraceDigest();
  for (const event of events) digest.event(event);
  return digest.hex();
}
