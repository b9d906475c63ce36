import type { ApiError } from "../../../src/api/errors.ts";
import type {
  WatchCreateRequest,
  WatchEvent,
  WatchRequest,
  WatchResponse,
} from "../../../src/api/watch-requests.ts";
import { binaryToBytes, bytesToBinary } from "../../../src/base/bytes.ts";
import { rootRandom } from "../../../src/base/random.ts";
import { MILLISECOND } from "../../../src/base/time.ts";
import { WATCH_DEFAULTS, type WatchServerOptions } from "../../../src/member/watch/options.ts";
import { WatchServer } from "../../../src/member/watch/watch-server.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { Store } from "../../../src/mvcc/store.ts";
import type { MvccProfile } from "../../../src/profile/mvcc.ts";
import { CURRENT_PROFILE } from "../../../src/profile/profile.ts";

export interface Sent {
  readonly response: WatchResponse;
  readonly bytes: number;
  /** The store's compacted revision then. */
  readonly compacted: number;
}

export function createRequest(
  key: string,
  options: Partial<WatchCreateRequest> = {},
): WatchCreateRequest {
  return {
    ...{ key, rangeEnd: "", startRevision: 0, progressNotify: false, filters: [] },
    ...{ prevKv: false, watchId: 0, fragment: false },
    ...options,
  };
}

/** A change as the tests write it: `a=1` puts, `-a` deletes, `-a..c` deletes a range. */
export type Change = string;

/** A store with a watch server, a clock, and clients that read at once unless told otherwise. */
export class WatchWorld {
  readonly server: WatchServer;
  readonly bugs: readonly string[];
  now = 1_000 * MILLISECOND;
  store: Store;
  readonly sent = new Map<number, Sent[]>();
  readonly ended: string[] = [];
  /** Streams whose clients do not read. */
  readonly stalled = new Set<number>();
  denied: ApiError | null = null;

  constructor(
    bugs: readonly string[] = [],
    options: Partial<WatchServerOptions> = {},
    profile: MvccProfile = CURRENT_PROFILE,
  ) {
    this.bugs = bugs;
    this.store = new Store(Backend.inMemory(), { mistakes: mistakesOf(bugs), profile });
    this.server = new WatchServer(this.store, {
      header: (revision) => ({ clusterId: 1n, memberId: 2n, revision, raftTerm: 3 }),
      random: rootRandom(7),
      ...WATCH_DEFAULTS,
      ...options,
    });
  }

  open(id: number): void {
    const sent: Sent[] = [];
    this.sent.set(id, sent);
    this.server.open(this.now, id, {
      push: (response, bytes) =>
        sent.push({ response, bytes, compacted: this.store.compactRevision }),
      end: ({ message }) => this.ended.push(`${id}: ${message}`),
    });
  }

  request(stream: number, request: WatchRequest): void {
    if (!this.sent.has(stream)) this.open(stream);
    this.server.request(this.now, stream, request, () => this.denied);
    this.read();
  }

  create(stream: number, key: string, options: Partial<WatchCreateRequest> = {}): void {
    this.request(stream, { type: "create", request: createRequest(key, options) });
  }

  cancel(stream: number, watchId: number): void {
    this.request(stream, { type: "cancel", request: { watchId } });
  }

  progress(stream: number): void {
    this.request(stream, { type: "progress", request: {} });
  }

  /** One transaction. */
  write(...changes: Change[]): void {
    change(this.store, changes);
    this.server.afterWrite();
    this.read();
  }

  compact(revision: number): void {
    this.store.compact(revision);
    while (this.store.compacting) this.store.compactStep();
  }

  /** A snapshot of a store that has done more than this one. */
  restore(meanwhile: (store: Store) => void): void {
    const options = { mistakes: this.store.mistakes };
    const ahead = new Store(Backend.ofBytes(this.store.backend.image()), options);
    meanwhile(ahead);
    this.store = new Store(Backend.ofBytes(ahead.backend.image()), options);
    this.server.storeReplaced(this.now, this.store);
  }

  /** The clients that are not stalled read what there is. */
  read(): void {
    for (const [id, sent] of this.sent) if (!this.stalled.has(id)) this.consume(id, sent);
  }

  private readonly consumed = new Map<number, number>();

  private consume(id: number, sent: readonly Sent[]): void {
    for (let at = this.consumed.get(id) ?? 0; at < sent.length; at++) {
      this.consumed.set(id, at + 1);
      this.server.consumed(this.now, id, (sent[at] as Sent).bytes);
    }
  }

  /** Lets time go by; returns how often the server had something to do. */
  wait(us: number): number {
    const end = this.now + us;
    let runs = 0;
    while (this.server.due() <= end) {
      this.now = Math.max(this.now, this.server.due());
      this.server.run(this.now);
      this.read();
      runs++;
    }
    this.now = end;
    return runs;
  }

  /** All that a stream was sent, in words. */
  lines(stream: number): string[] {
    return (this.sent.get(stream) ?? []).map(({ response }) => describe(response));
  }
}

export function change(store: Store, changes: readonly Change[]): void {
  store.begin();
  for (const text of changes) {
    if (text.startsWith("-")) {
      const [from, to = ""] = text.slice(1).split("..");
      store.deleteRange(from as string, to);
    } else {
      const at = text.indexOf("=");
      store.put(text.slice(0, at), binaryToBytes(text.slice(at + 1)), 0n);
    }
  }
  store.end();
}

function describeEvent({ type, kv, prevKv }: WatchEvent): string {
  const value = bytesToBinary(kv.value);
  const shown = value.length > 10 ? `${value.length} bytes` : value;
  const what = type === "PUT" ? `${kv.key}=${shown}` : `-${kv.key}`;
  const before = prevKv === null ? "" : `<${bytesToBinary(prevKv.value)}@${prevKv.modRevision}>`;
  return `${what}@${kv.modRevision}${before}`;
}

export function describe(response: WatchResponse): string {
  const { watchId, header, created, canceled, compactRevision, cancelReason, fragment, events } =
    response;
  const words = [`#${watchId} r${header.revision}`];
  if (created) words.push("created");
  if (canceled) words.push("canceled");
  if (compactRevision !== 0) words.push(`compacted ${compactRevision}`);
  if (cancelReason !== "") words.push(`(${cancelReason})`);
  if (fragment) words.push("…");
  words.push(...events.map(describeEvent));
  return words.join(" ");
}
