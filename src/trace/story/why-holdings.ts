import type { ClientOp, HoldEvent, LeaseEvent, TraceEvent, WatchResponseEvent } from "../events.ts";
import { lastBefore, type TracedRun } from "./why-run.ts";
import { clientBlocker } from "./why-silence.ts";

/** Where that comes from which clients have: leases, locks, watches. */

/** A client holds what it was told that it holds, and no more once its lease is gone. */
export function holdCause(
  run: TracedRun,
  { action, client, name, seq }: HoldEvent,
): TraceEvent | undefined {
  const held = run.frameAt(seq - 1).data.holds;
  const own = held.find((hold) => hold.client === client && hold.name === name);
  if (action === "lost" && own !== undefined && own.lease !== "") {
    const ended = lastBefore(run, seq, (e) => e.kind === "lease" && endsLease(e, own.lease));
    if (ended !== undefined) return ended;
  }
  return lastBefore(run, seq, (e) => e.kind === "complete" && e.client === client);
}

/** What a watch gives away was written; when it is opened, its client asked for it. */
export function watchedCause(run: TracedRun, event: WatchResponseEvent): TraceEvent | undefined {
  const revision = event.events.at(-1)?.modRevision;
  return lastBefore(run, event.seq, (e) =>
    revision === undefined
      ? e.kind === "watch" && e.watch === event.watch
      : e.kind === "changes" && e.member === event.from && e.revision === revision,
  );
}

function endsLease({ action, lease }: LeaseEvent, id: string): boolean {
  return lease === id && (action === "revoke" || action === "expire");
}

/**
 * Why a lease was not renewed in time: what keeps its client from the member that counts it down; else the last
 * time that it was.
 */
export function unrenewed(
  run: TracedRun,
  { lease, member, seq }: LeaseEvent,
): TraceEvent | undefined {
  const asked = lastBefore(run, seq, (e) => e.kind === "invoke" && keepsAlive(e.request, lease));
  const client = asked?.kind === "invoke" ? asked.client : clientOf(run, lease, seq);
  const blocker = client === 0 ? undefined : clientBlocker(run, seq, client, member);
  return (
    blocker ??
    lastBefore(run, seq, (e) => e.kind === "lease" && (e.lease === lease || e.action === "promote"))
  );
}

export function keepsAlive(request: ClientOp, lease: string): boolean {
  return request.type === "lease" && request.method === "keep-alive" && request.lease === lease;
}

/** Who was granted the lease; 0: that is not known. */
function clientOf(run: TracedRun, lease: string, seq: number): number {
  const granted = lastBefore(run, seq, (e) => e.kind === "complete" && e.result?.lease === lease);
  return granted?.kind === "complete" ? granted.client : 0;
}
