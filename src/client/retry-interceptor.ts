import { type ApiError, Errors } from "../api/errors.ts";
import { receivedTooLarge, sentTooLarge } from "../api/grpc-limits.ts";
import type { Reply } from "../api/reply.ts";
import type { ServiceRequest, ServiceResponse } from "../api/requests.ts";
import { requestSizeAbove, responseSizeAbove } from "../api/wire/call-size.ts";
import { assert } from "../base/assert.ts";
import type { Duration } from "../base/time.ts";
import { type Attempt, Call, type CallOptions } from "./call.ts";
import { didNotHappen, isStaleToken, isTransient, NO_REPLY } from "./certainty.ts";
import type { ClientConn } from "./client-conn.ts";
import type { Ending } from "./outcome.ts";
import { RangeStreamCall } from "./range-stream-call.ts";
import { isWrite, mayRepeat } from "./retry-policy.ts";

/** What becomes of a sign-in: null where the client has what it can have. */
type SignedIn = (error: ApiError | null) => void;

const SIGN_IN: CallOptions = {};

/** A sign-in, and what is asked over HTTP. */
function needsNoToken({ type }: ServiceRequest): boolean {
  return type === "authenticate" || type === "health";
}

/**
 * What every unary call of a client goes through (clientv3's retry_interceptor.go): to its endpoint, to the
 * next one when that fails; tried again as the policy allows; signed in first, and again when the token has
 * become stale. A write whose reply is lost ends `ambiguous`: it may have happened, or may yet.
 */
export class RetryInterceptor {
  private readonly conn: ClientConn;
  /** What waits for the sign-in under way; null: there is none. */
  private signingIn: SignedIn[] | null = null;

  constructor(conn: ClientConn) {
    this.conn = conn;
  }

  /** Makes a call; `done` is called once, when it has ended. */
  start(request: ServiceRequest, done: (call: Call) => void, options: CallOptions): Call {
    const { conn } = this;
    const { clock, observer } = conn.ports;
    const call = new Call(request, observer.invoke(request), done, options, conn.timeoutUs);
    const { deadlineUs = 0 } = options;
    if (deadlineUs > 0) {
      call.deadline = clock.now + deadlineUs;
      const expire = () => this.abandon(call, Errors.deadlineExceeded);
      call.deadlineTimer = clock.at(call.deadline, expire);
    }
    if (conn.credentials === null || conn.signedIn || needsNoToken(request)) {
      this.startAttempt(call);
      return call;
    }
    this.signIn((error) => {
      if (call.outcome !== "pending") return;
      if (error === null) this.startAttempt(call);
      else this.complete(call, "fail", error);
    });
    return call;
  }

  /** The client loses interest: with what is under way it is as if the reply had got lost. */
  cancel(call: Call): void {
    // Keep-alives share a stream, of which nobody tells that one is not waited for.
    if (call.request.type !== "leaseKeepAlive") call.attempt?.sent?.reset();
    this.abandon(call, Errors.canceled);
  }

  private abandon(call: Call, error: ApiError): void {
    if (call.outcome !== "pending") return;
    if (call.attempts > 0) call.doubt ||= isWrite(call.request);
    if (call.attempt !== null) this.endAttempt(call);
    this.giveUp(call, error);
  }

  // ---- attempts ----------------------------------------------------------------------------------

  private startAttempt(call: Call): void {
    const { conn } = this;
    const { clock, observer, transport } = conn.ports;
    const { request, observed, timeoutUs } = call;
    const { token, sendLimit } = conn;
    const endpoint = call.to === 0 ? conn.choose() : call.to;
    if (!call.pinned) call.to = 0;
    call.attempts++;
    observer.attempt(observed, endpoint, call.attempts, call.error);
    const bytes = requestSizeAbove(request, sendLimit);
    if (bytes > 0) {
      // The client's own gRPC fails it: at once, but not before whoever called goes on.
      const error = sentTooLarge(bytes, sendLimit);
      const timer = clock.at(clock.now, () => this.onFailure(call, error));
      call.attempt = { endpoint, token, sent: null, timer };
      return;
    }
    const { now } = clock;
    const metadata = { token, timeoutUs: Math.min(timeoutUs, call.deadline - now) };
    const onReply = (reply: Reply<ServiceResponse>) => this.onReply(call, reply);
    const sent =
      call.streams && request.type === "range"
        ? new RangeStreamCall(transport, endpoint, request.request, token, observed, onReply)
        : transport.start(endpoint, request, metadata, observed, onReply);
    const timer = clock.at(now + timeoutUs, () => this.onFailure(call, NO_REPLY));
    call.attempt = { endpoint, token, sent, timer };
  }

  private endAttempt(call: Call): Attempt {
    const { attempt } = call;
    assert(attempt !== null, "an attempt is under way");
    call.attempt = null;
    attempt.timer.cancel();
    attempt.sent?.abandon();
    return attempt;
  }

  private onReply(call: Call, { response, error }: Reply<ServiceResponse>): void {
    if (error !== null) {
      this.onFailure(call, error);
      return;
    }
    assert(response !== null, "a reply holds a response or an error");
    const { receiveLimit } = this.conn;
    // The limit is for a message, of which a stream has many.
    const bytes = call.streams ? 0 : responseSizeAbove(response, receiveLimit);
    if (bytes > 0) {
      // Whatever it was has been done.
      call.doubt ||= isWrite(call.request);
      this.onFailure(call, receivedTooLarge(bytes, receiveLimit));
      return;
    }
    this.endAttempt(call);
    call.response = response;
    this.complete(call, "ok", null);
  }

  private onFailure(call: Call, error: ApiError): void {
    const { conn } = this;
    const attempt = this.endAttempt(call);
    call.error = error;
    const certain = didNotHappen(error);
    const transient = isTransient(error);
    if (transient) conn.moveOn(attempt.endpoint);
    if (!certain && isWrite(call.request)) call.doubt = true;
    if (call.attempts < call.policy.maxAttempts(conn.endpoints.length)) {
      if (isStaleToken(error, conn.credentials !== null) && this.refresh(call, attempt)) return;
      if (transient && !call.pinned && mayRepeat(call, error, conn.mistakes)) {
        this.retryAfter(call, this.pauseUs(call));
        return;
      }
    }
    this.giveUp(call, error);
  }

  private pauseUs({ policy, attempts }: Call): Duration {
    const { endpoints, ports } = this.conn;
    return policy.pauseUs(attempts, endpoints.length, ports.chance.drawPause);
  }

  private retryAfter(call: Call, us: Duration): void {
    call.retryTimer = this.conn.after(us, () => this.startAttempt(call));
  }

  // ---- signing in -------------------------------------------------------------------------------

  /** Tries again with a fresh token; false where signing in is what failed. */
  private refresh(call: Call, attempt: Attempt): boolean {
    const { conn } = this;
    if (call.request.type === "authenticate") return false;
    if (attempt.token !== conn.token) this.retryAfter(call, 0);
    else if (conn.credentials === null) this.retryAfter(call, this.pauseUs(call));
    else {
      this.signIn((error) => {
        if (call.outcome !== "pending") return;
        if (error === null) this.startAttempt(call);
        else this.giveUp(call, error);
      });
    }
    return true;
  }

  /** Asks for a token; `done` is called at once where one is to be had without credentials: never. */
  signIn(done: SignedIn): void {
    const { credentials } = this.conn;
    if (credentials === null) {
      done(null);
      return;
    }
    if (this.signingIn !== null) {
      this.signingIn.push(done);
      return;
    }
    this.signingIn = [done];
    const request = { type: "authenticate", request: { ...credentials, simpleToken: "" } } as const;
    this.start(request, (call) => this.signedIn(call), SIGN_IN);
  }

  private signedIn({ response, error: failure }: Call): void {
    const { conn } = this;
    const waiting = this.signingIn ?? [];
    this.signingIn = null;
    let error = failure;
    if (response?.type === "authenticate") conn.token = response.response.token;
    else if (error?.message === Errors.authNotEnabled.message) {
      conn.token = "";
      error = null;
    }
    conn.signedIn ||= error === null;
    for (const done of waiting) done(error);
  }

  // ---- the end ----------------------------------------------------------------------------------

  /** The last attempt has failed; one before it may have had its effect all the same. */
  private giveUp(call: Call, error: ApiError): void {
    this.complete(call, call.doubt ? "ambiguous" : "fail", error);
  }

  private complete(call: Call, outcome: Ending, error: ApiError | null): void {
    assert(call.outcome === "pending", "a call completes once");
    call.outcome = outcome;
    call.error = error;
    call.retryTimer?.cancel();
    call.deadlineTimer?.cancel();
    this.conn.ports.observer.complete(call.observed, outcome, call.response, error);
    call.done(call);
  }
}
