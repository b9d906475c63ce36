import type { InternalOp } from "../../api/requests.ts";
import { isAuthOp } from "../../auth/is-auth-op.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import type { Index, Term } from "../../raft/types.ts";

/**
 * When the position in the log is saved with what was applied: in the same transaction as what the
 * entry wrote, and by nobody else (server/etcdserver/cindex). A restart goes on behind it.
 */
export class ConsistentIndex {
  private readonly mistakes: MemberMistakes;
  /** The position is not saved with the entry being applied: see {@link forgetsIndexOf}. */
  private forgotten = false;

  constructor(mistakes: MemberMistakes) {
    this.mistakes = mistakes;
  }

  /** Entries up to this one are about to be applied. */
  expect(backend: Backend, index: Index, term: Term): void {
    // Known mistake W7: the index is durable before the effects. A crash in between, and the entry is
    // held to be applied that was not.
    if (!this.mistakes.savesIndexEarly) return;
    backend.applied(index, term);
    backend.commit();
  }

  /** A request is about to be applied. */
  begin(op: InternalOp): void {
    this.forgotten = forgetsIndexOf(op, this.mistakes);
  }

  /** An entry was applied, and `wrote` to the backend or did not. */
  save(backend: Backend, index: Index, term: Term, wrote: boolean): void {
    // Also after an entry that wrote nothing (known mistake W8: not then): it must not be applied again
    // to a later state, nor the backend fall behind the log's snapshot.
    if ((wrote || !this.mistakes.savesIndexWithWritesOnly) && !this.forgotten) {
      backend.applied(index, term);
    }
    this.forgotten = false;
  }

  /** A snapshot's backend is put in place of one that was at `index`. */
  install(backend: Backend, index: Index, term: Term): void {
    // Known mistake W9: the index of before over the snapshot's: entries that are in it already are
    // applied to it once more.
    if (!this.mistakes.savesIndexOverSnapshot) return;
    backend.applied(index, term);
    backend.commit();
  }

  /** Whether by a mistake the backend may lag behind what was applied, or have gone back. */
  get misplaced(): boolean {
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
