import type { LeaderResponse } from "../api/concurrency-requests.ts";
import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type { ServiceResponse, StreamResponse } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import { type Duration, type Instant, NEVER, SECOND } from "../base/time.ts";
import { didNotHappen } from "../client/certainty.ts";
import { Client } from "../client/client.ts";
import type { ClientPorts, Observed, TransportCall, TransportStream } from "../client/ports.ts";
import type { Running } from "../client/task.ts";
import { type ScenarioData, type StepData, scenario } from "../scenario/read/scenario-data.ts";
import { Checkers, NOTHING_VIOLATED } from "../scenario/run/checkers.ts";
import { RunawayError } from "../scenario/run/limits.ts";
import type { ExpectationReport } from "../scenario/run/report.ts";
import { RunHistory } from "../scenario/run/run-history.ts";
import { Schedule } from "../scenario/run/schedule.ts";
import { World } from "../scenario/run/world.ts";
import { Cluster } from "../sim/cluster.ts";
import type { TraceSink } from "../trace/trace.ts";
import { serveConcurrency } from "./concurrency.ts";
import type { LiveInput } from "./input.ts";
import { OutsideWatches } from "./outside-watch.ts";

/** Who is handed what a member answers. Called while time passes, never from within `take`. */
export interface CallListener {
  onReply(reply: Reply<ServiceResponse>): void;
}

export interface ProgramListener {
  /** What a call of the Lock or Election service came to. */
  onResult(response: unknown, error: ApiError | null): void;
  onLeader(response: LeaderResponse): void;
}

export interface StreamListener {
  /** `bytes` is what it takes of the stream's window until it is consumed. */
  onResponse(response: StreamResponse, bytes: number): void;
  /** null: all was said. */
  onEnd(error: ApiError | null): void;
}

interface OpenCall {
  readonly client: number;
  readonly call: TransportCall;
  readonly observed: Observed;
}

interface OpenStream {
  readonly client: number;
  readonly stream: TransportStream;
  readonly watches: OutsideWatches;
  /** Requests of a stream of keep-alives that wait for their responses. */
  readonly asked: Observed[];
}

interface OpenProgram {
  readonly client: number;
  readonly running: Running<unknown>;
}

/** Whoever brought it about is told of what comes of it. */
export type LiveListener = Partial<CallListener & StreamListener & ProgramListener>;

/** A member asks itself as long as it takes. */
const PATIENCE: Duration = 1_000_000 * SECOND;

const NOBODY: CallListener & StreamListener & ProgramListener = {
  onResult: () => undefined,
  onLeader: () => undefined,
  onReply: () => undefined,
  onResponse: () => undefined,
  onEnd: () => undefined,
};

/**
 * A run that somebody outside takes part in: real clients whose requests come as they come, and people who
 * break things. Time passes as far as it is told to. What comes in happens after all that is due by then, so
 * that the same inputs at the same instants make the same run, whoever brings them.
 */
export class LiveRun {
  readonly cluster: Cluster;
  readonly world: World;
  /** Told of each input and its instant before it happens. */
  onInput: ((at: Instant, input: LiveInput) => void) | null = null;
  private readonly data: ScenarioData;
  private readonly outsiders = new Map<number, ClientPorts>();
  private readonly calls = new Map<number, OpenCall>();
  private readonly streams = new Map<number, OpenStream>();
  private readonly programs = new Map<number, OpenProgram>();
  private schedules: Schedule[];
  private readonly expectations: ExpectationReport[] = [];

  /**
   * Throws InputError where the scenario makes no sense, FaultError where the backup is damaged.
   *
   * @param backup a snapshot of a real etcd, or of ours, that the members start from; null: they know nothing
   */
  constructor(
    data: ScenarioData,
    sinks: readonly TraceSink[] = [],
    backup: Uint8Array | null = null,
  ) {
    this.data = data;
    const { cluster: options, impossible, steps } = scenario(data);
    const history = new RunHistory();
    const checkers = new Checkers({ electionUs: options.electionTicks * options.tickUs });
    // Conditions of steps look back; nothing else does.
    const looksBack = steps.length > 0 ? [history] : [];
    this.cluster = new Cluster(options, { containsPanics: true, sinks: [...looksBack, ...sinks] });
    this.world = new World(this.cluster, history, checkers, impossible, {
      until: NEVER,
      events: NEVER,
      bytes: NEVER,
      beyond: (text) => new RunawayError(text),
    });
    if (backup !== null) {
      // As by `etcdutl snapshot restore`, before anybody starts.
      const members = this.cluster.memberIds();
      this.cluster.inject({ type: "snapshot-restore", members, backup, bumpRevision: 0 });
    }
    this.schedules = steps.length === 0 ? [] : [new Schedule(this.world, steps, this.expectations)];
  }

  get now(): Instant {
    return this.cluster.now;
  }

  /** When something happens next, if nothing comes from outside. */
  nextAt(): Instant {
    let next = Math.min(this.world.nextDue, this.cluster.nextAt());
    for (const { due } of this.schedules) next = Math.min(next, due);
    return next;
  }

  /** How many streams are open. */
  get open(): number {
    return this.streams.size;
  }

  /** How many calls wait for their replies, and watches for what has happened already. */
  get waiting(): number {
    return this.calls.size + this.programs.size + this.cluster.watchersBehind();
  }

  /** Lets time pass up to `at`. Throws StepFailure where a step of the scenario can't be taken. */
  advanceTo(at: Instant): void {
    if (this.schedules.length === 0) {
      this.world.advanceTo(at);
      return;
    }
    for (;;) {
      let due = at;
      for (const schedule of this.schedules) due = Math.min(due, schedule.due);
      const happened = this.world.next(due);
      for (const schedule of this.schedules) {
        if (happened) schedule.happened();
        else schedule.timePassed();
      }
      this.schedules = this.schedules.filter(({ done }) => !done);
      if (!happened && due === at) return;
    }
  }

  /**
   * Something comes in from outside. Throws what a step's words or its impossibility throw (InputError,
   * SelectorError, FaultError); nothing has happened then.
   */
  take(input: LiveInput, listener: LiveListener = NOBODY): void {
    this.advanceTo(this.now);
    if (input.kind === "step") {
      this.step(input);
      return;
    }
    this.onInput?.(this.now, input);
    switch (input.kind) {
      case "call":
        this.call(input, { ...NOBODY, ...listener });
        break;
      case "program":
        this.program(input, { ...NOBODY, ...listener });
        break;
      case "reset":
        this.reset(input.id);
        break;
      case "open":
        this.openStream(input, { ...NOBODY, ...listener });
        break;
      case "send":
        this.send(input);
        break;
      case "consumed":
        this.streams.get(input.id)?.stream.consumed(input.bytes);
        break;
      case "close":
        this.close(input.id);
        break;
      case "gone":
        this.gone(input.client);
    }
  }

  private outsider(client: number): ClientPorts {
    let outsider = this.outsiders.get(client);
    if (outsider === undefined) {
      outsider = this.cluster.clients.outsider(client);
      this.outsiders.set(client, outsider);
    }
    return outsider;
  }

  // ---- calls -------------------------------------------------------------------------------------

  private call(
    { id, client, member, token, timeoutUs, request }: Extract<LiveInput, { kind: "call" }>,
    listener: CallListener,
  ): void {
    const { transport, observer } = this.outsider(client);
    const observed = observer.invoke(request);
    const call = transport.start(member, request, { token, timeoutUs }, observed, (reply) => {
      this.calls.delete(id);
      this.completed(client, observed, reply);
      listener.onReply(reply);
    });
    this.calls.set(id, { client, call, observed });
  }

  private completed(client: number, observed: Observed, reply: Reply<ServiceResponse>): void {
    const { response, error } = reply;
    const outcome = error === null ? "ok" : didNotHappen(error) ? "fail" : "ambiguous";
    this.outsider(client).observer.complete(observed, outcome, response, error);
  }

  private reset(id: number): void {
    const open = this.calls.get(id);
    if (open === undefined) {
      this.programs.get(id)?.running.cancel();
      return;
    }
    this.calls.delete(id);
    open.call.reset();
    this.outsider(open.client).observer.complete(open.observed, "ambiguous", null, GONE);
  }

  private program(
    { id, client, member, token, call }: Extract<LiveInput, { kind: "program" }>,
    listener: ProgramListener,
  ): void {
    const options = { endpoints: [member], timeoutUs: PATIENCE };
    const own = new Client(client, this.outsider(client), options);
    own.conn.token = token;
    own.conn.signedIn = true;
    const running = own.run(serveConcurrency(own, call, (leader) => listener.onLeader(leader)));
    this.programs.set(id, { client, running });
    running.ended.listen((state) => {
      this.programs.delete(id);
      const { value, error } = running;
      if (state === "done") listener.onResult(value, null);
      else listener.onResult(null, { code: "Unknown", message: error?.message ?? GONE.message });
    });
  }

  // ---- streams -----------------------------------------------------------------------------------

  private openStream(input: Extract<LiveInput, { kind: "open" }>, listener: StreamListener): void {
    const { id, client, member, method, token, requireLeader } = input;
    const { transport, observer } = this.outsider(client);
    const watches = new OutsideWatches(observer, member, requireLeader);
    const asked: Observed[] = [];
    const stream = transport.openStream(
      member,
      method,
      { token, requireLeader },
      { id: 0, cause: 0 },
      {
        onResponse: (response, bytes) => {
          if (response.type === "watch") watches.response(response.response);
          else this.answered(client, asked, response);
          listener.onResponse(response, bytes);
        },
        onEnd: (error) => {
          this.streams.delete(id);
          listener.onEnd(error);
        },
      },
    );
    this.streams.set(id, { client, stream, watches, asked });
  }

  /** A request of a stream of keep-alives has its response. */
  private answered(client: number, asked: Observed[], response: StreamResponse): void {
    if (response.type !== "leaseKeepAlive") return;
    const observed = asked.shift();
    if (observed !== undefined) this.completed(client, observed, { response, error: null });
  }

  private send({ id, request }: Extract<LiveInput, { kind: "send" }>): void {
    const open = this.streams.get(id);
    if (open === undefined) return;
    const { stream, watches, asked, client } = open;
    const { type } = request;
    if (type === "rangeStream") stream.request(request, { id: 0, cause: 0 });
    else if (type === "leaseKeepAlive") {
      const observed = this.outsider(client).observer.invoke(request);
      asked.push(observed);
      stream.request(request, observed);
    } else stream.request(request, watches.request(request));
  }

  private close(id: number): void {
    this.streams.get(id)?.stream.close();
    this.streams.delete(id);
  }

  /** A connection is closed, and with it all that was open on it. */
  private gone(client: number): void {
    for (const [id, open] of this.calls) if (open.client === client) this.reset(id);
    for (const { running, client: of } of this.programs.values())
      if (of === client) running.cancel();
    for (const [id, open] of this.streams) if (open.client === client) this.close(id);
    this.outsiders.delete(client);
    this.cluster.clients.forget(client);
  }

  // ---- steps -------------------------------------------------------------------------------------

  private step(input: Extract<LiveInput, { kind: "step" }>): void {
    const steps = this.readStep(input.step);
    // At an instant of its own: a file that lists steps and requests apart has them in order again.
    this.advanceTo(this.now + 1);
    for (const { act } of steps) act?.(this.world);
    this.onInput?.(this.now, input);
  }

  private readStep(step: StepData) {
    const { steps } = scenario({ ...this.data, steps: [step], expect: [NOTHING_VIOLATED] });
    assert(steps.length > 0, "a step is one at least");
    return steps;
  }
}

const GONE: ApiError = Object.freeze({ code: "Canceled", message: "the client has gone" });
