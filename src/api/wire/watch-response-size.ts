import type { WatchEvent, WatchResponse } from "../watch-requests.ts";
import { bytesSize, embedded, headerSize, intSize, keyValueSize } from "./sizes.ts";

/**
 * How many bytes a response takes as protobuf, without writing it: what etcd splits large ones by,
 * and what a stream's window is charged with.
 */
export function watchResponseSize(response: WatchResponse): number {
  const { header, watchId, created, canceled, compactRevision, cancelReason, fragment } = response;
  let size = embedded(headerSize(header)) + intSize(watchId) + intSize(compactRevision);
  if (created) size += 2;
  if (canceled) size += 2;
  if (fragment) size += 2;
  // Reasons are ASCII.
  size += bytesSize(cancelReason.length);
  for (const event of response.events) size += watchEventSize(event);
  return size;
}

/** What one event adds to its response. */
export function watchEventSize({ type, kv, prevKv }: WatchEvent): number {
  const size = (type === "DELETE" ? 2 : 0) + embedded(keyValueSize(kv));
  return embedded(prevKv === null ? size : size + embedded(keyValueSize(prevKv)));
}
