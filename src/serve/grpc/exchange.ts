import type { ServerHttp2Stream } from "node:http2";
import type { ApiError } from "../../api/errors.ts";
import type { Message } from "../../api/wire/message.ts";
import { FrameReader, frameOf } from "./frames.ts";
import { OK_TRAILERS, type Trailers, trailersOf } from "./status.ts";

const HEADERS = Object.freeze({ ":status": 200, "content-type": "application/grpc" });

/** Who serves a call. */
export interface CallHandler {
  /** A message of the client. */
  onMessage(bytes: Uint8Array): void;
  /** The client has said all. */
  onHalfClose(): void;
  /** It is over before it was answered: the client has cancelled it, or its connection is gone. */
  onGone(): void;
}

/** A gRPC call at the server, over one stream of HTTP/2. */
export class Exchange {
  private readonly stream: ServerHttp2Stream;
  private handler: CallHandler | null = null;
  private trailers: Trailers = OK_TRAILERS;
  private ended = false;

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
    // What the client breaks is told by "close".
    stream.on("error", () => undefined);
  }

  /** @param limit bytes of the largest message that is taken */
  serve(handler: CallHandler, limit: number): void {
    const { stream } = this;
    this.handler = handler;
    const reader = new FrameReader(limit);
    stream.on("data", (piece: Buffer) => {
      if (this.ended) return;
      const error = reader.read(piece, (message) => {
        if (!this.ended) handler.onMessage(message);
      });
      if (error !== null) this.refuse(error);
    });
    stream.on("end", () => {
      if (this.ended) return;
      if (reader.inMidst) this.refuse(CUT_SHORT);
      else handler.onHalfClose();
    });
    stream.on("close", () => {
      if (this.ended) return;
      this.ended = true;
      handler.onGone();
    });
  }

  /** Sends a message; `sent` is called when it is off our hands. */
  send<T>(of: Message<T>, message: T, sent?: () => void): void {
    if (this.isOver) return;
    this.open();
    this.stream.write(frameOf(of, message), () => sent?.());
  }

  /** The response of a call that has one, and its end. */
  respond<T>(of: Message<T>, message: T): void {
    if (this.isOver) return;
    this.ended = true;
    this.open();
    this.stream.end(frameOf(of, message));
  }

  /** Ends the call; null: all is well. */
  end(error: ApiError | null): void {
    if (this.isOver) return;
    this.ended = true;
    const trailers = error === null ? OK_TRAILERS : trailersOf(error);
    if (!this.stream.headersSent) {
      this.stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
      return;
    }
    this.trailers = trailers;
    this.stream.end();
  }

  /** Ends it where it is the client who broke the rules: what else it sends is not read. */
  private refuse(error: ApiError): void {
    this.end(error);
    this.handler?.onGone();
    this.stream.resume();
  }

  private get isOver(): boolean {
    return this.ended || this.stream.destroyed || this.stream.closed;
  }

  private open(): void {
    const { stream } = this;
    if (stream.headersSent) return;
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ ...this.trailers }));
  }
}

/** As grpc-go says it of a stream that ends within a message. */
const CUT_SHORT: ApiError = Object.freeze({ code: "Internal", message: "unexpected EOF" });
