import type { WatchEvent, WatchResponse } from "../../api/watch-requests.ts";
import {
  WatchEvent as EventMessage,
  WatchResponse as ResponseMessage,
} from "../../api/wire/watch.ts";

/** Of an event in a response. */
const TAG_BYTES = 1;

/**
 * Splits a response between events so that each part is smaller than `maxBytes`, as far as single
 * events are (server/etcdserver/api/v3rpc/watch.go, sendFragments). All but the last say that more
 * follows.
 */
export function fragmentsOf(response: WatchResponse, maxBytes: number): readonly WatchResponse[] {
  const { events } = response;
  if (events.length < 2 || ResponseMessage.size(response) < maxBytes) return [response];
  // As etcd counts it also the last part has the mark.
  const bare = ResponseMessage.size({ ...response, events: [], fragment: true });
  const parts: WatchResponse[] = [];
  let part: WatchEvent[] = [];
  let bytes = bare;
  for (const event of events) {
    const size = EventMessage.sizeField(TAG_BYTES, event);
    if (part.length > 0 && bytes + size >= maxBytes) {
      parts.push({ ...response, events: part, fragment: true });
      part = [];
      bytes = bare;
    }
    part.push(event);
    bytes += size;
  }
  parts.push({ ...response, events: part });
  return parts;
}
