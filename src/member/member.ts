import { Errors } from "../api/errors.ts";
import type { InternalRaftRequest, KvRequest, RangeRequest } from "../api/requests.ts";
import {
  decodeInternalRaftRequest,
  encodeInternalRaftRequest,
} from "../api/wire/internal-raft-request.ts";
import { assert } from "../base/assert.ts";
import { bytesToBinary } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { DiskFullError, type SyncToken } from "../base/disk.ts";
import type { Instant } from "../base/time.ts";
import { SECOND } from "../base/time.ts";
import { decodeImage } from "../mvcc/image.ts";
import { makeConfig, ReadOnlyOption } from "../raft/config.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../raft/raftpb.ts";
import { RawNode } from "../raft/raw-node.ts";
import type { MemoryStorage } from "../raft/storage.ts";
import {
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  type Entry,
  EntryType,
  type Index,
  type Message,
  MessageType,
  type NodeId,
  type Ready,
  type Snapshot,
  StateType,
  type Term,
} from "../raft/types.ts";
import type { Snapshotter } from "../wal/snapshotter.ts";
import type { Wal } from "../wal/wal.ts";
import { Applier } from "./applier.ts";
import { decodeCallId, encodeCallId } from "./call-id.ts";
import { Proposals, requestTimeoutUs } from "./proposals.ts";
import { LinearizableReads } from "./reads.ts";
import { recover } from "./recover.ts";
import { decodeRemoved, takeSnapshot } from "./snapshots.ts";
import { confSummary, roleName } from "./summaries.ts";
import { Ticker } from "./ticker.ts";
import { MemberTracer } from "./tracer.ts";
import type {
  AdminRequest,
  MemberConfig,
  MemberHost,
  MemberReply,
  MemberRequest,
  MemberState,
} from "./types.ts";

const DONE: MemberReply = { response: null, error: null };

/** A member that learns of its own removal goes on for so long, so that others learn of it too. */
const STOP_DELAY_US = SECOND;

/**
 * One etcd member: a synchronous function from inputs (wake, receive, diskDone, request …) to
 * effects on its host. Ready loop as in server/etcdserver/raft.go: the leader sends before it
 * saves; a follower sends after; inputs are taken while a sync is under way.
 *
 * `now` is the member's own clock. Throws RefuseToStart from the constructor.
 */
export class Member {
  readonly id: NodeId;
  private readonly config: MemberConfig;
  private readonly host: MemberHost;
  private readonly tracer: MemberTracer;
  private readonly node: RawNode;
  private readonly storage: MemoryStorage;
  private readonly wal: Wal;
  private readonly snapshotter: Snapshotter;
  private readonly applier: Applier;
  private readonly ticker: Ticker;
  private readonly proposals: Proposals;
  private readonly reads: LinearizableReads;
  private now: Instant;

  private conf: ConfState;
  private removed: Set<NodeId>;
  private lead: NodeId = 0;
  private appliedIndex: Index;
  private appliedTerm: Term;
  private snapshotIndex: Index;
  /** The Ready whose bytes are on their way to the disk; nothing further is taken from raft. */
  private saving: Ready | null = null;
  private savingToken: SyncToken = 0;
  /** The member's own snapshot on its way to the disk. */
  private snapshotting: { token: SyncToken; index: Index } | null = null;
  /** Proposals that wait for a leader to be known, as node.go's propc does. */
  private unled: { data: Uint8Array; id: number }[] = [];
  /** The Ready under way was begun as leader: its messages went out before the disk was asked. */
  private sentEarly = false;
  /** Known mistakes R2 and R3: answers that go out before what they promise is on disk. */
  private readonly hasty: readonly MessageType[];
  /** The process is about to exit: nothing more is done. */
  private dead = false;
  private stopAt: Instant = Number.POSITIVE_INFINITY;

  constructor(config: MemberConfig, host: MemberHost, now: Instant) {
    this.id = config.id;
    this.config = config;
    this.host = host;
    this.now = now;
    this.tracer = new MemberTracer(host, config.id);
    const found = recover(config, host);
    this.storage = found.storage;
    this.wal = found.wal;
    this.snapshotter = found.snapshotter;
    this.applier = new Applier(found.store);
    this.conf = found.conf;
    this.removed = new Set(found.removed);
    this.snapshotIndex = found.snapshot?.metadata.index ?? 0;
    this.appliedIndex = this.snapshotIndex;
    this.appliedTerm = found.snapshot?.metadata.term ?? 0;

    this.hasty = [
      ...(config.bugs.has("R2") ? [MessageType.VoteResp] : []),
      ...(config.bugs.has("R3") ? [MessageType.AppResp] : []),
    ];

    const electionRandom = host.random.fork("election timeout");
    const booted = this.tracer.boot(found.restart);
    if (booted !== 0) host.cause = booted;
    this.tracer.recovered(
      found.hardState,
      this.appliedIndex,
      found.entries,
      { index: this.snapshotIndex, term: this.appliedTerm },
      this.conf,
      found.repaired,
    );
    if (found.snapshot !== null) {
      const { index, term } = found.snapshot.metadata;
      const { hash, revision } = this.applier.store;
      this.tracer.restored(index, term, hash, revision, this.conf);
    }
    this.node = new RawNode(
      makeConfig({
        id: config.id,
        storage: found.storage,
        electionTick: config.electionTicks,
        heartbeatTick: config.heartbeatTicks,
        applied: this.appliedIndex,
        maxSizePerMsg: config.maxSizePerMsg,
        maxInflightMsgs: config.maxInflightMsgs,
        checkQuorum: config.checkQuorum,
        preVote: config.preVote,
        readOnlyOption:
          config.readOnly === "safe" ? ReadOnlyOption.Safe : ReadOnlyOption.LeaseBased,
        stepDownOnRemoval: config.stepDownOnRemoval,
        randomElectionTimeout: (ticks) => electionRandom.between(ticks, 2 * ticks - 1),
        observer: host.trace.layers === 0 ? null : this.tracer,
        bugs: config.bugs,
      }),
    );
    if (!found.restart && config.initialVoters.length > 0) {
      this.node.bootstrap(config.initialVoters.map((id) => ({ id, context: new Uint8Array(0) })));
    }
    this.ticker = new Ticker(this.node, config.tickUs, now);
    this.proposals = new Proposals(config.id, now, requestTimeoutUs(config), (callId, error) =>
      host.reply(callId, { response: null, error }),
    );
    this.reads = new LinearizableReads(this.node, config.id);
    this.pump();
  }

  // ---- inputs --------------------------------------------------------------------------------

  /** The time asked for by `nextWake` has come (or another: early is harmless). */
  wake(now: Instant): void {
    this.advance(now);
    if (now >= this.stopAt) {
      this.host.stopped("removed from the cluster");
      return;
    }
    this.proposals.wake(now);
    this.reads.wake(now);
    this.pump();
  }

  /** A message from a peer. Those to another member, or from a removed one, are dropped. */
  receive(now: Instant, message: Message): void {
    this.advance(now);
    if (message.to !== this.id || this.removed.has(message.from)) return;
    this.node.step(message);
    this.pump();
  }

  /** The sync with this token is done. */
  diskDone(now: Instant, token: SyncToken): void {
    this.advance(now);
    if (this.snapshotting !== null && token === this.snapshotting.token) this.snapshotSaved();
    if (this.saving !== null && token === this.savingToken) {
      const ready = this.saving;
      this.saving = null;
      this.finish(ready);
    }
    this.pump();
  }

  request(now: Instant, call: MemberRequest): void {
    this.advance(now);
    if (call.kind === "kv") this.kvRequest(call.callId, call.request);
    else this.adminRequest(call.callId, call.request);
    this.pump();
  }

  /** The connection to a peer is refused. */
  unreachable(now: Instant, peer: NodeId): void {
    this.advance(now);
    this.node.reportUnreachable(peer);
    this.pump();
  }

  /** How sending a snapshot to a peer ended. */
  snapshotSent(now: Instant, peer: NodeId, ok: boolean): void {
    this.advance(now);
    this.node.reportSnapshot(peer, ok);
    this.pump();
  }

  /** The process goes on after a pause; what it was sent meanwhile comes next. */
  resumed(now: Instant): void {
    this.ticker.resume(now);
  }

  /** Ticks of its clock that went by since it last looked. */
  ticksSince(now: Instant): number {
    return this.ticker.since(now);
  }

  /** When this member wants to be woken, in its own time. */
  nextWake(): Instant {
    let next = this.ticker.due();
    const proposals = this.proposals.due();
    if (proposals < next) next = proposals;
    const reads = this.reads.due();
    if (reads < next) next = reads;
    return this.stopAt < next ? this.stopAt : next;
  }

  private advance(now: Instant): void {
    assert(now >= this.now, "a member's clock does not go back");
    this.now = now;
    this.ticker.catchUp(now);
  }

  // ---- what others may see --------------------------------------------------------------------

  view(): MemberState {
    const { raft } = this.node;
    return {
      role: roleName(raft.state),
      term: raft.term,
      vote: raft.vote,
      lead: raft.lead,
      commit: raft.log.committed,
      applied: this.appliedIndex,
      firstIndex: raft.log.firstIndex(),
      lastIndex: raft.log.lastIndex(),
      conf: confSummary(this.conf),
      revision: this.applier.store.revision,
      stateHash: this.applier.store.hash,
    };
  }

  /** The value of a key as applied here, as a binary string; null if there is no such key. */
  peek(key: string): string | null {
    const kv = this.applier.store.get(key);
    return kv === null ? null : bytesToBinary(kv.value);
  }

  /** True while it is its term's leader, as far as it knows. */
  get isLeader(): boolean {
    return this.node.raft.state === StateType.Leader;
  }

  get term(): Term {
    return this.node.raft.term;
  }

  /** Takes all of its volatile state into a fingerprint (what is durable is the disk's). */
  digest(into: Digest): void {
    const view = this.view();
    into.string(view.role);
    for (const n of [view.term, view.vote, view.lead, view.commit, view.applied]) into.number(n);
    for (let index = view.firstIndex; index <= view.lastIndex; index++) {
      into.number(this.node.raft.log.term(index));
    }
    into.number(view.revision);
    into.number(view.stateHash);
  }

  // ---- requests ------------------------------------------------------------------------------

  private kvRequest(callId: number, request: KvRequest): void {
    if (request.type === "range") {
      if (request.request.serializable) this.serveRange(callId, request.request);
      else this.linearizableRange(callId, request.request);
      return;
    }
    const id = this.proposals.add(callId, this.now);
    const header = { id, username: "", authRevision: 0 };
    this.propose(id, encodeInternalRaftRequest({ header, op: request }));
  }

  private serveRange(callId: number, request: RangeRequest): void {
    this.host.reply(callId, this.applier.range(request));
  }

  private linearizableRange(callId: number, request: RangeRequest): void {
    const deadline = this.now + requestTimeoutUs(this.config);
    this.reads.add(
      {
        deadline,
        serve: () => this.serveRange(callId, request),
        fail: (error) => this.host.reply(callId, { response: null, error }),
      },
      this.now,
    );
  }

  private propose(id: number, data: Uint8Array): void {
    if (this.node.raft.lead === 0) {
      this.unled.push({ data, id });
      return;
    }
    const error = this.node.propose(data);
    if (error !== null) this.failProposal(id, error.message);
  }

  private failProposal(id: number, message: string): void {
    const callId = this.proposals.take(id);
    if (callId === 0) return;
    this.host.reply(callId, { response: null, error: { code: "Unavailable", message } });
  }

  private adminRequest(callId: number, request: AdminRequest): void {
    switch (request.type) {
      case "transfer-leader":
        this.node.transferLeader(request.to);
        this.host.reply(callId, DONE);
        return;
      case "conf-change":
        this.proposeConfChange(callId, request.change);
        return;
      case "snapshot":
        this.snapshot();
        this.host.reply(callId, DONE);
        return;
      case "campaign":
        this.node.campaign();
        this.host.reply(callId, DONE);
        return;
    }
  }

  private proposeConfChange(callId: number, change: ConfChangeV2): void {
    if (this.node.raft.lead === 0) {
      this.host.reply(callId, { response: null, error: Errors.noLeader });
      return;
    }
    const id = this.proposals.add(callId, this.now);
    const context = encodeCallId(id);
    const error = this.node.proposeConfChange({ ...change, context });
    if (error !== null) this.failProposal(id, error.message);
  }

  // ---- the ready loop ------------------------------------------------------------------------

  private pump(): void {
    while (this.saving === null && !this.dead && this.node.hasReady()) {
      const ready = this.node.ready();
      const token = this.begin(ready);
      if (this.dead) return;
      if (token === 0) this.finish(ready);
      else {
        this.saving = ready;
        this.savingToken = token;
      }
    }
  }

  /** What happens at once with a Ready; returns the sync to wait for, or 0. */
  private begin(ready: Ready): SyncToken {
    this.announce(ready);
    if (ready.softState !== null) this.leaderSeen(ready.softState.lead);
    for (const state of ready.readStates) this.reads.answered(state, this.appliedIndex, this.now);
    this.sentEarly = this.isLeader;
    if (this.sentEarly) this.send(ready.messages);
    else if (this.hasty.length > 0) this.send(ready.messages.filter((m) => this.isHasty(m)));
    for (const entry of ready.committedEntries) this.apply(entry);
    if (ready.committedEntries.length > 0) this.appliedSome();
    try {
      return this.save(ready);
    } catch (error) {
      this.die(error);
      return 0;
    }
  }

  private save(ready: Ready): SyncToken {
    let token: SyncToken = 0;
    if (ready.snapshot !== null) token = this.saveSnapshot(ready.snapshot);
    if (ready.entries.length > 0 || ready.hardState !== null) {
      const saved = this.wal.save(ready.hardState, ready.entries, ready.mustSync);
      if (saved !== 0) token = saved;
    }
    return token;
  }

  private saveSnapshot(snapshot: Snapshot): SyncToken {
    const { index, term, confState } = snapshot.metadata;
    // The file first: a record without its file would be worse than a file without its record.
    this.snapshotter.save(snapshot);
    return this.wal.saveSnapshot({ index, term, confState });
  }

  /** etcd exits when it can't write to its disk: what it promised next would be a lie. */
  private die(error: unknown): void {
    if (!(error instanceof DiskFullError)) throw error;
    this.dead = true;
    this.host.stopped(error.message);
  }

  /** What had to wait for the disk. */
  private finish(ready: Ready): void {
    if (ready.snapshot !== null) this.install(ready);
    if (ready.hardState !== null) this.storage.setHardState(ready.hardState);
    if (ready.entries.length > 0) this.storage.append(ready.entries);
    if (this.hasty.length > 0) this.send(ready.messages.filter((m) => !this.isHasty(m)));
    else if (!this.sentEarly) this.send(ready.messages);
    this.node.advance();
  }

  private isHasty(message: Message): boolean {
    return this.hasty.includes(message.type);
  }

  private announce(ready: Ready): void {
    if (ready.hardState !== null) this.tracer.hardState(ready.hardState);
    if (ready.entries.length > 0) this.tracer.appended(ready.entries);
    if (ready.hardState !== null && ready.snapshot === null) {
      const { commit } = ready.hardState;
      this.tracer.committed(commit, this.node.raft.log.term(commit));
    }
  }

  private leaderSeen(lead: NodeId): void {
    const changed = lead !== 0 && lead !== this.lead;
    this.lead = lead;
    if (!changed) return;
    this.reads.leaderChanged(this.now);
    const waiting = this.unled;
    this.unled = [];
    for (const { id, data } of waiting) if (this.proposals.has(id)) this.propose(id, data);
  }

  private send(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.type !== MessageType.Snap) this.host.send(message);
      // etcd merges the state machine as it is now into the snapshot that raft wants sent.
      else this.host.send({ ...message, snapshot: this.currentSnapshot() });
    }
  }

  private currentSnapshot(): Snapshot {
    const { store } = this.applier;
    return takeSnapshot(store, this.appliedIndex, this.appliedTerm, this.conf, this.removed);
  }

  // ---- applying ------------------------------------------------------------------------------

  private apply(entry: Entry): void {
    assert(entry.index === this.appliedIndex + 1, "entries are applied one after the other");
    this.appliedIndex = entry.index;
    this.appliedTerm = entry.term;
    if (entry.type !== EntryType.Normal) this.applyConfChange(entry);
    else if (entry.data.length > 0) this.applyRequest(decodeInternalRaftRequest(entry.data));
    // A new leader's first entry: reads that came before it can be answered now.
    else this.reads.repeat(this.now);
    const { hash, revision } = this.applier.store;
    this.tracer.applied(entry, hash, revision);
  }

  private applyRequest(request: InternalRaftRequest): void {
    const reply = this.applier.apply(request);
    const callId = this.proposals.take(request.header.id);
    if (callId !== 0) this.host.reply(callId, reply);
  }

  private applyConfChange(entry: Entry): void {
    const change =
      entry.type === EntryType.ConfChange
        ? decodeConfChange(entry.data)
        : decodeConfChangeV2(entry.data);
    this.conf = this.node.applyConfChange(change);
    this.tracer.configured(entry.index, this.conf);
    const singles = "changes" in change ? change.changes : [change];
    for (const { type, nodeId } of singles) {
      if (type === ConfChangeType.RemoveNode) this.removed.add(nodeId);
    }
    const callId = this.proposals.take(decodeCallId(change.context));
    if (callId !== 0) this.host.reply(callId, DONE);
    if (this.removed.has(this.id) && this.outside()) this.stopAt = this.now + STOP_DELAY_US;
  }

  /** No part of the configuration, not even of the half of a joint one that is being left. */
  private outside(): boolean {
    const { voters, votersOutgoing, learners, learnersNext } = this.conf;
    return ![voters, votersOutgoing, learners, learnersNext].some((ids) => ids.includes(this.id));
  }

  private appliedSome(): void {
    this.reads.appliedTo(this.appliedIndex);
    if (this.appliedIndex - this.snapshotIndex >= this.config.snapshotEntries) this.snapshot();
  }

  // ---- snapshots -----------------------------------------------------------------------------

  /** Writes a snapshot of what is applied; the log is compacted once it is safe on disk. */
  private snapshot(): void {
    if (this.snapshotting !== null || this.appliedIndex === this.snapshotIndex) return;
    const snapshot = this.currentSnapshot();
    const { index, confState } = snapshot.metadata;
    try {
      this.snapshotting = { token: this.saveSnapshot(snapshot), index };
    } catch (error) {
      this.die(error);
      return;
    }
    this.snapshotIndex = index;
    this.storage.createSnapshot(index, confState, snapshot.data);
  }

  private snapshotSaved(): void {
    assert(this.snapshotting !== null, "a snapshot was being saved");
    const { index } = this.snapshotting;
    this.snapshotting = null;
    // A newer one from the leader may have replaced the log meanwhile.
    if (index < this.storage.firstIndex()) return;
    const compacted = Math.max(0, index - this.config.catchUpEntries);
    if (compacted >= this.storage.firstIndex()) this.storage.compact(compacted);
    this.wal.releaseTo(index);
    const first = this.storage.firstIndex();
    this.tracer.snapshot(index, this.appliedTerm, first - 1);
  }

  /** The leader's snapshot is on disk: the state machine starts over from it. */
  private install(ready: Ready): void {
    assert(ready.snapshot !== null, "there is a snapshot to install");
    const { index, term, confState } = ready.snapshot.metadata;
    const { store, extra } = decodeImage(ready.snapshot.data);
    this.storage.applySnapshot(ready.snapshot);
    this.applier.store = store;
    this.removed = new Set(decodeRemoved(extra));
    this.conf = confState;
    this.appliedIndex = index;
    this.appliedTerm = term;
    this.snapshotIndex = index;
    this.wal.releaseTo(index);
    this.tracer.restored(index, term, store.hash, store.revision, confState);
    this.reads.appliedTo(index);
  }
}
