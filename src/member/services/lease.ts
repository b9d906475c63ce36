import { type ApiError, Errors } from "../../api/errors.ts";
import type {
  LeaseGrantRequest,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseQuery,
  LeaseRevokeRequest,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from "../../api/requests.ts";
import { type AuthInfo, NOBODY } from "../../auth/tokens.ts";
import { type Duration, type Instant, MILLISECOND } from "../../base/time.ts";
import type { Renewal } from "../../lease/lease.ts";
import { generateLeaseId } from "../../lease/lease-id.ts";
import type { NodeId } from "../../raft/types.ts";
import type { Desk } from "../rpc/server-context.ts";
import type { MemberReply, PeerRequest } from "../types.ts";

type LeaseCall =
  | { readonly type: "leaseGrant"; readonly request: LeaseGrantRequest }
  | { readonly type: "leaseRevoke"; readonly request: LeaseRevokeRequest }
  | LeaseQuery;

type PeerLeaseRequest = Extract<
  PeerRequest,
  { readonly type: "leaseKeepAlive" | "leaseTimeToLive" }
>;

/** Where the answer to a keep-alive goes: a call's, or one of a stream's. */
export interface Renewing {
  done(response: LeaseKeepAliveResponse): void;
  fail(error: ApiError): void;
}

/** Between two questions to a leader that did not answer (v3_server.go LeaseRenew). */
const RETRY_US: Duration = 50 * MILLISECOND;

/** lease.ErrNotPrimary, which gRPC has no code for. */
export const NOT_PRIMARY: ApiError = Object.freeze({
  code: "Unknown",
  message: "not a primary lessor",
});

/**
 * The Lease service. Grants and revokes go through the log. How long a lease lives is known to the
 * leader's lessor alone, so that keep-alives and questions for the time left are sent on to it.
 */
export class LeaseService {
  private readonly desk: Desk;
  /** Expired leases, and whether the majority is being asked if they may be revoked. */
  private readonly toRevoke = new Set<bigint>();
  private asking = false;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  handle(callId: number, token: string, call: LeaseCall): void {
    switch (call.type) {
      case "leaseGrant":
        this.desk.signedIn(callId, token, (user) => this.grant(callId, user, call.request));
        return;
      case "leaseRevoke":
        this.desk.signedIn(callId, token, (user) => this.desk.proposer.propose(call, user, callId));
        return;
      case "leaseKeepAlive":
        this.keepAlive(token, call.request, {
          done: (response) => this.desk.succeed(callId, { type: "leaseKeepAlive", response }),
          fail: (error) => this.desk.fail(callId, error),
        });
        return;
      case "leaseTimeToLive":
        this.desk.signedIn(callId, token, (user) => this.timeToLive(callId, user, call.request));
        return;
      case "leaseLeases":
        this.desk.signedIn(callId, token, (user) => this.list(callId, user));
        return;
    }
  }

  private grant(callId: number, user: AuthInfo, { id, ttl }: LeaseGrantRequest): void {
    const { desk } = this;
    const given = id === 0n ? generateLeaseId(desk.host.random) : id;
    desk.proposer.propose({ type: "leaseGrant", request: { id: given, ttl } }, user, callId);
  }

  private list(callId: number, user: AuthInfo): void {
    const { desk } = this;
    const leases = desk.machine.lessor.list();
    for (const { id } of leases) {
      const error = desk.machine.checker.checkLeaseRead(user, id);
      if (error === null) continue;
      desk.fail(callId, error);
      return;
    }
    const response = { header: desk.header(), leases: leases.map(({ id }) => ({ id })) };
    desk.succeed(callId, { type: "leaseLeases", response });
  }

  // ---- keep-alive ----------------------------------------------------------------------------

  /** Renews a lease, here or at the leader (v3_server.go LeaseRenew). */
  keepAlive(token: string, { id }: LeaseKeepAliveRequest, { done, fail }: Renewing): void {
    const { desk } = this;
    // Of the moment before: the store must have been at this revision when the lease was still there.
    const header = desk.header();
    const renewed = (ttl: number) => done({ header, id, ttl });
    const checked = (then: () => void) =>
      desk.userOf(token, (user) => {
        const error = "code" in user ? user : desk.machine.checker.checkLeaseRenew(user, id);
        if (error === null) then();
        else fail(error);
      });
    const deadline = desk.now + desk.timeoutUs;
    const ask = { type: "leaseKeepAlive", request: { id } } as const;
    const elsewhere = () =>
      checked(() =>
        this.askLeader(
          ask,
          deadline,
          (response) => renewed((response as LeaseKeepAliveResponse).ttl),
          fail,
        ),
      );
    if (!desk.isLeader) {
      elsewhere();
      return;
    }
    this.sureToLead(
      () =>
        desk.afterApplied(
          () => checked(() => this.renew(id, (ttl) => (ttl === null ? elsewhere() : renewed(ttl)))),
          () => fail(Errors.timeoutWaitAppliedIndex),
        ),
      () => fail(NOT_PRIMARY),
    );
  }

  /** Renews here; the TTL is 0 where there is no such lease, null where this lessor does not decide. */
  private renew(id: bigint, done: (ttl: number | null) => void): void {
    const { desk } = this;
    desk.machine.lessor.renew(desk.now, id, (renewal: Renewal) => {
      if (renewal.kind === "renewed") {
        desk.machine.tracer.leased("renew", id, renewal.ttl);
        done(renewal.ttl);
      } else done(renewal.kind === "not found" ? 0 : null);
    });
  }

  // ---- time to live --------------------------------------------------------------------------

  private timeToLive(callId: number, user: AuthInfo, request: LeaseTimeToLiveRequest): void {
    const { desk } = this;
    const { auth, checker } = desk.machine;
    const { revision } = auth;
    if (request.keys) {
      const error = checker.checkLeaseRead(user, request.id);
      if (error !== null) {
        desk.fail(callId, error);
        return;
      }
    }
    const answer = (response: LeaseTimeToLiveResponse) => {
      if (request.keys && auth.enabled && revision !== auth.revision) {
        desk.fail(callId, Errors.authOldRevision);
      } else {
        desk.succeed(callId, {
          type: "leaseTimeToLive",
          response: { ...response, header: desk.header() },
        });
      }
    };
    if (desk.isLeader) {
      desk.whenApplied(callId, () => {
        const found = this.lookUp(request);
        if ("code" in found) desk.fail(callId, found);
        else answer(found);
      });
      return;
    }
    const deadline = desk.now + desk.timeoutUs;
    this.askLeader(
      { type: "leaseTimeToLive", request },
      deadline,
      (response) => answer(response as LeaseTimeToLiveResponse),
      (error) => desk.fail(callId, error),
    );
  }

  private lookUp({ id, keys }: LeaseTimeToLiveRequest): LeaseTimeToLiveResponse | ApiError {
    const { desk } = this;
    const header = desk.header();
    const left = desk.machine.lessor.timeToLive(desk.now, id, keys);
    if (!("code" in left)) return { header, id, ...left };
    if (left !== Errors.leaseNotFound) return left;
    return { header, id, ttl: -1, grantedTtl: 0, keys: [] };
  }

  // ---- the leader ----------------------------------------------------------------------------

  /** Asks whoever leads until it answers, at most up to `deadline`. */
  private askLeader(
    request: PeerLeaseRequest,
    deadline: Instant,
    answered: (response: unknown) => void,
    fail: (error: ApiError) => void,
  ): void {
    const { desk } = this;
    const left = deadline - desk.now;
    const again = (delayUs: Duration) =>
      desk.timers.after(delayUs, () => this.askLeader(request, deadline, answered, fail));
    const { lead } = desk;
    const heard = (reply: MemberReply | null) => {
      if (reply?.response) answered(reply.response.response);
      else again(Math.min(Math.max(0, deadline - desk.now), RETRY_US));
    };
    if (left <= 0) fail(lead === 0 ? Errors.noLeader : Errors.timeout);
    else if (lead === 0) again(Math.min(left, desk.config.electionTicks * desk.config.tickUs));
    // It has become the leader meanwhile. etcd would send itself the request.
    else if (lead === desk.config.id) this.answerAsLeader(request, heard);
    else desk.peers.ask(lead, request, left, heard);
  }

  /** A peer asks this member as the leader; if it is not, the peer will find out who is. */
  answerPeer(peer: NodeId, callId: number, call: PeerLeaseRequest): void {
    this.answerAsLeader(call, (reply) => this.desk.host.answer(peer, callId, reply));
  }

  private answerAsLeader(call: PeerLeaseRequest, done: (reply: MemberReply) => void): void {
    const { desk } = this;
    const fail = (error: ApiError) => done({ response: null, error });
    desk.afterApplied(
      () => {
        if (call.type === "leaseTimeToLive") {
          const response = this.lookUp(call.request);
          if ("code" in response) fail(response);
          else done({ response: { type: call.type, response }, error: null });
          return;
        }
        const { id } = call.request;
        this.renew(id, (ttl) => {
          if (ttl === null) fail(NOT_PRIMARY);
          else {
            const response = { header: desk.header(), id, ttl };
            done({ response: { type: call.type, response }, error: null });
          }
        });
      },
      () => fail(Errors.timeoutWaitAppliedIndex),
    );
  }

  /** A majority still follows this member (server.go ensureLeadership); else it is not sure. */
  private sureToLead(sure: () => void, unsure: () => void): void {
    const { desk } = this;
    desk.upToDate(() => (desk.isLeader ? sure() : unsure()), unsure);
  }

  // ---- expiry --------------------------------------------------------------------------------

  /** When the lessor has leases to revoke, or checkpoints to write down. */
  due(): Instant {
    return this.desk.machine.lessor.due();
  }

  /** Proposes the revokes of expired leases, if this member is sure to lead (issue 15247). */
  expire(): void {
    const { desk } = this;
    const { lessor } = desk.machine;
    lessor.sendCheckpoints(desk.now);
    for (const { id } of lessor.expired(desk.now)) this.toRevoke.add(id);
    if (this.toRevoke.size === 0) return;
    // Known mistake L2: what was the leader once goes on revoking.
    if (desk.config.bugs.has("L2")) this.revokeExpired();
    // A list that waits for the majority's word takes in what expires meanwhile: two lists could
    // name a lease twice, and the second revoke would meet a new lease of the same id.
    else if (!this.asking) {
      this.asking = true;
      this.sureToLead(
        () => this.revokeExpired(),
        () => {
          this.asking = false;
          this.toRevoke.clear();
        },
      );
    }
  }

  private revokeExpired(): void {
    const { desk } = this;
    const { lessor, tracer } = desk.machine;
    this.asking = false;
    for (const id of this.toRevoke) {
      // While the majority was asked, leadership may have been lost and won again: then leases were
      // extended, and this list is old.
      if (lessor.lookup(id)?.expired(desk.now) !== true) continue;
      tracer.leased("expire", id, 0);
      const op = { type: "leaseRevoke", request: { id } } as const;
      desk.proposer.proposeFor(op, this.root(), () => undefined);
    }
    this.toRevoke.clear();
  }

  /** What the member does by itself it does as root (auth/store.go WithRoot). */
  root(): AuthInfo {
    const { auth } = this.desk.machine;
    return auth.enabled ? { username: "root", revision: auth.revision } : NOBODY;
  }
}
