import type { ApiError } from "../../api/errors.ts";
import { Errors } from "../../api/errors.ts";
import type { ServiceRequest, SnapshotResponse } from "../../api/requests.ts";

import { decode, type Message } from "../../api/wire/message.ts";
import { METHODS, type MethodType } from "../../api/wire/method-table.ts";
import { ProtobufError } from "../../base/protobuf.ts";
import type { Door } from "../door.ts";
import { piecesOf } from "../snapshot-pieces.ts";
import { DEADLINE, Deadline } from "./deadline.ts";
import type { CallHandler, Exchange } from "./exchange.ts";
import type { Metadata } from "./metadata.ts";

export type UnaryType = Exclude<MethodType, "watch" | "leaseKeepAlive" | "rangeStream">;

/** A call with one request and one response; of a snapshot, with the response in pieces. */
export class UnaryHandler implements CallHandler {
  private readonly exchange: Exchange;
  private readonly door: Door;
  private readonly type: UnaryType;
  private readonly metadata: Metadata;
  private bytes: Uint8Array | null = null;
  /** 0: nothing was asked yet. */
  private callId = 0;
  private deadline: Deadline | null = null;

  constructor(exchange: Exchange, door: Door, type: UnaryType, metadata: Metadata) {
    this.exchange = exchange;
    this.door = door;
    this.type = type;
    this.metadata = metadata;
  }

  onMessage(bytes: Uint8Array): void {
    // grpc-go reads one and leaves the rest.
    this.bytes ??= bytes;
  }

  onHalfClose(): void {
    const { exchange, door, type, metadata, bytes } = this;
    if (bytes === null) {
      exchange.end({ code: "Internal", message: "EOF" });
      return;
    }
    const request = decoded(METHODS[type].request as Message<unknown>, bytes);
    if (request instanceof Malformed) {
      exchange.end(request.error);
      return;
    }
    if (metadata.requireLeader && !door.seesLeader) {
      exchange.end(Errors.noLeader);
      return;
    }
    this.deadline = new Deadline(metadata.timeoutUs, () => this.onLate());
    this.callId = door.call(
      { type, request } as ServiceRequest,
      metadata,
      ({ response, error }) => {
        this.deadline?.stop();
        if (error !== null || response === null) exchange.end(error);
        else if (response.type === "snapshot") this.sendPieces(response.response);
        else exchange.respond(METHODS[type].response as Message<unknown>, response.response);
      },
    );
  }

  onGone(): void {
    this.deadline?.stop();
    if (this.callId !== 0) this.door.reset(this.callId);
  }

  /** The client waits no more, by its own clock: what becomes of it is nobody's to hear. */
  private onLate(): void {
    this.exchange.end(DEADLINE);
    this.door.reset(this.callId);
  }

  private sendPieces(response: SnapshotResponse): void {
    const { exchange } = this;
    const pieces = piecesOf(response);
    const next = () => {
      const { done, value } = pieces.next();
      if (done === true) exchange.end(null);
      else exchange.send(METHODS.snapshot.response, value, next);
    };
    next();
  }
}

/** Bytes that are no message of their type. */
export class Malformed {
  readonly error: ApiError;

  constructor(error: ApiError) {
    this.error = error;
  }
}

export function decoded<T>(of: Message<T>, bytes: Uint8Array): T | Malformed {
  try {
    return decode(of, bytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    const message = `grpc: error unmarshalling request: proto: ${error.message}`;
    return new Malformed({ code: "Internal", message });
  }
}
