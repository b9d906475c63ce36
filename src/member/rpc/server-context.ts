import { certificateName } from "../../api/certificate-token.ts";
import { type ApiError, Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalResponse, ResponseHeader, ServiceResponse } from "../../api/requests.ts";
import { type AuthInfo, NOBODY } from "../../auth/tokens.ts";
import { type Duration, type Instant, SECOND } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import type { Index, NodeId } from "../../raft/types.ts";
import { AppliedWaits } from "../apply/applied-waits.ts";
import type { StateMachine } from "../apply/state-machine.ts";
import type { MemberHost } from "../host.ts";
import type { MemberConfig } from "../settings.ts";
import { Leadership } from "./leadership.ts";
import { MemberTimers } from "./member-timers.ts";
import { PeerCalls } from "./peer-calls.ts";
import { requestTimeoutUs } from "./pending-proposals.ts";
import { Proposer } from "./proposer.ts";
import { type PendingRead, ReadIndexLoop } from "./read-index-loop.ts";
import { contextError, RequestContexts } from "./request-contexts.ts";

/** v3_server.go applyTimeout. */
const APPLY_TIMEOUT_US: Duration = SECOND;

/**
 * What all services of a member work with: the ways to a response (propose, read, call a peer, wait),
 * and the way it takes.
 */
export class ServerContext {
  readonly config: MemberConfig;
  readonly host: MemberHost;
  readonly node: RawNode;
  readonly machine: StateMachine;
  readonly proposer: Proposer;
  readonly reads: ReadIndexLoop;
  readonly peers: PeerCalls;
  readonly timers: MemberTimers;
  /** How long clients wait. */
  readonly contexts: RequestContexts;
  readonly applied = new AppliedWaits();
  readonly leadership: Leadership;
  /** How long a request may take. */
  readonly timeoutUs: Duration;

  constructor(config: MemberConfig, host: MemberHost, node: RawNode, machine: StateMachine) {
    this.config = config;
    this.host = host;
    this.node = node;
    this.machine = machine;
    this.timeoutUs = requestTimeoutUs(config);
    this.timers = new MemberTimers(machine);
    this.contexts = new RequestContexts(this.timers, machine);
    this.reads = new ReadIndexLoop(node, config.id, this.timeoutUs, config.mistakes);
    this.peers = new PeerCalls(host, this.timers);
    this.leadership = new Leadership(node, config);
    const { contexts, leadership } = this;
    this.proposer = new Proposer(
      { config, host, node, machine, contexts, leadership },
      (callId, reply) => this.respondApplied(callId, reply),
    );
  }

  /** By the member's own clock. */
  get now(): Instant {
    return this.machine.now;
  }

  /** The member that leads, as far as is known here; 0: none. */
  get lead(): NodeId {
    return this.node.raft.lead;
  }

  get isLeader(): boolean {
    return this.leadership.leads;
  }

  /** All other members that are known here, those without a vote among them. */
  get others(): NodeId[] {
    const { voters, votersOutgoing, learners } = this.machine.appliedConf;
    const ids = new Set([...voters, ...votersOutgoing, ...learners]);
    ids.delete(this.config.id);
    return [...ids].sort((a, b) => a - b);
  }

  // ---- responses -----------------------------------------------------------------------------

  /** The present header. */
  header(): ResponseHeader {
    const { machine } = this;
    return {
      clusterId: machine.clusterId,
      memberId: machine.memberId,
      revision: machine.store.revision,
      raftTerm: this.node.raft.term,
    };
  }

  /** Answers a call with what was applied; fills in what only the member knows (v3rpc/header.go). */
  respondApplied(callId: number, { response, error }: Reply<InternalResponse>): void {
    if (response === null) {
      this.respond(callId, { response: null, error });
      return;
    }
    const headed = response.response as { header: Mutable<ResponseHeader> | null };
    if (response.type === "alarm" && !this.config.profile.alarmsHaveHeader) headed.header = null;
    const { header } = headed;
    if (header !== null) {
      header.clusterId = this.machine.clusterId;
      header.memberId = this.machine.memberId;
      header.raftTerm = this.node.raft.term;
      if (header.revision === 0) header.revision = this.machine.store.revision;
    }
    this.respond(callId, { response, error: null } as Reply<ServiceResponse>);
  }

  succeed(callId: number, response: ServiceResponse): void {
    this.respond(callId, { response, error: null });
  }

  fail(callId: number, error: ApiError): void {
    this.respond(callId, { response: null, error });
  }

  /** Answers a call with what is complete already. */
  respond(callId: number, reply: Reply<ServiceResponse>): void {
    this.contexts.close(callId);
    this.host.respond(callId, reply);
  }

  // ---- who asks ------------------------------------------------------------------------------

  /**
   * Goes on with who the token belongs to: at once, or when the entry that made it is applied here.
   * Without auth, or without a token, it is nobody (v3_server.go AuthInfoFromCtx).
   */
  asUser(callId: number, token: string, then: (user: AuthInfo) => void): void {
    this.identify(callId, token, (user) => {
      if ("code" in user) this.fail(callId, user);
      else then(user);
    });
  }

  /** The same with the error of a wrong token. */
  identify(callId: number, token: string, then: (user: AuthInfo | ApiError) => void): void {
    // There is no limit but the client's (simple_token.go isValidSimpleToken).
    const whenApplied: WhenApplied = (index, applied, never) => {
      const wait = this.applied.add(index, () => {
        stop();
        applied();
      });
      const stop = this.contexts.whenEnded(callId, () => {
        this.applied.cancel(wait);
        never();
      });
    };
    this.lookUpUser(token, whenApplied, then);
  }

  /** The same for what is no call: the error is the caller's to pass on. */
  userOf(token: string, then: (user: AuthInfo | ApiError) => void): void {
    // Anybody can name an index that will never come. (etcd waits until the stream ends.)
    const whenApplied: WhenApplied = (index, applied, never) =>
      this.afterIndex(index, this.timeoutUs, applied, never);
    this.lookUpUser(token, whenApplied, then);
  }

  private lookUpUser(
    token: string,
    whenApplied: WhenApplied,
    then: (user: AuthInfo | ApiError) => void,
  ): void {
    const { auth, appliedIndex } = this.machine;
    if (!auth.looksAtTokens || token === "") {
      then(NOBODY);
      return;
    }
    // As of now, whatever comes of it until it is applied (auth/store.go AuthInfoFromTLS).
    const username = certificateName(token);
    if (username !== null) {
      then({ username, revision: auth.revision });
      return;
    }
    const found = auth.tokenLookup(this.now, token, appliedIndex);
    if (found.kind === "known") then(found.info);
    else if (found.kind === "invalid") then(Errors.invalidAuthToken);
    else {
      whenApplied(
        found.index,
        () => this.lookUpUser(token, whenApplied, then),
        () => then(Errors.invalidAuthToken),
      );
    }
  }

  /** The same for what a stranger may not do. */
  signedIn(callId: number, token: string, then: (user: AuthInfo) => void): void {
    this.asUser(callId, token, (user) => {
      const error = this.machine.checker.checkSignedIn(user);
      if (error === null) then(user);
      else this.fail(callId, error);
    });
  }

  /** The same for what only root may do. */
  asAdmin(callId: number, token: string, then: (user: AuthInfo) => void): void {
    this.admitAdmin(callId, token, then, (error) => this.fail(callId, error));
  }

  /** The same where a refusal is the caller's to pass on. */
  admitAdmin(
    callId: number,
    token: string,
    then: (user: AuthInfo) => void,
    refuse: (error: ApiError) => void,
  ): void {
    this.identify(callId, token, (user) => {
      const error = "code" in user ? user : this.machine.checker.checkAdmin(user);
      if (error !== null) refuse(error);
      else then(user as AuthInfo);
    });
  }

  /** What the member does by itself it does as root (auth/store.go WithRoot). */
  asRoot(): AuthInfo {
    const { auth } = this.machine;
    return auth.enabled ? { username: "root", revision: auth.revision } : NOBODY;
  }

  // ---- waiting -------------------------------------------------------------------------------

  /** Goes on once this member has applied all that was committed when it began. */
  linearizable(callId: number, then: () => void): void {
    this.confirm(callId, then, (error) => this.fail(callId, error));
  }

  /** The same where there is a response, too, if that can't be had. */
  confirm(callId: number, then: () => void, fail: (error: ApiError) => void): void {
    const read: PendingRead = {
      serve: () => {
        stop();
        then();
      },
      fail: (error) => {
        stop();
        fail(error);
      },
    };
    const stop = this.contexts.whenEnded(callId, (why) => {
      this.reads.drop(read);
      fail(contextError(why));
    });
    this.reads.add(read, this.now);
  }

  /** The same for what is nobody's call, and waits for a request's usual time. */
  upToDate(then: () => void, fail: (error: ApiError) => void): void {
    const read: PendingRead = {
      serve: () => {
        this.timers.cancel(limit);
        then();
      },
      fail: (error) => {
        this.timers.cancel(limit);
        fail(error);
      },
    };
    const limit = this.timers.after(this.timeoutUs, () => {
      this.reads.drop(read);
      fail(Errors.timeout);
    });
    this.reads.add(read, this.now);
  }

  /** A majority still follows this member (server.go ensureLeadership); else it is not sure. */
  sureToLead(sure: () => void, unsure: () => void): void {
    const { leadership, now } = this;
    const { mistakes, readOnly } = this.config;
    // Known mistake L15: it ticks, which says nothing of whether anybody follows.
    if (leadership.isSure(now) || (leadership.leads && mistakes.trustsOwnTicks)) {
      sure();
      return;
    }
    const sent = leadership.ask(now);
    const answered = () => {
      // With lease reads it was not a majority that answered.
      if (readOnly === "safe") leadership.confirmed(sent);
      if (leadership.leads) sure();
      else unsure();
    };
    this.upToDate(answered, unsure);
  }

  /** Goes on once all is applied here that is committed now, or fails the call after a second. */
  whenApplied(callId: number, then: () => void): void {
    this.afterApplied(then, () => this.fail(callId, Errors.timeoutWaitAppliedIndex));
  }

  /** The same for what is nobody's call. */
  afterApplied(then: () => void, late: () => void): void {
    this.afterIndex(this.node.raft.log.committed, APPLY_TIMEOUT_US, then, late);
  }

  private afterIndex(index: Index, waitUs: Duration, then: () => void, late: () => void): void {
    if (index <= this.machine.appliedIndex) {
      then();
      return;
    }
    const wait = this.applied.add(index, () => {
      this.timers.cancel(alarm);
      then();
    });
    const alarm = this.timers.after(waitUs, () => {
      this.applied.cancel(wait);
      late();
    });
  }

  /** When something here must be retried or given up. */
  due(): Instant {
    return Math.min(this.proposer.due(), this.reads.due(), this.timers.due());
  }

  wake(): void {
    this.proposer.wake();
    this.reads.wake(this.now);
    this.timers.wake();
  }
}

/** Goes on with one of the two: the entry at `index`, which is not applied yet, is, or is waited for no longer. */
type WhenApplied = (index: Index, applied: () => void, never: () => void) => void;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
