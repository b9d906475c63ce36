import type { Index } from "../../raft/types.ts";

interface Wait {
  readonly index: Index;
  readonly then: () => void;
}

/** What goes on once an entry is applied here (etcd's WaitTime and applyWait). */
export class AppliedWaits {
  private waits: Wait[] = [];

  /** Calls `then` when `index`, which is not applied yet, is; the wait can be cancelled. */
  add(index: Index, then: () => void): Wait {
    const wait = { index, then };
    this.waits.push(wait);
    return wait;
  }

  cancel(wait: Wait): void {
    this.waits = this.waits.filter((each) => each !== wait);
  }

  appliedTo(applied: Index): void {
    if (this.waits.length === 0) return;
    const ready = this.waits.filter(({ index }) => index <= applied);
    if (ready.length === 0) return;
    this.waits = this.waits.filter(({ index }) => index > applied);
    for (const { then } of ready) then();
  }
}
