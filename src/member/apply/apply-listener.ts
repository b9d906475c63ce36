import type { Reply } from "../../api/reply.ts";
import type { InternalResponse } from "../../api/requests.ts";
import type { Term } from "../../raft/types.ts";

/** Who waits for what the entries of the log come to. */
export interface ApplyListener {
  settle(id: number, reply: Reply<InternalResponse>): void;
  /** Its entry was applied, and it will be settled: whoever waits for it does so without a limit. */
  hold(id: number): void;
  /** It did not fit into the backend, and no alarm is on yet: raise one before `id` is settled. */
  overQuota(id: number, reply: Reply<InternalResponse>): void;
  /** Whether somebody here waits for what `id` comes to. */
  awaits(id: number): boolean;
  /** An empty entry of this term was applied: mostly a leader's first. */
  termBegan(term: Term): void;
  /** A write transaction was applied. */
  written(): void;
}
