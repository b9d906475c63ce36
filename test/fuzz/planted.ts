import { NO_LIMIT } from "../../src/raft/config.ts";
import { RaftLog } from "../../src/raft/log/raft-log.ts";
import { Raft } from "../../src/raft/raft.ts";
import { Progress } from "../../src/raft/tracker/progress.ts";
import type { Hunt } from "./hunt.ts";

/** Runs `body` while a method of raft is replaced; the original is handed to `make`. */
function planted<T extends object, K extends keyof T, R>(
  target: T,
  method: K,
  make: (original: T[K]) => T[K],
  body: () => R,
): R {
  const original = target[method];
  target[method] = make(original);
  try {
    return body();
  } finally {
    target[method] = original;
  }
}

/** Mistakes that nobody is known to have made: for invariants that none of the museum's breaks. */
export const PLANTED: readonly Hunt[] = [
  {
    bug: "a commit index that follows whatever it is told, back too",
    checker: "commit-bounds",
    says: /commit/,
    plant: (body) =>
      planted(
        RaftLog.prototype,
        "commitTo",
        () =>
          function commitTo(this: RaftLog, index: number) {
            if (index <= this.lastIndex()) this.committed = index;
          },
        body,
      ),
  },
  {
    bug: "a leader that goes back a term when it loses its quorum",
    checker: "term-monotonic",
    says: /went back from term \d+ to term \d+/,
    plant: (body) =>
      planted(
        Raft.prototype,
        "emitRole",
        (original) =>
          function emitRole(this: Raft, reason) {
            if (reason === "quorum lost") this.term--;
            original.call(this, reason);
          },
        body,
      ),
  },
  {
    bug: "a leader that believes the last acknowledgement, not the highest",
    checker: "progress-sane",
    says: /went back with member \d from \d+ to \d+|no majority/,
    plant: (body) =>
      planted(
        Progress.prototype,
        "maybeUpdate",
        () =>
          function maybeUpdate(this: Progress, index: number) {
            this.match = index;
            this.next = Math.max(this.next, index + 1);
            this.msgAppFlowPaused = false;
            return true;
          },
        body,
      ),
  },
  {
    bug: "a leader that skips the entry behind a snapshot",
    checker: "progress-sane",
    says: /sent member \d a snapshot up to \d+, but entry|and entry \d+ next, but its own log/,
    plant: (body) =>
      planted(
        Progress.prototype,
        "becomeSnapshot",
        (original) =>
          function becomeSnapshot(this: Progress, index: number) {
            original.call(this, index);
            this.next = index + 2;
          },
        body,
      ),
  },
  {
    bug: "a leader that writes its last entry once more",
    checker: "leader-append-only",
    says: /leader of term \d+ since .*, overwrote its log from entry/,
    plant: (body) => {
      const { maybeAppend } = RaftLog.prototype;
      let following = false;
      return planted(
        RaftLog.prototype,
        "maybeAppend",
        () =>
          function (this: RaftLog, ...append: Parameters<typeof maybeAppend>) {
            following = true;
            try {
              return maybeAppend.apply(this, append);
            } finally {
              following = false;
            }
          },
        () =>
          planted(
            RaftLog.prototype,
            "append",
            (original) =>
              function (this: RaftLog, entries) {
                const last = this.lastIndex();
                if (following || last === this.committed) return original.call(this, entries);
                const again = this.entries(last, NO_LIMIT);
                if (again instanceof Error) throw again;
                return original.call(this, [...again, ...entries]);
              },
            body,
          ),
      );
    },
  },
];
