import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type SecureClientSessionOptions,
} from "node:http2";
import { type ApiError, GrpcCode, type GrpcCodeName } from "../../src/api/errors.ts";
import type { ServiceRequest, ServiceResponse } from "../../src/api/requests.ts";
import { decode, encode, type Message } from "../../src/api/wire/message.ts";
import { METHODS, type MethodType } from "../../src/api/wire/method-table.ts";

const CODE_NAMES = new Map<number, GrpcCodeName>(
  Object.entries(GrpcCode).map(([name, number]) => [number, name as GrpcCodeName]),
);

/** gRPC over node:http2 with our messages: enough of it to ask an etcd without TLS. */
export class GrpcClient {
  readonly #session: ClientHttp2Session;

  constructor(endpoint: string, tls: SecureClientSessionOptions = {}) {
    this.#session = connect(endpoint, tls);
    this.#session.on("error", () => undefined);
  }

  /** One request and its response, or the error. */
  unary(
    { type, request }: Exclude<ServiceRequest, { type: "health" }>,
    token: string,
  ): Promise<ServiceResponse | ApiError> {
    return new Promise((done, fail) => {
      let got: unknown = null;
      const stream = this.stream(type, token, {
        message: (response) => {
          got = response;
        },
        end: (error) => done(error ?? ({ type, response: got } as ServiceResponse)),
        broken: fail,
      });
      stream.send(request);
      stream.end();
    });
  }

  /** Of any method, as its service's table has it. */
  ask(
    method: {
      readonly path: string;
      readonly request: Message<unknown>;
      readonly response: Message<unknown>;
    },
    request: unknown,
  ): Promise<unknown> {
    return new Promise((done, fail) => {
      let got: unknown = null;
      const stream = this.open(method, "", {
        message: (response) => {
          got = response;
        },
        end: (error) => done(error ?? got),
        broken: fail,
      });
      stream.send(request);
      stream.end();
    });
  }

  stream(type: MethodType, token: string, on: GrpcEvents): GrpcStream {
    return this.open(METHODS[type] as unknown as Parameters<GrpcClient["ask"]>[0], token, on);
  }

  open(
    { path, request, response }: Parameters<GrpcClient["ask"]>[0],
    token: string,
    on: GrpcEvents,
  ): GrpcStream {
    const stream = this.#session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...(token === "" ? {} : { token }),
    });
    return new GrpcStream(stream, request as Message<unknown>, response as Message<unknown>, on);
  }

  close(): void {
    this.#session.destroy();
  }
}

export interface GrpcEvents {
  message(response: unknown): void;
  /** null: status OK. */
  end(error: ApiError | null): void;
  broken(error: Error): void;
}

/** The flag that nothing is compressed, and the length. */
const FRAME_BYTES = 5;

export class GrpcStream {
  readonly #stream: ClientHttp2Stream;
  readonly #request: Message<unknown>;
  readonly #response: Message<unknown>;
  readonly #on: GrpcEvents;
  #bytes = Buffer.alloc(0);
  #error: ApiError | null = null;

  constructor(
    stream: ClientHttp2Stream,
    request: Message<unknown>,
    response: Message<unknown>,
    on: GrpcEvents,
  ) {
    this.#stream = stream;
    this.#request = request;
    this.#response = response;
    this.#on = on;
    stream.on("response", (headers) => this.#look(headers));
    stream.on("trailers", (headers) => this.#look(headers));
    stream.on("data", (part: Buffer) => this.#read(part));
    stream.on("end", () => on.end(this.#error));
    stream.on("error", (error) => on.broken(error));
  }

  send(request: unknown): void {
    const message = encode(this.#request, request);
    const frame = Buffer.alloc(FRAME_BYTES + message.length);
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, FRAME_BYTES);
    this.#stream.write(frame);
  }

  end(): void {
    this.#stream.end();
  }

  /** The client wants it no more (RST_STREAM). */
  cancel(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #look(headers: Readonly<Record<string, unknown>>): void {
    const status = Number(headers["grpc-status"] ?? 0);
    if (status === 0) return;
    const message = percentDecoded(String(headers["grpc-message"] ?? ""));
    this.#error = { code: CODE_NAMES.get(status) ?? "Unknown", message };
  }

  #read(part: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, part]);
    while (this.#bytes.length >= FRAME_BYTES) {
      const end = FRAME_BYTES + this.#bytes.readUInt32BE(1);
      if (this.#bytes.length < end) return;
      const message = new Uint8Array(this.#bytes.subarray(FRAME_BYTES, end));
      this.#bytes = this.#bytes.subarray(end);
      this.#on.message(decode(this.#response, message));
    }
  }
}

export function percentDecoded(text: string): string {
  return decodeURIComponent(text);
}
