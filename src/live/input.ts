import type { ConcurrencyCall } from "../api/concurrency-requests.ts";
import type { ServiceRequest, StreamMethod, StreamRequest } from "../api/requests.ts";
import type { Duration } from "../base/time.ts";
import type { StepData } from "../scenario/read/scenario-data.ts";

/**
 * What comes into a run from outside of the simulation. Calls and streams have numbers of their own, from 1
 * on, which whoever brings them gives; a client is a connection.
 */
export type LiveInput =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly client: number;
      readonly member: number;
      readonly token: string;
      /** grpc-timeout; NEVER: none. */
      readonly timeoutUs: Duration;
      readonly request: ServiceRequest;
    }
  /** A call of the Lock or Election service. */
  | {
      readonly kind: "program";
      readonly id: number;
      readonly client: number;
      readonly member: number;
      readonly token: string;
      readonly call: ConcurrencyCall;
    }
  /** The client of a call has gone, or waits for it no more. */
  | { readonly kind: "reset"; readonly id: number }
  | {
      readonly kind: "open";
      readonly id: number;
      readonly client: number;
      readonly member: number;
      readonly method: StreamMethod;
      readonly token: string;
      readonly requireLeader: boolean;
    }
  | { readonly kind: "send"; readonly id: number; readonly request: StreamRequest }
  /** So many bytes of what was pushed have been taken off our hands. */
  | { readonly kind: "consumed"; readonly id: number; readonly bytes: number }
  | { readonly kind: "close"; readonly id: number }
  | { readonly kind: "gone"; readonly client: number }
  /** Something is done to the cluster, in the words of a scenario. */
  | { readonly kind: "step"; readonly step: StepData };
