import { type ApiError, Errors } from "../api/errors.ts";
import type {
  LeaseKeepAliveResponse,
  ResponseOf,
  ServiceRequest,
  ServiceResponse,
  WatchCreateRequest,
} from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import type { Duration, Instant } from "../base/time.ts";
import type { ClientMistakes } from "../museum/client.ts";
import type { Call, CallOptions } from "./call.ts";
import { didNotHappen } from "./certainty.ts";
import { ClientConn, type ClientOptions } from "./client-conn.ts";
import type { KeepAlive, OnRenewed } from "./lease/keep-alive-channel.ts";
import { KeepAliveLoop } from "./lease/keep-alive-loop.ts";
import { keepAliveOnce } from "./lease/keep-alive-once.ts";
import type { Ending } from "./outcome.ts";
import type { ClientPorts } from "./ports.ts";
import { RetryInterceptor } from "./retry-interceptor.ts";
import { Eventual, either, type Happening, Running, type Task, TaskError, until } from "./task.ts";
import { ClientWatchStream, watchRequest } from "./watch/client-watch-stream.ts";
import { ClientWatcher, type OnDelivery } from "./watch/client-watcher.ts";

export type { Call, CallOptions } from "./call.ts";
export type { ClientOptions } from "./client-conn.ts";

/**
 * A watch's request, with etcd's defaults where nothing is said, and who is handed what it brings.
 *
 * @public
 */
export interface WatchOptions extends Partial<WatchCreateRequest> {
  /** End the watch where the member that serves it loses sight of a leader. */
  readonly requireLeader?: boolean;
  readonly onDelivery?: OnDelivery;
}

/**
 * A call that was answered with an error, or not at all.
 *
 * @public
 */
export class CallError extends TaskError {
  override name = "CallError";
  readonly reason: ApiError;
  /** `ambiguous`: it may have taken effect all the same. */
  readonly outcome: Ending;

  constructor(reason: ApiError, outcome: Ending) {
    super(reason.message);
    this.reason = reason;
    this.outcome = outcome;
  }
}

/**
 * etcd's client library (client/v3): calls, watches, keep-alives, and programs that use them.
 *
 * @public
 */
export class Client {
  readonly conn: ClientConn;
  private readonly unary: RetryInterceptor;
  private readonly watchStreams = new Map<boolean, ClientWatchStream>();
  private keepAliveLoop: KeepAliveLoop | null = null;

  /** @param id from 1 on; clients of one program have different ones */
  constructor(id: number, ports: ClientPorts, options: ClientOptions = {}) {
    this.conn = new ClientConn(id, ports, options);
    this.unary = new RetryInterceptor(this.conn);
  }

  get id(): number {
    return this.conn.id;
  }

  get mistakes(): ClientMistakes {
    return this.conn.mistakes;
  }

  /** The client's own time. */
  get now(): Instant {
    return this.conn.now;
  }

  // ---- calls -------------------------------------------------------------------------------------

  /** Makes a call; `done` is called once, when it has ended. */
  call(request: ServiceRequest, done: (call: Call) => void, options: CallOptions = {}): Call {
    return this.unary.start(request, done, options);
  }

  /** Stops waiting for a call. */
  cancel(call: Call): void {
    this.unary.cancel(call);
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
    assert(outcome !== "pending", "a call that is done has an outcome");
    if (response === null) throw new CallError(error ?? Errors.canceled, outcome);
    assert(response.type === request.type, "a response is of its request's type");
    return response.response as ResponseOf<R["type"]>;
  }

  /** Begins to answer a call from what the client keeps, without asking anybody; to be called with the answer. */
  beginCached(request: ServiceRequest): (response: ServiceResponse) => void {
    const { observer } = this.conn.ports;
    const observed = observer.invoke(request);
    return (response) => observer.completeCached(observed, response);
  }

  // ---- watches -----------------------------------------------------------------------------------

  watch(key: string, options: WatchOptions = {}): ClientWatcher {
    const { conn } = this;
    const requireLeader = options.requireLeader ?? false;
    const stream = this.watchStream(requireLeader);
    const request = watchRequest(key, options);
    const observed = conn.ports.observer.watch(request, requireLeader);
    const cancel = (gone: ClientWatcher) => stream.cancel(gone);
    const watcher = new ClientWatcher(conn, request, observed, options.onDelivery ?? null, cancel);
    stream.add(watcher);
    return watcher;
  }

  /** Asks for a progress report to all watches that share a stream. */
  requestProgress(requireLeader = false): void {
    const observed = this.conn.ports.observer.progressRequest(requireLeader);
    this.watchStream(requireLeader).requestProgress(observed);
  }

  /** From now on takes one watch response in so many µs; 0: as they come; -1: none. */
  set readEveryUs(us: Duration) {
    this.conn.readEveryUs = us;
    for (const stream of this.watchStreams.values()) stream.read();
  }

  get readEveryUs(): Duration {
    return this.conn.readEveryUs;
  }

  private watchStream(requireLeader: boolean): ClientWatchStream {
    const known = this.watchStreams.get(requireLeader);
    if (known !== undefined) return known;
    const stream = new ClientWatchStream(this.conn, this.unary, requireLeader);
    this.watchStreams.set(requireLeader, stream);
    return stream;
  }

  // ---- leases ------------------------------------------------------------------------------------

  /** Keeps a lease alive until it is stopped or lost; `onRenewed` is called for each answer. */
  keepAlive(id: bigint, onRenewed: OnRenewed | null = null, requireLeader = false): KeepAlive {
    this.keepAliveLoop ??= new KeepAliveLoop(this.conn, this.unary);
    return this.keepAliveLoop.keepAlive(id, onRenewed, requireLeader);
  }

  /** Renews a lease once; throws a {@link CallError}. `deadlineUs` is for all tries; 0: no end. */
  *keepAliveOnce(id: bigint, { deadlineUs = 0 } = {}): Task<LeaseKeepAliveResponse> {
    const answer = yield* keepAliveOnce(this.conn, this.unary, id, deadlineUs);
    if (!("code" in answer)) return answer;
    throw new CallError(answer, didNotHappen(answer) ? "fail" : "ambiguous");
  }

  // ---- programs ----------------------------------------------------------------------------------

  /** Runs a program in this client. */
  run<T>(task: Task<T>): Running<T> {
    return new Running(task, (resume) => void this.conn.after(0, resume));
  }

  /** Waits for so long by the client's clock, or until something else happens. */
  *sleep(us: Duration, unless: Happening | null = null): Task<void> {
    const over = new Eventual<null>();
    const timer = this.conn.after(us, () => over.settle(null));
    try {
      yield* until(unless === null ? over : either(over, unless));
    } finally {
      timer.cancel();
    }
  }

  /** Lets its observer know that it has, or has not any more, what only one may hold. */
  observeHold(name: string, action: "acquire" | "release" | "lost", fence: number): void {
    this.conn.ports.observer.hold(name, action, fence);
  }
}
