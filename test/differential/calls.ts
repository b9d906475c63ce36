import type { KvRequest } from "../../src/api/requests.ts";
import { type JsonObject, kvBody, kvPath, message } from "./json.ts";

/** A call of the Lease service. Its stream of keep-alives is asked for one answer. */
export type LeaseCall =
  | { readonly type: "leaseGrant"; readonly request: { readonly id: bigint; readonly ttl: number } }
  | { readonly type: "leaseRevoke"; readonly request: { readonly id: bigint } }
  | { readonly type: "leaseKeepAlive"; readonly request: { readonly id: bigint } }
  | {
      readonly type: "leaseTimeToLive";
      readonly request: { readonly id: bigint; readonly keys: boolean };
    }
  | { readonly type: "leaseLeases"; readonly request: Readonly<Record<string, never>> };

export type Call = KvRequest | LeaseCall;

export interface GatewayCall {
  readonly path: string;
  readonly body: JsonObject;
}

export function gatewayCall(call: Call): GatewayCall {
  switch (call.type) {
    case "leaseGrant": {
      const { id, ttl } = call.request;
      return { path: "lease/grant", body: message({ ID: id, TTL: ttl }) };
    }
    case "leaseRevoke":
      return { path: "lease/revoke", body: message({ ID: call.request.id }) };
    case "leaseKeepAlive":
      return { path: "lease/keepalive", body: message({ ID: call.request.id }) };
    case "leaseTimeToLive": {
      const { id, keys } = call.request;
      return { path: "lease/timetolive", body: message({ ID: id, keys }) };
    }
    case "leaseLeases":
      return { path: "lease/leases", body: {} };
    default:
      return { path: kvPath(call.type), body: kvBody(call) };
  }
}
