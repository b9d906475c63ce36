import type { EmptyRequest } from "./auth-requests.ts";
import type { KeyValue, ResponseHeader } from "./kv-requests.ts";

/** etcd v3's Watch service (api/etcdserverpb/rpc.proto): requests and responses of one stream. */

export type WatchFilter = "NOPUT" | "NODELETE";

export interface WatchCreateRequest {
  readonly key: string;
  /** As of a range: "" is the key alone, "\0" is open. */
  readonly rangeEnd: string;
  /** The first revision to be told of; 0: from now on. It may lie in the past or the future. */
  readonly startRevision: number;
  /** Send an empty response from time to time while nothing happens. */
  readonly progressNotify: boolean;
  /** What to leave out. */
  readonly filters: readonly WatchFilter[];
  readonly prevKv: boolean;
  /** 0: the server chooses an id that is unique in the stream. */
  readonly watchId: number;
  /** Responses that are too large may be split. */
  readonly fragment: boolean;
}

export interface WatchCancelRequest {
  readonly watchId: number;
}

export type WatchRequest =
  | { readonly type: "create"; readonly request: WatchCreateRequest }
  | { readonly type: "cancel"; readonly request: WatchCancelRequest }
  /** Asks for a progress response of the whole stream (watch id -1). */
  | { readonly type: "progress"; readonly request: EmptyRequest };

export interface WatchEvent {
  readonly type: "PUT" | "DELETE";
  /** Of a deletion: the key and the revision of the deletion alone. */
  readonly kv: KeyValue;
  /** The key just before; null unless asked for, or where there was none or it is compacted. */
  readonly prevKv: KeyValue | null;
}

export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly watchId: number;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Above 0 where the start revision is compacted: the oldest revision that can be watched. */
  readonly compactRevision: number;
  readonly cancelReason: string;
  /** More of the same revision follows in the next response. */
  readonly fragment: boolean;
  readonly events: readonly WatchEvent[];
}
