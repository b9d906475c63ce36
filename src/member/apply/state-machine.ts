import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type {
  AlarmMember,
  InternalOp,
  InternalRaftRequest,
  InternalResponse,
  KvRequest,
  LeaseCheckpointRequest,
  RequestOp,
  ServiceRequest,
} from "../../api/requests.ts";
import { decodeInternalRaftRequest } from "../../api/wire/internal-raft-request.ts";
import type { Auth } from "../../auth/auth.ts";
import type { AuthChecker } from "../../auth/auth-checker.ts";
import { isAuthOp } from "../../auth/is-auth-op.ts";
import { JwtTokens } from "../../auth/jwt-tokens.ts";
import { SimpleTokens } from "../../auth/simple-tokens.ts";
import type { AuthInfo, TokenProvider } from "../../auth/tokens.ts";
import { assert } from "../../base/assert.ts";
import { binaryToBytes } from "../../base/bytes.ts";
import type { Instant } from "../../base/time.ts";
import { minTtl } from "../../lease/lease-id.ts";
import type { Lessor } from "../../lease/lessor.ts";
import { LESSOR_DEFAULTS, type LessorHost } from "../../lease/options.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { Store } from "../../mvcc/store.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../../raft/raftpb.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import {
  type ConfChange,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  EMPTY,
  type Entry,
  EntryType,
  type Index,
  NONE,
  type NodeId,
  type Snapshot,
  type Term,
} from "../../raft/types.ts";
import type { Wal } from "../../wal/index.ts";
import type { MemberHost } from "../host.ts";
import type { BackendFiles } from "../loop/backend-files.ts";
import { Defrags } from "../loop/defrags.ts";
import type { Recovered } from "../loop/recover.ts";
import { contextOf } from "../membership/change-context.ts";
import { Membership } from "../membership/membership.ts";
import { isMembershipOp } from "../membership/published.ts";
import type { MemberConfig } from "../settings.ts";
import type { MemberTracer } from "../tracing/tracer.ts";
import type { Alarms } from "./alarms.ts";
import type { ClusterInfo } from "./cluster-info.ts";
import { decodeConfState, encodeConfState } from "./conf-state.ts";
import { UberApplier } from "./uber-applier.ts";

const DONE: Reply<InternalResponse> = { response: null, error: null };

/** What raft is told instead of a conf change that must not be made, as etcd does. */
const NO_CHANGE: ConfChange = {
  id: 0,
  type: ConfChangeType.AddNode,
  nodeId: NONE,
  context: EMPTY,
};

/** Who wants to hear of what was applied. */
export interface Answers {
  settle(id: number, reply: Reply<InternalResponse>): void;
  /** Its entry was applied, and it will be settled: whoever waits for it does so without a limit. */
  hold(id: number): void;
  /** It did not fit into the backend, and no alarm is on yet: raise one before `id` is settled. */
  overQuota(id: number, reply: Reply<InternalResponse>): void;
  /** Whether somebody here waits for what `id` comes to. */
  awaits(id: number): boolean;
  /** An empty entry of this term was applied: mostly a leader's first. */
  termBegan(term: Term): void;
  /** A write transaction was applied. */
  written(): void;
}

/**
 * What the log is applied to: the store, the configuration of the cluster, and who its members
 * are and were. Moves on entry by entry, or to a snapshot at once. After a restart raft hands it
 * every entry behind the snapshot once more; those up to the backend's consistent index are in it
 * already.
 */
export class StateMachine {
  /** The last entry whose effects are in the backend. */
  appliedIndex: Index;
  appliedTerm: Term;
  /** The configuration that raft works with: as of the last entry that raft handed out. */
  conf: ConfState;
  /** The position is not saved with the entry being applied: see {@link forgetsIndexOf}. */
  private forgotten = false;
  /** The last entry that raft handed out in this life. */
  private handedIndex: Index;
  readonly membership: Membership;
  private readonly self: NodeId;
  private readonly applier: UberApplier;
  private readonly files: BackendFiles;
  private readonly wal: Wal;
  readonly tracer: MemberTracer;
  readonly defrags: Defrags;
  /** Answers to physical compactions, which wait until the rows are gone. */
  private compactions: { readonly id: number; readonly reply: Reply<InternalResponse> }[] = [];
  /** Answers to changes of membership, which wait until raft has advanced (etcd's raftAdvancedC). */
  private changes: { readonly id: number; readonly reply: Reply<InternalResponse> }[] = [];
  /** How the lessor's checkpoints get into the log; set by whoever proposes. */
  proposeCheckpoint: LessorHost["proposeCheckpoint"] = (_request, done) => done(0);
  private readonly mistakes: MemberMistakes;

  constructor(found: Recovered, config: MemberConfig, host: MemberHost, tracer: MemberTracer) {
    const { backend, snapshot } = found;
    const { mistakes } = config;
    this.files = found.files;
    this.wal = found.wal;
    const leases = {
      ...LESSOR_DEFAULTS,
      minTtl: minTtl(config.electionTicks, config.tickUs),
      mistakes,
    };
    const lessorHost: LessorHost = {
      proposeCheckpoint: (request: LeaseCheckpointRequest, done) =>
        this.proposeCheckpoint(request, done),
    };
    this.applier = new UberApplier(
      backend,
      leases,
      config.leaseCheckpoint ? lessorHost : null,
      tokenProvider(config, host),
      mistakes,
      config.quotaBytes,
    );
    this.self = config.id;
    this.conf = found.conf;
    this.membership = new Membership(backend, config, mistakes);
    this.handedIndex = snapshot?.metadata.index ?? 0;
    this.appliedIndex = backend.consistentIndex;
    this.appliedTerm = backend.term;
    this.tracer = tracer;
    this.store.keepsWritten = tracer.data;
    this.mistakes = mistakes;
    this.defrags = new Defrags(mistakes);
    assert(this.appliedIndex >= this.handedIndex, "the backend is not behind the snapshot");
  }

  // ---- members' ids as clients know them ------------------------------------------------------

  /** Who answers. */
  get memberId(): bigint {
    return this.memberIdOf(this.self);
  }

  get clusterId(): bigint {
    return this.membership.clusterId;
  }

  memberIdOf(node: NodeId): bigint {
    return this.membership.idOf(node);
  }

  /** 0: no member has this id. */
  nodeOf(id: bigint): NodeId {
    return this.membership.byId(id)?.node ?? 0;
  }

  // ---- what it is made of ----------------------------------------------------------------------

  get store(): Store {
    return this.applier.store;
  }

  get alarms(): Alarms {
    return this.applier.alarms;
  }

  get cluster(): ClusterInfo {
    return this.applier.cluster;
  }

  /** Whether there is room in the backend for what is asked. */
  fits(request: ServiceRequest): boolean {
    return this.applier.quota.fits(this.store.backend.size, request);
  }

  get lessor(): Lessor {
    return this.applier.lessor;
  }

  get auth(): Auth {
    return this.applier.auth;
  }

  get checker(): AuthChecker {
    return this.applier.checker;
  }

  /** The member's own time, as of the input that is being handled. */
  get now(): Instant {
    return this.applier.applying.now;
  }

  /** The member's own time moves on. */
  tick(now: Instant): void {
    this.applier.applying.now = now;
  }

  /** Answers a request that changes nothing, from what is applied so far. */
  read(user: AuthInfo, request: KvRequest): Reply<InternalResponse> {
    return this.applier.read(user, request);
  }

  /** Entries up to this one are about to be applied. */
  expect({ index, term }: Entry): void {
    // Known mistake W7: the index is durable before the effects. A crash in between, and the entry is
    // held to be applied that was not.
    if (!this.mistakes.savesIndexEarly || index <= this.appliedIndex) return;
    const { backend } = this.store;
    backend.applied(index, term);
    backend.commit();
  }

  apply(entry: Entry, node: RawNode, answers: Answers): void {
    assert(entry.index === this.handedIndex + 1, "entries are applied one after the other");
    this.handedIndex = entry.index;
    if (entry.index <= this.appliedIndex) {
      if (entry.type !== EntryType.Normal) this.followConf(entry, node);
      return;
    }
    const { store } = this;
    const before = store.backend.pendingOperations;
    const { revision, compactRevision } = store;
    this.appliedIndex = entry.index;
    this.appliedTerm = entry.term;
    if (entry.type !== EntryType.Normal) this.applyConfChange(entry, node, answers);
    else if (entry.data.length > 0) this.applyRequest(entry.data, answers);
    else answers.termBegan(entry.term);
    const wrote = store.backend.pendingOperations !== before;
    // Also after an entry that wrote nothing (known mistake W8: not then): it must not be applied again
    // to a later state, nor the backend fall behind the log's snapshot.
    if ((wrote || !this.mistakes.savesIndexWithWritesOnly) && !this.forgotten) {
      store.backend.applied(entry.index, entry.term);
    }
    this.forgotten = false;
    if (store.revision > revision) answers.written();
    if (this.tracer.data) this.tellData(entry.index, revision, compactRevision);
    this.tracer.applied(entry, store.hash, store.revision);
  }

  /** What the entry did to keys; before it the store was at these revisions. */
  private tellData(index: Index, revision: number, compactRevision: number): void {
    const { store, tracer } = this;
    if (store.revision > revision) {
      tracer.changed(index, store.revision, store.eventsSince(store.revision, 1));
    }
    if (store.compactRevision !== compactRevision) tracer.compacted(index, store.compactRevision);
  }

  private tellLease({ op }: InternalRaftRequest): void {
    // Checkers take what is told now for the next entry's.
    this.tracer.tellApplied();
    if (op.type === "leaseGrant") {
      const ttl = this.lessor.lookup(op.request.id)?.ttl ?? 0;
      this.tracer.leased("grant", op.request.id, ttl);
    } else if (op.type === "leaseRevoke") this.tracer.leased("revoke", op.request.id, 0);
    else if (op.type === "leaseCheckpoint") {
      for (const { id, remainingTtl } of op.request.checkpoints) {
        this.tracer.leased("checkpoint", id, remainingTtl);
      }
    }
  }

  private tellAlarm({ op }: InternalRaftRequest, active: boolean): void {
    assert(op.type === "alarm", "nothing else touches the alarms");
    const { memberId, alarm }: AlarmMember = op.request;
    if (alarm !== "NONE") this.tracer.alarmed(alarm, this.nodeOf(memberId), active);
  }

  private applyRequest(data: Uint8Array, answers: Answers): void {
    const request = decodeInternalRaftRequest(data);
    const { id } = request.header;
    // Nobody but the members asks for it: no user's permission is needed.
    if (isMembershipOp(request.op)) {
      this.membership.publish(request.op);
      answers.settle(id, DONE);
      return;
    }
    this.forgotten = forgetsIndexOf(request.op, this.mistakes);
    const { count } = this.alarms;
    // Known mistake W16: a read of a compacted revision fails the whole transaction on the member that
    // answers, and there alone.
    const bare = this.mistakes.skipsUnawaitedReads && !answers.awaits(id);
    const reply = this.applier.apply(bare ? withoutReads(request) : request, this.appliedIndex);
    if (reply.error === null && this.tracer.data) this.tellLease(request);
    if (this.alarms.count !== count) this.tellAlarm(request, this.alarms.count > count);
    if (reply.error === Errors.noSpace && !this.alarms.has("NOSPACE")) answers.overQuota(id, reply);
    else if (isPhysicalCompaction(request) && reply.error === null) {
      this.compactions.push({ id, reply });
      answers.hold(id);
    } else answers.settle(id, reply);
  }

  /** Answers whoever waits for compacted rows to be gone, if they are. */
  answerCompactions(answers: Answers): void {
    if (this.compactions.length === 0 || this.store.compacting) return;
    const done = this.compactions;
    this.compactions = [];
    for (const { id, reply } of done) answers.settle(id, reply);
  }

  private applyConfChange(entry: Entry, node: RawNode, answers: Answers): void {
    const change = confChangeOf(entry);
    const { proposalId } = contextOf(change);
    const error = this.membership.change(change, entry.index, () => this.wal.firstOnDisk);
    this.switchConf(error === null ? change : NO_CHANGE, entry.index, node);
    this.store.backend.configured(encodeConfState(this.conf));
    const reply = error === null ? DONE : { response: null, error };
    // Known mistake B5: who is told asks for the next change, which raft does not take yet.
    if (this.mistakes.respondsBeforeAdvance) answers.settle(proposalId, reply);
    else this.changes.push({ id: proposalId, reply });
  }

  /** Raft has advanced: the next change may come. Answers whoever waits for the last one. */
  answerChanges(answers: Answers): void {
    if (this.changes.length === 0) return;
    const done = this.changes;
    this.changes = [];
    for (const { id, reply } of done) answers.settle(id, reply);
  }

  /** Raft's own configuration starts from the snapshot, and has to follow what was changed then. */
  private followConf(entry: Entry, node: RawNode): void {
    const refused = this.membership.wasRefused(entry.index);
    this.switchConf(refused ? NO_CHANGE : confChangeOf(entry), entry.index, node);
  }

  private switchConf(change: ConfChange | ConfChangeV2, index: Index, node: RawNode): void {
    this.tracer.tellApplied();
    this.conf = node.applyConfChange(change);
    this.tracer.configured(index, this.conf);
  }

  /** It left for good. While the configuration is joint, the half that is being left still counts. */
  wasRemoved(id: NodeId): boolean {
    // Asked of every message: of most it is enough to see that a voter sent it.
    const { voters } = this.conf;
    for (let i = 0; i < voters.length; i++) if (voters[i] === id) return false;
    return this.membership.wasRemoved(id) && this.isOutside(id);
  }

  /** In no part of the configuration, not even of the half of a joint one that is being left. */
  isOutside(id: NodeId): boolean {
    const { voters, votersOutgoing, learners, learnersNext } = this.conf;
    return ![voters, votersOutgoing, learners, learnersNext].some((ids) => ids.includes(id));
  }

  /** It has no vote. */
  isLearner(id: NodeId): boolean {
    const { learners } = this.conf;
    return learners.length > 0 && learners.includes(id);
  }

  /** A snapshot's description of all this as it is now; the data is the backend's. */
  snapshot(data: Uint8Array): Snapshot {
    const { appliedIndex, appliedTerm, appliedConf } = this;
    const metadata = { index: appliedIndex, term: appliedTerm, confState: appliedConf };
    return { data, metadata };
  }

  /** The configuration as of the last entry whose effects are in the backend. */
  get appliedConf(): ConfState {
    const { confState } = this.store.backend;
    return this.replaying && confState.length > 0 ? decodeConfState(confState) : this.conf;
  }

  /**
   * Raft hands out entries that are in the backend already. Until that is over the log must not be
   * compacted by what was applied.
   */
  get replaying(): boolean {
    return this.handedIndex < this.appliedIndex;
  }

  /**
   * Starts over from a snapshot that is ahead of what raft has handed out. Whether it brought
   * another store.
   */
  install(snapshot: Snapshot): boolean {
    const { index, confState } = snapshot.metadata;
    assert(index > this.handedIndex, "a snapshot never takes raft back");
    this.handedIndex = index;
    this.conf = confState;
    // After a restart the backend may know more than raft's durable commit index did.
    const ahead = index > this.appliedIndex;
    if (ahead) this.replace(snapshot);
    else this.files.removeOlder(this.appliedIndex);
    const { hash, revision } = this.store;
    this.tracer.restored(this.appliedIndex, this.appliedTerm, hash, revision, confState);
    return ahead;
  }

  /** Removes what came with snapshots up to `index` and was not put in place. */
  release(index: Index): void {
    this.files.removeOlder(index);
  }

  private replace(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata;
    const backend = this.files.install(index, snapshot.data);
    // Known mistake W9: the index of before over the snapshot's: entries that are in it already are
    // applied to it once more.
    if (this.mistakes.savesIndexOverSnapshot) {
      backend.applied(this.appliedIndex, this.appliedTerm);
      backend.commit();
    }
    this.applier.replace(backend);
    this.store.keepsWritten = this.tracer.data;
    this.membership.recover(backend);
    this.appliedIndex = index;
    this.appliedTerm = term;
    const told = backend.consistentIndex === index || misplacesIndex(this.mistakes);
    assert(told, "the backend is as of the snapshot");
  }
}

function confChangeOf({ type, data }: Entry): ConfChange | ConfChangeV2 {
  return type === EntryType.ConfChange ? decodeConfChange(data) : decodeConfChangeV2(data);
}

/**
 * Known mistakes W11 and W12: with changes of users, or of leases, the index is not saved. After a
 * restart they are applied again, to a state that came later.
 */
function forgetsIndexOf(op: InternalOp, mistakes: MemberMistakes): boolean {
  if (mistakes.forgetsIndexOfAuth && isAuthOp(op)) return true;
  return mistakes.forgetsIndexOfLeases && (op.type === "leaseGrant" || op.type === "leaseRevoke");
}

/** Whether the backend may lag behind what was applied, or have gone back. */
function misplacesIndex(mistakes: MemberMistakes): boolean {
  return (
    mistakes.savesIndexOverSnapshot ||
    mistakes.savesIndexWithWritesOnly ||
    mistakes.forgetsIndexOfAuth ||
    mistakes.forgetsIndexOfLeases
  );
}

/** A transaction as etcd applies it where only its effects are wanted. */
function withoutReads(request: InternalRaftRequest): InternalRaftRequest {
  const { op } = request;
  if (op.type !== "txn") return request;
  const { compare, success, failure } = op.request;
  const writes = (ops: readonly RequestOp[]) => ops.filter(({ type }) => type !== "range");
  const bare = { compare, success: writes(success), failure: writes(failure) };
  return { ...request, op: { type: "txn", request: bare } };
}

function isPhysicalCompaction({ op }: InternalRaftRequest): boolean {
  return op.type === "compaction" && op.request.physical;
}

function tokenProvider(config: MemberConfig, host: MemberHost): TokenProvider {
  const { authToken, authTokenTtlUs, jwtKey } = config;
  if (authToken === "jwt") return new JwtTokens(binaryToBytes(jwtKey), host, authTokenTtlUs);
  return new SimpleTokens(host.random.fork("tokens"), authTokenTtlUs);
}
