import type { ApiError } from "../../api/errors.ts";
import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse } from "../../api/requests.ts";
import { NEVER } from "../../base/time.ts";
import type {
  ConcurrencyRequest,
  ObserveRequest,
  SnapshotCall,
  StreamCall,
  UnaryCall,
} from "../../gateway/calls.ts";
import { type GatewayOptions, handle } from "../../gateway/handle.ts";
import type { HttpRequest } from "../../gateway/http.ts";
import type { CallMetadata } from "../../gateway/metadata.ts";
import type { Frame } from "../../gateway/stream-frames.ts";
import type { Door } from "../door.ts";
import { DEADLINE, Deadline } from "../grpc/deadline.ts";
import { piecesOf } from "../snapshot-pieces.ts";
import type { Responder } from "./responder.ts";

/** Serves a request that is no gRPC. Returns what to do when its client goes away before it is answered. */
export function serveHttp(
  request: HttpRequest,
  responder: Responder,
  door: Door,
  options: GatewayOptions,
): () => void {
  const handled = handle(request, options);
  switch (handled.kind) {
    case "answer":
      responder.answer(handled.answer);
      return () => undefined;
    case "page":
      responder.answer(handled.answer(door.facts()));
      return () => undefined;
    case "call":
      return serveCall(handled, responder, door);
    case "snapshot":
      return serveSnapshot(handled, responder, door);
    case "stream":
      return serveStream(handled, responder, door);
    case "program":
      return serveProgram(handled, responder, door);
    case "observe":
      return serveObserve(handled, responder, door);
  }
}

function serveCall({ request, metadata, answer }: UnaryCall, responder: Responder, door: Door) {
  if (metadata.requireLeader && !door.seesLeader) {
    responder.answer(answer({ response: null, error: Errors.noLeader }));
    return () => undefined;
  }
  return ask(
    door,
    metadata,
    (onReply) => door.call(request, metadata, onReply),
    (reply) => responder.answer(answer(reply)),
  );
}

/** Makes a call that its deadline, or the client's going away, may end first. */
function ask<Response = ServiceResponse>(
  door: Door,
  { timeoutUs }: CallMetadata,
  begin: (onReply: (reply: Reply<Response>) => void) => number,
  done: (reply: Reply<Response>) => void,
): () => void {
  let over = false;
  const finish = (reply: Reply<Response>) => {
    if (over) return;
    over = true;
    deadline.stop();
    done(reply);
  };
  const late = () => {
    finish({ response: null, error: DEADLINE });
    door.reset(id);
  };
  const deadline = new Deadline(timeoutUs === NEVER ? NEVER : timeoutUs, late);
  const id = begin(finish);
  return () => {
    if (over) return;
    over = true;
    deadline.stop();
    door.reset(id);
  };
}

/** A lock, or a part of an election. */
function serveProgram(
  { call, metadata, answer }: ConcurrencyRequest,
  responder: Responder,
  door: Door,
) {
  return ask<unknown>(
    door,
    metadata,
    (onReply) =>
      door.program(call, metadata, {
        onResult: (response, error) => onReply({ response, error }),
        onLeader: () => undefined,
      }),
    (reply) => responder.answer(answer(reply)),
  );
}

function serveObserve(
  { call, metadata, frames }: ObserveRequest,
  responder: Responder,
  door: Door,
) {
  const end = (error: ApiError | null) => {
    deadline.stop();
    send(responder, frames.end(error), () => responder.end());
  };
  const deadline = new Deadline(metadata.timeoutUs, () => {
    door.reset(id);
    end(DEADLINE);
  });
  const id = door.program(call, metadata, {
    onResult: (_response, error) => end(error),
    onLeader: (response) => send(responder, frames.message(response), () => undefined),
  });
  return () => {
    deadline.stop();
    door.reset(id);
  };
}

function serveSnapshot(
  { request, metadata, frames }: SnapshotCall,
  responder: Responder,
  door: Door,
) {
  return ask(
    door,
    metadata,
    (onReply) => door.call(request, metadata, onReply),
    ({ response, error }) => {
      if (error !== null || response?.type !== "snapshot") {
        send(responder, frames.end(error), () => responder.end());
        return;
      }
      const pieces = piecesOf(response.response);
      const next = () => {
        const { done, value } = pieces.next();
        if (done === true) send(responder, frames.end(null), () => responder.end());
        else send(responder, frames.message(value), next);
      };
      next();
    },
  );
}

function serveStream(call: StreamCall, responder: Responder, door: Door) {
  const { method, requests, metadata, frames } = call;
  let unanswered = requests.length;
  const id = door.open(method, metadata, {
    onResponse: ({ response }, bytes) => {
      send(responder, frames.message(response), () => door.consumed(id, bytes));
      unanswered--;
      // All that was asked is in the body: of keep-alives that is the end.
      if (method === "leaseKeepAlive" && unanswered === 0) end(null);
    },
    onEnd: (error) => send(responder, frames.end(error), () => responder.end()),
  });
  const end = (error: ApiError | null) => {
    door.close(id);
    send(responder, frames.end(error), () => responder.end());
  };
  for (const request of requests) door.send(id, request);
  if (method === "leaseKeepAlive" && requests.length === 0) end(null);
  return () => door.close(id);
}

function send(responder: Responder, { head, bytes }: Frame, sent: () => void): void {
  if (head !== null) responder.begin(head);
  if (bytes.length > 0) responder.write(bytes, sent);
  else sent();
}
