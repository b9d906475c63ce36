import { type ApiError, Errors } from "../../api/errors.ts";
import type { ServiceRequest, SnapshotResponse } from "../../api/requests.ts";
import type { Message } from "../../api/wire/message.ts";
import { METHODS, type MethodType } from "../../api/wire/method-table.ts";
import type { Door } from "../door.ts";
import { piecesOf } from "../snapshot-pieces.ts";
import type { Exchange } from "./exchange.ts";
import type { Metadata } from "./metadata.ts";
import { OneRequest } from "./one-request.ts";

export type UnaryType = Exclude<MethodType, "watch" | "leaseKeepAlive" | "rangeStream">;

/** A call with one request and one response; of a snapshot, with the response in pieces. */
export class UnaryHandler extends OneRequest<unknown> {
  private readonly type: UnaryType;

  constructor(exchange: Exchange, door: Door, type: UnaryType, metadata: Metadata) {
    super(exchange, door, metadata, METHODS[type].request as Message<unknown>);
    this.type = type;
  }

  protected refusal(): ApiError | null {
    return this.metadata.requireLeader && !this.door.seesLeader ? Errors.noLeader : null;
  }

  protected begin(request: unknown): number {
    const { exchange, door, type, metadata } = this;
    const asked = { type, request } as ServiceRequest;
    return door.call(asked, metadata, ({ response, error }) => {
      this.answered();
      if (error !== null || response === null) exchange.end(error);
      else if (response.type === "snapshot") this.sendPieces(response.response);
      else exchange.respond(METHODS[type].response as Message<unknown>, response.response);
    });
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
