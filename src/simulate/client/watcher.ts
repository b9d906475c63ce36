import type { ApiError } from "../../api/errors.ts";
import { Errors } from "../../api/errors.ts";
import type { WatchEvent as ApiWatchEvent, WatchResponse } from "../../api/requests.ts";
import type { Task } from "../../client/task.ts";
import type { ClientWatcher } from "../../client/watch/client-watcher.ts";
import type { Engine } from "../engine.ts";
import type { Calls } from "./calls.ts";
import { type Entry, entryOf, entryOrNull } from "./entries.ts";
import { CompactedError, type EtcdError, etcdError } from "./errors.ts";
import { Inbox } from "./inbox.ts";
import { type Keys, keysText, rangeOf } from "./text.ts";

/**
 * From where a watch begins, and what it brings.
 *
 * @public
 */
export interface EtcdWatchOptions {
  /** The first revision to be told of; absent: from now on. */
  readonly revision?: number;
  /** Bring the entry as it was before, too. */
  readonly prevKv?: boolean;
  /** Leave these out. */
  readonly without?: "puts" | "deletes";
  /** Tell from time to time up to which revision nothing more happened. */
  readonly progress?: boolean;
  /** End the watch where its member loses sight of a leader. */
  readonly requireLeader?: boolean;
}

/**
 * A change that a watch brought. Of a deletion, `value` is empty and `modRevision` the deletion's.
 *
 * @public
 */
export interface WatchedEvent extends Entry {
  readonly type: "put" | "delete";
  /** A put that made its key. */
  readonly isCreate: boolean;
  /** Null unless asked for, or where there was none. */
  readonly previous: Entry | null;
}

interface Listeners {
  event: (event: WatchedEvent) => void;
  put: (event: WatchedEvent) => void;
  delete: (event: WatchedEvent) => void;
  progress: (revision: number) => void;
  end: (error: EtcdError | null) => void;
}

/**
 * A watch that goes on, at another member if need be, until it is cancelled: by its user, or by etcd, where
 * the revision that it needs is compacted. Its events come in a loop `for await`, which throws where etcd
 * cancels it, or to listeners.
 *
 * @public
 */
export class Watcher implements AsyncIterable<WatchedEvent> {
  readonly #engine: Engine;
  readonly #watcher: ClientWatcher;
  readonly #inbox: Inbox<WatchedEvent>;
  readonly #listeners: { [K in keyof Listeners]: Listeners[K][] } = {
    event: [],
    put: [],
    delete: [],
    progress: [],
    end: [],
  };
  /** Up to here all is known. */
  #revision = 0;
  #listened = false;
  #ended = false;

  constructor({ engine, core: client }: Calls, keys: Keys, options: EtcdWatchOptions) {
    this.#engine = engine;
    const { key, rangeEnd } = rangeOf(keys);
    const watcher = client.watch(key, {
      rangeEnd,
      startRevision: options.revision ?? 0,
      prevKv: options.prevKv ?? false,
      progressNotify: options.progress ?? false,
      requireLeader: options.requireLeader ?? false,
      filters:
        options.without === undefined ? [] : [options.without === "puts" ? "NOPUT" : "NODELETE"],
    });
    this.#watcher = watcher;
    const what = `watch ${keysText(keys)} of client ${client.id}`;
    this.#inbox = new Inbox(engine, what, () => this.cancel());
    client.run(this.#follow());
  }

  /** The newest revision that it has told of; 0: none yet. */
  get revision(): number {
    return this.#revision;
  }

  /** Waits until a member watches: the revision of its store then. */
  started(): Promise<number> {
    const { created } = this.#watcher;
    return this.#engine.promise("the start of a watch", ({ resolve }) => {
      created.listen(resolve);
    });
  }

  on<K extends keyof Listeners>(type: K, listener: Listeners[K]): this {
    this.#listeners[type].push(listener);
    if (!this.#listened && !this.#ended) this.#engine.waits.listeners++;
    this.#listened = true;
    return this;
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchedEvent, undefined> {
    return this.#inbox;
  }

  /** Ends it: no more events come. */
  cancel(): void {
    this.#watcher.cancel();
    this.#end(null);
  }

  *#follow(): Task<void> {
    for (;;) {
      const response = yield* this.#watcher.next();
      if (response === null) break;
      this.#response(response);
    }
    this.#end(this.#watcher.error);
  }

  #response({ header, events, canceled, compactRevision, created }: WatchResponse): void {
    if (this.#ended) return;
    if (canceled) {
      this.#end(this.#watcher.error ?? Errors.watchCanceled, compactRevision);
      return;
    }
    for (const each of events) {
      const event = eventOf(each);
      this.#revision = event.modRevision;
      // Who listens takes them there.
      if (!this.#listened) this.#inbox.push(event);
      this.#tell("event", event);
      this.#tell(event.type, event);
    }
    if (events.length > 0 || created) return;
    this.#revision = Math.max(this.#revision, header.revision);
    this.#tell("progress", header.revision);
  }

  #end(reason: ApiError | null, compactRevision = 0): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#listened) this.#engine.waits.listeners--;
    const error =
      reason === null
        ? null
        : reason.message === Errors.compacted.message
          ? new CompactedError(compactRevision)
          : etcdError(reason, "certain");
    this.#inbox.end(error);
    this.#tell("end", error);
  }

  #tell<K extends keyof Listeners>(type: K, ...told: Parameters<Listeners[K]>): void {
    for (const listener of this.#listeners[type]) {
      this.#engine.callBack(() => (listener as (...args: unknown[]) => void)(...told));
    }
  }
}

function eventOf({ type, kv, prevKv }: ApiWatchEvent): WatchedEvent {
  const isPut = type === "PUT";
  return {
    ...entryOf(kv),
    type: isPut ? "put" : "delete",
    isCreate: isPut && kv.version === 1,
    previous: entryOrNull(prevKv),
  };
}
