import type { ServiceRequest, StreamMethod, StreamRequest } from "../api/requests.ts";
import type { Duration } from "../base/time.ts";
import type { ConfChangeV2, Message, NodeId } from "../raft/types.ts";

export type { ConfChangeV2, Message, NodeId };

export type AdminRequest =
  | { readonly type: "transfer-leader"; readonly to: NodeId }
  | { readonly type: "conf-change"; readonly change: ConfChangeV2 }
  | { readonly type: "snapshot" }
  | { readonly type: "campaign" };

/** A client's call; `callId` is the world's and comes back with the reply. */
export interface Call {
  readonly kind: "call";
  readonly callId: number;
  /** What an earlier sign-in gave the client; "" if it has not signed in. */
  readonly token: string;
  readonly request: ServiceRequest;
  /** How long the client waits (gRPC's grpc-timeout); undefined: as long as it takes. */
  readonly timeoutUs?: Duration;
}

/** A call from outside: a client's, or an operator's who stands beside the machine. */
export type MemberRequest =
  | Call
  | { readonly kind: "admin"; readonly callId: number; readonly request: AdminRequest };

/** What happens on a client's stream; `streamId` is the world's. */
export type StreamInput =
  | {
      readonly kind: "open";
      readonly streamId: number;
      readonly method: StreamMethod;
      readonly token: string;
      /** End the stream when this member loses sight of a leader (clientv3.WithRequireLeader). */
      readonly requireLeader: boolean;
    }
  | { readonly kind: "request"; readonly streamId: number; readonly request: StreamRequest }
  /** The client took so many bytes of what was pushed: there is room for more. */
  | { readonly kind: "consumed"; readonly streamId: number; readonly bytes: number }
  | { readonly kind: "close"; readonly streamId: number };

/** Calls of members to each other outside of Raft. */
export type PeerRequest = Extract<
  ServiceRequest,
  {
    readonly type: "leaseKeepAlive" | "leaseTimeToLive" | "memberPromote" | "hashKv" | "status";
  }
>;
