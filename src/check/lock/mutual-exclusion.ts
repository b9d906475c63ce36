import type { HoldEvent } from "../../trace/events.ts";
import type { History, ReportAs } from "../model/history.ts";
import { moment } from "../violation.ts";

export const FENCES_GROW = "fences-grow";
export const MUTUAL_EXCLUSION = "mutual-exclusion";

/** What happened to locks and leaderships, for expectations. */
export interface LockCounts {
  acquired: number;
  /** Two believed to hold the same at a time. */
  overlaps: number;
  /** A holder learned that it does not hold any more. */
  lost: number;
}

/**
 * Asked when a client acquires with this fence. What is returned says, whenever it is asked, whether the
 * client may believe what is not true any more.
 */
export type Excuse = (client: number, fence: number) => () => boolean;

interface Holder {
  readonly client: number;
  readonly fence: number;
  readonly seq: number;
  readonly at: number;
  readonly excused: () => boolean;
}

interface Held {
  readonly holders: Map<number, Holder>;
  /** The highest fence so far, and whose it was. */
  top: Holder | null;
}

/**
 * Locks and elections, as their clients see them:
 *
 * - `fences-grow`: each acquisition has a higher fence than all before it, so that a store that
 *   remembers the highest one can turn old holders away;
 * - `mutual-exclusion`: two clients do not believe to hold the same at a time.
 *
 * Neither can be promised to a client that was stopped, or that heard so late that its lease was
 * over: no lock service can take a belief away from a sleeping client. That is why there are fences.
 * So an overlap is counted, and is a violation only if none of the two has an excuse; a late
 * acquisition may have a lower fence if its client has one. Nobody ever has a fence of somebody else.
 *
 * A client tells `release` when it begins to let go, before the server knows.
 */
export class LockMonitor {
  readonly counts: LockCounts = { acquired: 0, overlaps: 0, lost: 0 };
  readonly #report: ReportAs;
  readonly #excuse: Excuse;
  readonly #held = new Map<string, Held>();

  constructor(report: ReportAs, excuse: Excuse) {
    this.#report = report;
    this.#excuse = excuse;
  }

  event(e: HoldEvent): void {
    let held = this.#held.get(e.name);
    if (held === undefined) {
      held = { holders: new Map(), top: null };
      this.#held.set(e.name, held);
    }
    if (e.action === "acquire") this.#acquired(e, held);
    else {
      if (e.action === "lost") this.counts.lost++;
      held.holders.delete(e.client);
    }
  }

  #acquired(e: HoldEvent, held: Held): void {
    const { client, fence, seq, at, name } = e;
    const { holders, top } = held;
    this.counts.acquired++;
    const excuse = this.#excuse(client, fence);
    const excused = excuse();
    if (top !== null && (fence === top.fence ? client !== top.client : fence < top.fence)) {
      if (fence === top.fence || !excused) {
        this.#report(
          FENCES_GROW,
          e,
          `client ${client} acquired "${name}" with fence ${fence}, after client ${top.client} ` +
            `had it with fence ${top.fence} at ${moment(top.at, top.seq)}`,
        );
      }
    }
    for (const other of holders.values()) {
      if (other.client === client) continue;
      this.counts.overlaps++;
      if (excused || other.excused()) continue;
      this.#report(
        MUTUAL_EXCLUSION,
        e,
        `client ${client} acquired "${name}" (fence ${fence}) while client ${other.client} holds ` +
          `it since ${moment(other.at, other.seq)} (fence ${other.fence})`,
      );
    }
    const holder: Holder = { client, fence, seq, at, excused: excuse };
    holders.set(client, holder);
    if (top === null || fence > top.fence) held.top = holder;
  }
}

/**
 * A fence is the revision that made the key of its holder, and the key has a lease: if that is
 * revoked, whoever believes to hold has an excuse. Which lease that is must be looked up at once: by the
 * time that somebody asks, a compaction may have taken the revision out of the history.
 */
export function leaseIsOver(
  history: History,
  isRevoked: (lease: string) => boolean | null,
): (fence: number) => () => boolean {
  return (fence) => {
    const row = history.row(fence);
    // The client heard of its key when that was compacted away: nobody can tell any more.
    if (row === undefined) return () => fence <= history.compacted;
    const { changes } = row;
    const leases = changes.map(({ told }) => told.lease).filter((lease) => lease !== "");
    return () => leases.some((lease) => isRevoked(lease) !== false);
  };
}
