import type { Index } from "../raft/types.ts";

interface Wait {
  readonly index: Index;
  readonly then: () => void;
}

/** What goes on once an entry is applied here (etcd's WaitTime and applyWait). */
export class AppliedWaits {
  private waits: Wait[] = [];

  /** Calls `then` when `index` is applied: at once if it is. */
  add(index: Index, applied: Index, then: () => void): void {
    if (index <= applied) then();
    else this.waits.push({ index, then });
  }

  appliedTo(applied: Index): void {
    if (this.waits.length === 0) return;
    const ready = this.waits.filter(({ index }) => index <= applied);
    if (ready.length === 0) return;
    this.waits = this.waits.filter(({ index }) => index > applied);
    for (const { then } of ready) then();
  }
}
