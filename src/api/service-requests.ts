import type { AuthOp } from "./auth-requests.ts";
import type { AuthResponse } from "./auth-responses.ts";
import type { HealthRequest, HealthResponse } from "./health-requests.ts";
import type { KvRequest, KvResponse } from "./kv-requests.ts";
import type {
  LeaseCheckpointResponse,
  LeaseGrantRequest,
  LeaseQuery,
  LeaseResponse,
  LeaseRevokeRequest,
} from "./lease-requests.ts";
import type { MaintenanceOp, MaintenanceResponse } from "./maintenance-requests.ts";
import type { MemberOp, MemberResponse } from "./member-requests.ts";

/** A call that a client can make and that has one answer: all of etcd v3 but the watch streams, and probes. */
export type ServiceRequest =
  | KvRequest
  | { readonly type: "leaseGrant"; readonly request: LeaseGrantRequest }
  | { readonly type: "leaseRevoke"; readonly request: LeaseRevokeRequest }
  | LeaseQuery
  | AuthOp
  | MemberOp
  | MaintenanceOp
  | { readonly type: "health"; readonly request: HealthRequest };

/** Its answer; `type` is that of the request. */
export type ServiceResponse =
  | KvResponse
  | LeaseResponse
  | AuthResponse
  | MemberResponse
  | MaintenanceResponse
  | { readonly type: "health"; readonly response: HealthResponse };

/** The answer to a request of type `T`. */
export type ResponseOf<T extends ServiceRequest["type"]> = Answer<ServiceResponse, T>;

type Answer<R, T> = R extends { readonly type: infer Types; readonly response: infer Response }
  ? T extends Types
    ? Response
    : never
  : never;

/** What an applied entry came to: an answer for a client, or for the member that proposed it. */
export type InternalResponse =
  | ServiceResponse
  | { readonly type: "leaseCheckpoint"; readonly response: LeaseCheckpointResponse };
