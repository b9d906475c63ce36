import type { ApiError } from "../../api/errors.ts";
import type { Message } from "../../api/wire/message.ts";
import type { Door } from "../door.ts";
import { DEADLINE, Deadline } from "./deadline.ts";
import { decoded, Malformed } from "./decoded.ts";
import type { CallHandler, Exchange } from "./exchange.ts";
import type { Metadata } from "./metadata.ts";

/** A call that is begun by one request, which the client sends whole before anything is done. */
export abstract class OneRequest<Request> implements CallHandler {
  protected readonly exchange: Exchange;
  protected readonly door: Door;
  protected readonly metadata: Metadata;
  private readonly of: Message<Request>;
  private bytes: Uint8Array | null = null;
  /** 0: nothing was asked yet. */
  private id = 0;
  private deadline: Deadline | null = null;

  constructor(exchange: Exchange, door: Door, metadata: Metadata, of: Message<Request>) {
    this.exchange = exchange;
    this.door = door;
    this.metadata = metadata;
    this.of = of;
  }

  /** Why it is not even begun; null: it is. */
  protected abstract refusal(): ApiError | null;

  /** Asks for it; returns its number. Whoever answers calls `answered` first. */
  protected abstract begin(request: Request): number;

  protected answered(): void {
    this.deadline?.stop();
  }

  onMessage(bytes: Uint8Array): void {
    // grpc-go reads one and leaves the rest.
    this.bytes ??= bytes;
  }

  onHalfClose(): void {
    const { exchange, bytes, metadata } = this;
    if (bytes === null) {
      exchange.end({ code: "Internal", message: "EOF" });
      return;
    }
    const request = decoded(this.of, bytes);
    const refusal = request instanceof Malformed ? request.error : this.refusal();
    if (refusal !== null || request instanceof Malformed) {
      exchange.end(refusal);
      return;
    }
    this.deadline = new Deadline(metadata.timeoutUs, () => this.onLate());
    this.id = this.begin(request);
  }

  onGone(): void {
    this.deadline?.stop();
    if (this.id !== 0) this.door.reset(this.id);
  }

  /** The client waits no more, by its own clock: what becomes of it is nobody's to hear. */
  private onLate(): void {
    this.exchange.end(DEADLINE);
    this.door.reset(this.id);
  }
}
