import type { WatchCreateRequest, WatchEvent } from "../../../src/api/watch-requests.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import { inRange } from "../../mvcc/model.ts";
import type { Sent } from "./support.ts";

/** One change of the history, with what was there before its transaction. */
export interface Happened {
  readonly revision: number;
  readonly key: string;
  /** null: deleted. */
  readonly value: string | null;
  readonly before: { readonly value: string; readonly modRevision: number } | null;
}

/** The naive model: everything that ever happened, in order. */
export class History {
  readonly happened: Happened[] = [];
  revision = 1;
  private readonly state = new Map<string, { value: string; modRevision: number }>();

  /** One transaction in the form of the tests' changes, each key at most once. */
  write(changes: readonly string[]): void {
    const revision = this.revision + 1;
    const done: Happened[] = [];
    for (const text of changes) {
      const put = text.indexOf("=");
      const key = put < 0 ? text.slice(1) : text.slice(0, put);
      const before = this.state.get(key) ?? null;
      if (put < 0 && before === null) continue;
      const value = put < 0 ? null : text.slice(put + 1);
      done.push({ revision, key, value, before });
      if (value === null) this.state.delete(key);
      else this.state.set(key, { value, modRevision: revision });
    }
    if (done.length > 0) this.revision = revision;
    this.happened.push(...done);
  }

  /** What a watch of this request has to see from a revision on. */
  wanted(request: WatchCreateRequest, from: number): Happened[] {
    const key = request.key === "" ? "\0" : request.key;
    return this.happened.filter((h) => {
      if (h.revision < from || !inRange(h.key, key, request.rangeEnd)) return false;
      return !request.filters.includes(h.value === null ? "NODELETE" : "NOPUT");
    });
  }
}

/** One watch as its client sees it. */
interface Track {
  readonly request: WatchCreateRequest;
  /** The first revision that it is to be told of. */
  readonly start: number;
  readonly events: { readonly event: WatchEvent; readonly compacted: number }[];
  /** Said by progress: nothing at or below this is to come. */
  bookmark: number;
  /** The revision of the last event. */
  last: number;
  over: boolean;
}

/** What was seen on the way, so that a test can tell that it tested something. */
export interface Seen {
  fragments: number;
  compactions: number;
  progress: number;
  refused: number;
  batches: number;
  lostBefore: number;
  events: number;
}

/**
 * Reads the responses of one stream as a client would, and holds them against the delivery rules
 * of etcd's robustness tests. Gives what is wrong, rule by rule; nothing if all is well.
 * `creates`: the create requests in order. `drained`: the client has read all that there will be.
 */
export function judge(
  history: History,
  creates: readonly WatchCreateRequest[],
  sent: readonly Sent[],
  drained: boolean,
  seen: Seen,
): string[] {
  const wrong: string[] = [];
  const tracks: Track[] = [];
  const byId = new Map<number, Track>();
  let asked = 0;
  let joining: number | null = null;

  const take = (track: Track, events: readonly WatchEvent[], compacted: number): void => {
    const first = joining === null;
    for (const [i, event] of events.entries()) {
      const { modRevision } = event.kv;
      if (modRevision < track.last) wrong.push("ordered");
      if (first && i === 0 && modRevision === track.last) wrong.push("atomic");
      if (modRevision <= track.bookmark) wrong.push("bookmarkable");
      track.last = modRevision;
      track.events.push({ event, compacted });
      seen.events++;
    }
  };

  for (const { response, compacted } of sent) {
    const { watchId, header, events, compactRevision } = response;
    if (joining !== null && watchId !== joining) wrong.push("parts are torn apart");
    if (response.created) {
      const request = creates[asked++];
      if (request === undefined) wrong.push("created what nobody asked for");
      else if (response.canceled) {
        seen.refused++;
        if (watchId !== -1) wrong.push("refused under an id");
        const empty = request.rangeEnd > "\0" && request.key >= request.rangeEnd;
        if (!empty && !byId.has(request.watchId)) wrong.push("refused without a reason");
      } else {
        if (byId.has(watchId)) wrong.push("an id that is taken");
        const { startRevision } = request;
        const start = startRevision === 0 ? header.revision + 1 : startRevision;
        const track = { request, start, events: [], bookmark: 0, last: 0, over: false };
        tracks.push(track);
        byId.set(watchId, track);
      }
      continue;
    }
    if (watchId === -1) {
      seen.progress++;
      for (const track of byId.values()) {
        if (track.over || header.revision < track.request.startRevision) wrong.push("progress");
        track.bookmark = header.revision;
      }
      continue;
    }
    const track = byId.get(watchId);
    if (track === undefined) {
      wrong.push("told of a watch that is not there");
      continue;
    }
    if (compactRevision !== 0) {
      seen.compactions++;
      // Only if there may be something that it can't be told.
      if (Math.max(track.last + 1, track.start) >= compactRevision) wrong.push("compacted");
      track.over = true;
    } else if (response.canceled) {
      track.over = true;
      byId.delete(watchId);
    } else if (track.over) wrong.push("told after the end");
    else if (events.length === 0) {
      seen.progress++;
      if (header.revision < track.request.startRevision) wrong.push("progress");
      track.bookmark = header.revision;
    } else {
      if (new Set(events.map(({ kv }) => kv.modRevision)).size >= 1000) seen.batches++;
      take(track, events, compacted);
      joining = response.fragment ? watchId : null;
      if (response.fragment) seen.fragments++;
    }
  }

  for (const track of tracks) wrong.push(...compare(history, track, drained, seen));
  if (drained && asked < creates.length) wrong.push("a create was not answered");
  return [...new Set(wrong)];
}

/** Filter, unique, resumable and reliable in one: it is exactly what the history says, in order. */
function compare(history: History, track: Track, drained: boolean, seen: Seen): string[] {
  const wrong: string[] = [];
  const wanted = history.wanted(track.request, track.start);
  const { events } = track;
  if (events.length > wanted.length) wrong.push("too many events");
  if (drained && !track.over && events.length < wanted.length) wrong.push("reliable");
  for (const [i, { event, compacted }] of events.entries()) {
    const h = wanted[i];
    if (h === undefined) break;
    const { type, kv, prevKv } = event;
    const value = type === "DELETE" ? null : bytesToBinary(kv.value);
    if (kv.key !== h.key || kv.modRevision !== h.revision || value !== h.value) {
      wrong.push("not the event that comes next");
      break;
    }
    const created = type === "PUT" && kv.createRevision === kv.modRevision;
    if (created !== (h.value !== null && h.before === null)) wrong.push("is create");
    if (prevKv !== null) {
      if (!track.request.prevKv) wrong.push("a previous value that nobody asked for");
      const told = `${bytesToBinary(prevKv.value)}@${prevKv.modRevision}`;
      if (told !== `${h.before?.value}@${h.before?.modRevision}`) wrong.push("previous value");
    } else if (track.request.prevKv && h.before !== null) {
      if (compacted <= h.revision - 1) wrong.push("no previous value");
      else seen.lostBefore++;
    }
  }
  return wrong;
}
