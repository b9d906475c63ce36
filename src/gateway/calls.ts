import type {
  ConcurrencyCall,
  LeaderResponse as LeaderAnswer,
  LeaderRequest,
} from "../api/concurrency-requests.ts";
import { type ApiError, Errors } from "../api/errors.ts";
import { receivedTooLarge } from "../api/grpc-limits.ts";
import type { Reply } from "../api/reply.ts";
import type {
  ServiceRequest,
  ServiceResponse,
  SnapshotResponse,
  StreamRequest,
  StreamResponse,
} from "../api/requests.ts";
import { CONCURRENCY_METHODS } from "../api/wire/concurrency-methods.ts";
import { LeaderResponse } from "../api/wire/election.ts";
import { RequestOp } from "../api/wire/kv.ts";
import { decode, type Message, UnionMessage } from "../api/wire/message.ts";
import { METHODS } from "../api/wire/method-table.ts";
import { ProtobufError } from "../base/protobuf.ts";
import type { Profile } from "../profile/catalogue.ts";
import { gatewayError, memberError } from "./gateway-error.ts";
import { answer, GRPC_TYPE, type HttpAnswer, type HttpRequest, JSON_TYPE } from "./http.ts";
import { InvalidSort, JsonError } from "./json/json-error.ts";
import { JsonReader } from "./json/read-json.ts";
import { writeJson } from "./json/write-json.ts";
import { type CallMetadata, metadataOf } from "./metadata.ts";
import type { RoutedMethod } from "./routes.ts";
import { StreamFrames } from "./stream-frames.ts";

/** A call with one response, which the driver makes. */
export interface UnaryCall {
  readonly kind: "call";
  readonly request: ServiceRequest;
  readonly metadata: CallMetadata;
  /** What the client is answered. */
  answer(reply: Reply<ServiceResponse>): HttpAnswer;
}

/** A stream that the driver opens: it sends these requests and no more. */
export interface StreamCall {
  readonly kind: "stream";
  readonly method: "watch" | "leaseKeepAlive";
  readonly requests: readonly StreamRequest[];
  readonly metadata: CallMetadata;
  readonly frames: StreamFrames<StreamResponse["response"]>;
}

/** A call of the Lock or Election service, for which the driver lets a client of the member's own go to work. */
export interface ConcurrencyRequest {
  readonly kind: "program";
  readonly call: Exclude<ConcurrencyCall, { readonly type: "leader" | "observe" }> | LeaderCall;
  readonly metadata: CallMetadata;
  /** What the client is answered. */
  answer(reply: Reply<unknown>): HttpAnswer;
}

interface LeaderCall {
  readonly type: "leader";
  readonly request: LeaderRequest;
}

/** Who leads is told as often as it changes. */
export interface ObserveRequest {
  readonly kind: "observe";
  readonly call: { readonly type: "observe"; readonly request: LeaderRequest };
  readonly metadata: CallMetadata;
  readonly frames: StreamFrames<LeaderAnswer>;
}

/** A call whose response is sent in pieces, each a message of its own. */
export interface SnapshotCall {
  readonly kind: "snapshot";
  readonly request: ServiceRequest;
  readonly metadata: CallMetadata;
  readonly frames: StreamFrames<SnapshotResponse>;
}

export interface Refusal {
  readonly kind: "answer";
  readonly answer: HttpAnswer;
}

export type Call = UnaryCall | StreamCall | SnapshotCall | ConcurrencyRequest | ObserveRequest;

/** @param receiveLimit bytes of the largest request that a member takes */
export function callOf(
  method: RoutedMethod,
  request: HttpRequest,
  profile: Profile,
  receiveLimit: number,
): Call | Refusal {
  const metadata = metadataOf(request);
  if ("code" in metadata) return refused(gatewayError(metadata, profile));
  if (method === "watch" || method === "leaseKeepAlive") {
    const messages = new Messages(
      METHODS[method].request,
      "Unknown",
      request,
      profile,
      receiveLimit,
    );
    return streamOf(method, messages, metadata, profile);
  }
  const of = isConcurrent(method) ? CONCURRENCY_METHODS[method] : METHODS[method];
  const message = new Messages(
    of.request,
    "InvalidArgument",
    request,
    profile,
    receiveLimit,
  ).first();
  if (message instanceof Refused) return refused(message.answer);
  const asked = { type: method, request: message };
  const answerOf = (reply: Reply<unknown>) => unaryAnswer(of.response, reply, request, profile);
  if (method === "snapshot") {
    const frames = new StreamFrames(METHODS.snapshot.response, profile);
    return { kind: "snapshot", request: asked as ServiceRequest, metadata, frames };
  }
  if (method === "observe") {
    const call = asked as ObserveRequest["call"];
    return { kind: "observe", call, metadata, frames: new StreamFrames(LeaderResponse, profile) };
  }
  if (isConcurrent(method)) {
    const call = asked as ConcurrencyRequest["call"];
    return { kind: "program", call, metadata, answer: answerOf };
  }
  return {
    kind: "call",
    request: asked as ServiceRequest,
    metadata,
    answer: ({ response, error }) => answerOf({ response: response?.response ?? null, error }),
  };
}

function isConcurrent(method: RoutedMethod): method is ConcurrencyCall["type"] {
  return method in CONCURRENCY_METHODS;
}

function unaryAnswer(
  of: unknown,
  { response, error }: Reply<unknown>,
  request: HttpRequest,
  profile: Profile,
): HttpAnswer {
  if (error !== null || response === null) {
    return memberError(error ?? NO_RESPONSE, request, profile);
  }
  const json = writeJson(of as Message<unknown>, response, profile.grpcGateway === 1);
  return answer(200, [JSON_TYPE, GRPC_TYPE], json);
}

/** A call that succeeds has a response. */
const NO_RESPONSE: ApiError = { code: "Internal", message: "empty response" };

function refused(answer: HttpAnswer): Refusal {
  return { kind: "answer", answer };
}

/**
 * The requests of a stream are the body's values. After the first that can't be read no more are sent,
 * and nobody hears of it, but where a gateway of version 1 found none before.
 */
function streamOf(
  method: StreamCall["method"],
  messages: Messages,
  metadata: CallMetadata,
  profile: Profile,
): StreamCall | Refusal {
  const requests: StreamRequest[] = [];
  for (let message = messages.next(); message !== null; message = messages.next()) {
    if (message instanceof Refused) {
      if (profile.grpcGateway === 1 && messages.read === 1) return refused(message.answer);
      break;
    }
    // A watch request without anything in it is passed over by members.
    if (message === EMPTY) continue;
    requests.push(
      (method === "watch" ? message : { type: method, request: message }) as StreamRequest,
    );
  }
  const of = METHODS[method].response as Message<StreamResponse["response"]>;
  return { kind: "stream", method, requests, metadata, frames: new StreamFrames(of, profile) };
}

/** What the client is answered in place of a call. */
class Refused {
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    this.answer = answer;
  }
}

/** A oneof of which nothing is set. */
const EMPTY = Symbol("empty");

/** The messages of a body. */
class Messages {
  /** How many were looked at. */
  read = 0;
  private readonly of: Message<unknown>;
  /** The code of what can't be read: of a stream's requests gateways give none, which is Unknown. */
  private readonly badJson: "InvalidArgument" | "Unknown";
  private readonly request: HttpRequest;
  private readonly profile: Profile;
  private readonly receiveLimit: number;
  private readonly json: JsonReader;

  constructor(
    of: unknown,
    badJson: "InvalidArgument" | "Unknown",
    request: HttpRequest,
    profile: Profile,
    receiveLimit: number,
  ) {
    this.of = of as Message<unknown>;
    this.badJson = badJson;
    this.request = request;
    this.profile = profile;
    this.receiveLimit = receiveLimit;
    this.json = new JsonReader(request.body, profile);
  }

  /** The only one that counts; an empty body is one without fields. */
  first(): unknown {
    return this.next() ?? this.decoded(new Uint8Array(0));
  }

  /** null: that was all. */
  next(): unknown {
    this.read++;
    try {
      const wire = this.json.next(this.of);
      return wire === null ? null : this.decoded(wire);
    } catch (error) {
      if (error instanceof InvalidSort) return this.ofMember(Errors.invalidSortOption);
      if (!(error instanceof JsonError)) throw error;
      const { message } = error;
      return new Refused(gatewayError({ code: this.badJson, message }, this.profile));
    }
  }

  private decoded(wire: Uint8Array): unknown {
    const { of, receiveLimit } = this;
    if (wire.length > receiveLimit)
      return this.ofMember(receivedTooLarge(wire.length, receiveLimit));
    if (of instanceof UnionMessage && wire.length === 0) return EMPTY;
    try {
      return decode(of, wire);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      // An operation that is none is looked for by the member, among its keys (v3rpc/key.go).
      if (error.message.includes(`${RequestOp.name} is empty`)) {
        return this.ofMember(Errors.keyNotFound);
      }
      return this.ofMember({
        code: "Internal",
        message: `grpc: error unmarshalling request: ${error.message}`,
      });
    }
  }

  private ofMember(error: ApiError): Refused {
    return new Refused(memberError(error, this.request, this.profile));
  }
}
