import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type {
  InternalRaftRequest,
  InternalResponse,
  KvRequest,
  LeaseCheckpointRequest,
  ServiceRequest,
} from "../../api/requests.ts";
import { decodeInternalRaftRequest } from "../../api/wire/internal-raft-request.ts";
import type { Auth } from "../../auth/auth.ts";
import type { PermissionCheck } from "../../auth/permission-check.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import { assert } from "../../base/assert.ts";
import type { Instant } from "../../base/time.ts";
import type { Lessor } from "../../lease/lessor.ts";
import { LESSOR_DEFAULTS, type LessorHost, minTtl } from "../../lease/options.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { Store } from "../../mvcc/store.ts";
import type { MemberProfile } from "../../profile/member.ts";
import type { VersionProfile } from "../../profile/version.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  type Index,
  type NodeId,
  type Snapshot,
  type Term,
} from "../../raft/types.ts";
import type { MemberHost } from "../host.ts";
import type { BackendFiles } from "../loop/backend-files.ts";
import { Defrags } from "../loop/defrags.ts";
import type { Recovered } from "../loop/recover.ts";
import { isMembershipOp } from "../membership/published.ts";
import type { MemberConfig } from "../settings.ts";
import { emitAlarm, emitAuth, emitChanges, emitLease } from "../tracing/entry-effects.ts";
import type { MemberTracer } from "../tracing/tracer.ts";
import type { Alarms } from "./alarms.ts";
import type { ApplyListener } from "./apply-listener.ts";
import type { ClusterInfo } from "./cluster-info.ts";
import { decodeConfState, encodeConfState } from "./conf-state.ts";
import { Configuration } from "./configuration.ts";
import { ConsistentIndex } from "./consistent-index.ts";
import { HeldReplies } from "./held-replies.ts";
import { tokenProvider } from "./token-provider.ts";
import { UberApplier } from "./uber-applier.ts";
import { withoutReads } from "./without-reads.ts";

const DONE: Reply<InternalResponse> = { response: null, error: null };

/**
 * What the log is applied to: all that the appliers hold, and who belongs to the cluster. Moves on
 * entry by entry, or to a snapshot at once. After a restart raft hands it entries once more that it has
 * applied: the consistent index says which.
 */
export class StateMachine {
  /** The last entry that raft handed out in this life. */
  private handedIndex: Index;
  readonly configuration: Configuration;
  private readonly consistent: ConsistentIndex;
  private readonly self: NodeId;
  private readonly applier: UberApplier;
  private readonly files: BackendFiles;
  readonly tracer: MemberTracer;
  readonly defrags: Defrags;
  /** Raft's log is to be left behind, whatever its length; whoever sees to that takes this back. */
  snapshotWanted = false;
  /** Of physical compactions: until the rows are gone. */
  private readonly compactions = new HeldReplies();
  /** Of changes of membership: until raft has advanced (etcd's raftAdvancedC). */
  private readonly changes = new HeldReplies();
  /** How the lessor's checkpoints get into the log; set by whoever proposes. */
  proposeCheckpoint: LessorHost["proposeCheckpoint"] = (_request, done) => done(0, null);
  private readonly mistakes: MemberMistakes;
  private readonly profile: MemberProfile & VersionProfile;

  constructor(found: Recovered, config: MemberConfig, host: MemberHost, tracer: MemberTracer) {
    const { backend, snapshot } = found;
    const { mistakes } = config;
    this.files = found.files;
    const leases = {
      ...LESSOR_DEFAULTS,
      minTtl: minTtl(config.electionTicks, config.tickUs),
      checkpointIntervalUs: config.leaseCheckpointIntervalUs,
      checkpointBatch: config.leaseCheckpointBatch,
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
      config,
    );
    this.self = config.id;
    this.configuration = new Configuration(found, config, tracer);
    this.handedIndex = snapshot?.metadata.index ?? 0;
    this.tracer = tracer;
    this.store.keepsWritten = tracer.data;
    this.consistent = new ConsistentIndex(backend, mistakes);
    this.mistakes = mistakes;
    this.profile = config.profile;
    this.defrags = new Defrags(mistakes);
    assert(this.appliedIndex >= this.handedIndex, "the backend is not behind the snapshot");
  }

  // ---- members' ids as clients know them ------------------------------------------------------

  /** Its own. */
  get memberId(): bigint {
    return this.memberIdOf(this.self);
  }

  get clusterId(): bigint {
    return this.configuration.membership.clusterId;
  }

  memberIdOf(node: NodeId): bigint {
    return this.configuration.membership.idOf(node);
  }

  /** 0: no member has this id. */
  nodeOf(id: bigint): NodeId {
    return this.configuration.membership.byId(id)?.node ?? 0;
  }

  // ---- how far it is ---------------------------------------------------------------------------

  /** The last entry whose effects are in the backend. */
  get appliedIndex(): Index {
    return this.consistent.index;
  }

  get appliedTerm(): Term {
    return this.consistent.term;
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

  /**
   * The version that a look at the backend finds: where nobody wrote it down, 3.5 is the first line that
   * keeps the term there (UnsafeDetectSchemaVersion of server/storage/schema/schema.go). "": it can't be told.
   */
  get storageVersion(): string {
    return this.cluster.storageVersion || (this.appliedTerm > 0 ? "3.5.0" : "");
  }

  /** How large the backend may grow, in bytes; below 0: without limit. */
  get quotaBytes(): number {
    return this.applier.quota.bytes;
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

  get checker(): PermissionCheck {
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

  /** Its effects are in the backend already: to apply it does nothing more. */
  hasApplied({ index }: Entry): boolean {
    return this.consistent.covers(index);
  }

  /** Applies entries that follow all that raft has handed out before. */
  apply(entries: readonly Entry[], node: RawNode, listener: ApplyListener): void {
    this.consistent.expect(this.store.backend, entries[entries.length - 1] as Entry);
    try {
      for (const entry of entries) this.applyEntry(entry, node, listener);
    } finally {
      this.tracer.emitApplied();
    }
    listener.appliedTo(this.appliedIndex);
  }

  private applyEntry(entry: Entry, node: RawNode, listener: ApplyListener): void {
    assert(entry.index === this.handedIndex + 1, "entries are applied one after the other");
    this.handedIndex = entry.index;
    if (this.hasApplied(entry)) {
      if (entry.type !== EntryType.Normal) this.configuration.follow(entry, node);
      return;
    }
    const { store } = this;
    const { points } = store.backend;
    if (points.active && entry.type !== EntryType.Normal) points.pass("beforeApplyOneConfChange");
    const before = store.backend.pendingOperations;
    const { revision, compactRevision } = store;
    this.consistent.advance(entry);
    if (entry.type !== EntryType.Normal) this.applyConfChange(entry, node, listener);
    else if (entry.data.length > 0) this.applyRequest(entry.data, listener);
    else listener.termBegan(entry.term);
    const wrote = store.backend.pendingOperations !== before;
    this.consistent.save(store.backend, wrote);
    try {
      if (store.revision > revision) listener.written();
    } finally {
      // Also where a fault point ends the process while watchers are told: whoever asked has been answered.
      if (this.tracer.data) emitChanges(this.tracer, store, entry.index, revision, compactRevision);
      this.tracer.applied(entry, store.hash, store.revision);
    }
  }

  private applyRequest(data: Uint8Array, listener: ApplyListener): void {
    const request = decodeInternalRaftRequest(data);
    const { id } = request.header;
    // Where the log has it from a leader of 3.5: such clusters are not to be.
    const readable = request.op.type !== "v2" || this.profile.readsV2Requests;
    assert(readable, "unmarshal should never fail: a request of the v2 store");
    // Nobody but the members asks for it: no user's permission is needed.
    if (isMembershipOp(request.op)) {
      this.configuration.membership.publish(request.op);
      listener.proposals.settle(id, DONE);
      return;
    }
    this.consistent.begin(request.op);
    // What newer members wrote into the log older ones need not read (forceDiskSnapshot).
    if (request.op.type === "clusterVersionSet" && this.profile.snapshotsOnDowngrade) {
      this.snapshotWanted ||= this.cluster.isAbove(request.op.request.version);
    }
    const { count } = this.alarms;
    // Known mistake W16: a read of a compacted revision fails the whole transaction on the member that
    // answers, and there alone.
    const bare = this.mistakes.skipsUnawaitedReads && !listener.proposals.awaits(id);
    const reply = this.applier.apply(bare ? withoutReads(request) : request, this.appliedIndex);
    if (reply.error === null && this.tracer.data) {
      emitLease(this.tracer, this.lessor, request.op);
      emitAuth(this.tracer, this.appliedIndex, request.op);
    }
    if (this.alarms.count !== count) {
      const nodeOf = (member: bigint) => this.nodeOf(member);
      emitAlarm(this.tracer, request.op, nodeOf, this.alarms.count > count);
    }
    // Nobody is told of it.
    if (request.op.type === "downgradeInfoSet" && !this.profile.answersDowngrades) return;
    if (reply.error === Errors.noSpace) listener.overQuota(id, reply);
    else if (isPhysicalCompaction(request) && reply.error === null) {
      this.compactions.hold(id, reply);
      listener.proposals.hold(id);
    } else listener.proposals.settle(id, reply);
  }

  private applyConfChange(entry: Entry, node: RawNode, listener: ApplyListener): void {
    const { proposalId, error } = this.configuration.apply(entry, node);
    this.store.backend.configured(encodeConfState(this.configuration.conf));
    const reply = error === null ? DONE : { response: null, error };
    // Known mistake B5: who is told asks for the next change, which raft does not take yet.
    if (this.mistakes.respondsBeforeAdvance) listener.proposals.settle(proposalId, reply);
    else this.changes.hold(proposalId, reply);
  }

  /** Settles compactions whose rows are gone. */
  settleCompactions(listener: ApplyListener): void {
    if (!this.compactions.isEmpty && !this.store.compacting)
      this.compactions.settle(listener.proposals);
  }

  /** Raft has advanced: the next change may come, and the last one is settled. */
  settleChanges(listener: ApplyListener): void {
    this.changes.settle(listener.proposals);
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
    return this.replaying && confState.length > 0
      ? decodeConfState(confState)
      : this.configuration.conf;
  }

  /**
   * Raft hands out entries that are in the backend already. Until that is over the log must not be
   * compacted by what was applied.
   */
  get replaying(): boolean {
    return this.handedIndex < this.appliedIndex;
  }

  /** Starts over from a snapshot that is ahead of what raft has handed out. */
  install(snapshot: Snapshot, listener: ApplyListener): void {
    const { index, confState } = snapshot.metadata;
    assert(index > this.handedIndex, "a snapshot never takes raft back");
    this.handedIndex = index;
    this.configuration.install(confState, index);
    // After a restart the backend may know more than raft's durable commit index did.
    const ahead = !this.consistent.covers(index);
    if (ahead) this.replace(snapshot);
    else this.files.removeOlder(this.appliedIndex);
    const { hash, revision } = this.store;
    this.tracer.restored(this.appliedIndex, this.appliedTerm, hash, revision, confState);
    if (ahead) listener.storeReplaced();
    listener.appliedTo(this.appliedIndex);
  }

  /** Removes what came with snapshots up to `index` and was not put in place. */
  release(index: Index): void {
    this.files.removeOlder(index);
  }

  private replace(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata;
    const { points } = this.store.backend;
    if (points.active) points.pass("applyBeforeOpenSnapshot");
    const backend = this.files.install(index, snapshot.data);
    this.consistent.install(backend, index, term);
    this.applier.replace(backend);
    this.store.keepsWritten = this.tracer.data;
    this.configuration.membership.recover(backend);
  }
}

function isPhysicalCompaction({ op }: InternalRaftRequest): boolean {
  return op.type === "compaction" && op.request.physical;
}
