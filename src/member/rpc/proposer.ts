import { type ApiError, Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalOp, InternalResponse } from "../../api/requests.ts";
import { encodeInternalRaftRequest } from "../../api/wire/internal-raft-request.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import type { Instant } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import type { ConfChange, ConfChangeV2, NodeId } from "../../raft/types.ts";
import type { StateMachine } from "../apply/state-machine.ts";
import type { MemberHost } from "../host.ts";
import { encodeProposalId } from "../membership/proposal-id.ts";
import type { MemberConfig } from "../settings.ts";
import { bareContextError } from "./error-codes.ts";
import type { Leadership } from "./leadership.ts";
import {
  type PendingProposal,
  PendingProposals,
  requestTimeoutUs,
  type Settled,
} from "./pending-proposals.ts";
import type { ContextEnd, RequestContexts } from "./request-contexts.ts";
import { timeoutError } from "./timeout-error.ts";

interface Unled {
  readonly what: Uint8Array | ConfChange;
  readonly callId: number;
  /** Its client may give up from now on without anybody's hearing of it. */
  readonly stop: () => void;
}

export interface ProposerParts {
  readonly config: MemberConfig;
  readonly host: MemberHost;
  readonly node: RawNode;
  readonly machine: StateMachine;
  readonly contexts: RequestContexts;
  readonly leadership: Leadership;
}

/**
 * From an operation to the entry that carries it (server/etcdserver/v3_server.go
 * processInternalRaftRequestOnce). What it comes to goes to who waits for it by {@link PendingProposals}.
 */
export class Proposer {
  private readonly parts: ProposerParts;
  private readonly config: MemberConfig;
  private readonly node: RawNode;
  private readonly machine: StateMachine;
  readonly proposals: PendingProposals;
  private readonly contexts: RequestContexts;
  private readonly leadership: Leadership;
  private readonly respond: (callId: number, reply: Reply<InternalResponse>) => void;
  /** Proposals that wait for a leader to be known, as node.go's propc does: by id. */
  private unled = new Map<number, Unled>();
  /** When this member last became the leader: what began before may have got lost with the one before. */
  private electedAt: Instant = 0;

  /** `respond` takes what comes of a client's proposal to the client. */
  constructor(
    parts: ProposerParts,
    respond: (callId: number, reply: Reply<InternalResponse>) => void,
  ) {
    const { config, host } = parts;
    this.parts = parts;
    this.config = config;
    this.node = parts.node;
    this.machine = parts.machine;
    this.contexts = parts.contexts;
    this.leadership = parts.leadership;
    this.respond = respond;
    this.proposals = new PendingProposals(
      config.id,
      host.wallNow,
      requestTimeoutUs(config),
      respond,
      (pending) => this.lateError(pending),
    );
  }

  /** Proposes what a client asked for: the member responds when the entry is applied here. */
  propose(op: InternalOp, user: AuthInfo, callId: number): void {
    this.start(op, user, callId, null);
  }

  /** Proposes what the member itself wants, or what needs more than a response afterwards. */
  proposeFor(op: InternalOp, user: AuthInfo, done: Settled): void {
    this.start(op, user, 0, done);
  }

  private start(op: InternalOp, user: AuthInfo, callId: number, done: Settled | null): void {
    const { config } = this;
    if (this.isBehindFor(op)) {
      this.refuse(callId, done, Errors.tooManyRequests);
      return;
    }
    const id = this.proposals.add(callId, done, this.machine.now);
    const header = { id, username: user.username, authRevision: user.revision };
    const data = encodeInternalRaftRequest({ header, op });
    if (data.length > config.maxRequestBytes) this.fail(id, Errors.requestTooLarge);
    else this.send(id, data, callId);
  }

  /** Proposes a change of the configuration. Its answer has no response of its own. */
  proposeConfChange(change: ConfChangeV2, callId: number, done: Settled | null): void {
    const id = this.proposals.add(callId, done, this.machine.now);
    if (this.node.raft.lead === 0) {
      this.fail(id, Errors.noLeader);
      return;
    }
    const error = this.node.proposeConfChange({ ...change, context: encodeProposalId(id) });
    if (error !== null) this.fail(id, dropped(error));
  }

  /**
   * Proposes a change of membership under the id that `build` is given, unless it finds that there
   * is nothing to propose. It has no limit of its own: whoever waits gives it up by the id that is
   * returned (server.go configure, which waits for its context alone).
   */
  proposeMembership(build: (id: number) => ConfChange | ApiError, done: Settled): number {
    const id = this.proposals.add(0, done, this.machine.now, "unlimited");
    const change = build(id);
    if ("code" in change) this.fail(id, change);
    else this.send(id, change, 0);
    return id;
  }

  /** Whoever waits for proposal `id` does so no longer; what has not got to raft never will. */
  giveUp(id: number, why: ContextEnd): void {
    const pending = this.proposals.get(id);
    if (pending === null) return;
    this.fail(id, why === "canceled" ? this.canceledError(id) : this.lateError(pending));
  }

  private canceledError(id: number): ApiError {
    return this.forget(id) ? bareContextError("canceled", this.config.profile) : Errors.canceled;
  }

  /** Too many committed entries are not applied yet for this one to be taken (exceedsRequestLimit). */
  private isBehindFor(op: InternalOp): boolean {
    const { maxApplyLag, priorityRequest } = this.config;
    const lag = this.node.raft.log.committed - this.machine.appliedIndex;
    return lag > (priorityRequest && op.type === "leaseRevoke" ? 2 * maxApplyLag : maxApplyLag);
  }

  /** `callId` 0: whoever waits for it gives it up by itself. */
  private send(id: number, what: Uint8Array | ConfChange, callId: number): void {
    const { node } = this;
    if (node.raft.lead === 0) {
      // With its client goes what has not got to raft.
      const stop = this.contexts.whenEnded(callId, (why) => this.giveUp(id, why));
      this.unled.set(id, { what, callId, stop });
      return;
    }
    this.leadership.appending(this.machine.now);
    const error = what instanceof Uint8Array ? node.propose(what) : node.proposeConfChange(what);
    if (error !== null) this.fail(id, dropped(error));
  }

  private fail(id: number, error: ApiError): void {
    this.proposals.settle(id, { response: null, error });
  }

  private refuse(callId: number, done: Settled | null, error: ApiError): void {
    const reply: Reply<InternalResponse> = { response: null, error };
    if (done !== null) done(reply);
    else this.respond(callId, reply);
  }

  /** Raft's view of who leads has changed. */
  leaderSeen(now: Instant, lead: NodeId): void {
    if (lead === this.config.id) this.electedAt = now;
    this.sendWaiting();
  }

  /** Sends what waited for a leader, if one is known; whether there was anything to send. */
  sendWaiting(): boolean {
    if (this.unled.size === 0 || this.node.raft.lead === 0) return false;
    const waiting = this.unled;
    this.unled = new Map();
    for (const [id, { what, callId, stop }] of waiting) {
      stop();
      this.send(id, what, callId);
    }
    return true;
  }

  /** Whether it waited for a leader: it does so no longer. */
  private forget(id: number): boolean {
    this.unled.get(id)?.stop();
    return this.unled.delete(id);
  }

  /** What the client of a proposal that was not applied in time is told. */
  private lateError({ id, startedAt }: PendingProposal): ApiError {
    // It never got to raft, since nobody led.
    return this.forget(id)
      ? bareContextError("deadline exceeded", this.config.profile)
      : timeoutError(startedAt, this.electedAt, this.parts);
  }

  due(): Instant {
    return this.proposals.due();
  }

  wake(): void {
    this.proposals.wake(this.machine.now);
  }
}

/** Raft did not take it: it certainly never happens. etcd has no code for it (v3rpc/util.go). */
function dropped({ message }: Error): ApiError {
  return { code: "Unknown", message };
}
