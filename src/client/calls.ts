import { type ApiError, Errors } from "../api/errors.ts";
import { receivedTooLarge, sentTooLarge } from "../api/message-limits.ts";
import type { Reply } from "../api/reply.ts";
import type { ServiceRequest, ServiceResponse } from "../api/requests.ts";
import { requestSizeAbove, responseSizeAbove } from "../api/wire/call-size.ts";
import { assert } from "../base/assert.ts";
import type { Duration } from "../base/time.ts";
import { EventKind } from "../sim/event-kinds.ts";
import type { Outcome } from "../sim/operation.ts";
import type { ClientNetwork } from "../sim/transport/client-network.ts";
import type { ClientWorld } from "../sim/transport/client-world.ts";
import { emitAttempt, emitComplete, emitInvoke, emitRequest } from "../sim/transport/trace-call.ts";
import { type Attempt, Call, type ClientReply } from "./call.ts";
import type { Caller } from "./caller.ts";
import {
  CONNECTION_LOST,
  didNotHappen,
  isStaleToken,
  isTransient,
  NO_REPLY,
  REFUSED,
} from "./certainty.ts";
import { CLIENTV3, isRepeatable, isWrite } from "./retry-policy.ts";

/** What becomes of a sign-in: null where the client has what it can have. */
type SignedIn = (error: ApiError | null) => void;

/** A sign-in, and what is asked over HTTP. */
function needsNoToken({ type }: ServiceRequest): boolean {
  return type === "authenticate" || type === "health";
}

/**
 * All clients' calls with one answer each, as clientv3 makes them: an endpoint each, the next one when
 * it fails; tried again as the policy allows; signed in first, and again when the token has become
 * stale. A write whose reply is lost ends `ambiguous`: it may have happened, or may yet.
 */
export class Calls {
  private readonly world: ClientWorld;
  private readonly wire: ClientNetwork;
  /** How long an attempt of a sign-in may take. */
  private readonly timeoutUs: Duration;
  private ops = 0;
  private callIds = 0;
  private readonly openCalls = new Map<number, Attempt>();
  /** Clients that are signing in, and what waits for it. */
  private readonly signingIn = new Map<Caller, SignedIn[]>();

  constructor(world: ClientWorld, wire: ClientNetwork, timeoutUs: Duration) {
    this.world = world;
    this.wire = wire;
    this.timeoutUs = timeoutUs;
  }

  /** The number of the next operation. */
  nextOp(): number {
    return ++this.ops;
  }

  /** @param deadlineUs the call ends after so long, by the client's clock; 0: no end */
  start(call: Call, deadlineUs: Duration): void {
    const { clock } = this.world;
    const { caller } = call;
    call.invokeSeq = emitInvoke(this.world, caller.id, call.op, call.request);
    if (deadlineUs > 0) {
      call.deadline = caller.local(clock.now) + deadlineUs;
      const at = caller.clock.globalFor(call.deadline);
      const fire = () => this.abandon(call, Errors.deadlineExceeded);
      call.deadlineTimer = clock.at(at, EventKind.ClientTimer, caller.id, { caller, fire });
    }
    if (caller.credentials === null || caller.signedIn || needsNoToken(call.request)) {
      this.attempt(call);
      return;
    }
    this.signIn(caller, (error) => {
      if (call.outcome !== "pending") return;
      if (error === null) this.attempt(call);
      else this.complete(call, "fail", error);
    });
  }

  /** The client loses interest: with what is under way it is as if the reply had got lost. */
  cancel(call: Call): void {
    const { attempt } = call;
    // Keep-alives share a stream, of which nobody tells that one is not waited for.
    if (attempt !== null && call.request.type !== "leaseKeepAlive") this.sendReset(attempt);
    this.abandon(call, Errors.canceled);
  }

  /** Tells the member. Of a deadline it knows: that came along with the call. */
  private sendReset(attempt: Attempt): void {
    const { clock } = this.world;
    const at = Math.max(attempt.arrivesAt, clock.now + this.wire.streamDelay());
    clock.at(at, EventKind.Canceled, attempt.to, attempt);
  }

  private abandon(call: Call, error: ApiError): void {
    if (call.outcome !== "pending") return;
    const { attempt } = call;
    if (attempt !== null) {
      this.openCalls.delete(attempt.callId);
      this.close(attempt);
      call.doubt ||= isWrite(call.request);
    }
    this.giveUp(call, error);
  }

  private attempt(call: Call): void {
    const { clock } = this.world;
    const { caller } = call;
    const to = call.to === 0 ? caller.choose(this.world.memberIds()) : call.to;
    if (!call.pinned) call.to = 0;
    const callId = ++this.callIds;
    const local = caller.local(clock.now);
    const arrivesAt = clock.now + this.wire.delay();
    const attempt: Attempt = {
      call,
      callId,
      to,
      token: caller.token,
      timeoutUs: Math.min(call.timeoutUs, call.deadline - local),
      arrivesAt,
      timer: 0,
      open: true,
      delivered: false,
    };
    call.attempt = attempt;
    call.attempts++;
    this.openCalls.set(callId, attempt);
    emitAttempt(this.world, caller.id, call.op, to, call.attempts, call.invokeSeq, call.error);
    const bytes = requestSizeAbove(call.request, caller.sendLimit);
    if (bytes > 0) {
      this.unsent(attempt, sentTooLarge(bytes, caller.sendLimit));
      return;
    }
    clock.at(arrivesAt, EventKind.Request, to, attempt);
    const until = caller.clock.globalFor(local + call.timeoutUs);
    attempt.timer = clock.at(until, EventKind.ClientTimeout, caller.id, attempt);
  }

  /** The client's own gRPC fails an attempt: at once, but not before whoever called goes on. */
  private unsent(attempt: Attempt, error: ApiError): void {
    const { clock } = this.world;
    const { caller } = attempt.call;
    const fire = () => {
      if (!attempt.open) return;
      this.openCalls.delete(attempt.callId);
      this.close(attempt);
      this.failed(attempt, error);
    };
    clock.at(clock.now, EventKind.ClientTimer, caller.id, { caller, fire });
  }

  // ---- events of the queue -------------------------------------------------------------------

  /** An attempt reaches its member. */
  arrive(attempt: Attempt): void {
    const { call, to, callId, token, timeoutUs } = attempt;
    if (this.wire.isCut(call.caller.id, to)) return;
    const node = this.world.node(to);
    if (node.status === "down" || node.status === "refused") {
      this.respond(attempt, null, true);
      return;
    }
    attempt.delivered = true;
    const { op, request, caller, invokeSeq } = call;
    const cause = emitRequest(this.world, node.id, caller.id, op, request, invokeSeq);
    node.request({ kind: "call", callId, token, request, timeoutUs }, cause);
  }

  /** The member learns that an attempt was given up. */
  reset({ call, to, callId, delivered }: Attempt): void {
    if (!delivered || this.wire.isCut(call.caller.id, to)) return;
    const node = this.world.node(to);
    if (node.member !== null) node.canceled(callId);
  }

  /** The member answers. Late answers travel too, and find nobody who listens. */
  answer(callId: number, reply: Reply<ServiceResponse>): void {
    const attempt = this.openCalls.get(callId);
    if (attempt !== undefined) this.respond(attempt, reply, false);
  }

  /** A member's process is gone: open connections to it break. */
  connectionsLost(member: number): void {
    for (const attempt of this.openCalls.values()) {
      if (attempt.to === member && attempt.delivered) this.respond(attempt, null, false);
    }
  }

  private respond(attempt: Attempt, reply: Reply<ServiceResponse> | null, refused: boolean): void {
    this.openCalls.delete(attempt.callId);
    const { clock } = this.world;
    const payload: ClientReply = { attempt, reply, refused };
    clock.at(clock.now + this.wire.delay(), EventKind.Reply, attempt.call.caller.id, payload);
  }

  replied(arrived: ClientReply): void {
    const { attempt, reply, refused } = arrived;
    const { call } = attempt;
    if (!attempt.open || this.wire.isCut(call.caller.id, attempt.to)) return;
    if (call.caller.paused) {
      call.caller.defer(() => this.replied(arrived));
      return;
    }
    this.close(attempt);
    if (reply === null) this.failed(attempt, refused ? REFUSED : CONNECTION_LOST);
    else if (reply.error !== null) this.failed(attempt, reply.error);
    else {
      assert(reply.response !== null, "a reply holds a response or an error");
      this.take(attempt, reply.response);
    }
  }

  private take(attempt: Attempt, response: ServiceResponse): void {
    const { call } = attempt;
    const { receiveLimit } = call.caller;
    const bytes = responseSizeAbove(response, receiveLimit);
    if (bytes > 0) {
      // Whatever it was has been done.
      call.doubt ||= isWrite(call.request);
      this.failed(attempt, receivedTooLarge(bytes, receiveLimit));
      return;
    }
    call.response = response;
    this.complete(call, "ok", null);
  }

  timedOut(attempt: Attempt): void {
    if (!attempt.open) return;
    const { caller } = attempt.call;
    if (caller.paused) {
      caller.defer(() => this.timedOut(attempt));
      return;
    }
    this.openCalls.delete(attempt.callId);
    this.close(attempt);
    this.failed(attempt, NO_REPLY);
  }

  retry(call: Call): void {
    if (call.outcome !== "pending") return;
    if (call.caller.paused) call.caller.defer(() => this.retry(call));
    else this.attempt(call);
  }

  private close(attempt: Attempt): void {
    assert(attempt.open, "an attempt ends once");
    attempt.open = false;
    attempt.call.attempt = null;
    this.world.clock.cancel(attempt.timer);
  }

  // ---- what comes after a failure --------------------------------------------------------------

  private failed(attempt: Attempt, error: ApiError): void {
    const { call } = attempt;
    const { caller } = call;
    call.error = error;
    const members = this.world.memberIds();
    const certain = didNotHappen(error);
    const transient = isTransient(error);
    if (transient) caller.moveOn(attempt.to, members);
    if (!certain && isWrite(call.request)) call.doubt = true;
    const count = (caller.endpoints ?? members).length;
    if (call.attempts < call.policy.maxAttempts(count)) {
      if (isStaleToken(error, caller.credentials !== null) && this.refresh(call, attempt)) return;
      if (transient && !call.pinned && this.mayRepeat(call, error, certain)) {
        this.retryLater(call, call.policy.pauseUs(call.attempts, count, this.wire.drawPause));
        return;
      }
    }
    this.giveUp(call, error);
  }

  private mayRepeat(call: Call, error: ApiError, certain: boolean): boolean {
    if (isRepeatable(call.request)) return true;
    // Known mistake C3: what may have happened is done again.
    if (call.caller.bugs.has("C3")) return true;
    if (call.policy.writes === "certain") return certain;
    return error === REFUSED || error.message === Errors.notSupportedForLearner.message;
  }

  private retryLater(call: Call, us: Duration): void {
    const { clock } = this.world;
    const at = call.caller.clock.globalFor(call.caller.local(clock.now) + us);
    call.retryTimer = clock.at(
      Math.max(at, clock.now),
      EventKind.ClientRetry,
      call.caller.id,
      call,
    );
  }

  // ---- signing in -------------------------------------------------------------------------------

  /** Tries again with a fresh token; false where signing in is what failed. */
  private refresh(call: Call, attempt: Attempt): boolean {
    const { caller } = call;
    if (call.request.type === "authenticate") return false;
    if (attempt.token !== caller.token) this.retryLater(call, 0);
    else if (caller.credentials === null) {
      const members = (caller.endpoints ?? this.world.memberIds()).length;
      this.retryLater(call, call.policy.pauseUs(call.attempts, members, this.wire.drawPause));
    } else {
      this.signIn(caller, (error) => {
        if (call.outcome !== "pending") return;
        if (error === null) this.attempt(call);
        else this.giveUp(call, error);
      });
    }
    return true;
  }

  /** Asks for a token; `done` is called at once where one is to be had without credentials: never. */
  signIn(caller: Caller, done: SignedIn): void {
    const { credentials } = caller;
    if (credentials === null) {
      done(null);
      return;
    }
    const waiting = this.signingIn.get(caller);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    this.signingIn.set(caller, [done]);
    const request = { type: "authenticate", request: { ...credentials, simpleToken: "" } } as const;
    const signed = (call: Call) => this.signedIn(caller, call);
    const { timeoutUs } = this;
    this.start(
      new Call(caller, this.nextOp(), request, CLIENTV3, timeoutUs, 0, false, null, signed),
      0,
    );
  }

  private signedIn(caller: Caller, call: Call): void {
    const waiting = this.signingIn.get(caller) ?? [];
    this.signingIn.delete(caller);
    let { error } = call;
    if (call.response?.type === "authenticate") caller.token = call.response.response.token;
    else if (error?.message === Errors.authNotEnabled.message) {
      caller.token = "";
      error = null;
    }
    caller.signedIn ||= error === null;
    for (const done of waiting) done(error);
  }

  // ---- the end ----------------------------------------------------------------------------------

  /** The last attempt has failed; one before it may have had its effect all the same. */
  private giveUp(call: Call, error: ApiError): void {
    this.complete(call, call.doubt ? "ambiguous" : "fail", error);
  }

  private complete(call: Call, outcome: Outcome, error: ApiError | null): void {
    assert(call.outcome === "pending", "a call completes once");
    const { clock } = this.world;
    call.outcome = outcome;
    call.error = error;
    if (call.retryTimer !== 0) clock.cancel(call.retryTimer);
    if (call.deadlineTimer !== 0) clock.cancel(call.deadlineTimer);
    assert(outcome !== "pending", "a completed call has an outcome");
    emitComplete(this.world, call.caller.id, call.op, outcome, call.response, error);
    call.done(call);
  }
}
