import type { ResponseHeader } from "./kv-requests.ts";

/** What etcd answers to probes over HTTP, beside its gRPC services (server/etcdserver/api/etcdhttp/health.go). */

/** The checks of /livez and /readyz. */
export const HEALTH_CHECKS = {
  livez: ["serializable_read"],
  readyz: ["data_corruption", "serializable_read", "linearizable_read", "non_learner"],
} as const;

export type HealthCheck = (typeof HEALTH_CHECKS)["livez" | "readyz"][number];

export interface HealthRequest {
  readonly endpoint: "health" | "livez" | "readyz";
  /** One check alone (/readyz/non_learner); null: all that the endpoint has. */
  readonly check: string | null;
  /** Alarms that /health passes over; checks that the others leave out. What is unknown is none. */
  readonly exclude: readonly string[];
  /** Of /health: whether this member is well by itself. */
  readonly serializable: boolean;
  /** Of the others: tell of each check, even if all are well. */
  readonly verbose: boolean;
}

export interface HealthResponse {
  /** Not in etcd's answer: who gave it, and as of when. */
  readonly header: ResponseHeader;
  /** HTTP's. */
  readonly status: 200 | 404 | 503;
  readonly body: string;
}
