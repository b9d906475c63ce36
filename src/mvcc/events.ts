import type { KeyValue } from "../api/requests.ts";

/** One change, as watchers are told of it (mvccpb.Event). */
export interface StoreEvent {
  readonly type: "PUT" | "DELETE";
  /** Of a deletion: the key and the revision of the deletion alone. */
  readonly kv: KeyValue;
}

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
