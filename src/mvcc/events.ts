import type { WatchEvent } from "../api/watch-requests.ts";

/** One change, as watchers are told of it; what was before is read only for those who asked. */
export type StoreEvent = WatchEvent;

/** The asked revision is gone (compacted) or not yet there. */
export class RevisionError extends Error {
  override name = "RevisionError";
  readonly problem: "compacted" | "future";

  constructor(problem: "compacted" | "future") {
    super(
      problem === "compacted"
        ? "mvcc: required revision has been compacted"
        : "mvcc: required revision is a future revision",
    );
    this.problem = problem;
  }
}
