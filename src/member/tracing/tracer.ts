import { leaseIdHex } from "../../api/lease-id.ts";
import type { SyncToken } from "../../base/disk.ts";
import type { StoreEvent } from "../../mvcc/events.ts";
import type { WatcherGroup } from "../../mvcc/watch/watcher.ts";
import { LogLevel, type RaftObserver, type RoleReason } from "../../raft/observer.ts";
import type { Raft } from "../../raft/raft.ts";
import type {
  ConfState,
  Entry,
  HardState,
  Index,
  NodeId,
  StateType,
  Term,
} from "../../raft/types.ts";
import {
  type AuthChange,
  type EntrySummary,
  Layer,
  type LeaseAction,
  type RaftStep,
} from "../../trace/events.ts";
import type { MemberHost } from "../host.ts";
import { PeerSummaries } from "./peer-summaries.ts";
import { StepLog } from "./step-log.ts";
import { confSummary, keyChange, roleName } from "./summaries.ts";

/** Entries that were applied and not emitted yet. */
interface Batch {
  index: Index;
  readonly terms: number[];
  readonly hashes: number[];
  readonly revisions: number[];
  readonly texts: string[];
}

function noBatch(): Batch {
  return { index: 0, terms: [0], hashes: [0], revisions: [0], texts: [] };
}

/** A first entry takes the place of all others: lists that are never empty keep their memory. */
function restart(batch: Batch, entry: Entry, hash: number, revision: number): void {
  const { terms, hashes, revisions, texts } = batch;
  batch.index = entry.index;
  terms.length = 1;
  terms[0] = entry.term;
  hashes.length = 1;
  hashes[0] = hash;
  revisions.length = 1;
  revisions[0] = revision;
  texts.length = 0;
}

const LEVEL_NAMES = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "FATAL"] as const;

/**
 * A member's voice in the trace. Raft's own reports (log lines, changes of role) come in as its
 * observer; the rest is called by the member where the thing happens. Nothing is built unless
 * somebody listens.
 */
export class MemberTracer implements RaftObserver {
  readonly level: LogLevel;
  readonly probe: StepLog | null;
  private readonly host: MemberHost;
  private readonly id: NodeId;
  /** Entries up to here were emitted: what a later append below it overwrites. */
  private lastIndex: Index = 0;
  private commitIndex: Index = 0;
  private applying = false;
  private batch = noBatch();
  private readonly peers = new PeerSummaries();

  constructor(host: MemberHost, id: NodeId) {
    this.host = host;
    this.id = id;
    this.level = host.trace.layers & Layer.Detail ? LogLevel.Debug : LogLevel.None;
    this.probe = host.trace.layers & Layer.Detail ? new StepLog() : null;
  }

  get state(): boolean {
    return (this.host.trace.layers & Layer.State) !== 0;
  }

  log(level: LogLevel, text: string): void {
    const { host, id } = this;
    if ((host.trace.layers & Layer.Detail) === 0) return;
    const name = LEVEL_NAMES[level];
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "log", at, member: id, cause, level: name, text });
  }

  role(state: StateType, term: Term, lead: NodeId, reason: RoleReason): void {
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    const role = roleName(state);
    host.trace.emit({ seq: 0, kind: "role", at, member: id, cause, role, term, lead, reason });
  }

  transfer(to: NodeId): void {
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "transfer", at, member: id, cause, to });
  }

  boot(restart: boolean): number {
    const { host, id } = this;
    if ((host.trace.layers & (Layer.Step | Layer.State)) === 0) return 0;
    return host.trace.emit({
      seq: 0,
      kind: "boot",
      at: host.at,
      member: id,
      cause: host.cause,
      restart,
    });
  }

  recovered(
    hardState: HardState,
    applied: Index,
    entries: readonly Entry[],
    snapshot: { readonly index: Index; readonly term: Term },
    conf: ConfState,
    repaired: string,
  ): void {
    this.lastIndex = entries[entries.length - 1]?.index ?? snapshot.index;
    this.commitIndex = hardState.commit;
    if (!this.state) return;
    const { host, id } = this;
    host.trace.emit({
      seq: 0,
      kind: "recover",
      at: host.at,
      member: id,
      cause: host.cause,
      term: hardState.term,
      vote: hardState.vote,
      commit: hardState.commit,
      applied,
      entries: this.summaries(entries),
      snapshot: { index: snapshot.index, term: snapshot.term },
      conf: confSummary(conf),
      repaired,
    });
  }

  hardState(hardState: HardState): void {
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    const { term, vote, commit } = hardState;
    host.trace.emit({ seq: 0, kind: "hard-state", at, member: id, cause, term, vote, commit });
  }

  appended(entries: readonly Entry[]): void {
    const first = entries[0] as Entry;
    const truncated = this.lastIndex >= first.index ? this.lastIndex - first.index + 1 : 0;
    this.lastIndex = first.index + entries.length - 1;
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    const summaries = this.summaries(entries);
    host.trace.emit({
      seq: 0,
      kind: "append",
      at,
      member: id,
      cause,
      entries: summaries,
      truncated,
    });
  }

  committed(index: Index, term: Term): void {
    if (index <= this.commitIndex) return;
    this.commitIndex = index;
    if (!this.state) return;
    const { host, id } = this;
    host.trace.emit({
      seq: 0,
      kind: "commit",
      at: host.at,
      member: id,
      cause: host.cause,
      index,
      term,
    });
  }

  /** An entry was applied; it is emitted together with those that follow it. */
  applied(entry: Entry, hash: number, revision: number): void {
    if (!this.state) return;
    const { batch } = this;
    if (this.applying) {
      batch.terms.push(entry.term);
      batch.hashes.push(hash);
      batch.revisions.push(revision);
    } else {
      this.applying = true;
      restart(batch, entry, hash, revision);
    }
    if (this.words) batch.texts.push(this.host.summaries.of(entry).text);
  }

  /** What was applied since the last call: before anything else that it changed. */
  emitApplied(): void {
    if (!this.applying) return;
    this.applying = false;
    const { batch } = this;
    const { host, id } = this;
    const { at, cause } = host;
    const { index, terms, hashes, revisions, texts } = batch;
    host.trace.emit({
      seq: 0,
      kind: "apply",
      at,
      member: id,
      cause,
      index,
      terms,
      hashes,
      revisions,
      texts,
    });
    if (host.trace.keeps) this.batch = noBatch();
  }

  /** What raft knows as a leader, if it is not what was emitted last. */
  progress(raft: Raft): void {
    if (!this.state) return;
    const peers = this.peers.changed(raft);
    if (peers === null) return;
    const { host, id } = this;
    host.trace.emit({
      seq: 0,
      kind: "progress",
      at: host.at,
      member: id,
      cause: host.cause,
      term: raft.term,
      commit: raft.log.committed,
      last: raft.log.lastIndex(),
      peers,
    });
  }

  /** Whether somebody wants to know what entries do to keys and leases. */
  get data(): boolean {
    return (this.host.trace.layers & Layer.Data) !== 0;
  }

  changed(index: Index, revision: number, events: readonly StoreEvent[]): void {
    const { host, id } = this;
    const { at, cause } = host;
    const changes = events.map(keyChange);
    host.trace.emit({ seq: 0, kind: "changes", at, member: id, cause, index, revision, changes });
  }

  compacted(index: Index, revision: number): void {
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "compact", at, member: id, cause, index, revision });
  }

  compaction(action: "resume" | "finish", revision: number): void {
    if (!this.data) return;
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "compaction", at, member: id, cause, action, revision });
  }

  /** A watcher is served otherwise from now on; `opened` is the step by which its client asked for it. */
  watcherMoved(opened: number, group: WatcherGroup, next: number): void {
    if (!this.data) return;
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "watcher", at, member: id, cause, opened, group, next });
  }

  /** `lease` null: all of them. */
  leased(action: LeaseAction, lease: bigint | null, ttl: number): void {
    if (!this.data) return;
    const { host, id } = this;
    host.trace.emit({
      seq: 0,
      kind: "lease",
      at: host.at,
      member: id,
      cause: host.cause,
      action,
      lease: lease === null ? "" : leaseIdHex(lease),
      ttl,
    });
  }

  authChanged(index: Index, change: AuthChange): void {
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "auth", at, member: id, cause, index, change });
  }

  alarmed(alarm: "NOSPACE" | "CORRUPT", of: NodeId, active: boolean): void {
    if (!this.state && !this.data) return;
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "alarm", at, member: id, cause, alarm, of, active });
  }

  configured(index: Index, conf: ConfState): void {
    if (this.probe !== null) this.probe.switchedBy(index);
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    const summary = confSummary(conf);
    host.trace.emit({ seq: 0, kind: "conf", at, member: id, cause, index, conf: summary });
  }

  /** `steps` are raft's since the Ready before; the sync is what the member waits for now, or 0. */
  ready(steps: readonly RaftStep[], token: SyncToken): void {
    if (this.probe === null) return;
    const { host, id } = this;
    host.trace.emit({
      seq: 0,
      kind: "ready",
      at: host.at,
      member: id,
      cause: host.cause,
      token,
      steps,
    });
  }

  restored(index: Index, term: Term, hash: number, revision: number, conf: ConfState): void {
    this.lastIndex = index;
    if (index > this.commitIndex) this.commitIndex = index;
    if (!this.state) return;
    const { host, id } = this;
    host.trace.emit({
      seq: 0,
      kind: "restore",
      at: host.at,
      member: id,
      cause: host.cause,
      index,
      term,
      hash,
      revision,
      conf: confSummary(conf),
    });
  }

  snapshot(index: Index, term: Term, compacted: Index): void {
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "snapshot", at, member: id, cause, index, term, compacted });
  }

  discarded(compacted: Index): void {
    if (!this.state) return;
    const { host, id } = this;
    const { at, cause } = host;
    host.trace.emit({ seq: 0, kind: "discard", at, member: id, cause, compacted });
  }

  /** Decoding an entry for its words costs more than all the rest: only for those who read them. */
  private get words(): boolean {
    return (this.host.trace.layers & Layer.Detail) !== 0;
  }

  private summaries(entries: readonly Entry[]): EntrySummary[] {
    const { summaries } = this.host;
    return entries.map((entry) => summaries.of(entry));
  }
}
