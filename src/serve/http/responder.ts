import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Header, HttpAnswer, HttpHead } from "../../gateway/http.ts";

/** Where an answer goes to, over either version of HTTP. */
export interface Responder {
  /** All of an answer at once. */
  answer(answer: HttpAnswer): void;
  /** An answer that comes in parts begins. */
  begin(head: HttpHead): void;
  /** `sent` is called when it is off our hands. */
  write(bytes: Uint8Array, sent: () => void): void;
  end(): void;
}

/** Over HTTP/1. */
export class Http1Responder implements Responder {
  private readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
    response.on("error", () => undefined);
  }

  answer({ status, headers, body, trailers }: HttpAnswer): void {
    const { response } = this;
    if (response.destroyed) return;
    if (trailers.length === 0) {
      response.writeHead(status, flat([...headers, ["Content-Length", String(body.length)]]));
      response.end(body);
      return;
    }
    const names = trailers.map(([name]) => name).join(", ");
    response.writeHead(status, flat([...headers, ["Trailer", names]]));
    response.write(body);
    response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
    response.end();
  }

  begin({ status, headers }: HttpHead): void {
    if (!this.response.destroyed) this.response.writeHead(status, flat(headers));
  }

  write(bytes: Uint8Array, sent: () => void): void {
    if (!this.response.destroyed) this.response.write(bytes, () => sent());
  }

  end(): void {
    this.response.end();
  }
}

/** Over HTTP/2, whose headers are in lower case. */
export class Http2Responder implements Responder {
  private readonly stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
    stream.on("error", () => undefined);
  }

  answer(answer: HttpAnswer): void {
    const { stream } = this;
    if (this.isOver) return;
    const { trailers, body } = answer;
    const waitForTrailers = trailers.length > 0;
    stream.respond(http2Head(answer), { waitForTrailers });
    if (waitForTrailers) {
      stream.once("wantTrailers", () => stream.sendTrailers(lowerCase(trailers)));
    }
    stream.end(body);
  }

  begin(head: HttpHead): void {
    if (!this.isOver) this.stream.respond(http2Head(head));
  }

  write(bytes: Uint8Array, sent: () => void): void {
    if (!this.isOver) this.stream.write(bytes, () => sent());
  }

  end(): void {
    if (!this.isOver) this.stream.end();
  }

  private get isOver(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }
}

/** As node:http takes them: name after value after name, so that one may come twice. */
function flat(headers: readonly Header[]): string[] {
  return headers.flat();
}

function http2Head({ status, headers }: HttpHead) {
  return { ":status": status, ...lowerCase(headers) };
}

/** What belongs to a connection has no place there (RFC 9113 8.2.2). */
function lowerCase(headers: readonly Header[]): Record<string, string> {
  return Object.fromEntries(
    headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name !== "connection"),
  );
}
