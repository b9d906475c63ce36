import { TEXT, UINT } from "../../api/wire/kinds.ts";
import { message } from "../../api/wire/message.ts";
import { decoded, Malformed } from "./decoded.ts";
import type { CallHandler, Exchange } from "./exchange.ts";

/** gRPC's own health service (grpc.health.v1), as etcd registers it: all that a server tells is that it serves. */

const HealthCheckRequest = message<{ readonly service: string }>(
  "grpc.health.v1.HealthCheckRequest",
  { service: [1, TEXT] },
);
const HealthCheckResponse = message<{ readonly status: number }>(
  "grpc.health.v1.HealthCheckResponse",
  { status: [1, UINT] },
);

const SERVING = 1;
const SERVICE_UNKNOWN = 3;

export type HealthMethod = "Check" | "Watch";

export function healthMethod(path: string): HealthMethod | undefined {
  const [, method] = /^\/grpc\.health\.v1\.Health\/(Check|Watch)$/.exec(path) ?? [];
  return method as HealthMethod | undefined;
}

export class HealthHandler implements CallHandler {
  private readonly exchange: Exchange;
  private readonly method: HealthMethod;
  private bytes: Uint8Array | null = null;

  constructor(exchange: Exchange, method: HealthMethod) {
    this.exchange = exchange;
    this.method = method;
  }

  onMessage(bytes: Uint8Array): void {
    this.bytes ??= bytes;
  }

  onHalfClose(): void {
    const { exchange, method } = this;
    const request = decoded(HealthCheckRequest, this.bytes ?? new Uint8Array(0));
    if (request instanceof Malformed) {
      exchange.end(request.error);
      return;
    }
    const known = request.service === "";
    if (method === "Watch") {
      exchange.send(HealthCheckResponse, { status: known ? SERVING : SERVICE_UNKNOWN });
    } else if (known) exchange.respond(HealthCheckResponse, { status: SERVING });
    else exchange.end({ code: "NotFound", message: "unknown service" });
  }

  onGone(): void {}
}
