import type { Duration, Instant } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import { type Index, StateType, type Term } from "../../raft/types.ts";
import type { MemberConfig } from "../settings.ts";

/** Something that a majority must have seen, when that is known of it. */
interface Sent {
  readonly term: Term;
  readonly at: Instant;
}

/**
 * Whether this member leads beyond doubt, as far as leases go, without asking anybody.
 *
 * Whoever stored an entry of its, or answered a question of its, was with it after that was sent. So no
 * other can have led before, and the next one gives each lease all its time and an election timeout on
 * top ({@link import("../../lease/lessor.ts").Lessor.promote}): as long after the sending, whatever this
 * member says of a lease holds. Half of that is left to clocks that differ.
 */
export class Leadership {
  private readonly node: RawNode;
  private readonly validUs: Duration;
  /** The latest sending that is known to have reached a majority. */
  private followed: Sent | null = null;
  /** An entry that is on its way to one. */
  private probe: (Sent & { readonly index: Index }) | null = null;

  constructor(node: RawNode, { electionTicks, tickUs }: MemberConfig) {
    this.node = node;
    this.validUs = Math.floor((electionTicks * tickUs) / 2);
  }

  get leads(): boolean {
    return this.node.raft.state === StateType.Leader;
  }

  /** It leads, and a majority followed it a moment ago. */
  isSure(now: Instant): boolean {
    const { followed, node } = this;
    if (!this.leads || followed === null) return false;
    return followed.term === node.raft.term && now - followed.at <= this.validUs;
  }

  /** What a question needs to know that is asked now, for {@link Leadership.confirmed}. */
  ask(now: Instant): Sent {
    return { term: this.node.raft.term, at: now };
  }

  /** A majority answered what was sent then. */
  confirmed(sent: Sent): void {
    if (this.followed === null || sent.at >= this.followed.at) this.followed = sent;
  }

  /** The next entry of this member's log is appended now, or later. */
  appending(now: Instant): void {
    const { term, log } = this.node.raft;
    if (!this.leads || this.probe?.term === term) return;
    this.probe = { term, at: now, index: log.lastIndex() + 1 };
  }

  /** Entries up to `index` were committed, and applied here. */
  appliedTo(index: Index): void {
    const { probe } = this;
    if (probe === null) return;
    const over = probe.term !== this.node.raft.term || !this.leads;
    if (!over && index < probe.index) return;
    this.probe = null;
    if (!over) this.confirmed(probe);
  }
}
