import type { ApiError } from "../../api/errors.ts";
import { STREAM_WINDOW_BYTES } from "../../api/grpc-limits.ts";
import type { ResponseHeader } from "../../api/kv-requests.ts";
import type { WatchResponse } from "../../api/watch-requests.ts";
import type { Random } from "../../base/random.ts";
import { type Duration, MINUTE } from "../../base/time.ts";
import type { WatcherMoved } from "../../mvcc/watch/watcher-groups.ts";

/** Where a stream's responses go. Neither method may call back. */
export interface GrpcWatchStreamHost {
  /** `bytes` is what it takes of the stream's window until it is consumed. */
  push(response: WatchResponse, bytes: number): void;
  /** The stream is over. */
  end(error: ApiError): void;
}

/** Whether the client may read these keys; `rangeEnd` as of a range. null: yes. */
export type WatchPermission = (key: string, rangeEnd: string) => ApiError | null;

export interface WatchServerOptions {
  /** Who answers, and its term, with the revision given. */
  readonly header: (revision: number) => ResponseHeader;
  /** For the jitter of progress notifications. */
  readonly random: Random;
  /** Responses above it are split for those who allow it. */
  readonly maxResponseBytes: number;
  /** How much may be under way to a client that does not read. */
  readonly windowBytes: number;
  readonly progressNotifyUs: Duration;
  /** The step by which a client asks for a watch, and what becomes of its watcher: for the trace. */
  readonly cause: () => number;
  readonly moved: WatcherMoved;
}

/** etcd's --max-request-bytes and its allowance for what is around a request (grpcOverheadBytes). */
const MAX_REQUEST_BYTES = 1_572_864;
const OVERHEAD_BYTES = 524_288;

export const WATCH_DEFAULTS = {
  maxResponseBytes: MAX_REQUEST_BYTES + OVERHEAD_BYTES,
  windowBytes: STREAM_WINDOW_BYTES,
  progressNotifyUs: 10 * MINUTE,
  cause: () => 0,
  moved: () => undefined,
} as const;
