import { deleteRangeRequest, putRequest, rangeRequest } from "../api/build.ts";
import type { ApiError } from "../api/errors.ts";
import { Errors } from "../api/errors.ts";
import type { KvRequest, KvResponse } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import { binaryToBytes, bytesToBinary } from "../base/bytes.ts";
import { KeyedDraws } from "../base/keyed-draws.ts";
import type { Random } from "../base/random.ts";
import { type Duration, MILLISECOND } from "../base/time.ts";
import { printable } from "../member/summaries.ts";
import type { MemberReply } from "../member/types.ts";
import { type ClientOp, Layer } from "../trace/events.ts";
import type { Trace } from "../trace/trace.ts";
import type { SimClock } from "./clock.ts";
import { type Attempt, type ClientReply, Kind, type Payload } from "./kinds.ts";
import { drawLatency } from "./latency.ts";
import type { Node } from "./node.ts";
import type { ClientOperation, ClientRequestSpec, LinkOptions, Outcome } from "./types.ts";

/** What a client needs of the world. */
export interface ClientWorld {
  readonly clock: SimClock<Payload>;
  readonly trace: Trace;
  memberIds(): readonly number[];
  node(id: number): Node;
}

const RETRY_PAUSE_US: Duration = 50 * MILLISECOND;
/** Rounds over all members before a client gives an operation up. */
const ROUNDS = 10;

/**
 * Clients as etcd's own client library behaves: an endpoint each, the next one when it fails;
 * reads are tried again, writes only where it is certain that they did not happen. A write whose
 * reply is lost ends `ambiguous`: it may have happened, or may yet.
 */
export class Clients {
  readonly operations: ClientOperation[] = [];
  private readonly world: ClientWorld;
  private readonly timeoutUs: Duration;
  private readonly latency: LinkOptions;
  private readonly draws: KeyedDraws;
  private packets = 0;
  private calls = 0;
  private readonly openCalls = new Map<number, Attempt>();
  /** The member that each client talks to, by client. */
  private readonly endpoints = new Map<number, number>();
  private readonly completed: ((operation: ClientOperation) => void) | null;

  constructor(
    world: ClientWorld,
    random: Random,
    latency: LinkOptions,
    timeoutUs: Duration,
    completed: ((operation: ClientOperation) => void) | null,
  ) {
    this.world = world;
    this.draws = new KeyedDraws(random);
    this.latency = latency;
    this.timeoutUs = timeoutUs;
    this.completed = completed;
  }

  start(
    client: number,
    request: ClientRequestSpec,
    options: { readonly to?: number; readonly pin?: boolean },
  ): ClientOperation {
    const { clock, trace } = this.world;
    const operation: ClientOperation = {
      op: this.operations.length + 1,
      client,
      request,
      outcome: "pending",
      result: null,
      error: "",
      invokedAt: clock.now,
      completedAt: 0,
    };
    this.operations.push(operation);
    let invokeSeq = 0;
    if (this.told) {
      invokeSeq = trace.emit({
        seq: 0,
        kind: "invoke",
        at: clock.now,
        member: 0,
        cause: 0,
        client,
        op: operation.op,
        request: request satisfies ClientOp,
        text: requestText(request),
      });
    }
    const to = options.to ?? this.endpoint(client);
    this.attempt(operation, to, options.pin ?? false, 1, invokeSeq);
    return operation;
  }

  /** Whether somebody reads the texts of the trace. */
  private get words(): boolean {
    return (this.world.trace.layers & Layer.Detail) !== 0;
  }

  /** Whether somebody wants to hear what clients ask for and are told. */
  private get told(): boolean {
    return (this.world.trace.layers & (Layer.Step | Layer.Client)) !== 0;
  }

  private endpoint(client: number): number {
    const known = this.endpoints.get(client);
    if (known !== undefined) return known;
    const ids = this.world.memberIds();
    const first = ids[(Math.max(1, client) - 1) % ids.length] as number;
    this.endpoints.set(client, first);
    return first;
  }

  private attempt(
    operation: ClientOperation,
    to: number,
    pinned: boolean,
    number: number,
    invokeSeq: number,
  ): void {
    const { clock, trace } = this.world;
    const callId = ++this.calls;
    const attempt: Attempt = {
      operation,
      callId,
      to,
      pinned,
      number,
      invokeSeq,
      timer: 0,
      open: true,
      delivered: false,
    };
    this.openCalls.set(callId, attempt);
    const { client, op } = operation;
    if (this.words) {
      const base = { at: clock.now, member: 0, cause: invokeSeq };
      trace.emit({ seq: 0, ...base, kind: "attempt", client, op, to, attempt: number });
    }
    clock.at(clock.now + this.delay(), Kind.Request, to, attempt);
    attempt.timer = clock.at(clock.now + this.timeoutUs, Kind.ClientTimeout, client, attempt);
  }

  private delay(): Duration {
    const { minUs, meanUs, maxUs } = this.latency;
    return drawLatency(minUs, meanUs, maxUs, this.draws.draw(this.packets++ % 0x1_0000_0000, 0));
  }

  // ---- events of the queue -------------------------------------------------------------------

  /** An attempt reaches its member. */
  arrive(attempt: Attempt): void {
    const node = this.world.node(attempt.to);
    if (node.status === "down" || node.status === "refused") {
      this.respond(attempt, null, true);
      return;
    }
    attempt.delivered = true;
    const { clock, trace } = this.world;
    const { client, op, request } = attempt.operation;
    let cause = 0;
    if ((trace.layers & Layer.Step) !== 0) {
      const base = { at: clock.now, member: node.id, cause: attempt.invokeSeq };
      cause = trace.emit({
        seq: 0,
        ...base,
        kind: "request",
        client,
        op,
        text: this.words ? requestText(request) : "",
      });
    }
    node.request({ kind: "kv", callId: attempt.callId, request: kvRequest(request) }, cause);
  }

  /** The member answers. Late answers travel too, and find nobody who listens. */
  answer(callId: number, reply: MemberReply): void {
    const attempt = this.openCalls.get(callId);
    if (attempt !== undefined) this.respond(attempt, reply, false);
  }

  /** A member's process is gone: open connections to it break. */
  connectionsLost(member: number): void {
    for (const attempt of this.openCalls.values()) {
      if (attempt.to === member && attempt.delivered) this.respond(attempt, null, false);
    }
  }

  private respond(attempt: Attempt, reply: MemberReply | null, refused: boolean): void {
    this.openCalls.delete(attempt.callId);
    const { clock } = this.world;
    const payload: ClientReply = { attempt, reply, refused };
    clock.at(clock.now + this.delay(), Kind.Reply, attempt.operation.client, payload);
  }

  replied({ attempt, reply, refused }: ClientReply): void {
    if (!attempt.open) return;
    this.close(attempt);
    if (reply === null) {
      const text = refused ? "connection refused" : "connection lost";
      this.failed(attempt, text, refused, true);
    } else if (reply.error === null) {
      assert(reply.response !== null, "a reply holds a response or an error");
      const { operation } = attempt;
      operation.result = resultOf(reply.response);
      this.complete(operation, "ok", "");
    } else {
      const { error } = reply;
      this.failed(attempt, error.message, DID_NOT_HAPPEN.has(error.message), isTransient(error));
    }
  }

  timedOut(attempt: Attempt): void {
    if (!attempt.open) return;
    this.openCalls.delete(attempt.callId);
    this.close(attempt);
    this.failed(attempt, "no reply in time", false, true);
  }

  retry(attempt: Attempt): void {
    const { operation, pinned, number, invokeSeq } = attempt;
    this.attempt(operation, this.endpoint(operation.client), pinned, number + 1, invokeSeq);
  }

  private close(attempt: Attempt): void {
    assert(attempt.open, "an attempt ends once");
    attempt.open = false;
    this.world.clock.cancel(attempt.timer);
  }

  /** @param certain it surely did not happen; @param transient another member may do better */
  private failed(attempt: Attempt, text: string, certain: boolean, transient: boolean): void {
    const { operation } = attempt;
    if (transient) this.moveOn(operation.client, attempt.to);
    const harmless = certain || operation.request.type === "get";
    const ids = this.world.memberIds();
    if (harmless && transient && !attempt.pinned && attempt.number < ROUNDS * ids.length) {
      const { clock } = this.world;
      clock.at(clock.now + RETRY_PAUSE_US, Kind.ClientRetry, operation.client, attempt);
      return;
    }
    this.complete(operation, harmless ? "fail" : "ambiguous", text);
  }

  /** The next operation, or attempt, of this client goes to the next member. */
  private moveOn(client: number, from: number): void {
    const ids = this.world.memberIds();
    const next = ids[(ids.indexOf(from) + 1) % ids.length] as number;
    this.endpoints.set(client, next);
  }

  private complete(operation: ClientOperation, outcome: Outcome, error: string): void {
    assert(operation.outcome === "pending", "an operation completes once");
    const { clock, trace } = this.world;
    operation.outcome = outcome;
    operation.error = error;
    operation.completedAt = clock.now;
    if (this.told) {
      assert(outcome !== "pending", "a completed operation has an outcome");
      trace.emit({
        seq: 0,
        kind: "complete",
        at: clock.now,
        member: 0,
        cause: 0,
        client: operation.client,
        op: operation.op,
        outcome,
        result: operation.result,
        text: error,
      });
    }
    this.completed?.(operation);
  }
}

/** Errors after which a write certainly did not happen and never will. */
const DID_NOT_HAPPEN: ReadonlySet<string> = new Set<string>([
  Errors.noLeader.message,
  Errors.emptyKey.message,
  Errors.noSpace.message,
  Errors.tooManyRequests.message,
  Errors.requestTooLarge.message,
  Errors.notSupportedForLearner.message,
  "raft proposal dropped",
]);

function isTransient(error: ApiError): boolean {
  return error.code === "Unavailable" || error.message === Errors.notSupportedForLearner.message;
}

export function kvRequest(spec: ClientRequestSpec): KvRequest {
  switch (spec.type) {
    case "put":
      return { type: "put", request: putRequest(spec.key, binaryToBytes(spec.value)) };
    case "get": {
      const { serializable } = spec;
      return { type: "range", request: rangeRequest(spec.key, { serializable }) };
    }
    case "delete":
      return { type: "deleteRange", request: deleteRangeRequest(spec.key) };
  }
}

export function requestText(spec: ClientRequestSpec): string {
  switch (spec.type) {
    case "put":
      return `put ${printable(spec.key)}=${printable(spec.value)}`;
    case "get":
      return `get ${printable(spec.key)}${spec.serializable ? " (serializable)" : ""}`;
    case "delete":
      return `delete ${printable(spec.key)}`;
  }
}

function resultOf(reply: KvResponse): NonNullable<ClientOperation["result"]> {
  const { revision } = reply.response.header;
  if (reply.type === "range") {
    const kv = reply.response.kvs[0];
    return kv === undefined
      ? { revision, value: null }
      : { revision, value: bytesToBinary(kv.value), modRevision: kv.modRevision };
  }
  if (reply.type === "deleteRange") return { revision, deleted: reply.response.deleted };
  return { revision };
}
