import type { LeaseKeepAliveResponse, LeaseQuery } from "./lease-requests.ts";
import type { WatchRequest, WatchResponse } from "./watch-requests.ts";

/** The methods whose requests and responses are streams, as long as both sides wish. */
export type StreamMethod = "watch" | "leaseKeepAlive";

/** What a client asks on a stream of each method. */
export type StreamRequest = WatchRequest | KeepAliveQuery;

/** One request of a keep-alive stream. */
export type KeepAliveQuery = Extract<LeaseQuery, { readonly type: "leaseKeepAlive" }>;

/** What a member answers; `type` is the stream's method. */
export type StreamResponse =
  | { readonly type: "watch"; readonly response: WatchResponse }
  | { readonly type: "leaseKeepAlive"; readonly response: LeaseKeepAliveResponse };
