import { Errors } from "../api/errors.ts";
import { prefixEnd } from "../api/ranges.ts";
import type { Reply } from "../api/reply.ts";
import type { ServiceResponse } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import { binaryToBytes, bytesToBinary } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import type { SyncToken } from "../base/disk.ts";
import { NO_POINTS } from "../base/fault-points.ts";
import { type Instant, NEVER, SECOND } from "../base/time.ts";
import type { MemberMistakes } from "../museum/member.ts";
import { RevisionError } from "../mvcc/revision-error.ts";
import type { RawNode } from "../raft/raw-node.ts";
import { type Message, type NodeId, StateType, type Term } from "../raft/types.ts";
import { StateMachine } from "./apply/state-machine.ts";
import type { MemberHost } from "./host.ts";
import { BackendTicker } from "./loop/backend-ticker.ts";
import { Exit } from "./loop/exit.ts";
import { Persistence } from "./loop/persistence.ts";
import { ReadyLoop } from "./loop/ready-loop.ts";
import { hasRun, type Recovered, recover } from "./loop/recover.ts";
import { startRaft } from "./loop/start-raft.ts";
import { Ticker } from "./loop/ticker.ts";
import { versionText } from "./monitors/versions.ts";
import type { MemberRequest, PeerRequest, StreamInput } from "./protocol.ts";
import { Dispatch } from "./rpc/dispatch.ts";
import type { MemberConfig } from "./settings.ts";
import { confSummary, roleName } from "./tracing/summaries.ts";
import { MemberTracer } from "./tracing/tracer.ts";
import type { MemberData, MemberState } from "./views.ts";

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
  private readonly host: MemberHost;
  private readonly tracer: MemberTracer;
  private readonly node: RawNode;
  private readonly ticker: Ticker;
  private readonly persistence: Persistence;
  private readonly machine: StateMachine;
  private readonly requests: Dispatch;
  private readonly loop: ReadyLoop;
  private readonly backendTicker = new BackendTicker();
  private readonly exit: Exit;
  private now: Instant;
  /** Until this sync is done nothing leaves the member: what it found may not be durable yet. */
  private starting: SyncToken;
  /** It compares its data with its peers': until then it takes part in nothing. */
  private checking = false;
  private readonly mistakes: MemberMistakes;
  private stopAt: Instant = NEVER;
  /** When the services want to be woken; looked up again once something has touched them. */
  private requestsDue: Instant = NEVER;

  constructor(config: MemberConfig, host: MemberHost, now: Instant) {
    this.id = config.id;
    this.host = host;
    this.now = now;
    this.tracer = new MemberTracer(host, config.id);
    this.exit = new Exit(host);
    this.mistakes = config.mistakes;
    const booted = this.tracer.boot(hasRun(host.disk));
    if (booted !== 0) host.cause = booted;
    const found = recover(config, host);
    this.persistence = new Persistence(found, config, this.tracer, host.points ?? NO_POINTS);
    this.starting = this.persistence.startToken;
    this.machine = new StateMachine(found, config, host, this.tracer);
    this.machine.tick(now);
    this.emitRecovery(found);
    const { clusterToken } = this.machine.configuration.membership.options;
    this.node = startRaft(config, found, host, this.tracer, clusterToken);
    this.ticker = new Ticker(this.node, config.tickUs, now);
    this.requests = new Dispatch(config, host, this.node, this.machine);
    const { tracer, node, persistence, machine, requests, exit } = this;
    this.loop = new ReadyLoop(config, { host, tracer, node, persistence, machine, requests, exit });
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
      if (!same) this.exit.because("found data inconsistency with peers");
    });
  }

  private emitRecovery(found: Recovered): void {
    const { appliedIndex, appliedTerm, configuration, store } = this.machine;
    const { conf } = configuration;
    const { hardState, entries, repaired } = found;
    if (appliedIndex > 0) {
      this.tracer.restored(appliedIndex, appliedTerm, store.hash, store.revision, conf);
    }
    const snapshot = found.snapshot?.metadata ?? { index: 0, term: 0 };
    this.tracer.recovered(hardState, appliedIndex, entries, snapshot, conf, repaired);
    if (store.compacting) this.tracer.compaction("resume", store.compactRevision);
  }

  // ---- inputs --------------------------------------------------------------------------------

  /** The time asked for by `nextWake` has come (or another: early is harmless). */
  wake(now: Instant): void {
    this.advance(now);
    if (now >= this.stopAt) {
      this.host.stopped("removed from the cluster");
      return;
    }
    if (this.loop.touched || now >= this.requestsDue) {
      this.loop.touched = true;
      this.requests.wake();
    }
    this.pump();
  }

  /** A message from a peer. Those to another member, or from a removed one, are dropped. */
  receive(now: Instant, message: Message): void {
    this.advance(now);
    // Known mistake W18: where an address was given to another member, that one votes and acknowledges
    // in this one's name.
    if (message.to !== this.id && !this.mistakes.takesMisdirected) return;
    if (this.checking) return;
    if (this.machine.configuration.wasRemoved(message.from)) {
      this.host.peers.reject(message.from);
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
    this.loop.synced(token);
    this.pump();
  }

  request(now: Instant, call: MemberRequest): void {
    this.advance(now);
    if (this.checking) {
      this.host.respond(call.callId, { response: null, error: Errors.stopped });
      return;
    }
    if (call.kind === "admin" && call.request.type === "snapshot") this.persistence.askSnapshot();
    this.loop.touched = true;
    this.requests.handle(call);
    this.pump();
  }

  /** The client of a call has gone, or given it up. */
  canceled(now: Instant, callId: number): void {
    this.advance(now);
    this.loop.touched = true;
    this.requests.canceled(callId);
    this.pump();
  }

  /** Something happens on a client's stream. */
  stream(now: Instant, input: StreamInput): void {
    this.advance(now);
    if (this.checking) {
      if (input.kind === "open") this.host.endStream(input.streamId, Errors.stopped);
      return;
    }
    this.loop.touched = true;
    this.requests.stream(input);
    this.pump();
  }

  /** A peer calls outside of Raft; the response goes to the host with its `callId`. */
  peerRpc(now: Instant, peer: NodeId, callId: number, request: PeerRequest): void {
    this.advance(now);
    if (this.checking) {
      this.host.peers.respondPeer(peer, callId, { response: null, error: Errors.stopped });
      return;
    }
    this.loop.touched = true;
    this.requests.peerRpc(peer, callId, request);
    this.pump();
  }

  /** What a peer responded to the host's `rpc`; null: it refuses connections. */
  peerResponded(now: Instant, callId: number, reply: Reply<ServiceResponse> | null): void {
    this.advance(now);
    this.loop.touched = true;
    this.requests.peerResponded(callId, reply);
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
    let next = this.checking ? NEVER : this.ticker.due();
    if (this.loop.due() < next) next = this.loop.due();
    if (this.loop.touched) {
      // Heartbeats, which are most of an idle cluster's inputs, touch nothing there.
      this.loop.touched = false;
      this.requestsDue = this.requests.due();
    }
    if (this.requestsDue < next) next = this.requestsDue;
    if (this.settled && this.backendTicker.due() < next) next = this.backendTicker.due();
    return this.stopAt < next ? this.stopAt : next;
  }

  private advance(now: Instant): void {
    assert(now >= this.now, "a member's clock does not go back");
    this.now = now;
    this.machine.tick(now);
    if (!this.checking) this.ticker.catchUp(now);
  }

  // ---- what follows an input ------------------------------------------------------------------

  private pump(): void {
    if (this.starting !== 0 || this.checking) return;
    const { loop, machine, now } = this;
    loop.applyDue();
    if (!loop.saving) loop.snapshotIfDue();
    loop.run();
    // Between two Readys raft may lose its leader and find it again, and tell of neither.
    if (this.requests.proposeWaiting()) {
      loop.touched = true;
      loop.run();
    }
    if (loop.unkept) this.stopIfRemoved();
    if (!this.settled) return;
    if (loop.unkept || machine.defrags.wanted || now >= this.backendTicker.due()) this.maintain();
  }

  /** All that was applied is in the log on this member's own disk. */
  private get settled(): boolean {
    return !this.loop.saving && this.starting === 0 && !this.exit.dead;
  }

  private maintain(): void {
    this.loop.unkept = false;
    this.loop.touched = true;
    const { machine } = this;
    try {
      this.backendTicker.run(this.now, machine.store, (revision) =>
        this.tracer.compaction("finish", revision),
      );
      if (machine.defrags.wanted) machine.defrags.run(machine.store.backend);
    } catch (error) {
      this.exit.on(error);
      return;
    }
    machine.settleCompactions(this.requests);
  }

  private stopIfRemoved(): void {
    const { machine } = this;
    if (!machine.configuration.wasRemoved(this.id) || this.stopAt !== NEVER) return;
    this.stopAt = this.now + STOP_DELAY_US;
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

  /** Keys that begin so and their values at a revision (0: the newest); null if it is not to be had. */
  entries(prefix: string, revision: number): ReadonlyMap<string, string> | null {
    try {
      const range = { key: prefix, end: prefixEnd(prefix), revision, limit: 0, countOnly: false };
      const { kvs } = this.machine.store.range(range);
      return new Map(kvs.map(({ key, value }) => [key, bytesToBinary(value)]));
    } catch (error) {
      if (!(error instanceof RevisionError)) throw error;
      return null;
    }
  }

  /** What a look at the database shows. */
  inspect(): MemberData {
    const { alarms, store, cluster } = this.machine;
    const members = this.machine.configuration.membership.list();
    return {
      memberId: this.machine.memberId,
      memberIds: new Map(members.map(({ node, id }) => [node, id])),
      alarms: alarms.get("NONE").map(({ alarm, memberId }) => ({
        alarm,
        member: memberId === 0n ? 0 : this.machine.nodeOf(memberId),
      })),
      databaseBytes: store.backend.size,
      databaseBytesInUse: store.backend.sizeInUse,
      quotaBytes: this.machine.quotaBytes,
      clusterVersion: cluster.version === null ? "" : versionText(cluster.version),
      storageVersion: cluster.storageVersion,
    };
  }

  /** How many of its watchers have not been told all that has happened yet. */
  get watchersBehind(): number {
    return this.requests.watchersBehind;
  }

  /** HashKV at the current revision, which takes a walk through all that is stored. */
  hashKv(): number {
    return this.machine.store.hashKv(0).hash;
  }

  /** The process ends in the midst of something: what it has applied, and perhaps answered, is emitted. */
  interrupted(): void {
    this.tracer.emitApplied();
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
      lastTerm: raft.log.lastTerm(),
      conf: confSummary(machine.configuration.conf),
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
    this.requests.digest(into);
  }
}
