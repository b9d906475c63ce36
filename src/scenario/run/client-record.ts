import type { Instant } from "../../base/time.ts";
import type {
  HoldEvent,
  LeaseEvent,
  TraceEvent,
  WatchEvent,
  WatchedChange,
  WatchResponseEvent,
} from "../../trace/events.ts";

/** What a watch received so far. */
export interface WatchRecord {
  /** `put a=1`, `delete b`, in the order of coming. */
  readonly received: string[];
  /** The revisions of progress notifications: up to each it has received everything. */
  readonly progress: number[];
  /** The newest revision it knows of. */
  revision: number;
  /** The members that served it, one after the other. */
  readonly servedBy: number[];
  /** How often a member had no room in its stream for the next response. */
  victim: number;
  /** Null while it goes on. */
  canceled: { readonly compactRevision: number; readonly reason: string } | null;
}

/** What became of a lease; times are of the member that was first. */
export interface LeaseRecord {
  readonly grantedAt: Instant;
  renewals: number;
  revokedAt: Instant | null;
}

export interface HoldRecord {
  readonly client: number;
  readonly fence: number;
  readonly action: HoldEvent["action"];
  readonly at: Instant;
}

/** What happened to watches, leases and locks, folded from the trace's layer Data. */
export class ClientRecord {
  readonly watches = new Map<number, WatchRecord>();
  /** The same by the seq of their opening, as members know them. */
  readonly #opened = new Map<number, WatchRecord>();
  readonly leases = new Map<string, LeaseRecord>();
  /** By the lock's name. */
  readonly holds = new Map<string, HoldRecord[]>();

  event(event: TraceEvent): void {
    switch (event.kind) {
      case "watch":
        this.#open(event);
        return;
      case "watch-response":
        this.#responded(event);
        return;
      case "watcher": {
        const watch = this.#opened.get(event.opened);
        if (watch !== undefined && event.group === "victim") watch.victim++;
        return;
      }
      case "lease":
        this.#leased(event);
        return;
      case "hold": {
        const { name, client, fence, action, at } = event;
        const records = this.holds.get(name) ?? [];
        records.push({ client, fence, action, at });
        this.holds.set(name, records);
        return;
      }
    }
  }

  #open({ watch, seq }: WatchEvent): void {
    const record: WatchRecord = {
      ...{ received: [], progress: [], servedBy: [] },
      ...{ revision: 0, victim: 0, canceled: null },
    };
    this.watches.set(watch, record);
    this.#opened.set(seq, record);
  }

  /** Who holds a lock as far as its clients know: the latest to acquire it of those who do. */
  holder(name: string): number {
    const holders: number[] = [];
    for (const { client, action } of this.holds.get(name) ?? []) {
      if (action === "acquire") holders.push(client);
      else if (holders.includes(client)) holders.splice(holders.indexOf(client), 1);
    }
    return holders.at(-1) ?? 0;
  }

  #responded(event: WatchResponseEvent): void {
    const watch = this.watches.get(event.watch);
    if (watch === undefined) return;
    if (event.from !== 0 && watch.servedBy.at(-1) !== event.from) watch.servedBy.push(event.from);
    for (const change of event.events) watch.received.push(changeText(change));
    if (event.what === "progress") watch.progress.push(event.revision);
    const last = event.events.at(-1)?.modRevision ?? 0;
    const knows = event.what === "progress" ? event.revision : last;
    if (knows > watch.revision) watch.revision = knows;
    if (event.what === "canceled") {
      watch.canceled = { compactRevision: event.compactRevision, reason: event.text };
    }
  }

  #leased({ action, lease: id, at }: LeaseEvent): void {
    const lease = this.leases.get(id);
    // Members emit grants and revokes one after the other, and again when they replay their logs.
    if (lease === undefined) {
      if (action === "grant") this.leases.set(id, { grantedAt: at, renewals: 0, revokedAt: null });
    } else if (action === "renew") lease.renewals++;
    else if (action === "revoke") lease.revokedAt ??= at;
  }
}

function changeText({ type, key, value }: WatchedChange): string {
  return type === "put" ? `put ${key}=${value}` : `delete ${key}`;
}
