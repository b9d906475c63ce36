import type { EmptyRequest } from "../auth-requests.ts";
import type * as api from "../watch-requests.ts";
import { KeyValue } from "./key-value.ts";
import { BINARY, BOOL, choice, choices, INT, optional, repeated, TEXT } from "./kinds.ts";
import { message, union } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Watch service's messages (api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto). */

export const WatchCreateRequest = message<api.WatchCreateRequest>(
  "etcdserverpb.WatchCreateRequest",
  {
    key: [1, BINARY],
    rangeEnd: [2, BINARY],
    startRevision: [3, INT],
    progressNotify: [4, BOOL],
    filters: [5, choices("etcdserverpb.WatchCreateRequest.FilterType", ["NOPUT", "NODELETE"])],
    prevKv: [6, BOOL],
    watchId: [7, INT],
    fragment: [8, BOOL],
  },
);

const WatchCancelRequest = message<api.WatchCancelRequest>("etcdserverpb.WatchCancelRequest", {
  watchId: [1, INT],
});

const WatchProgressRequest = message<EmptyRequest>("etcdserverpb.WatchProgressRequest", {});

export const WatchRequest = union<api.WatchRequest, "request">(
  "etcdserverpb.WatchRequest",
  "request",
  () => ({
    create: [1, WatchCreateRequest, { name: "create_request", oneof: "request_union" }],
    cancel: [2, WatchCancelRequest, { name: "cancel_request", oneof: "request_union" }],
    progress: [3, WatchProgressRequest, { name: "progress_request", oneof: "request_union" }],
  }),
);

export const WatchEvent = message<api.WatchEvent>(
  "mvccpb.Event",
  {
    type: [1, choice("mvccpb.Event.EventType", ["PUT", "DELETE"])],
    kv: [2, KeyValue],
    prevKv: [3, optional(KeyValue)],
  },
  { size: eventSize },
);

/** By hand, because every event that is sent is sized. */
function eventSize({ type, kv, prevKv }: api.WatchEvent): number {
  const size = (type === "DELETE" ? 2 : 0) + KeyValue.sizeField(1, kv);
  return prevKv === null ? size : size + KeyValue.sizeField(1, prevKv);
}

export const WatchResponse = message<api.WatchResponse>("etcdserverpb.WatchResponse", {
  header: HEADER,
  watchId: [2, INT],
  created: [3, BOOL],
  canceled: [4, BOOL],
  compactRevision: [5, INT],
  cancelReason: [6, TEXT],
  fragment: [7, BOOL],
  events: [11, repeated(WatchEvent)],
});
