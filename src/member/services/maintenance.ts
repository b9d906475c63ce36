import { type ApiError, Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type {
  HashKvResponse,
  MaintenanceOp,
  ServiceResponse,
  StatusResponse,
} from "../../api/requests.ts";
import { uncoded } from "../../auth/errors.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import { concatBytes } from "../../base/bytes.ts";
import { apiErrorOf } from "../../mvcc/kv/apply-error.ts";
import { hashBackend, type KvHash } from "../../mvcc/kv-hash.ts";
import type { NodeId } from "../../raft/types.ts";
import { alarmText } from "../apply/alarms.ts";
import { snapshotOf } from "../backup/snapshot-file.ts";
import { versionText } from "../monitors/versions.ts";
import type { PeerRequest } from "../protocol.ts";
import type { ServerContext } from "../rpc/server-context.ts";
import { DowngradeService } from "./downgrade.ts";

type AlarmOp = Extract<MaintenanceOp, { readonly type: "alarm" }>;

interface Transfer {
  readonly callId: number;
  readonly target: NodeId;
  /** Its client may give up from now on without anybody's hearing of it. */
  readonly stop: () => void;
}

/**
 * The Maintenance service (server/etcdserver/api/v3rpc/maintenance.go). All but alarms and downgrades
 * is about this one member. Whoever is signed in may see alarms and the status; the rest is root's
 * (`maintenanceNeedsUser` of the profile).
 */
export class MaintenanceService {
  private readonly context: ServerContext;
  private readonly downgrades: DowngradeService;
  /** Calls that wait until another member leads. */
  private transfers: Transfer[] = [];

  constructor(context: ServerContext) {
    this.context = context;
    this.downgrades = new DowngradeService(context);
  }

  handle(callId: number, token: string, op: MaintenanceOp): void {
    const { context } = this;
    const { maintenanceNeedsUser, codesMaintenanceRefusals } = context.config.profile;
    switch (op.type) {
      case "alarm":
        this.alarm(callId, token, op);
        return;
      case "status": {
        const tell = () => context.succeed(callId, { type: "status", response: this.status() });
        if (maintenanceNeedsUser) context.signedIn(callId, token, tell);
        else tell();
        return;
      }
      case "moveLeader":
        if (maintenanceNeedsUser) context.asAdmin(callId, token, () => this.administer(callId, op));
        else this.administer(callId, op);
        return;
      case "downgrade":
        context.asAdmin(callId, token, () => this.administer(callId, op));
        return;
      default:
        context.admitAdmin(
          callId,
          token,
          () => this.administer(callId, op),
          (error) => context.fail(callId, codesMaintenanceRefusals ? error : uncoded(error)),
        );
    }
  }

  private alarm(callId: number, token: string, op: AlarmOp): void {
    const { context } = this;
    const propose = (user: AuthInfo) => context.proposer.propose(op, user, callId);
    if (!context.config.profile.maintenanceNeedsUser) {
      // What is wrong with a token is told as it is (v3rpc/maintenance.go of 3.4).
      context.identify(callId, token, (user) => {
        if ("code" in user) context.fail(callId, uncoded(user));
        else propose(user);
      });
      return;
    }
    // Known mistake A8: strangers raise and disarm alarms.
    const open = op.request.action === "GET" || context.config.mistakes.admitsStrangers;
    if (open) context.signedIn(callId, token, propose);
    else context.asAdmin(callId, token, propose);
  }

  private administer(
    callId: number,
    op: Exclude<MaintenanceOp, { readonly type: "alarm" | "status" }>,
  ): void {
    const { context } = this;
    const { machine } = context;
    const { hashTellsRevision } = context.config.profile;
    switch (op.type) {
      case "defragment":
        machine.defrags.ask(machine.store.backend, (error) =>
          this.respondPlainly(callId, "defragment", error),
        );
        return;
      case "hash": {
        const hash = hashBackend(machine.store.backend);
        const response = { header: context.header(), hash };
        context.succeed(callId, { type: "hash", response });
        return;
      }
      case "hashKv":
        context.respond(
          callId,
          this.hashKv(() => machine.store.hashByRev(op.request.revision), hashTellsRevision),
        );
        return;
      case "snapshot": {
        const version = machine.cluster.storageVersion;
        const blob = concatBytes([...snapshotOf(machine.store.backend)]);
        const response = { header: context.header(), remainingBytes: 0, blob, version };
        context.succeed(callId, { type: "snapshot", response });
        return;
      }
      case "moveLeader":
        this.moveLeader(callId, machine.nodeOf(op.request.targetId));
        return;
      case "downgrade":
        this.downgrades.handle(callId, op.request);
    }
  }

  /** etcd leaves even the header away. */
  private respondPlainly(
    callId: number,
    type: "defragment" | "moveLeader",
    error: ApiError | null,
  ): void {
    const { context } = this;
    if (error !== null) context.fail(callId, error);
    else context.succeed(callId, { type, response: {} });
  }

  // ---- status and hashes ---------------------------------------------------------------------

  private status(): StatusResponse {
    const { context } = this;
    const { machine, lead, node } = context;
    const { backend } = machine.store;
    const target = machine.cluster.downgradeTarget;
    const { serverVersion, profile } = context.config;
    const { statusTellsStorage } = profile;
    const alarms = machine.alarms.get("NONE").map((alarm) => alarmText(alarm, profile));
    const problems = lead === 0 ? [Errors.noLeader.message] : [];
    return {
      header: context.header(),
      version: serverVersion,
      dbSize: backend.size,
      dbSizeInUse: backend.sizeInUse,
      leader: lead === 0 ? 0n : machine.memberIdOf(lead),
      raftIndex: node.raft.log.committed,
      raftTerm: node.raft.term,
      raftAppliedIndex: machine.appliedIndex,
      errors: [...problems, ...alarms],
      isLearner: machine.configuration.isLearner(context.config.id),
      storageVersion: statusTellsStorage ? machine.storageVersion : "",
      dbSizeQuota: statusTellsStorage ? machine.quotaBytes : 0,
      downgradeInfo: statusTellsStorage
        ? { enabled: target !== null, targetVersion: target === null ? "" : versionText(target) }
        : null,
    };
  }

  /**
   * As in etcd it is of this member as it is: nobody is asked whether that is the newest.
   *
   * @param tellsRevision peers are told of it in all lines
   */
  private hashKv(hash: () => KvHash, tellsRevision = true): Reply<ServiceResponse> {
    try {
      const { hash: value, compactRevision, revision, currentRevision } = hash();
      const header = { ...this.context.header(), revision: currentRevision };
      const response: HashKvResponse = {
        header,
        hash: value,
        compactRevision,
        hashRevision: tellsRevision ? revision : 0,
      };
      return { response: { type: "hashKv", response }, error: null };
    } catch (thrown) {
      return { response: null, error: apiErrorOf(thrown) };
    }
  }

  /** What a peer asks, whoever it does so for. */
  respondPeer(
    peer: NodeId,
    callId: number,
    op: Extract<PeerRequest, { readonly type: "hashKv" | "status" }>,
  ): void {
    const { context } = this;
    const { store } = context.machine;
    const reply: Reply<ServiceResponse> =
      op.type === "status"
        ? { response: { type: "status", response: this.status() }, error: null }
        : // The hash that a compaction left is told as it was then: the leader has the same.
          this.hashKv(
            () =>
              store.compactionHash(op.request.revision) ??
              store.comparableHash(op.request.revision),
          );
    context.host.peers.respondPeer(peer, callId, reply);
  }

  // ---- moving the leader ---------------------------------------------------------------------

  private moveLeader(callId: number, target: NodeId): void {
    const { context } = this;
    if (!context.isLeader) context.fail(callId, Errors.notLeader);
    else if (!context.machine.configuration.conf.voters.includes(target)) {
      context.fail(callId, Errors.badLeaderTransferee);
    } else if (target === context.config.id) this.respondPlainly(callId, "moveLeader", null);
    else {
      // There is no limit but the client's, though raft gives a transfer up after an election timeout.
      const stop = context.contexts.whenEnded(callId, () => {
        this.transfers = this.transfers.filter((transfer) => transfer.callId !== callId);
        context.fail(callId, Errors.timeoutLeaderTransfer);
      });
      this.transfers.push({ callId, target, stop });
      context.node.transferLeader(target);
    }
  }

  leaderSeen(lead: NodeId): void {
    if (this.transfers.length === 0) return;
    const done = this.transfers.filter(({ target }) => target === lead);
    this.transfers = this.transfers.filter(({ target }) => target !== lead);
    for (const { callId, stop } of done) {
      stop();
      this.respondPlainly(callId, "moveLeader", null);
    }
  }
}
