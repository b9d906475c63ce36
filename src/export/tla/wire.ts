import type { MessageSummary } from "../../trace/events.ts";

/**
 * The messages under way, as the specification has them: a bag, filled by what is sent and emptied
 * by what is received. What was really said is the key, how it is shown to the specification the
 * value.
 */
export class Wire {
  private readonly under = new Map<string, MessageSummary[]>();
  private readonly snapshotAcks = new Set<string>();
  /** Messages of a Ready that a crash undid after they had gone out. */
  private readonly undone = new Set<string>();

  send(message: MessageSummary, shown: MessageSummary): void {
    const key = keyOf(message);
    const waiting = this.under.get(key);
    if (waiting === undefined) this.under.set(key, [shown]);
    else waiting.push(shown);
  }

  /** How a message that arrives is shown; null: nobody sent it, or as often as it came already. */
  find(message: MessageSummary): MessageSummary | null {
    return this.under.get(keyOf(message))?.[0] ?? null;
  }

  take(message: MessageSummary): void {
    const key = keyOf(message);
    const waiting = this.under.get(key);
    waiting?.shift();
    if (waiting?.length === 0) this.under.delete(key);
  }

  /** The ack of a snapshot: the specification sends one, but of a kind that no line can tell of. */
  acknowledgeSnapshot(message: MessageSummary): void {
    this.snapshotAcks.add(keyOf(message));
  }

  isSnapshotAck(message: MessageSummary): boolean {
    return this.snapshotAcks.has(keyOf(message));
  }

  undo(message: MessageSummary): void {
    this.undone.add(keyOf(message));
  }

  wasUndone(message: MessageSummary): boolean {
    return this.undone.has(keyOf(message));
  }
}

function keyOf(m: MessageSummary): string {
  const load = m.type === "MsgSnap" ? m.snapshot?.index : m.entries?.join(",");
  const parts = [m.type, m.from, m.to, m.term, m.logTerm, m.index, m.commit, load, m.reject];
  return parts.join(" ");
}
