import type { ConcurrencyCall } from "../../api/concurrency-requests.ts";
import { CONCURRENCY_METHODS } from "../../api/wire/concurrency-methods.ts";
import type { Door } from "../door.ts";
import { DEADLINE, Deadline } from "./deadline.ts";
import type { CallHandler, Exchange } from "./exchange.ts";
import type { Metadata } from "./metadata.ts";
import { decoded, Malformed } from "./unary.ts";

/** A call of the Lock or Election service: one request, and one response, or, of `observe`, many. */
export class ConcurrencyHandler implements CallHandler {
  private readonly exchange: Exchange;
  private readonly door: Door;
  private readonly type: ConcurrencyCall["type"];
  private readonly metadata: Metadata;
  private bytes: Uint8Array | null = null;
  /** 0: nothing was asked yet. */
  private id = 0;
  private deadline: Deadline | null = null;

  constructor(exchange: Exchange, door: Door, type: ConcurrencyCall["type"], metadata: Metadata) {
    this.exchange = exchange;
    this.door = door;
    this.type = type;
    this.metadata = metadata;
  }

  onMessage(bytes: Uint8Array): void {
    this.bytes ??= bytes;
  }

  onHalfClose(): void {
    const { exchange, door, type, metadata, bytes } = this;
    const of = CONCURRENCY_METHODS[type];
    if (bytes === null) {
      exchange.end({ code: "Internal", message: "EOF" });
      return;
    }
    const request = decoded(of.request, bytes);
    if (request instanceof Malformed) {
      exchange.end(request.error);
      return;
    }
    this.deadline = new Deadline(metadata.timeoutUs, () => this.onLate());
    this.id = door.program({ type, request } as ConcurrencyCall, metadata, {
      onResult: (response, error) => {
        this.deadline?.stop();
        if (error !== null) exchange.end(error);
        else exchange.respond(of.response, response);
      },
      onLeader: (response) => exchange.send(of.response, response),
    });
  }

  onGone(): void {
    this.deadline?.stop();
    if (this.id !== 0) this.door.reset(this.id);
  }

  private onLate(): void {
    this.exchange.end(DEADLINE);
    this.door.reset(this.id);
  }
}
