import { leaseIdHex } from "../../api/lease-id.ts";
import type { WatchEvent } from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import type { ClientWatcher, Delivery } from "../../client/watch/client-watcher.ts";
import { Layer, type WatchedChange } from "../../trace/events.ts";
import type { ClientWorld } from "./client-world.ts";
import { rangeText } from "./operation-summary.ts";

/** Watches and holds as the trace tells them: layer Data. */

function heard({ trace }: ClientWorld): boolean {
  return (trace.layers & Layer.Data) !== 0;
}

export function emitWatch(world: ClientWorld, watcher: ClientWatcher): number {
  if (!heard(world)) return 0;
  const { key, rangeEnd, startRevision, filters, prevKv } = watcher.request;
  const from = startRevision === 0 ? "" : ` from revision ${startRevision}`;
  return world.trace.emit({
    seq: 0,
    kind: "watch",
    at: world.clock.now,
    member: 0,
    cause: 0,
    client: watcher.caller.id,
    watch: watcher.id,
    key,
    rangeEnd,
    startRevision,
    noPut: filters.includes("NOPUT"),
    noDelete: filters.includes("NODELETE"),
    prevKv,
    text: `watch ${rangeText(key, rangeEnd)}${from}`,
  });
}

export function emitWatchResponse(
  world: ClientWorld,
  watcher: ClientWatcher,
  { response, from }: Delivery,
  kind: "created" | "canceled" | "other",
): void {
  if (!heard(world)) return;
  const { header, fragment, compactRevision, cancelReason, events } = response;
  const what = kind !== "other" ? kind : events.length > 0 ? "events" : "progress";
  world.trace.emit({
    seq: 0,
    kind: "watch-response",
    at: world.clock.now,
    member: 0,
    cause: watcher.watchSeq,
    client: watcher.caller.id,
    watch: watcher.id,
    from,
    revision: header.revision,
    what,
    fragment,
    compactRevision,
    events: events.map(watchedChange),
    text: cancelReason,
  });
}

function watchedChange({ type, kv, prevKv }: WatchEvent): WatchedChange {
  return {
    type: type === "PUT" ? "put" : "delete",
    key: kv.key,
    value: bytesToBinary(kv.value),
    version: kv.version,
    createRevision: kv.createRevision,
    lease: leaseIdHex(kv.lease),
    modRevision: kv.modRevision,
    prev:
      prevKv === null
        ? null
        : { value: bytesToBinary(prevKv.value), modRevision: prevKv.modRevision },
  };
}

export function emitProgressRequest(world: ClientWorld, client: number): number {
  if (!heard(world)) return 0;
  const { now: at } = world.clock;
  return world.trace.emit({ seq: 0, kind: "progress-request", at, member: 0, cause: 0, client });
}

export function emitHold(
  world: ClientWorld,
  client: number,
  name: string,
  action: "acquire" | "release" | "lost",
  fence: number,
): void {
  if (!heard(world)) return;
  const { now: at } = world.clock;
  world.trace.emit({ seq: 0, kind: "hold", at, member: 0, cause: 0, client, name, action, fence });
}
