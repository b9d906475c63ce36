import type { Reply } from "../../api/reply.ts";
import type { InternalResponse } from "../../api/requests.ts";
import type { ProposalWaiters } from "./apply-listener.ts";

/** Replies that wait for more than for their entries to be applied. */
export class HeldReplies {
  private held: { readonly id: number; readonly reply: Reply<InternalResponse> }[] = [];

  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  hold(id: number, reply: Reply<InternalResponse>): void {
    this.held.push({ id, reply });
  }

  /** What they waited for has come. */
  settle(waiters: ProposalWaiters): void {
    if (this.isEmpty) return;
    const { held } = this;
    this.held = [];
    for (const { id, reply } of held) waiters.settle(id, reply);
  }
}
