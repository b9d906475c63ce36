import type { Reply } from "../../api/reply.ts";
import type { InternalResponse } from "../../api/requests.ts";
import type { Index, Term } from "../../raft/types.ts";

/** Who waits here for what proposals come to. */
export interface ProposalWaiters {
  /** The entry that proposal `id` became was applied. */
  settle(id: number, reply: Reply<InternalResponse>): void;
  /** Its entry was applied, and it will be settled: whoever waits for it does so without a limit. */
  hold(id: number): void;
  /** Whether somebody here waits for what `id` comes to. */
  awaits(id: number): boolean;
}

/** Who hears of the entries that were applied. */
export interface ApplyListener {
  readonly proposals: ProposalWaiters;
  /** It did not fit into the backend: `id` is to be settled when all members know (rpc/no-space-alarm.ts). */
  overQuota(id: number, reply: Reply<InternalResponse>): void;
  /** An empty entry of this term was applied: mostly a leader's first. */
  termBegan(term: Term): void;
  /** A write transaction was applied. */
  written(): void;
  /** A snapshot's store took the place of the one before. */
  storeReplaced(): void;
  /** All that was handed over at once is applied. */
  appliedTo(index: Index): void;
}
