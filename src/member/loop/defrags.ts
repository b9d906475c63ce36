import type { ApiError } from "../../api/errors.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";

/** null: it is done. */
type Done = (error: ApiError | null) => void;

/**
 * Defragmentations that were asked for. They wait for the same as a commit does: that all that was
 * applied is in the log on this member's own disk.
 */
export class Defrags {
  private asked: { readonly backend: Backend; readonly done: Done }[] = [];
  private readonly mistakes: MemberMistakes;

  constructor(mistakes: MemberMistakes) {
    this.mistakes = mistakes;
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
      // Known mistake W15: it goes on with the backend that a snapshot has replaced meanwhile, and writes
      // the old content over the new one's file.
      const full = (this.mistakes.defragsReplacedBackend ? backend : present).defrag();
      done(full === null ? null : { code: "Unknown", message: full.message });
    }
  }
}
