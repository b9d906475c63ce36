import type { ConcurrencyCall } from "../api/concurrency-requests.ts";
import type {
  HealthRequest,
  ServiceRequest,
  StreamMethod,
  StreamRequest,
} from "../api/requests.ts";
import { CONCURRENCY_METHODS } from "../api/wire/concurrency-methods.ts";
import { decode, encode, type Message } from "../api/wire/message.ts";
import { METHODS, type MethodType } from "../api/wire/method-table.ts";
import { fromBase64, toBase64 } from "../base/base64.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { ScenarioData, StepData } from "../scenario/read/scenario-data.ts";
import type { LiveInput } from "./input.ts";

/**
 * A session with real clients as a file: newline-delimited JSON. The first line says what cluster it was, then
 * comes a line for each thing that came in from outside, with its virtual instant, and an end line, by which a
 * run that was made of it again is told to be the same. Requests are as they come over gRPC.
 */

const VERSION = 1;

/** What the first line of such a file begins with. */
export const SESSION_MARK = '{"detcd":"session"';

/** How the run stood when the session ended. */
export interface SessionEnd {
  readonly at: Instant;
  /** Events of the trace, and their digest. */
  readonly events: number;
  readonly digest: string;
}

export type SessionLine =
  | { readonly kind: "input"; readonly at: Instant; readonly input: LiveInput }
  | { readonly kind: "end"; readonly end: SessionEnd };

/** A line that is none of such a file; the message says what is wrong with it. */
export class SessionLineError extends Error {
  override name = "SessionLineError";
}

/** @param backup what the members started from; null: nothing */
export function sessionHeaderLine(
  scenario: ScenarioData,
  backup: Uint8Array | null = null,
): string {
  const from = backup === null ? {} : { backup: toBase64(backup) };
  return `${JSON.stringify({ detcd: "session", version: VERSION, scenario, ...from })}\n`;
}

export function sessionEndLine({ at, events, digest }: SessionEnd): string {
  return `${JSON.stringify({ at, end: { events, digest } })}\n`;
}

/** With its newline. */
export function sessionInputLine(at: Instant, input: LiveInput): string {
  return `${JSON.stringify({ at, ...fieldsOf(input) })}\n`;
}

function fieldsOf(input: LiveInput): object {
  switch (input.kind) {
    case "call": {
      const { id, client, member, token, timeoutUs, request } = input;
      const waits = timeoutUs === NEVER ? {} : { timeoutUs };
      const signed = token === "" ? {} : { token };
      return { call: id, client, member, ...signed, ...waits, ...requestFields(request) };
    }
    case "program": {
      const { id, client, member, token, call } = input;
      const signed = token === "" ? {} : { token };
      const of = CONCURRENCY_METHODS[call.type].request;
      const body = toBase64(encode(of, call.request));
      return { program: id, client, member, ...signed, method: call.type, body };
    }
    case "reset":
      return { reset: input.id };
    case "open": {
      const { id, client, member, method, token, requireLeader } = input;
      const signed = token === "" ? {} : { token };
      const leader = requireLeader ? { requireLeader } : {};
      return { open: id, client, member, method, ...signed, ...leader };
    }
    case "send":
      return { send: input.id, ...streamFields(input.request) };
    case "consumed":
      return { consumed: input.id, bytes: input.bytes };
    case "close":
      return { close: input.id };
    case "gone":
      return { gone: input.client };
    case "step":
      return { step: input.step };
  }
}

function requestFields(request: ServiceRequest): object {
  if (request.type === "health") return { method: "health", probe: request.request };
  const of = METHODS[request.type].request as Message<unknown>;
  return { method: request.type, body: toBase64(encode(of, request.request)) };
}

function streamFields(request: StreamRequest): object {
  const [method, body] =
    request.type === "leaseKeepAlive" || request.type === "rangeStream"
      ? [request.type, request.request]
      : (["watch", request] as const);
  return { method, body: toBase64(encode(METHODS[method].request as Message<unknown>, body)) };
}

// ---- reading ---------------------------------------------------------------------------------------

type Json = Readonly<Record<string, unknown>>;

/** What the first line says. Throws {@link SessionLineError}. */
export function readSessionHeader(line: string): {
  readonly data: ScenarioData;
  readonly backup: Uint8Array | null;
} {
  const json = jsonOf(line);
  const { detcd, version, scenario } = json;
  if (detcd !== "session") throw new SessionLineError("this is no session");
  if (version !== VERSION) {
    throw new SessionLineError(
      `a session of version ${String(version)}, where ${VERSION} is known`,
    );
  }
  const backup = json["backup"] === undefined ? null : bytesOf(json, "backup");
  return { data: scenario as ScenarioData, backup };
}

/** Throws {@link SessionLineError}. */
export function readSessionLine(line: string): SessionLine {
  const json = jsonOf(line);
  const at = numberOf(json, "at");
  const { end } = json;
  if (typeof end === "object" && end !== null) {
    const fields = end as Json;
    const digest = textOf(fields, "digest");
    return { kind: "end", end: { at, events: numberOf(fields, "events"), digest } };
  }
  return { kind: "input", at, input: inputOf(json) };
}

function inputOf(json: Json): LiveInput {
  if ("call" in json) {
    return {
      kind: "call",
      ...whereTo(json, "call"),
      timeoutUs: json["timeoutUs"] === undefined ? NEVER : numberOf(json, "timeoutUs"),
      request: requestOf(json),
    };
  }
  if ("program" in json) {
    return { kind: "program", ...whereTo(json, "program"), call: concurrencyOf(json) };
  }
  if ("open" in json) {
    const method = methodOf(json) as StreamMethod;
    const requireLeader = json["requireLeader"] === true;
    return { kind: "open", ...whereTo(json, "open"), method, requireLeader };
  }
  if ("send" in json) {
    return { kind: "send", id: numberOf(json, "send"), request: streamRequestOf(json) };
  }
  if ("consumed" in json) {
    return { kind: "consumed", id: numberOf(json, "consumed"), bytes: numberOf(json, "bytes") };
  }
  if ("reset" in json) return { kind: "reset", id: numberOf(json, "reset") };
  if ("close" in json) return { kind: "close", id: numberOf(json, "close") };
  if ("gone" in json) return { kind: "gone", client: numberOf(json, "gone") };
  const { step } = json;
  if (typeof step === "object" && step !== null) return { kind: "step", step: step as StepData };
  throw new SessionLineError("nothing known comes in with it");
}

function whereTo(json: Json, id: "call" | "open" | "program") {
  return {
    id: numberOf(json, id),
    client: numberOf(json, "client"),
    member: numberOf(json, "member"),
    token: json["token"] === undefined ? "" : textOf(json, "token"),
  };
}

function requestOf(json: Json): ServiceRequest {
  if (json["method"] === "health") {
    return { type: "health", request: json["probe"] as HealthRequest };
  }
  const method = methodOf(json);
  return { type: method, request: bodyOf(json, method) } as ServiceRequest;
}

function concurrencyOf(json: Json): ConcurrencyCall {
  const type = textOf(json, "method");
  if (!Object.hasOwn(CONCURRENCY_METHODS, type)) {
    throw new SessionLineError(`no method "${type}" is known`);
  }
  const { request } = CONCURRENCY_METHODS[type as ConcurrencyCall["type"]];
  return { type, request: decode(request, bytesOf(json, "body")) } as ConcurrencyCall;
}

function streamRequestOf(json: Json): StreamRequest {
  const method = methodOf(json);
  const request = bodyOf(json, method);
  return (method === "watch" ? request : { type: method, request }) as StreamRequest;
}

function methodOf(json: Json): MethodType {
  const method = textOf(json, "method");
  if (!Object.hasOwn(METHODS, method)) throw new SessionLineError(`no method "${method}" is known`);
  return method as MethodType;
}

function bodyOf(json: Json, method: MethodType): unknown {
  return decode(METHODS[method].request as Message<unknown>, bytesOf(json, "body"));
}

function bytesOf(json: Json, field: string): Uint8Array {
  const bytes = fromBase64(textOf(json, field));
  if (bytes === null) throw new SessionLineError(`its ${field} is no base64`);
  return bytes;
}

function jsonOf(line: string): Json {
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json === "object" && json !== null) return json as Json;
  } catch {
    // Said below.
  }
  throw new SessionLineError("this is no JSON object");
}

function numberOf(json: Json, field: string): number {
  const value = json[field];
  if (typeof value === "number") return value;
  throw new SessionLineError(`"${field}" is not a number`);
}

function textOf(json: Json, field: string): string {
  const value = json[field];
  if (typeof value === "string") return value;
  throw new SessionLineError(`"${field}" is not a text`);
}
