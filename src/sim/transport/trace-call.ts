import type { ApiError } from "../../api/errors.ts";
import type { ServiceRequest, ServiceResponse } from "../../api/requests.ts";
import { Layer } from "../../trace/events.ts";
import type { ClientWorld } from "./client-world.ts";
import { callText, clientOp, resultOf } from "./operation-summary.ts";

/** What clients ask for and are told, as the trace tells it. Each returns the seq of its event; 0: nobody hears. */

/** Where somebody wants to hear what clients ask for and are told. */
const TOLD = Layer.Step | Layer.Client;

export function emitInvoke(
  { trace, clock }: ClientWorld,
  client: number,
  op: number,
  request: ServiceRequest,
): number {
  if ((trace.layers & TOLD) === 0) return 0;
  return trace.emit({
    seq: 0,
    kind: "invoke",
    at: clock.now,
    member: 0,
    cause: 0,
    client,
    op,
    request: clientOp(request),
    text: callText(request),
  });
}

export function emitAttempt(
  { trace, clock }: ClientWorld,
  client: number,
  op: number,
  to: number,
  attempt: number,
  cause: number,
  error: ApiError | null,
): void {
  if ((trace.layers & Layer.Detail) === 0) return;
  const base = { at: clock.now, member: 0, cause };
  const lastError = error?.message ?? "";
  trace.emit({ seq: 0, ...base, kind: "attempt", client, op, to, attempt, lastError });
}

export function emitRequest(
  { trace, clock }: ClientWorld,
  member: number,
  client: number,
  op: number,
  request: ServiceRequest,
  cause: number,
): number {
  if ((trace.layers & Layer.Step) === 0) return 0;
  // Whether somebody reads the texts of the trace.
  const words = (trace.layers & Layer.Detail) !== 0;
  return trace.emit({
    seq: 0,
    at: clock.now,
    member,
    cause,
    kind: "request",
    client,
    op,
    text: words ? callText(request) : "",
  });
}

export function emitComplete(
  { trace, clock }: ClientWorld,
  client: number,
  op: number,
  outcome: "ok" | "fail" | "ambiguous",
  response: ServiceResponse | null,
  error: ApiError | null,
): void {
  if ((trace.layers & TOLD) === 0) return;
  trace.emit({
    seq: 0,
    kind: "complete",
    at: clock.now,
    member: 0,
    cause: 0,
    client,
    op,
    outcome,
    result: response === null ? null : resultOf(response),
    text: error === null ? "" : error.message,
  });
}
