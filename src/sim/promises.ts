import { isAcknowledgement, isPromise } from "../member/summaries.ts";
import type { Message } from "../member/types.ts";

/**
 * Which messages that reach one machine bind their senders to more than earlier ones did. A
 * follower answers every append, as often as not to repeat its last acknowledgement: half of all
 * deliveries on a busy cluster, and none of an onlooker's business.
 */
export class Promises {
  /** By sender: its last acknowledgement. */
  private readonly terms: number[] = [];
  private readonly indexes: number[] = [];

  isNew(message: Message): boolean {
    if (!isAcknowledgement(message)) return isPromise(message);
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
