import type { InternalOp } from "../../api/requests.ts";
import { isAuthOp } from "../../auth/is-auth-op.ts";
import { assert } from "../../base/assert.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import type { Entry, Index, Term } from "../../raft/types.ts";

/**
 * How far the log was applied: saved in the same transaction as what the entry wrote, and by nobody
 * else (server/etcdserver/cindex). After a restart raft hands out every entry behind the snapshot
 * once more; those that are covered are skipped.
 */
export class ConsistentIndex {
  /** The last entry whose effects are in the backend. */
  index: Index;
  term: Term;
  private readonly mistakes: MemberMistakes;
  /** The position is not saved with the entry being applied: see {@link forgetsIndexOf}. */
  private forgotten = false;

  constructor(backend: Backend, mistakes: MemberMistakes) {
    this.index = backend.consistentIndex;
    this.term = backend.term;
    this.mistakes = mistakes;
  }

  /** Whether the effects of the entry at `index` are in the backend: it must not be applied again. */
  covers(index: Index): boolean {
    return index <= this.index;
  }

  /** Entries up to this one are about to be applied. */
  expect(backend: Backend, { index, term }: Entry): void {
    // Known mistake W7: the index is durable before the effects. A crash in between, and the entry is
    // held to be applied that was not.
    if (!this.mistakes.savesIndexEarly || this.covers(index)) return;
    backend.applied(index, term);
    backend.commit();
  }

  /** The entry is being applied. */
  advance({ index, term }: Entry): void {
    this.index = index;
    this.term = term;
  }

  /** A request is about to be applied. */
  begin(op: InternalOp): void {
    this.forgotten = forgetsIndexOf(op, this.mistakes);
  }

  /** The entry was applied, and `wrote` to the backend or did not. */
  save(backend: Backend, wrote: boolean): void {
    // Also after an entry that wrote nothing (known mistake W8: not then): it must not be applied again
    // to a later state, nor the backend fall behind the log's snapshot.
    if ((wrote || !this.mistakes.savesIndexWithWritesOnly) && !this.forgotten) {
      backend.applied(this.index, this.term);
    }
    this.forgotten = false;
  }

  /** A snapshot's backend takes the place of the one before, and is as of this entry. */
  install(backend: Backend, index: Index, term: Term): void {
    // Known mistake W9: the index of before over the snapshot's: entries that are in it already are
    // applied to it once more.
    if (this.mistakes.savesIndexOverSnapshot) {
      backend.applied(this.index, this.term);
      backend.commit();
    }
    const right = backend.consistentIndex === index || this.mayBeMisplaced;
    assert(right, "the backend is as of the snapshot");
    this.index = index;
    this.term = term;
  }

  /** By a mistake the backend may lag behind what was applied, or have gone back. */
  private get mayBeMisplaced(): boolean {
    const { mistakes } = this;
    return (
      mistakes.savesIndexOverSnapshot ||
      mistakes.savesIndexWithWritesOnly ||
      mistakes.forgetsIndexOfAuth ||
      mistakes.forgetsIndexOfLeases
    );
  }
}

/**
 * Known mistakes W11 and W12: with changes of users, or of leases, the index is not saved. After a
 * restart they are applied again, to a state that came later.
 */
function forgetsIndexOf(op: InternalOp, mistakes: MemberMistakes): boolean {
  if (mistakes.forgetsIndexOfAuth && isAuthOp(op)) return true;
  return mistakes.forgetsIndexOfLeases && (op.type === "leaseGrant" || op.type === "leaseRevoke");
}
