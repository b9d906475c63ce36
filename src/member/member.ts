import { Errors } from "../api/errors.ts";
import { assert } from "../base/assert.ts";
import { binaryToBytes, bytesToBinary } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { DiskFullError, type SyncToken } from "../base/disk.ts";
import { type Instant, SECOND } from "../base/time.ts";
import { makeConfig, ReadOnlyOption } from "../raft/config.ts";
import { RawNode } from "../raft/raw-node.ts";
import {
  EMPTY,
  type Entry,
  type Message,
  MessageType,
  type NodeId,
  type Ready,
  type Snapshot,
  StateType,
  type Term,
} from "../raft/types.ts";
import { foundingContexts } from "./membership/change-context.ts";
import { Persistence } from "./persistence.ts";
import { hasRun, type Recovered, recover } from "./recover.ts";
import { Requests } from "./requests.ts";
import { StateMachine } from "./state-machine.ts";
import { confSummary, roleName } from "./summaries.ts";
import { Ticker } from "./ticker.ts";
import { MemberTracer } from "./tracer.ts";
import type {
  MemberConfig,
  MemberData,
  MemberHost,
  MemberReply,
  MemberRequest,
  MemberState,
  PeerRequest,
  StreamInput,
} from "./types.ts";
import { Upkeep } from "./upkeep.ts";

/** A member that learns of its own removal goes on for so long, so that others learn of it too. */
const STOP_DELAY_US = SECOND;

/** The trace's word for a sync that will not come to pass. */
const NEVER_SYNCED = -1;

/**
 * Nothing was ever made durable: a first start, or one after a crash that came before the entries
 * that found the cluster. It has promised nobody anything, and founds it (again).
 */
function isBlank({ snapshot, entries, hardState }: Recovered): boolean {
  return snapshot === null && entries.length === 0 && hardState.term === 0;
}

/**
 * One etcd member: a synchronous function from inputs (wake, receive, diskDone, request …) to
 * effects on its host. Ready loop as in server/etcdserver/raft.go: the leader sends before it
 * saves; a follower sends after; inputs are taken while a sync is under way.
 *
 * `now` is the member's own clock. Throws RefuseToStart from the constructor.
 */
export class Member {
  readonly id: NodeId;
  private readonly host: MemberHost;
  private readonly tracer: MemberTracer;
  private readonly node: RawNode;
  private readonly ticker: Ticker;
  private readonly persistence: Persistence;
  private readonly machine: StateMachine;
  private readonly requests: Requests;
  private readonly upkeep = new Upkeep();
  /** Something may have been applied since the upkeep last looked. */
  private unkept = true;
  private now: Instant;
  /** The Ready whose bytes are on their way to the disk; nothing further is taken from raft. */
  private saving: Ready | null = null;
  private savingToken: SyncToken = 0;
  /** Until this sync is done nothing leaves the member: what it found may not be durable yet. */
  private starting: SyncToken;
  /** It compares its data with its peers': until then it takes part in nothing. */
  private checking = false;
  /** The Ready under way was begun as leader: its messages went out before the disk was asked. */
  private sentEarly = false;
  /** Known mistakes R2 and R3: answers that go out before what they promise is on disk. */
  private readonly hasty: readonly MessageType[];
  /** Known mistake W18: takes messages that are for another member. */
  private readonly gullible: boolean;
  /**
   * Known mistake W14: snapshots that the state machine has not come to yet, since it works beside
   * raft's loop, as etcd's does; what came with them is removed when the next one comes (issue 18055).
   * null: it keeps step.
   */
  private readonly late: Snapshot[] | null;
  /** The process is about to exit: nothing more is done. */
  private dead = false;
  private stopAt: Instant = Number.POSITIVE_INFINITY;
  /** When the services want to be woken; looked up again once something has touched them. */
  private requestsDue: Instant = Number.POSITIVE_INFINITY;
  private touched = true;

  constructor(config: MemberConfig, host: MemberHost, now: Instant) {
    this.id = config.id;
    this.host = host;
    this.now = now;
    this.tracer = new MemberTracer(host, config.id);
    const { bugs } = config;
    this.hasty = [
      ...(bugs.has("R2") ? [MessageType.VoteResp] : []),
      ...(bugs.has("R3") ? [MessageType.AppResp] : []),
    ];
    this.gullible = bugs.has("W18");
    this.late = bugs.has("W14") ? [] : null;
    const booted = this.tracer.boot(hasRun(host.disk));
    if (booted !== 0) host.cause = booted;
    const found = recover(config, host);
    this.persistence = new Persistence(found, config, this.tracer);
    this.starting = this.persistence.startToken;
    this.machine = new StateMachine(found, config, host.random, this.tracer);
    this.machine.tick(now);
    this.announceRecovery(found);
    this.node = this.startRaft(config, found);
    this.ticker = new Ticker(this.node, config.tickUs, now);
    this.requests = new Requests(config, host, this.node, this.machine, now);
    if (config.initialCorruptCheck && found.restart) this.checkFirst();
    // Its last process may have ended before it had told the others.
    this.stopIfRemoved();
    this.pump();
  }

  private checkFirst(): void {
    this.checking = true;
    this.requests.checkFirst((same) => {
      this.checking = false;
      this.ticker.resume(this.now);
      if (!same) this.exit("found data inconsistency with peers");
    });
  }

  private startRaft(config: MemberConfig, found: Recovered): RawNode {
    const { host } = this;
    const safe = config.readOnly === "safe";
    const random = host.random.fork("election timeout");
    const node = new RawNode(
      makeConfig({
        id: config.id,
        storage: found.storage,
        electionTick: config.electionTicks,
        heartbeatTick: config.heartbeatTicks,
        // Raft hands out again what comes after the snapshot; the state machine knows what it has.
        applied: found.snapshot?.metadata.index ?? 0,
        maxSizePerMsg: config.maxSizePerMsg,
        maxInflightMsgs: config.maxInflightMsgs,
        checkQuorum: config.checkQuorum,
        preVote: config.preVote,
        readOnlyOption: safe ? ReadOnlyOption.Safe : ReadOnlyOption.LeaseBased,
        stepDownOnRemoval: config.stepDownOnRemoval,
        randomElectionTimeout: (ticks) => random.between(ticks, 2 * ticks - 1),
        observer: host.trace.layers === 0 ? null : this.tracer,
        bugs: config.bugs,
      }),
    );
    if (isBlank(found) && config.initialVoters.length > 0) {
      const { clusterToken } = this.machine.membership.options;
      node.bootstrap(foundingContexts(config.initialVoters, clusterToken));
    }
    return node;
  }

  private announceRecovery(found: Recovered): void {
    const { appliedIndex, appliedTerm, conf, store } = this.machine;
    const { hardState, entries, repaired } = found;
    if (appliedIndex > 0) {
      this.tracer.restored(appliedIndex, appliedTerm, store.hash, store.revision, conf);
    }
    const snapshot = found.snapshot?.metadata ?? { index: 0, term: 0 };
    this.tracer.recovered(hardState, appliedIndex, entries, snapshot, conf, repaired);
  }

  // ---- inputs --------------------------------------------------------------------------------

  /** The time asked for by `nextWake` has come (or another: early is harmless). */
  wake(now: Instant): void {
    this.advance(now);
    if (now >= this.stopAt) {
      this.host.stopped("removed from the cluster");
      return;
    }
    if (this.touched || now >= this.requestsDue) {
      this.touched = true;
      this.requests.wake();
    }
    this.pump();
  }

  /** A message from a peer. Those to another member, or from a removed one, are dropped. */
  receive(now: Instant, message: Message): void {
    this.advance(now);
    if (message.to !== this.id && !this.gullible) return;
    if (this.checking) return;
    if (this.machine.wasRemoved(message.from)) {
      this.host.reject(message.from);
      return;
    }
    this.node.step(message);
    this.pump();
  }

  /** A peer says that this member was removed, which it may have slept through: it ends. */
  rejected(): void {
    this.host.stopped("removed from the cluster, as its peers say");
  }

  /** The sync with this token is done. */
  diskDone(now: Instant, token: SyncToken): void {
    this.advance(now);
    if (token === this.starting) this.starting = 0;
    this.persistence.synced(token);
    if (this.saving !== null && token === this.savingToken) {
      const ready = this.saving;
      this.saving = null;
      this.finish(ready);
    }
    this.pump();
  }

  request(now: Instant, call: MemberRequest): void {
    this.advance(now);
    if (this.checking) {
      this.host.reply(call.callId, { response: null, error: Errors.stopped });
      return;
    }
    if (call.kind === "admin" && call.request.type === "snapshot") this.persistence.askSnapshot();
    this.touched = true;
    this.requests.handle(call);
    this.pump();
  }

  /** Something happens on a client's watch stream. */
  stream(now: Instant, input: StreamInput): void {
    this.advance(now);
    if (this.checking) {
      if (input.kind === "open") this.host.endStream(input.streamId, Errors.stopped);
      return;
    }
    this.touched = true;
    this.requests.stream(input);
    this.pump();
  }

  /** A peer asks outside of Raft; the answer goes to the host with its `callId`. */
  peerAsks(now: Instant, peer: NodeId, callId: number, request: PeerRequest): void {
    this.advance(now);
    if (this.checking) {
      this.host.answer(peer, callId, { response: null, error: Errors.stopped });
      return;
    }
    this.touched = true;
    this.requests.peerAsks(peer, callId, request);
    this.pump();
  }

  /** What a peer answered to the host's `ask`; null: it refuses connections. */
  peerReplied(now: Instant, callId: number, reply: MemberReply | null): void {
    this.advance(now);
    this.touched = true;
    this.requests.peerReplied(callId, reply);
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
    let next = this.checking ? Number.POSITIVE_INFINITY : this.ticker.due();
    if (this.touched) {
      // Heartbeats, which are most of an idle cluster's inputs, touch nothing there.
      this.touched = false;
      this.requestsDue = this.requests.due();
    }
    if (this.requestsDue < next) next = this.requestsDue;
    if (this.settled && this.upkeep.due() < next) next = this.upkeep.due();
    return this.stopAt < next ? this.stopAt : next;
  }

  private advance(now: Instant): void {
    assert(now >= this.now, "a member's clock does not go back");
    this.now = now;
    this.machine.tick(now);
    if (!this.checking) this.ticker.catchUp(now);
  }

  // ---- the ready loop ------------------------------------------------------------------------

  private pump(): void {
    if (this.starting !== 0 || this.checking) return;
    if (this.saving === null) this.snapshotIfDue();
    this.ready();
    // Between two Readys raft may lose its leader and find it again, and tell of neither.
    if (this.requests.proposeWaiting()) {
      this.touched = true;
      this.ready();
    }
    if (!this.settled) return;
    const { unkept, machine, now } = this;
    if (unkept || machine.defrags.wanted || now >= this.upkeep.due()) this.maintain();
  }

  /** All that was applied is in the log on this member's own disk. */
  private get settled(): boolean {
    return this.saving === null && this.starting === 0 && !this.dead;
  }

  private maintain(): void {
    this.unkept = false;
    this.touched = true;
    const { machine } = this;
    try {
      this.upkeep.run(this.now, machine.store);
      if (machine.defrags.wanted) machine.defrags.run(machine.store.backend);
    } catch (error) {
      this.die(error);
      return;
    }
    machine.answerCompactions(this.requests);
  }

  private ready(): void {
    while (this.saving === null && !this.dead && this.node.hasReady()) {
      const ready = this.node.ready();
      if (this.isLeader) this.tracer.progress(this.node.raft);
      const speaksOnly = this.speaksOnly(ready);
      if (speaksOnly && this.tracer.probe === null) {
        this.send(ready.messages);
        this.node.advance();
        continue;
      }
      // Whether somebody is told of the Ready must not move a commit.
      if (!speaksOnly) this.unkept = true;
      const token = this.begin(ready);
      if (this.dead) return;
      if (token === 0) this.finish(ready);
      else {
        this.saving = ready;
        this.savingToken = token;
      }
    }
  }

  /** Messages and nothing else, as all of a heartbeat's: nothing to save or to apply. */
  private speaksOnly(ready: Ready): boolean {
    return (
      ready.hardState === null &&
      ready.softState === null &&
      ready.snapshot === null &&
      ready.entries.length === 0 &&
      ready.committedEntries.length === 0 &&
      ready.readStates.length === 0
    );
  }

  /** What happens at once with a Ready; returns the sync to wait for, or 0. */
  private begin(ready: Ready): SyncToken {
    this.touched = true;
    if (this.late !== null) this.installLate(this.late, ready);
    const steps = this.tracer.probe?.take() ?? [];
    this.announce(ready);
    if (ready.softState !== null) this.requests.leaderSeen(ready.softState.lead);
    for (const state of ready.readStates) this.requests.readAnswered(state);
    this.sentEarly = this.isLeader;
    if (this.sentEarly) this.send(ready.messages);
    else if (this.hasty.length > 0) this.send(ready.messages.filter((m) => this.isHasty(m)));
    if (ready.committedEntries.length > 0) this.apply(ready);
    try {
      const token = this.persistence.save(ready);
      this.tracer.ready(steps, token);
      return token;
    } catch (error) {
      this.tracer.ready(steps, NEVER_SYNCED);
      this.die(error);
      return 0;
    }
  }

  /** What had to wait for the disk. */
  private finish(ready: Ready): void {
    this.touched = true;
    this.persistence.saved(ready);
    // Not before: what is applied may be ahead of what is on this member's own disk.
    this.snapshotIfDue();
    if (ready.snapshot !== null) {
      if (this.late !== null) this.late.push(ready.snapshot);
      else this.install(ready.snapshot);
      this.announceLog(ready);
    }
    if (!this.sentEarly) {
      const { messages } = ready;
      this.send(this.hasty.length > 0 ? messages.filter((m) => !this.isHasty(m)) : messages);
    }
    this.node.advance();
    this.machine.answerChanges(this.requests);
  }

  private install(snapshot: Snapshot): void {
    if (this.machine.install(snapshot)) this.requests.storeReplaced();
    this.stopIfRemoved();
    this.requests.appliedTo(this.machine.appliedIndex);
  }

  /** Known mistake W14: see {@link Member.late}. */
  private installLate(late: Snapshot[], { snapshot, committedEntries }: Ready): void {
    if (snapshot !== null) this.machine.release(snapshot.metadata.index - 1);
    else if (committedEntries.length > 0) for (const each of late.splice(0)) this.install(each);
  }

  private announce(ready: Ready): void {
    if (ready.hardState !== null) this.tracer.hardState(ready.hardState);
    if (ready.snapshot === null) this.announceLog(ready);
  }

  /** Entries that came with a snapshot follow it: they are told of once it is installed. */
  private announceLog({ entries, hardState }: Ready): void {
    if (entries.length > 0) this.tracer.appended(entries);
    if (hardState === null) return;
    const { commit } = hardState;
    this.tracer.committed(commit, this.node.raft.log.term(commit));
  }

  private isHasty(message: Message): boolean {
    return this.hasty.includes(message.type);
  }

  private send(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.type !== MessageType.Snap) this.host.send(message);
      // etcd merges the state machine as it is now into the snapshot that raft wants sent.
      else {
        const { machine } = this;
        const snapshot = machine.snapshot(machine.store.backend.image());
        this.host.send({ ...message, snapshot });
      }
    }
  }

  private apply(ready: Ready): void {
    const { machine } = this;
    const { committedEntries } = ready;
    machine.expect(committedEntries[committedEntries.length - 1] as Entry);
    try {
      for (const entry of committedEntries) machine.apply(entry, this.node, this.requests);
    } finally {
      this.tracer.tellApplied();
    }
    this.requests.appliedTo(machine.appliedIndex);
    this.stopIfRemoved();
  }

  private stopIfRemoved(): void {
    const { machine } = this;
    if (!machine.wasRemoved(this.id) || this.stopAt !== Number.POSITIVE_INFINITY) return;
    this.stopAt = this.now + STOP_DELAY_US;
  }

  private snapshotIfDue(): void {
    const { machine } = this;
    if (machine.replaying || !this.persistence.snapshotDue(machine.appliedIndex)) return;
    try {
      this.machine.store.backend.commit();
      this.persistence.startSnapshot(this.machine.snapshot(EMPTY));
    } catch (error) {
      this.die(error);
    }
  }

  /** etcd exits when it can't write to its disk: what it promised next would be a lie. */
  private die(error: unknown): void {
    if (!(error instanceof DiskFullError)) throw error;
    this.exit(error.message);
  }

  private exit(reason: string): void {
    this.dead = true;
    this.host.stopped(reason);
  }

  /** A fault: see {@link Store.tamper}. What is on disk is made the same as soon as may be. */
  corrupt(now: Instant, key: string, value: string): void {
    this.advance(now);
    const { store, defrags } = this.machine;
    store.tamper(key, binaryToBytes(value));
    // Nothing else writes committed rows again.
    defrags.ask(store.backend, () => undefined);
    this.pump();
  }

  // ---- what others may see -------------------------------------------------------------------

  /** True while it is its term's leader, as far as it knows. */
  get isLeader(): boolean {
    return this.node.raft.state === StateType.Leader;
  }

  get term(): Term {
    return this.node.raft.term;
  }

  /** The value of a key as applied here, as a binary string; null if there is no such key. */
  peek(key: string): string | null {
    const kv = this.machine.store.get(key);
    return kv === null ? null : bytesToBinary(kv.value);
  }

  /** What a look at the database shows. */
  inspect(): MemberData {
    const { alarms, store } = this.machine;
    return {
      alarms: alarms.get("NONE").map(({ alarm, memberId }) => ({
        alarm,
        member: memberId === 0n ? 0 : this.machine.nodeOf(memberId),
      })),
      databaseBytes: store.backend.size,
    };
  }

  /** HashKV at the current revision, which takes a walk through all that is stored. */
  hashKv(): number {
    return this.machine.store.hashKv(0).hash;
  }

  view(): MemberState {
    const { raft } = this.node;
    const { machine } = this;
    return {
      role: roleName(raft.state),
      term: raft.term,
      vote: raft.vote,
      lead: raft.lead,
      commit: raft.log.committed,
      applied: machine.appliedIndex,
      firstIndex: raft.log.firstIndex(),
      lastIndex: raft.log.lastIndex(),
      conf: confSummary(machine.conf),
      revision: machine.store.revision,
      compactRevision: machine.store.compactRevision,
      stateHash: machine.store.hash,
    };
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
    this.machine.lessor.digest(into);
    this.machine.auth.digest(into);
  }
}
