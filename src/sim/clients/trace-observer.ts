import type { ApiError } from "../../api/errors.ts";
import { leaseIdHex } from "../../api/lease-id.ts";
import type {
  ServiceRequest,
  ServiceResponse,
  WatchCreateRequest,
  WatchEvent,
  WatchResponse,
} from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import type { Credentials } from "../../client/client-conn.ts";
import type { Ending } from "../../client/outcome.ts";
import type { ClientObserver, Observed } from "../../client/ports.ts";
import { type ClientResult, Layer, type WatchedChange } from "../../trace/events.ts";
import { type Access, accessOf, passwordPrint, passwordSet } from "./access-summary.ts";
import type { ClientWorld } from "./client-world.ts";
import { callText, clientOp, rangeText, resultOf } from "./operation-summary.ts";

/** Calls and watches are numbered through all clients of a world. */
export class ClientNumbers {
  calls = 0;
  watches = 0;
}

/** Where somebody listens to what clients ask for and what it comes to. */
const CALLS = Layer.Step | Layer.Client;

/** What a client does, as events of the trace. The cause of an {@link Observed} is the seq of its event. */
export class TraceObserver implements ClientObserver {
  private readonly client: number;
  private readonly world: ClientWorld;
  private readonly numbers: ClientNumbers;
  /** By which the client signs in; null: it never does. */
  private readonly credentials: Credentials | null;

  constructor(
    client: number,
    world: ClientWorld,
    numbers: ClientNumbers,
    credentials: Credentials | null,
  ) {
    this.client = client;
    this.world = world;
    this.numbers = numbers;
    this.credentials = credentials;
  }

  // ---- calls -------------------------------------------------------------------------------------

  invoke(request: ServiceRequest): Observed {
    const op = ++this.numbers.calls;
    const cause = this.listens(CALLS) ? this.emitInvoke(op, request) : 0;
    if (this.listens(Layer.Data)) this.emitAccess(op, cause, request);
    return { id: op, cause };
  }

  private emitAccess(op: number, cause: number, request: ServiceRequest): void {
    const set = passwordSet(request);
    if (this.credentials === null && set === null) return;
    const access = accessOf(request, this.credentials?.name ?? "");
    this.access(cause, op, 0, access, set);
  }

  private access(
    cause: number,
    op: number,
    watch: number,
    { local, needs }: Access,
    set: Credentials | null,
  ): void {
    const { trace, clock } = this.world;
    const { client, credentials } = this;
    trace.emit({
      seq: 0,
      kind: "access",
      at: clock.now,
      member: 0,
      cause,
      client,
      op,
      watch,
      user: credentials?.name ?? "",
      password: credentials === null ? 0 : passwordPrint(credentials),
      local,
      needs,
      sets: set === null ? null : { user: set.name, password: passwordPrint(set) },
    });
  }

  private emitInvoke(op: number, request: ServiceRequest): number {
    const { trace, clock } = this.world;
    return trace.emit({
      seq: 0,
      kind: "invoke",
      at: clock.now,
      member: 0,
      cause: 0,
      client: this.client,
      op,
      request: clientOp(request),
      text: callText(request),
    });
  }

  attempt({ id: op, cause }: Observed, to: number, attempt: number, error: ApiError | null): void {
    if (!this.listens(Layer.Detail)) return;
    const { trace, clock } = this.world;
    const base = { at: clock.now, member: 0, cause };
    const { client } = this;
    const lastError = error?.message ?? "";
    trace.emit({ seq: 0, ...base, kind: "attempt", client, op, to, attempt, lastError });
  }

  complete(
    call: Observed,
    outcome: Ending,
    response: ServiceResponse | null,
    error: ApiError | null,
  ): void {
    if (!this.listens(CALLS)) return;
    const result = response === null ? null : resultOf(response);
    this.completed(call, outcome, result, error?.message ?? "");
  }

  completeCached(call: Observed, response: ServiceResponse): void {
    if (!this.listens(CALLS)) return;
    this.completed(call, "ok", { ...resultOf(response), cached: true }, "");
  }

  private completed(
    { id: op }: Observed,
    outcome: Ending,
    result: ClientResult | null,
    text: string,
  ): void {
    const { trace, clock } = this.world;
    trace.emit({
      seq: 0,
      kind: "complete",
      at: clock.now,
      member: 0,
      cause: 0,
      client: this.client,
      op,
      outcome,
      result,
      text,
    });
  }

  // ---- watches and holds -------------------------------------------------------------------------

  watch(request: WatchCreateRequest, requireLeader: boolean): Observed {
    const id = ++this.numbers.watches;
    if (!this.listens(Layer.Data)) return { id, cause: 0 };
    const cause = this.emitWatch(id, request, requireLeader);
    if (this.credentials !== null) {
      // A watch's empty key is the first one.
      const [key, rangeEnd] = [request.key === "" ? "\0" : request.key, request.rangeEnd];
      const needs = [{ what: "read", key, rangeEnd } as const];
      this.access(cause, 0, id, { local: true, needs }, null);
    }
    return { id, cause };
  }

  private emitWatch(watch: number, request: WatchCreateRequest, requireLeader: boolean): number {
    const { trace, clock } = this.world;
    const { key, rangeEnd, startRevision, filters, prevKv, progressNotify } = request;
    const from = startRevision === 0 ? "" : ` from revision ${startRevision}`;
    return trace.emit({
      seq: 0,
      kind: "watch",
      at: clock.now,
      member: 0,
      cause: 0,
      client: this.client,
      watch,
      key,
      rangeEnd,
      startRevision,
      noPut: filters.includes("NOPUT"),
      noDelete: filters.includes("NODELETE"),
      prevKv,
      progressNotify,
      requireLeader,
      text: `watch ${rangeText(key, rangeEnd)}${from}`,
    });
  }

  watchResponse(
    { id: watch, cause }: Observed,
    response: WatchResponse,
    from: number,
    kind: "created" | "canceled" | "other",
  ): void {
    if (!this.listens(Layer.Data)) return;
    const { trace, clock } = this.world;
    const { header, fragment, compactRevision, cancelReason, events } = response;
    const what = kind !== "other" ? kind : events.length > 0 ? "events" : "progress";
    trace.emit({
      seq: 0,
      kind: "watch-response",
      at: clock.now,
      member: 0,
      cause,
      client: this.client,
      watch,
      from,
      revision: header.revision,
      what,
      fragment,
      compactRevision,
      events: events.map(watchedChange),
      text: cancelReason,
    });
  }

  progressRequest(requireLeader: boolean): Observed {
    if (!this.listens(Layer.Data)) return { id: 0, cause: 0 };
    const { trace, clock } = this.world;
    const base = { at: clock.now, member: 0, cause: 0, client: this.client };
    return {
      id: 0,
      cause: trace.emit({ seq: 0, kind: "progress-request", ...base, requireLeader }),
    };
  }

  hold(name: string, action: "acquire" | "release" | "lost", fence: number): void {
    if (!this.listens(Layer.Data)) return;
    const { trace, clock } = this.world;
    const base = { at: clock.now, member: 0, cause: 0, client: this.client };
    trace.emit({ seq: 0, kind: "hold", ...base, name, action, fence });
  }

  private listens(layers: number): boolean {
    return (this.world.trace.layers & layers) !== 0;
  }
}

function watchedChange({ type, kv, prevKv }: WatchEvent): WatchedChange {
  return {
    type: type === "PUT" ? "put" : "delete",
    key: kv.key,
    value: bytesToBinary(kv.value),
    version: kv.version,
    createRevision: kv.createRevision,
    lease: leaseIdHex(kv.lease),
    modRevision: kv.modRevision,
    prev:
      prevKv === null
        ? null
        : { value: bytesToBinary(prevKv.value), modRevision: prevKv.modRevision },
  };
}
