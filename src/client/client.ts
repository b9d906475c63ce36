import { type ApiError, Errors } from "../api/errors.ts";
import type {
  LeaseKeepAliveResponse,
  ResponseOf,
  ServiceRequest,
  WatchCreateRequest,
} from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import type { Duration, Instant, Ppm } from "../base/time.ts";
import { EventKind } from "../sim/event-kinds.ts";
import type { Outcome } from "../sim/operation.ts";
import type { ClientNetwork } from "../sim/transport/client-network.ts";
import type { ClientWorld } from "../sim/transport/client-world.ts";
import type { Connections } from "../sim/transport/connections.ts";
import {
  emitHold,
  emitProgressRequest,
  emitWatch,
  emitWatchResponse,
} from "../sim/transport/trace-watch.ts";
import { Call } from "./call.ts";
import { Caller, type Credentials } from "./caller.ts";
import type { Calls } from "./calls.ts";
import { didNotHappen } from "./certainty.ts";
import type { KeepAlive, Renewed } from "./lease/keep-alive.ts";
import { keepAliveOnce } from "./lease/keep-alive-once.ts";
import { KeepAliver, type KeepAliverHost } from "./lease/keep-aliver.ts";
import { CLIENTV3, type RetryPolicy } from "./retry-policy.ts";
import { Eventual, either, type Happening, Running, type Task, TaskError, until } from "./task.ts";
import { ClientWatchStream, watchRequest } from "./watch/client-watch-stream.ts";
import { ClientWatcher, type Heard } from "./watch/client-watcher.ts";

export interface ClientOptions {
  /** Signs in with them before its first call, and again when its token has become stale. */
  readonly auth?: Credentials;
  /** The members it may talk to; all there are, unless told. */
  readonly endpoints?: readonly number[];
  /** How long one attempt may take; the cluster's `clientTimeoutUs` unless told. */
  readonly timeoutUs?: Duration;
  /**
   * Names of the known mistakes that are switched on; the cluster's unless told. C1: a watch begins anew
   * after a break (dotnet-etcd 310). C2: it goes on after the header's revision (microsoft/etcd3 31, 42).
   * C3: writes in doubt are made again. C4: a compaction is passed over in silence. C5: a lost lease is
   * taken for alive. C6: a watch from now on gives the event before (clientv3). C7: the stream of
   * keep-alives is not opened again after a break (etcd 7023). L11: a recipe does not look again whether its session is still
   * there (etcd 11456).
   */
  readonly bugs?: readonly string[];
  /** MaxCallSendMsgSize and MaxCallRecvMsgSize, in bytes; clientv3's defaults unless told. */
  readonly sendLimit?: number;
  readonly receiveLimit?: number;
}

export interface CallOptions {
  /** The member to try first. */
  readonly to?: number;
  /** Never another. */
  readonly pin?: boolean;
  /** For one attempt. */
  readonly timeoutUs?: Duration;
  /** For the whole call; 0: no end. */
  readonly deadlineUs?: Duration;
  readonly policy?: RetryPolicy;
}

export interface WatchOptions extends Partial<WatchCreateRequest> {
  /** End the watch where the member that serves it loses sight of a leader. */
  readonly requireLeader?: boolean;
  readonly heard?: Heard;
}

/** What a client shares with all others. */
export interface ClientHub {
  readonly world: ClientWorld;
  readonly wire: ClientNetwork;
  readonly calls: Calls;
  readonly streams: Connections;
  readonly timeoutUs: Duration;
  /** Names of the known mistakes that all clients make. */
  readonly bugs: readonly string[];
  nextWatch(): number;
}

/** A call that was answered with an error, or not at all. */
export class CallError extends TaskError {
  override name = "CallError";
  readonly reason: ApiError;
  /** `ambiguous`: it may have taken effect all the same. */
  readonly outcome: Outcome;

  constructor(reason: ApiError, outcome: Outcome) {
    super(reason.message);
    this.reason = reason;
    this.outcome = outcome;
  }
}

/**
 * A client process with etcd's client library in it (client/v3): calls, watches, keep-alives, and
 * programs that use them. It can be paused as a process can: its timers and its inbox wait.
 */
export class Client {
  readonly caller: Caller;
  private readonly hub: ClientHub;
  private readonly timeoutUs: Duration;
  private readonly watchStreams = new Map<boolean, ClientWatchStream>();
  private keepAliver: KeepAliver | null = null;
  private everyUs: Duration = 0;

  constructor(id: number, hub: ClientHub, options: ClientOptions) {
    this.hub = hub;
    this.timeoutUs = options.timeoutUs ?? hub.timeoutUs;
    const { auth, endpoints, bugs = hub.bugs, sendLimit, receiveLimit } = options;
    this.caller = new Caller(
      id,
      auth ?? null,
      endpoints ?? null,
      new Set(bugs),
      sendLimit,
      receiveLimit,
    );
  }

  get id(): number {
    return this.caller.id;
  }

  get bugs(): ReadonlySet<string> {
    return this.caller.bugs;
  }

  /** The client's own time. */
  get now(): Instant {
    return this.caller.local(this.hub.world.clock.now);
  }

  // ---- calls -------------------------------------------------------------------------------------

  /** Makes a call; `done` is called once, when it has ended. */
  call(request: ServiceRequest, done: (call: Call) => void, options: CallOptions = {}): Call {
    const { calls } = this.hub;
    const { to = 0, pin = false, timeoutUs = this.timeoutUs, policy = CLIENTV3 } = options;
    const op = calls.nextOp();
    const call = new Call(this.caller, op, request, policy, timeoutUs, to, pin, null, done);
    calls.start(call, options.deadlineUs ?? 0);
    return call;
  }

  /** Stops waiting for a call. */
  cancel(call: Call): void {
    this.hub.calls.cancel(call);
  }

  /** Makes a call and waits for its response; throws a {@link CallError}. */
  *do<R extends ServiceRequest>(
    request: R,
    options: CallOptions = {},
  ): Task<ResponseOf<R["type"]>> {
    let call: Call | null = null;
    const answered: Eventual<Call> = new Eventual<Call>(() => {
      if (call !== null) this.cancel(call);
    });
    call = this.call(request, (ended) => answered.settle(ended), options);
    const { response, error, outcome } = yield* until(answered);
    if (response === null) throw new CallError(error ?? Errors.canceled, outcome);
    assert(response.type === request.type, "a response is of its request's type");
    return response.response as ResponseOf<R["type"]>;
  }

  // ---- watches -----------------------------------------------------------------------------------

  watch(key: string, options: WatchOptions = {}): ClientWatcher {
    const { hub, caller } = this;
    const stream = this.watchStream(options.requireLeader ?? false);
    const request = watchRequest(key, options);
    const watcher = new ClientWatcher(
      hub.nextWatch(),
      caller,
      request,
      options.heard ?? null,
      (gone) => stream.cancel(gone),
    );
    watcher.watchSeq = emitWatch(hub.world, watcher);
    stream.add(watcher);
    return watcher;
  }

  /** Asks for a progress report to all watches that share a stream. */
  requestProgress(requireLeader = false): void {
    const cause = emitProgressRequest(this.hub.world, this.caller.id);
    this.watchStream(requireLeader).requestProgress(cause);
  }

  /** From now on reads one watch response in so many µs; 0: as they come; -1: none. */
  set readEveryUs(us: Duration) {
    this.everyUs = us;
    for (const stream of this.watchStreams.values()) stream.read();
  }

  get readEveryUs(): Duration {
    return this.everyUs;
  }

  private watchStream(requireLeader: boolean): ClientWatchStream {
    const known = this.watchStreams.get(requireLeader);
    if (known !== undefined) return known;
    const { hub, caller } = this;
    const { world, streams, calls } = hub;
    const self = this;
    const stream = new ClientWatchStream(
      {
        caller,
        streams,
        memberIds: () => world.memberIds(),
        after: (us, fire) => void this.after(us, fire),
        signIn: (done) => {
          if (caller.signedIn) done(null);
          else calls.signIn(caller, done);
        },
        get readEveryUs() {
          return self.everyUs;
        },
        tell: (watcher, delivery, what) => emitWatchResponse(world, watcher, delivery, what),
      },
      requireLeader,
    );
    this.watchStreams.set(requireLeader, stream);
    return stream;
  }

  // ---- leases ------------------------------------------------------------------------------------

  /** Keeps a lease alive until it is stopped or lost; `heard` is called for each answer. */
  keepAlive(id: bigint, heard: Renewed | null = null, requireLeader = false): KeepAlive {
    this.keepAliver ??= new KeepAliver(this.leaseHost());
    return this.keepAliver.keepAlive(id, heard, requireLeader);
  }

  /** Renews a lease once; throws a {@link CallError}. `deadlineUs` is for all tries; 0: no end. */
  *keepAliveOnce(id: bigint, { deadlineUs = 0 } = {}): Task<LeaseKeepAliveResponse> {
    const answer = yield* keepAliveOnce(this.leaseHost(), id, deadlineUs);
    if (!("code" in answer)) return answer;
    throw new CallError(answer, didNotHappen(answer) ? "fail" : "ambiguous");
  }

  private leaseHost(): KeepAliverHost {
    const { caller, hub } = this;
    const { world, wire, streams, calls } = hub;
    const self = this;
    return {
      world,
      caller,
      streams,
      nextOp: () => calls.nextOp(),
      memberIds: () => world.memberIds(),
      drawOrder: wire.drawOrder,
      after: (us, fire) => void this.after(us, fire),
      signIn: (done) => calls.signIn(caller, done),
      get now() {
        return self.now;
      },
    };
  }

  // ---- programs ----------------------------------------------------------------------------------

  /** Runs a program in this client. */
  run<T>(task: Task<T>): Running<T> {
    return new Running(task, (resume) => void this.after(0, resume));
  }

  /** Waits for so long by the client's clock, or until something else happens. */
  *sleep(us: Duration, unless: Happening | null = null): Task<void> {
    const over = new Eventual<null>();
    const stop = this.after(us, () => over.settle(null));
    try {
      yield* until(unless === null ? over : either(over, unless));
    } finally {
      stop();
    }
  }

  /** Calls `fire` after so long by the client's clock; returns how to prevent it. */
  after(us: Duration, fire: () => void): () => void {
    const { clock } = this.hub.world;
    const { caller } = this;
    const at = caller.clock.globalFor(caller.local(clock.now) + us);
    let due = true;
    const timer = {
      caller,
      fire: () => {
        if (due) fire();
      },
    };
    const id = clock.at(Math.max(at, clock.now), EventKind.ClientTimer, caller.id, timer);
    return () => {
      due = false;
      clock.cancel(id);
    };
  }

  /** Tells the trace that it holds something that only one may hold, or does so no longer. */
  tellHold(name: string, action: "acquire" | "release" | "lost", fence: number): void {
    emitHold(this.hub.world, this.id, name, action, fence);
  }

  // ---- the process -------------------------------------------------------------------------------

  get paused(): boolean {
    return this.caller.paused;
  }

  /** The process stands still, as in a long garbage collection. Its clock does not. */
  pause(): void {
    this.caller.paused = true;
  }

  resume(): void {
    this.caller.resume();
  }

  /** Its clock runs so much faster (negative: slower). Timers that are set keep their moment. */
  setDrift(ppm: Ppm): void {
    this.caller.clock.setDrift(this.hub.world.clock.now, ppm);
  }
}
