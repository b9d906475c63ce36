import { type ApiError, Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type {
  ClusterMember,
  MemberOp,
  ResponseHeader,
  ServiceResponse,
} from "../../api/requests.ts";
import { NOBODY } from "../../auth/tokens.ts";
import { type Duration, type Instant, MILLISECOND } from "../../base/time.ts";
import type { NodeId } from "../../raft/types.ts";
import {
  mayAddMember,
  mayPromoteMember,
  mayRemoveMember,
  type Surroundings,
} from "../membership/checks.ts";
import {
  addition,
  type ProposedChange,
  promotion,
  removal,
  update,
} from "../membership/proposed-change.ts";
import { attributesOp } from "../membership/published.ts";
import { isStarted } from "../membership/record.ts";
import { clientUrlOf } from "../membership/urls.ts";
import type { ContextEnd } from "../rpc/request-contexts.ts";
import type { ServerContext } from "../rpc/server-context.ts";

type Promote = Extract<MemberOp, { readonly type: "memberPromote" }>;
type Change = Exclude<MemberOp, { readonly type: "memberList" }>;

/** Tells whoever asks when nobody waits any more for what it does; returns how to stop that. */
type Waiting = (ended: (why: ContextEnd) => void) => () => void;

const NOTHING = (): void => undefined;

/** Between two questions to a leader that did not answer (server.go PromoteMember). */
const RETRY_US: Duration = 50 * MILLISECOND;

/**
 * The Cluster service: changes of membership are checked by the lights of the member that is asked,
 * then proposed (server/etcdserver/api/v3rpc/member.go, server.go).
 */
export class ClusterService {
  private readonly context: ServerContext;
  /** It is under way, or done. */
  private publishing = false;

  constructor(context: ServerContext) {
    this.context = context;
  }

  handle(callId: number, token: string, call: MemberOp): void {
    const { context } = this;
    if (call.type === "memberList") {
      const { maintenanceNeedsUser, readsMembersLinearizably } = context.config.profile;
      const linearizable = call.request.linearizable && readsMembersLinearizably;
      const list = () => {
        if (linearizable) context.linearizable(callId, () => this.list(callId));
        else this.list(callId);
      };
      if (maintenanceNeedsUser) context.signedIn(callId, token, list);
      else list();
      return;
    }
    context.asAdmin(callId, token, () => this.change(callId, call));
  }

  private list(callId: number): void {
    const response = { header: this.header, members: this.members };
    this.context.succeed(callId, { type: "memberList", response });
  }

  /** As in etcd without a revision (v3rpc/member.go). */
  private get header(): ResponseHeader {
    return { ...this.context.header(), revision: 0 };
  }

  private get members(): ClusterMember[] {
    return this.context.machine.configuration.membership.list().map(clientView);
  }

  private change(callId: number, call: Change): void {
    const { context } = this;
    const { membership } = context.machine.configuration;
    switch (call.type) {
      case "memberAdd":
        this.propose(callId, call.type, (id) => {
          const { request } = call;
          const { profile } = context.config;
          const added = addition(membership, request, id, context.host.wallNow);
          return "code" in added
            ? added
            : (this.strict(mayAddMember(this.seen, request.isLearner, profile)) ?? added);
        });
        return;
      case "memberRemove":
        this.propose(
          callId,
          call.type,
          (id) =>
            this.strict(mayRemoveMember(this.seen, call.request.id)) ??
            removal(membership, call.request.id, id),
        );
        return;
      case "memberUpdate":
        this.propose(callId, call.type, (id) => update(membership, call.request, id));
        return;
      case "memberPromote":
        this.promote(callId, call, context.now + context.timeoutUs);
        return;
    }
  }

  private strict(error: ApiError | null): ApiError | null {
    return this.context.config.strictReconfigCheck ? error : null;
  }

  private get seen(): Surroundings {
    const { config, host, machine } = this.context;
    return {
      self: config.id,
      members: machine.configuration.membership.list(),
      connectedFor: (node) => {
        const us = host.peers.connectedFor(node);
        return us < 0 ? null : us;
      },
    };
  }

  private propose(
    callId: number,
    type: Change["type"],
    build: (id: number) => ProposedChange | ApiError,
  ): void {
    this.proposeAs(type, build, this.client(callId), (reply) => this.respond(callId, reply));
  }

  /** Under this member's own header, whoever made the change. */
  private respond(callId: number, { response, error }: Reply<ServiceResponse>): void {
    if (response === null) this.context.respond(callId, { response, error });
    else {
      const { header } = this;
      const own = { ...response, response: { ...response.response, header } } as ServiceResponse;
      this.context.succeed(callId, own);
    }
  }

  /** A client waits as long as it likes to. */
  private client(callId: number): Waiting {
    return (ended) => this.context.contexts.whenEnded(callId, ended);
  }

  /** A peer waits for a request's usual time. */
  private readonly peer: Waiting = (ended) => {
    const { timers, timeoutUs } = this.context;
    const alarm = timers.after(timeoutUs, () => ended("deadline exceeded"));
    return () => timers.cancel(alarm);
  };

  /** `done` gets the response as of when the change was applied here. */
  private proposeAs(
    type: Change["type"],
    build: (id: number) => ProposedChange | ApiError,
    waiting: Waiting,
    done: (reply: Reply<ServiceResponse>) => void,
  ): void {
    const { context } = this;
    let about: bigint | null = null;
    let stop = NOTHING;
    const proposal = context.proposer.proposeMembership(
      (id) => {
        const proposed = build(id);
        if ("code" in proposed) return proposed;
        about = proposed.member.id;
        return proposed.change;
      },
      ({ error }) => {
        stop();
        if (error !== null) done({ response: null, error });
        else done({ response: this.response(type, about), error: null });
      },
    );
    if (!context.proposer.proposals.awaits(proposal)) return;
    stop = waiting((why) => context.proposer.giveUp(proposal, why));
  }

  private response(type: Change["type"], about: bigint | null): ServiceResponse | null {
    const { members, header } = this;
    if (type !== "memberAdd") return { type, response: { header, members } };
    const member = members.find(({ id }) => id === about);
    // Applied just now: whoever is added is there.
    return member === undefined ? null : { type, response: { header, member, members } };
  }

  // ---- promotion -----------------------------------------------------------------------------

  /** Only the leader knows how far a learner has come: others ask it (server.go PromoteMember). */
  private promote(callId: number, call: Promote, deadline: Instant): void {
    const { context } = this;
    const clientsDeadline = context.contexts.deadline(callId);
    if (clientsDeadline === null) return;
    const done = (reply: Reply<ServiceResponse>) => this.respond(callId, reply);
    if (context.isLeader) {
      this.promoteAsLeader(call, this.client(callId), done);
      return;
    }
    const left = Math.min(deadline, clientsDeadline) - context.now;
    const again = (delayUs: Duration) =>
      context.timers.after(delayUs, () => this.promote(callId, call, deadline));
    const { lead, machine, config } = context;
    if (left <= 0) done({ response: null, error: lead === 0 ? Errors.noLeader : Errors.timeout });
    else if (lead === 0) again(Math.min(left, config.electionTicks * config.tickUs));
    // The leader would refuse what comes without a token.
    else if (machine.auth.enabled && !config.profile.promotesThroughFollower)
      again(Math.min(left, RETRY_US));
    else {
      context.peers.rpc(lead, call, left, (reply) => {
        if (reply === null || reply.error === Errors.notLeader) again(Math.min(left, RETRY_US));
        else done(reply);
      });
    }
  }

  private promoteAsLeader(
    { type, request }: Promote,
    waiting: Waiting,
    done: (reply: Reply<ServiceResponse>) => void,
  ): void {
    const { context } = this;
    const { machine, node, config } = context;
    const member = machine.configuration.membership.byId(request.id);
    // Known mistake B3: whether it has caught up, or ever started, is not asked: the quorum grows by one
    // who may not be able to vote.
    if (member !== null && !config.mistakes.promotesUnready) {
      const { tracker } = node.raft;
      const match = (of: NodeId) => tracker.get(of)?.match ?? null;
      const replication = { leaderMatch: match(config.id) ?? 0, match: match(member.node) };
      const error = mayPromoteMember(
        machine.configuration.membership.list(),
        replication,
        config.strictReconfigCheck,
      );
      if (error !== null) {
        done({ response: null, error });
        return;
      }
    }
    const build = (id: number) => promotion(machine.configuration.membership, request.id, id);
    this.proposeAs(type, build, waiting, done);
  }

  /** A peer asks this member, which it takes for the leader. */
  respondPeer(peer: NodeId, callId: number, call: Promote): void {
    const { context } = this;
    const respond = (reply: Reply<ServiceResponse>) =>
      context.host.peers.respondPeer(peer, callId, reply);
    if (context.isLeader) this.promoteAsLeader(call, this.peer, respond);
    else respond({ response: null, error: Errors.notLeader });
  }

  // ---- publishing ----------------------------------------------------------------------------

  /** Tells the cluster this member's name, until all know it (server.go publishV3, and publish up to 3.5). */
  publish(): void {
    const { context } = this;
    const { config, machine, lead } = context;
    if (this.publishing || lead === 0) return;
    const self = machine.configuration.membership.byNode(config.id);
    if (self === null) return;
    this.publishing = true;
    const attributes = { name: `m${config.id}`, clientUrls: [clientUrlOf(config)] };
    // Once is enough: nobody takes a name away.
    if (isStarted(self) && String(self.clientUrls) === String(attributes.clientUrls)) return;
    const op = attributesOp(self.id, attributes, config.profile);
    context.proposer.proposeFor(op, NOBODY, ({ error }) => {
      this.publishing = false;
      if (error !== null) context.timers.after(RETRY_US, () => this.publish());
    });
  }
}

function clientView({ id, name, peerUrls, clientUrls, isLearner }: ClusterMember): ClusterMember {
  return { id, name, peerUrls, clientUrls, isLearner };
}
