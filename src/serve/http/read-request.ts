import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { HttpRequest } from "../../gateway/http.ts";

/** etcd knows no limit here; what its members take is far below. */
const BODY_MAX = 64 << 20;

/** A request with all of its body; null: it is longer than any may be, or its client went away. */
export async function readRequest(
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  body: Readable,
): Promise<HttpRequest | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += (piece as Buffer).length;
      if (bytes > BODY_MAX) return null;
      pieces.push(piece as Buffer);
    }
  } catch {
    return null;
  }
  return { method, target, headers, body: Buffer.concat(pieces) };
}
