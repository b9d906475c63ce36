import { assert } from "../base/assert.ts";
import { concatBytes } from "../base/bytes.ts";
import type { ConfState, Index, Snapshot, Term } from "../raft/types.ts";

/**
 * What a node of the harness applies its entries to: a text that only grows. Its newest state is
 * what the node sends as a snapshot. (A snapshot that the node itself receives does not get here:
 * neither does it in etcd-io/raft's harness.)
 */
export class StateMachine {
  private readonly parts: Uint8Array[];
  private confState: ConfState;
  private index: Index;
  private term: Term;
  /** Made when asked for: most states are never sent. */
  private newest: Snapshot | null = null;

  constructor({ data, metadata }: Snapshot) {
    this.parts = [data];
    this.confState = metadata.confState;
    this.index = metadata.index;
    this.term = metadata.term;
  }

  /** `confState` null: the entry did not change the configuration. */
  apply(term: Term, index: Index, update: Uint8Array, confState: ConfState | null): void {
    assert(index >= 1, "entries count from 1");
    this.parts.push(update);
    if (confState !== null) this.confState = confState;
    this.index = index;
    this.term = term;
    this.newest = null;
  }

  snapshot(): Snapshot {
    if (this.newest !== null) return this.newest;
    const data = concatBytes(this.parts);
    this.parts.length = 0;
    this.parts.push(data);
    const { confState, index, term } = this;
    this.newest = { data, metadata: { confState, index, term } };
    return this.newest;
  }
}
