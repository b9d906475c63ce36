import { Errors } from "../../api/errors.ts";
import { receivedTooLarge, serverReceiveLimit } from "../../api/grpc-limits.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalResponse, ServiceRequest, ServiceResponse } from "../../api/requests.ts";
import { requestSizeAbove } from "../../api/wire/call-size.ts";
import type { Digest } from "../../base/digest.ts";
import { type Instant, NEVER } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import type { NodeId, ReadState, Term } from "../../raft/types.ts";
import type { ApplyListener, ProposalWaiters } from "../apply/apply-listener.ts";
import type { StateMachine } from "../apply/state-machine.ts";
import type { MemberHost } from "../host.ts";
import { AutoCompaction } from "../monitors/auto-compaction.ts";
import { CorruptionMonitor } from "../monitors/corruption-monitor.ts";
import { LeaseExpiry } from "../monitors/lease-expiry.ts";
import { VersionMonitor } from "../monitors/version-monitor.ts";
import type { Call, MemberRequest, PeerRequest, StreamInput } from "../protocol.ts";
import { AuthService } from "../services/auth.ts";
import { ClusterService } from "../services/cluster.ts";
import { HealthService } from "../services/health.ts";
import { KeepAliveStreams } from "../services/keep-alive-streams.ts";
import { KvService } from "../services/kv.ts";
import { LeaseService, NOT_PRIMARY } from "../services/lease.ts";
import { MaintenanceService } from "../services/maintenance.ts";
import { RangeStreams } from "../services/range-streams.ts";
import { WatchService } from "../services/watch.ts";
import type { MemberConfig } from "../settings.ts";
import { refusalOf } from "./error-codes.ts";
import { NoSpaceAlarm } from "./no-space-alarm.ts";
import { ServerContext } from "./server-context.ts";
import { StreamInterceptor } from "./stream-interceptor.ts";
import { unknownMethod } from "./unknown-method.ts";

const DONE: Reply<ServiceResponse> = { response: null, error: null };

/**
 * Everything that is asked of a member, by clients, operators and peers: handed to the service that
 * responds. What the ready loop finds out is passed on to whoever waits for it.
 */
export class Dispatch implements ApplyListener {
  private readonly context: ServerContext;
  private readonly kv: KvService;
  private readonly lease: LeaseService;
  private readonly expiry: LeaseExpiry;
  private readonly auth: AuthService;
  private readonly cluster: ClusterService;
  private readonly watch: WatchService;
  private readonly streams: StreamInterceptor;
  private readonly keepAlives: KeepAliveStreams;
  private readonly ranges: RangeStreams;
  private readonly maintenance: MaintenanceService;
  private readonly health: HealthService;
  private readonly noSpaceAlarm: NoSpaceAlarm;
  private readonly corruption: CorruptionMonitor;
  private readonly versions: VersionMonitor;
  private lead: NodeId = 0;
  /** The term that this member's lessor last became the one that decides in. */
  private promotedIn: Term = 0;

  constructor(config: MemberConfig, host: MemberHost, node: RawNode, machine: StateMachine) {
    this.context = new ServerContext(config, host, node, machine);
    this.kv = new KvService(this.context);
    this.lease = new LeaseService(this.context);
    this.expiry = new LeaseExpiry(this.context);
    this.auth = new AuthService(this.context);
    this.cluster = new ClusterService(this.context);
    this.streams = new StreamInterceptor(this.context);
    this.watch = new WatchService(this.context, this.streams.end);
    this.streams.register("watch", this.watch);
    this.ranges = new RangeStreams(this.context, this.streams.end);
    this.keepAlives = new KeepAliveStreams(host, this.lease, this.streams.end);
    this.streams.register("leaseKeepAlive", this.keepAlives);
    this.streams.register("rangeStream", this.ranges);
    this.maintenance = new MaintenanceService(this.context);
    this.health = new HealthService(this.context);
    this.noSpaceAlarm = new NoSpaceAlarm(this.context);
    this.corruption = new CorruptionMonitor(this.context);
    this.versions = new VersionMonitor(this.context);
    new AutoCompaction(this.context);
    machine.proposeCheckpoint = (request, done) => {
      const op = { type: "leaseCheckpoint", request } as const;
      const { context } = this;
      const propose = () =>
        context.proposer.proposeFor(op, context.asRoot(), ({ error }) => done(context.now, error));
      // Known mistake L6: what a demoted lessor sends again reaches the log by way of the new leader.
      if (config.mistakes.resendsCheckpoints) propose();
      else context.sureToLead(propose, () => done(context.now, NOT_PRIMARY));
    };
  }

  /** A call of a client, or of an operator (`snapshot` was done by the member itself). */
  handle(request: MemberRequest): void {
    if (request.kind === "call") this.serve(request);
    else this.operate(request);
  }

  private serve({ callId, token, request, timeoutUs = NEVER }: Call): void {
    const { context } = this;
    context.contexts.begin(callId, timeoutUs);
    // gRPC's own, before etcd sees it.
    const limit = serverReceiveLimit(context.config.maxRequestBytes);
    const unknown = unknownMethod(request, context.config.profile);
    if (unknown !== null) {
      context.fail(callId, unknown);
      return;
    }
    const bytes = requestSizeAbove(request, limit);
    if (bytes > 0) {
      context.fail(callId, receivedTooLarge(bytes, limit));
      return;
    }
    if (context.machine.configuration.isLearner(context.config.id) && !servedByLearners(request)) {
      context.fail(callId, refusalOf(Errors.notSupportedForLearner, context.config.profile));
      return;
    }
    if (this.noSpaceAlarm.refuses(callId, request)) return;
    switch (request.type) {
      case "range":
      case "put":
      case "deleteRange":
      case "txn":
      case "compaction":
        this.kv.handle(callId, token, request);
        return;
      case "leaseGrant":
      case "leaseRevoke":
      case "leaseKeepAlive":
      case "leaseTimeToLive":
      case "leaseLeases":
        this.lease.handle(callId, token, request);
        return;
      case "memberAdd":
      case "memberRemove":
      case "memberUpdate":
      case "memberList":
      case "memberPromote":
        this.cluster.handle(callId, token, request);
        return;
      case "alarm":
      case "status":
      case "defragment":
      case "hash":
      case "hashKv":
      case "snapshot":
      case "moveLeader":
      case "downgrade":
        this.maintenance.handle(callId, token, request);
        return;
      case "health":
        this.health.handle(callId, request.request);
        return;
      default:
        this.auth.handle(callId, token, request);
    }
  }

  /** The client of a call does not wait for its answer any more. */
  canceled(callId: number): void {
    this.context.contexts.cancel(callId);
  }

  private operate({ callId, request }: Exclude<MemberRequest, Call>): void {
    const { context } = this;
    switch (request.type) {
      case "transfer-leader":
        context.node.transferLeader(request.to);
        break;
      case "campaign":
        context.node.campaign();
        break;
      case "conf-change":
        context.proposer.proposeConfChange(request.change, callId, (reply) =>
          context.host.respond(callId, reply as Reply<ServiceResponse>),
        );
        return;
    }
    context.host.respond(callId, DONE);
  }

  // ---- streams -------------------------------------------------------------------------------

  stream(input: StreamInput): void {
    this.streams.handle(input);
  }

  /** A write transaction was applied. */
  written(): void {
    this.watch.written();
  }

  /** A snapshot's store took the place of the one before. */
  storeReplaced(): void {
    this.watch.storeReplaced();
  }

  // ---- peers ---------------------------------------------------------------------------------

  peerRpc(peer: NodeId, callId: number, request: PeerRequest): void {
    switch (request.type) {
      case "leaseKeepAlive":
      case "leaseTimeToLive":
        this.lease.respondPeer(peer, callId, request);
        return;
      case "memberPromote":
        this.cluster.respondPeer(peer, callId, request);
        return;
      case "hashKv":
      case "status":
        this.maintenance.respondPeer(peer, callId, request);
        return;
    }
  }

  /** A peer's response to call `callId`; null: it refuses connections. */
  peerResponded(callId: number, reply: Reply<ServiceResponse> | null): void {
    this.context.peers.responded(callId, reply);
  }

  // ---- what the ready loop finds -------------------------------------------------------------

  /** Raft's view of who leads, or of this member's role, may have changed. */
  leaderSeen(lead: NodeId): void {
    const { context } = this;
    if (!context.isLeader) this.demote();
    // Known mistake L1: a revoke of the old term may not be applied yet. The lease is renewed, and goes
    // all the same.
    else if (context.config.mistakes.promotesLessorEarly) this.promote();
    this.streams.leaderSeen();
    const changed = lead !== 0 && lead !== this.lead;
    this.lead = lead;
    this.maintenance.leaderSeen(lead);
    if (!changed) return;
    context.reads.leaderChanged(context.now);
    context.proposer.leaderSeen(context.now, lead);
    this.cluster.publish();
  }

  /** What waited for a leader is proposed, if one is known; whether there was anything. */
  proposeWaiting(): boolean {
    return this.context.proposer.sendWaiting();
  }

  readAnswered(state: ReadState): void {
    this.context.reads.answered(state, this.context.machine.appliedIndex, this.context.now);
  }

  get proposals(): ProposalWaiters {
    return this.context.proposer.proposals;
  }

  overQuota(id: number, reply: Reply<InternalResponse>): void {
    this.noSpaceAlarm.overQuota(id, reply);
  }

  /** Compares this member's data with its peers', before anything else; `then` gets the result. */
  checkFirst(then: (same: boolean) => void): void {
    this.corruption.initial(then);
  }

  /** A new leader's first entry was applied: what had to wait for it can go on. */
  termBegan(term: Term): void {
    const { context } = this;
    const { mistakes } = context.config;
    // A refused change of membership leaves an empty entry, too. etcd gives all leases their time anew
    // then, and a client may be told that its lease lives on whose revoke is in the log already.
    const first = context.node.raft.term !== this.promotedIn;
    // Known mistake L13: also one of an earlier leader, with more of that one's entries to come. L1 has
    // begun already.
    const own = term === context.node.raft.term || mistakes.promotesLessorOnOldEntry;
    if (context.isLeader && first && own && !mistakes.promotesLessorEarly) this.promote();
    context.reads.repeat(context.now);
    this.versions.termBegan();
  }

  private promote(): void {
    const { config, machine, node, now } = this.context;
    this.promotedIn = node.raft.term;
    machine.lessor.promote(now, config.electionTicks * config.tickUs);
    machine.tracer.leased("promote", null, 0);
  }

  private demote(): void {
    const { lessor, tracer } = this.context.machine;
    if (!lessor.isPrimary) return;
    lessor.demote();
    tracer.leased("demote", null, 0);
  }

  appliedTo(index: number): void {
    this.context.leadership.appliedTo(index);
    this.cluster.publish();
    this.context.reads.appliedTo(index, this.context.now);
    this.context.applied.appliedTo(index);
  }

  /** When something here must be done, retried or given up. */
  due(): Instant {
    return Math.min(this.context.due(), this.expiry.due(), this.watch.due());
  }

  /** How many watchers have not been told all yet. */
  get watchersBehind(): number {
    return this.watch.behind;
  }

  /** Takes what clients watch into a fingerprint. */
  digest(into: Digest): void {
    this.streams.digest(into);
    this.watch.digest(into);
    this.keepAlives.digest(into);
    this.ranges.digest(into);
  }

  wake(): void {
    this.context.wake();
    if (this.expiry.due() <= this.context.now) this.expiry.expire();
    if (this.watch.due() <= this.context.now) this.watch.run();
  }
}

/** v3rpc/interceptor.go: what a member without a vote answers. HTTP knows no such bar. */
function servedByLearners(request: ServiceRequest): boolean {
  if (request.type === "range") return request.request.serializable;
  return request.type === "status" || request.type === "snapshot" || request.type === "health";
}
