import { utf8Encode } from "../base/utf8.ts";

export type Header = readonly [name: string, value: string];

/** What a client sent. */
export interface HttpRequest {
  /** As in the request line: "POST". */
  readonly method: string;
  /** As in the request line: path and query, escaped. */
  readonly target: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** All of it. */
  readonly body: Uint8Array;
}

/** What an answer begins with; neither with a length nor with a date, which are the driver's. */
export interface HttpHead {
  readonly status: number;
  readonly headers: readonly Header[];
}

export interface HttpAnswer extends HttpHead {
  readonly body: Uint8Array;
  /** Where there are any, the driver names them in a header `Trailer`, and sends the body in chunks. */
  readonly trailers: readonly Header[];
}

export const JSON_TYPE: Header = ["Content-Type", "application/json"];
export const PLAIN_TEXT: Header = ["Content-Type", "text/plain; charset=utf-8"];

/** What a call that a member answered has in its headers. */
export const GRPC_TYPE: Header = ["Grpc-Metadata-Content-Type", "application/grpc"];

/** On every answer but those to what is no request at all (server/embed/serve.go addCORSHeader). */
const CORS: readonly Header[] = [
  ["Access-Control-Allow-Headers", "accept, content-type, authorization"],
  ["Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE"],
  ["Access-Control-Allow-Origin", "*"],
];

export function head(status: number, headers: readonly Header[]): HttpHead {
  return { status, headers: [...CORS, ...headers] };
}

/** @param body text, or its bytes */
export function answer(
  status: number,
  headers: readonly Header[],
  body: string | Uint8Array,
  trailers: readonly Header[] = [],
): HttpAnswer {
  const bytes = typeof body === "string" ? utf8Encode(body) : body;
  return { ...head(status, headers), body: bytes, trailers };
}

/** As Go's http.Error says what is wrong. */
export function textError(
  status: number,
  text: string,
  headers: readonly Header[] = [],
): HttpAnswer {
  const all: Header[] = [...headers, PLAIN_TEXT, ["X-Content-Type-Options", "nosniff"]];
  return answer(status, all, `${text}\n`);
}

export function pageNotFound(): HttpAnswer {
  return textError(404, "404 page not found");
}

/** What is no request: net/http answers by itself, and ends the connection. */
export function noRequest(): HttpAnswer {
  const headers: Header[] = [PLAIN_TEXT, ["Connection", "close"]];
  return { status: 400, headers, body: utf8Encode("400 Bad Request"), trailers: [] };
}

/** A header's value; of several, the first. "" where there is none. */
export function headerOf({ headers }: HttpRequest, name: string): string {
  const value = headers[name];
  return (typeof value === "string" ? value : value?.[0]) ?? "";
}
