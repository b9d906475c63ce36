import type { StreamMethod, StreamRequest, StreamResponse } from "../../api/requests.ts";
import type { Message } from "../../api/wire/message.ts";
import { METHODS } from "../../api/wire/method-table.ts";
import type { Door } from "../door.ts";
import { decoded, Malformed } from "./decoded.ts";
import type { CallHandler, Exchange } from "./exchange.ts";
import type { Metadata } from "./metadata.ts";

/** A call whose responses are a stream. */
export class StreamingHandler implements CallHandler {
  private readonly exchange: Exchange;
  private readonly door: Door;
  private readonly method: StreamMethod;
  private readonly id: number;
  /** Requests that have no response yet; counted of keep-alives alone. */
  private unanswered = 0;
  private halfClosed = false;

  constructor(exchange: Exchange, door: Door, method: StreamMethod, metadata: Metadata) {
    this.exchange = exchange;
    this.door = door;
    this.method = method;
    this.id = door.open(method, metadata, {
      onResponse: (response, bytes) => this.onResponse(response, bytes),
      onEnd: (error) => exchange.end(error),
    });
  }

  onMessage(bytes: Uint8Array): void {
    const { exchange, door, method, id } = this;
    const request = decoded(METHODS[method].request as Message<unknown>, bytes);
    if (request instanceof Malformed) {
      exchange.end(request.error);
      door.close(id);
      return;
    }
    this.unanswered++;
    const asked = method === "watch" ? request : { type: method, request };
    door.send(id, asked as StreamRequest);
  }

  /** etcd goes on serving watches of who has nothing more to ask; a keep-alive stream ends. */
  onHalfClose(): void {
    this.halfClosed = true;
    this.endKeepAlives();
  }

  onGone(): void {
    this.door.close(this.id);
  }

  private onResponse({ response }: StreamResponse, bytes: number): void {
    const { exchange, door, method, id } = this;
    const of = METHODS[method].response as Message<unknown>;
    exchange.send(of, response, () => door.consumed(id, bytes));
    this.unanswered--;
    this.endKeepAlives();
  }

  private endKeepAlives(): void {
    const { exchange, door, method, id } = this;
    if (method !== "leaseKeepAlive" || !this.halfClosed || this.unanswered > 0) return;
    door.close(id);
    exchange.end(null);
  }
}
