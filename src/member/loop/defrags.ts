import type { ApiError } from "../../api/errors.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";

/** null: it is done. */
type Done = (error: ApiError | null) => void;

/**
 * Defragmentations that were asked for. They wait for the same as a commit does: that all that was
 * applied is in the log on this member's own disk.
 */
export class Defrags {
  private asked: { readonly backend: Backend; readonly done: Done }[] = [];
  /** Known mistake W15: one goes on with the backend that a snapshot has replaced meanwhile. */
  private readonly stale: boolean;

  constructor(bugs: ReadonlySet<string>) {
    this.stale = bugs.has("W15");
  }

  ask(backend: Backend, done: Done): void {
    this.asked.push({ backend, done });
  }

  get wanted(): boolean {
    return this.asked.length > 0;
  }

  /** Does what was asked, on the present backend. Throws DiskFullError. */
  run(present: Backend): void {
    const { asked } = this;
    this.asked = [];
    for (const { backend, done } of asked) {
      const full = (this.stale ? backend : present).defrag();
      done(full === null ? null : { code: "Unknown", message: full.message });
    }
  }
}
