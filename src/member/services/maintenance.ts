import { type ApiError, Errors } from "../../api/errors.ts";
import type {
  AlarmMember,
  AlarmType,
  HashKvResponse,
  MaintenanceOp,
  StatusResponse,
} from "../../api/requests.ts";
import { type AuthInfo, NOBODY } from "../../auth/tokens.ts";
import { apiErrorOf } from "../../mvcc/kv/apply-error.ts";
import { hashBackend, type KvHash } from "../../mvcc/kv-hash.ts";
import type { NodeId } from "../../raft/types.ts";
import { alarmText } from "../apply/alarms.ts";
import { versionText } from "../monitors/versions.ts";
import type { Alarm } from "../rpc/member-timers.ts";
import type { Desk } from "../rpc/server-context.ts";
import type { MemberReply, PeerRequest } from "../types.ts";
import { DowngradeService } from "./downgrade.ts";

type AlarmOp = Extract<MaintenanceOp, { readonly type: "alarm" }>;

interface Transfer {
  readonly callId: number;
  readonly target: NodeId;
  readonly late: Alarm;
}

/**
 * The Maintenance service (server/etcdserver/api/v3rpc/maintenance.go). All but alarms and downgrades
 * is about this one member. Whoever is signed in may see alarms and the status; the rest is root's.
 */
export class MaintenanceService {
  private readonly desk: Desk;
  private readonly downgrades: DowngradeService;
  /** Calls that wait until another member leads. */
  private transfers: Transfer[] = [];

  constructor(desk: Desk) {
    this.desk = desk;
    this.downgrades = new DowngradeService(desk);
  }

  handle(callId: number, token: string, op: MaintenanceOp): void {
    const { desk } = this;
    if (op.type === "alarm") this.alarm(callId, token, op);
    else if (op.type === "status") {
      desk.signedIn(callId, token, () =>
        desk.succeed(callId, { type: "status", response: this.status() }),
      );
    } else desk.asAdmin(callId, token, () => this.administer(callId, op));
  }

  private alarm(callId: number, token: string, op: AlarmOp): void {
    const { desk } = this;
    const propose = (user: AuthInfo) => desk.proposer.propose(op, user, callId);
    // Known mistake A8: strangers raise and disarm alarms (CVE-2026-33413).
    const open = op.request.action === "GET" || desk.config.bugs.has("A8");
    if (open) desk.signedIn(callId, token, propose);
    else desk.asAdmin(callId, token, propose);
  }

  private administer(
    callId: number,
    op: Exclude<MaintenanceOp, { readonly type: "alarm" | "status" }>,
  ): void {
    const { desk } = this;
    const { machine } = desk;
    switch (op.type) {
      case "defragment":
        machine.defrags.ask(machine.store.backend, (error) =>
          this.answerPlainly(callId, "defragment", error),
        );
        return;
      case "hash": {
        const hash = hashBackend(machine.store.backend);
        const response = { header: desk.header(), hash };
        desk.succeed(callId, { type: "hash", response });
        return;
      }
      case "hashKv":
        desk.answer(
          callId,
          this.hashKv(() => machine.store.hashKv(op.request.revision)),
        );
        return;
      case "snapshot": {
        const version = machine.cluster.storageVersion;
        const blob = machine.store.backend.image();
        const response = { header: desk.header(), blob, version };
        desk.succeed(callId, { type: "snapshot", response });
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
  private answerPlainly(
    callId: number,
    type: "defragment" | "moveLeader",
    error: ApiError | null,
  ): void {
    const { desk } = this;
    if (error !== null) desk.fail(callId, error);
    else desk.succeed(callId, { type, response: {} });
  }

  // ---- status and hashes ---------------------------------------------------------------------

  private status(): StatusResponse {
    const { desk } = this;
    const { machine, lead, node } = desk;
    const { backend } = machine.store;
    const target = machine.cluster.downgradeTarget;
    const problems = lead === 0 ? [Errors.noLeader.message] : [];
    return {
      header: desk.header(),
      version: desk.config.serverVersion,
      dbSize: backend.size,
      dbSizeInUse: backend.sizeInUse,
      leader: lead === 0 ? 0n : machine.memberIdOf(lead),
      raftIndex: node.raft.log.committed,
      raftTerm: node.raft.term,
      raftAppliedIndex: machine.appliedIndex,
      errors: [...problems, ...machine.alarms.get("NONE").map(alarmText)],
      isLearner: machine.isLearner(desk.config.id),
      storageVersion: machine.cluster.storageVersion,
      dbSizeQuota: desk.config.quotaBytes,
      downgradeInfo: {
        enabled: target !== null,
        targetVersion: target === null ? "" : versionText(target),
      },
    };
  }

  /** As in etcd 3.4 it is of this member as it is: nobody is asked whether that is the newest. */
  private hashKv(hash: () => KvHash): MemberReply {
    try {
      const { hash: value, compactRevision, revision, currentRevision } = hash();
      const header = { ...this.desk.header(), revision: currentRevision };
      const response: HashKvResponse = {
        header,
        hash: value,
        compactRevision,
        hashRevision: revision,
      };
      return { response: { type: "hashKv", response }, error: null };
    } catch (thrown) {
      return { response: null, error: apiErrorOf(thrown) };
    }
  }

  /** What a peer asks, whoever it does so for. */
  answerPeer(
    peer: NodeId,
    callId: number,
    op: Extract<PeerRequest, { readonly type: "hashKv" | "status" }>,
  ): void {
    const { desk } = this;
    const { store } = desk.machine;
    const reply: MemberReply =
      op.type === "status"
        ? { response: { type: "status", response: this.status() }, error: null }
        : // The hash that a compaction left is told as it was then: the leader has the same.
          this.hashKv(
            () => store.compactionHash(op.request.revision) ?? store.hashKv(op.request.revision),
          );
    desk.host.answer(peer, callId, reply);
  }

  // ---- alarms --------------------------------------------------------------------------------

  /** Raises an alarm for all members to know; `then` is called when that is done, or has failed. */
  raise(
    alarm: Exclude<AlarmType, "NONE">,
    memberId: AlarmMember["memberId"],
    then: () => void,
  ): void {
    const request = { action: "ACTIVATE", memberId, alarm } as const;
    this.desk.proposer.proposeFor({ type: "alarm", request }, NOBODY, then);
  }

  /** A request that there is no room for is not even proposed (v3rpc/quota.go). */
  refuseForSpace(callId: number): void {
    const { desk } = this;
    this.raise("NOSPACE", desk.machine.memberId, () => desk.fail(callId, Errors.noSpace));
  }

  // ---- moving the leader ---------------------------------------------------------------------

  private moveLeader(callId: number, target: NodeId): void {
    const { desk } = this;
    if (!desk.isLeader) desk.fail(callId, Errors.notLeader);
    else if (!desk.machine.conf.voters.includes(target)) {
      desk.fail(callId, Errors.badLeaderTransferee);
    } else if (target === desk.config.id) this.answerPlainly(callId, "moveLeader", null);
    else {
      const late = desk.timers.after(desk.timeoutUs, () => {
        this.transfers = this.transfers.filter((transfer) => transfer.callId !== callId);
        desk.fail(callId, Errors.timeoutLeaderTransfer);
      });
      this.transfers.push({ callId, target, late });
      desk.node.transferLeader(target);
    }
  }

  leaderSeen(lead: NodeId): void {
    if (this.transfers.length === 0) return;
    const done = this.transfers.filter(({ target }) => target === lead);
    this.transfers = this.transfers.filter(({ target }) => target !== lead);
    for (const { callId, late } of done) {
      this.desk.timers.cancel(late);
      this.answerPlainly(callId, "moveLeader", null);
    }
  }
}
