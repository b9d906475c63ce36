import type { RangeRequest, RangeStreamResponse } from "./kv-requests.ts";
import type { LeaseKeepAliveResponse, LeaseQuery } from "./lease-requests.ts";
import type { WatchRequest, WatchResponse } from "./watch-requests.ts";

/** The methods whose responses are a stream; of watches and keep-alives the requests, too. */
export type StreamMethod = "watch" | "leaseKeepAlive" | "rangeStream";

/** What a client asks on a stream of each method. */
export type StreamRequest = WatchRequest | KeepAliveQuery | RangeStreamQuery;

/** One request of a keep-alive stream. */
export type KeepAliveQuery = Extract<LeaseQuery, { readonly type: "leaseKeepAlive" }>;

/** The one request of a RangeStream. */
export interface RangeStreamQuery {
  readonly type: "rangeStream";
  readonly request: RangeRequest;
}

/** What a member answers; `type` is the stream's method. */
export type StreamResponse =
  | { readonly type: "watch"; readonly response: WatchResponse }
  | { readonly type: "rangeStream"; readonly response: RangeStreamResponse }
  | { readonly type: "leaseKeepAlive"; readonly response: LeaseKeepAliveResponse };
