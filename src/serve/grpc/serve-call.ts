import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { ApiError } from "../../api/errors.ts";
import { concurrencyType } from "../../api/wire/concurrency-methods.ts";
import { methodType } from "../../api/wire/method-table.ts";
import type { Door } from "../door.ts";
import { ConcurrencyHandler } from "./concurrency.ts";
import { Exchange } from "./exchange.ts";
import { HealthHandler, healthMethod } from "./health.ts";
import { metadataOf } from "./metadata.ts";
import { StreamingHandler } from "./streaming.ts";
import { UnaryHandler } from "./unary.ts";

/** Whether a request of HTTP/2 is a gRPC call. */
export function isGrpc(headers: IncomingHttpHeaders): boolean {
  return String(headers["content-type"] ?? "").startsWith("application/grpc");
}

/** Serves a gRPC call. @param limit bytes of the largest request that is taken */
export function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  door: Door,
  limit: number,
): void {
  const exchange = new Exchange(stream);
  const metadata = metadataOf(headers, door.certificate);
  if ("code" in metadata) {
    exchange.end(metadata);
    return;
  }
  const path = String(headers[":path"]);
  const type = methodType(path);
  const concurrency = concurrencyType(path);
  const health = healthMethod(path);
  if (concurrency !== undefined) {
    exchange.serve(new ConcurrencyHandler(exchange, door, concurrency, metadata), limit);
  } else if (health !== undefined) exchange.serve(new HealthHandler(exchange, health), limit);
  else if (type === undefined) exchange.end(unknownPath(path));
  else if (type === "watch" || type === "leaseKeepAlive" || type === "rangeStream") {
    exchange.serve(new StreamingHandler(exchange, door, type, metadata), limit);
  } else exchange.serve(new UnaryHandler(exchange, door, type, metadata), limit);
}

const SERVICES = [
  ...["KV", "Watch", "Lease", "Cluster", "Maintenance", "Auth"].map(
    (name) => `etcdserverpb.${name}`,
  ),
  ...["v3lockpb.Lock", "v3electionpb.Election", "grpc.health.v1.Health"],
];

/** grpc-go's words (server.go handleStream). */
function unknownPath(path: string): ApiError {
  const [, service, method] = /^\/?(.+)\/([^/]*)$/.exec(path) ?? [];
  if (service === undefined || method === undefined) {
    return { code: "Unimplemented", message: `malformed method name: "${path}"` };
  }
  const message = SERVICES.includes(service)
    ? `unknown method ${method} for service ${service}`
    : `unknown service ${service}`;
  return { code: "Unimplemented", message };
}
