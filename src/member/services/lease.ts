import { type ApiError, Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type {
  LeaseGrantRequest,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseQuery,
  LeaseRevokeRequest,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  ServiceResponse,
} from "../../api/requests.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import { type Duration, type Instant, MILLISECOND } from "../../base/time.ts";
import { generateLeaseId } from "../../lease/generate-lease-id.ts";
import type { Renewal } from "../../lease/lease.ts";
import type { NodeId } from "../../raft/types.ts";
import type { PeerRequest } from "../protocol.ts";
import type { ServerContext } from "../rpc/server-context.ts";

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

/** How a renewal by this member's lessor ends. */
interface RenewedHere {
  /** The TTL is 0 where there is no such lease. */
  renewed(ttl: number): void;
  /** This lessor does not decide. */
  elsewhere(): void;
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
  private readonly context: ServerContext;

  constructor(context: ServerContext) {
    this.context = context;
  }

  handle(callId: number, token: string, call: LeaseCall): void {
    switch (call.type) {
      case "leaseGrant":
        this.changing(callId, token, (user) => this.grant(callId, user, call.request));
        return;
      case "leaseRevoke":
        this.changing(callId, token, (user) => this.context.proposer.propose(call, user, callId));
        return;
      case "leaseKeepAlive":
        this.keepAlive(token, call.request, {
          done: (response) => this.context.succeed(callId, { type: "leaseKeepAlive", response }),
          fail: (error) => this.context.fail(callId, error),
        });
        return;
      case "leaseTimeToLive":
        this.looking(callId, token, (user) => this.timeToLive(callId, user, call.request));
        return;
      case "leaseLeases":
        this.looking(callId, token, (user) => this.list(callId, user));
        return;
    }
  }

  private get needsUser(): boolean {
    return this.context.config.profile.leasesNeedUser;
  }

  /** Goes on with who grants or revokes a lease. */
  private changing(callId: number, token: string, then: (user: AuthInfo) => void): void {
    if (this.needsUser) this.context.signedIn(callId, token, then);
    else this.context.asUser(callId, token, then);
  }

  /** Goes on with who looks at leases; null: anybody may. */
  private looking(callId: number, token: string, then: (user: AuthInfo | null) => void): void {
    if (this.needsUser) this.context.signedIn(callId, token, then);
    else then(null);
  }

  private mayRead(user: AuthInfo | null, id: bigint): ApiError | null {
    return user === null ? null : this.context.machine.checker.checkLeaseRead(user, id);
  }

  private grant(callId: number, user: AuthInfo, { id, ttl }: LeaseGrantRequest): void {
    const { context } = this;
    const given = id === 0n ? generateLeaseId(context.host.random) : id;
    context.proposer.propose({ type: "leaseGrant", request: { id: given, ttl } }, user, callId);
  }

  private list(callId: number, user: AuthInfo | null): void {
    const { context } = this;
    const leases = context.machine.lessor.list();
    for (const { id } of leases) {
      const error = this.mayRead(user, id);
      if (error === null) continue;
      context.fail(callId, error);
      return;
    }
    const response = { header: context.header(), leases: leases.map(({ id }) => ({ id })) };
    context.succeed(callId, { type: "leaseLeases", response });
  }

  // ---- keep-alive ----------------------------------------------------------------------------

  /** Renews a lease, here or at the leader (v3_server.go LeaseRenew). */
  keepAlive(token: string, { id }: LeaseKeepAliveRequest, { done, fail }: Renewing): void {
    const { context } = this;
    // Of the moment before: the store must have been at this revision when the lease was still there.
    const header = context.header();
    const renewed = (ttl: number) => done({ header, id, ttl });
    const checked = (then: () => void) => {
      if (!this.needsUser) {
        then();
        return;
      }
      context.userOf(token, (user) => {
        const error = "code" in user ? user : context.machine.checker.checkLeaseRenew(user, id);
        if (error === null) then();
        else fail(error);
      });
    };
    const deadline = context.now + context.timeoutUs;
    const call = { type: "leaseKeepAlive", request: { id } } as const;
    const elsewhere = () =>
      checked(() =>
        this.rpcLeader(
          call,
          deadline,
          (response) => renewed((response as LeaseKeepAliveResponse).ttl),
          fail,
        ),
      );
    if (!context.isLeader) {
      elsewhere();
      return;
    }
    this.context.sureToLead(
      () =>
        this.known(
          id,
          () => checked(() => this.renew(id, { renewed, elsewhere, fail })),
          () => fail(Errors.timeoutWaitAppliedIndex),
        ),
      () => fail(NOT_PRIMARY),
    );
  }

  /** Goes on once this member must know the lease if there is one. (For its peers it always waits: leasehttp.) */
  private known(id: bigint, then: () => void, late: () => void): void {
    const { config, machine } = this.context;
    if (config.profile.renewsBeforeApplied && machine.lessor.lookup(id) !== null) then();
    else this.context.afterApplied(then, late);
  }

  private renew(id: bigint, { renewed, elsewhere, fail }: RenewedHere): void {
    const { context } = this;
    context.machine.lessor.renew(context.now, id, (renewal: Renewal) => {
      switch (renewal.kind) {
        case "renewed":
          context.machine.tracer.leased("renew", id, renewal.ttl);
          renewed(renewal.ttl);
          break;
        case "not found":
          renewed(0);
          break;
        case "not primary":
          elsewhere();
          break;
        case "failed":
          fail(renewal.error);
      }
    });
  }

  // ---- time to live --------------------------------------------------------------------------

  private timeToLive(callId: number, user: AuthInfo | null, request: LeaseTimeToLiveRequest): void {
    const { context } = this;
    const { auth } = context.machine;
    const { revision } = auth;
    if (request.keys) {
      const error = this.mayRead(user, request.id);
      if (error !== null) {
        context.fail(callId, error);
        return;
      }
    }
    const respond = (response: LeaseTimeToLiveResponse) => {
      const asked = request.keys && user !== null;
      if (asked && auth.enabled && revision !== auth.revision) {
        context.fail(callId, Errors.authOldRevision);
      } else {
        context.succeed(callId, {
          type: "leaseTimeToLive",
          response: { ...response, header: context.header() },
        });
      }
    };
    if (context.isLeader) {
      context.whenApplied(callId, () => {
        const found = this.lookUp(request);
        if ("code" in found) context.fail(callId, found);
        else respond(found);
      });
      return;
    }
    const deadline = context.now + context.timeoutUs;
    this.rpcLeader(
      { type: "leaseTimeToLive", request },
      deadline,
      (response) => respond(response as LeaseTimeToLiveResponse),
      (error) => context.fail(callId, error),
    );
  }

  private lookUp({ id, keys }: LeaseTimeToLiveRequest): LeaseTimeToLiveResponse | ApiError {
    const { context } = this;
    const header = context.header();
    const left = context.machine.lessor.timeToLive(context.now, id, keys);
    if (!("code" in left)) return { header, id, ...left };
    if (left !== Errors.leaseNotFound) return left;
    return { header, id, ttl: -1, grantedTtl: 0, keys: [] };
  }

  // ---- the leader ----------------------------------------------------------------------------

  /** Calls whoever leads until it responds, at most up to `deadline`. */
  private rpcLeader(
    request: PeerLeaseRequest,
    deadline: Instant,
    done: (response: unknown) => void,
    fail: (error: ApiError) => void,
  ): void {
    const { context } = this;
    const left = deadline - context.now;
    const again = (delayUs: Duration) =>
      context.timers.after(delayUs, () => this.rpcLeader(request, deadline, done, fail));
    const { lead } = context;
    const responded = (reply: Reply<ServiceResponse> | null) => {
      if (reply?.response) done(reply.response.response);
      else again(Math.min(Math.max(0, deadline - context.now), RETRY_US));
    };
    if (left <= 0) fail(lead === 0 ? Errors.noLeader : Errors.timeout);
    else if (lead === 0)
      again(Math.min(left, context.config.electionTicks * context.config.tickUs));
    // It has become the leader meanwhile. etcd would send itself the request.
    else if (lead === context.config.id) this.respondAsLeader(request, responded);
    else context.peers.rpc(lead, request, left, responded);
  }

  /** A peer asks this member as the leader; if it is not, the peer will find out who is. */
  respondPeer(peer: NodeId, callId: number, call: PeerLeaseRequest): void {
    this.respondAsLeader(call, (reply) => this.context.host.peers.respondPeer(peer, callId, reply));
  }

  private respondAsLeader(
    call: PeerLeaseRequest,
    done: (reply: Reply<ServiceResponse>) => void,
  ): void {
    const { context } = this;
    const fail = (error: ApiError) => done({ response: null, error });
    const elsewhere = () => fail(NOT_PRIMARY);
    const applied = (then: () => void) =>
      context.afterApplied(then, () => fail(Errors.timeoutWaitAppliedIndex));
    if (call.type === "leaseTimeToLive") {
      applied(() => {
        const response = this.lookUp(call.request);
        if ("code" in response) fail(response);
        else done({ response: { type: call.type, response }, error: null });
      });
      return;
    }
    const { id } = call.request;
    const renewed = (ttl: number) => {
      const response = { header: context.header(), id, ttl };
      done({ response: { type: call.type, response }, error: null });
    };
    // etcd does not ask here (leasehttp): who is cut off together with a deposed leader renews by way of it.
    context.sureToLead(
      () => applied(() => this.renew(id, { renewed, elsewhere, fail })),
      elsewhere,
    );
  }
}
