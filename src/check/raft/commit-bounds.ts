import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, figure 2: commitIndex and lastApplied "increase monotonically"; applied <= commit <= last,
 * and every entry is applied, in order. A restart may fall back to the commit that was durable,
 * never below the snapshot. What is committed is never cut off or overwritten.
 */
export const commitBounds: InvariantMaker = (_observed, report): Invariant => ({
  name: "commit-bounds",
  says: "applied <= commit <= last; commit and applied only grow, and applied one by one",
  append(m, e) {
    const first = e.entries[0];
    if (first !== undefined && first.index <= m.commit) {
      report(
        e,
        `member ${m.id} overwrote its log from entry ${first.index} on, ` +
          `though it knew everything up to ${m.commit} to be committed`,
      );
    }
  },
  commit(m, e) {
    if (e.index > m.log.last) {
      report(e, `member ${m.id} committed up to ${e.index}, but its log ends at ${m.log.last}`);
    } else if (e.index < m.commit) {
      report(e, `member ${m.id}'s commit went back from ${m.commit} to ${e.index}`);
    }
  },
  apply(m, e) {
    if (e.index !== m.applied + 1) {
      report(e, `member ${m.id} applied entry ${e.index} after entry ${m.applied}`);
    } else if (e.index + e.terms.length - 1 > m.commit) {
      const first = Math.max(e.index, m.commit + 1);
      report(e, `member ${m.id} applied entry ${first}, but had committed only up to ${m.commit}`);
    }
  },
  hardState(m, e) {
    if (e.commit < m.hardCommit) {
      report(e, `member ${m.id} wrote commit ${e.commit} after commit ${m.hardCommit}`);
    }
  },
  restore(m, e) {
    if (!m.booting && e.index < m.commit) {
      report(
        e,
        `member ${m.id} restored a snapshot at ${e.index} behind what it had committed, ${m.commit}`,
      );
    }
  },
  snapshot(m, e) {
    if (e.index > m.applied || e.compacted > e.index) {
      report(
        e,
        `member ${m.id} wrote a snapshot at ${e.index} and dropped its log up to ${e.compacted}, ` +
          `but had applied up to ${m.applied}`,
      );
    }
  },
  recovered(m, e) {
    const last = m.log.last;
    if (e.commit < e.snapshot.index || e.commit > last) {
      report(
        e,
        `member ${m.id} recovered commit ${e.commit} outside of its snapshot and log ` +
          `(${e.snapshot.index} to ${last})`,
      );
    } else if (e.applied < e.snapshot.index || e.applied > last) {
      report(
        e,
        `member ${m.id} recovered applied ${e.applied} outside of its snapshot and log ` +
          `(${e.snapshot.index} to ${last})`,
      );
    }
  },
});
