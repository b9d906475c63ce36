import type { Message } from "../../member/protocol.ts";
import { isAcknowledgement, isBinding } from "../../member/tracing/summaries.ts";
import type { DeliverEvent, MessageSummary } from "../../trace/events.ts";

/**
 * Which messages that reach one machine bind their senders to more than earlier ones did. A
 * follower answers every append, as often as not to repeat its last acknowledgement: half of all
 * deliveries on a busy cluster, and none of an onlooker's business.
 */
export class BindingMessages {
  /** By sender: its last acknowledgement. */
  private readonly terms: number[] = [];
  private readonly indexes: number[] = [];

  isNew(message: Message): boolean {
    if (!isAcknowledgement(message)) return isBinding(message);
    const { from, term, index } = message;
    while (this.terms.length <= from) {
      this.terms.push(0);
      this.indexes.push(0);
    }
    // What was acknowledged stays stored while the term lasts, or its loss is told by itself.
    if (this.terms[from] === term && this.indexes[from] === index) return false;
    this.terms[from] = term;
    this.indexes[from] = index;
    return true;
  }
}

/**
 * The event of an acknowledgement's delivery, one object used again and again: only for listeners
 * that keep none. There is no more frequent event.
 */
export class Acknowledgements {
  private readonly summary = { type: "MsgAppResp" as const, from: 0, to: 0, term: 0, index: 0 };
  private readonly delivery = {
    seq: 0,
    at: 0,
    member: 0,
    cause: 0,
    kind: "deliver" as const,
    message: this.summary satisfies MessageSummary,
  };

  event(to: { readonly at: number; readonly id: number }, m: Message, cause: number): DeliverEvent {
    const { summary, delivery } = this;
    summary.from = m.from;
    summary.to = m.to;
    summary.term = m.term;
    summary.index = m.index;
    delivery.at = to.at;
    delivery.member = to.id;
    delivery.cause = cause;
    return delivery;
  }
}
