import { describe, expect, test } from "vitest";
import { RaftMonitor } from "../../../src/check/raft/raft-monitor.ts";
import { ViolationError } from "../../../src/check/violation.ts";
import { Layer } from "../../../src/trace/events.ts";
import { conf, entry, peer, Tale } from "../tale.ts";

interface Case {
  readonly invariant: string;
  readonly name: string;
  readonly tale: (start: Tale) => Tale;
  /** What the sentence says; null: the tale is a good one. */
  readonly says: RegExp | null;
}

const violates = (invariant: string, name: string, says: RegExp, tale: Case["tale"]): Case => ({
  invariant,
  name,
  tale,
  says,
});
const keeps = (invariant: string, name: string, tale: Case["tale"]): Case => ({
  invariant,
  name,
  tale,
  says: null,
});

/** The log that all members have after it. */
const SETTLED = [entry(1, 1), entry(2, 1, "put a=1")];

const AT_2 = { commit: 2, last: 2 };
/** As m1 leaves them: it and m2 at entry 2. */
const [M1, M2] = [peer(1, 2), peer(2, 2)];

/** An entry of term 1 as `Tale.apply` tells of it. */
const applied = (index: number) => ({ term: 1, hash: index * 1000, revision: 1, text: "" });

/** All start from `Tale.settled()`: m1 leads term 1, entries 1 and 2 committed and applied. */
const CASES: readonly Case[] = [
  // Without a double vote it takes a member that knows nobody else.
  violates(
    "election-safety",
    "two leaders in one term",
    /member 3 became leader of term 2, but member 2 was elected in that term at 0\.0\d\ds \(#\d+\)/,
    (t) =>
      t
        .elect(2, 2, [1])
        .reboot(3, { term: 1, vote: 1, commit: 2, entries: SETTLED, conf: conf([3]) })
        .role(3, "candidate", 2)
        .role(3, "leader", 2, 3),
  ),
  keeps("election-safety", "two leaders in two terms, the old one still there", (t) =>
    t.elect(2, 2, [3]).elect(3, 3, [2]),
  ),

  violates(
    "election-quorum",
    "a leader with its own vote alone",
    /became leader of term 2 with the votes of 2 among 1, 2, 3/,
    (t) => t.elect(2, 2, []),
  ),
  violates(
    "election-quorum",
    "votes of an earlier term do not count",
    /with the votes of 2 among/,
    (t) => t.elect(2, 2, [3]).elect(2, 3, []),
  ),
  violates(
    "election-quorum",
    "a joint configuration needs both majorities",
    /votes of 1, 2, 3 among 1, 2, 3 and 3, 4, 5/,
    (t) =>
      t
        .conf([1, 2, 3], 2, conf([1, 2, 3], { votersOutgoing: [1, 2, 3] }))
        .conf([1, 2, 3], 3, conf([1, 2, 3]))
        .emit({
          kind: "recover",
          member: 1,
          term: 1,
          vote: 1,
          commit: 2,
          applied: 2,
          entries: SETTLED,
          snapshot: { index: 0, term: 0 },
          conf: conf([1, 2, 3], { votersOutgoing: [3, 4, 5] }),
          repaired: "",
        })
        .elect(1, 4, [2, 3], 2),
  ),
  keeps("election-quorum", "a majority elects", (t) => t.elect(2, 2, [1])),

  violates(
    "vote-once",
    "a member changes its vote",
    /member 3 votes for member 2 after member 1 in term 2/,
    (t) => t.hardState(3, 2, 1).hardState(3, 2, 2),
  ),
  violates(
    "vote-once",
    "a member takes its vote back",
    /member 3 took back its vote for member 1 in term 2/,
    (t) => t.hardState(3, 2, 1).hardState(3, 2, 0),
  ),
  violates(
    "vote-once",
    "two candidates get the vote of one member",
    /member 3 voted for member 2 in term 2, but member 1 had its vote of that term/,
    (t) => t.grant(3, 1, 2).grant(3, 2, 2),
  ),
  keeps("vote-once", "a vote that nobody heard of is lost in a crash", (t) =>
    t
      .hardState(3, 2, 1)
      .reboot(3, { term: 1, vote: 1, commit: 2, entries: SETTLED })
      .hardState(3, 2, 2, 2)
      .grant(3, 2, 2),
  ),
  keeps("vote-once", "the same vote is heard twice", (t) => t.grant(3, 1, 2).grant(3, 1, 2)),

  violates(
    "term-monotonic",
    "a member goes back to an earlier term",
    /member 2 went back from term 4 to term 3/,
    (t) => t.role(2, "follower", 4).role(2, "follower", 3),
  ),
  violates(
    "term-monotonic",
    "an earlier term is written",
    /member 2 wrote term 3 after term 4/,
    (t) => t.hardState(2, 4, 0).hardState(2, 3, 0),
  ),
  violates(
    "term-monotonic",
    "terms go back in a log",
    /appended entry 4 of term 1 behind one of term 2/,
    (t) => t.append(2, entry(3, 2), entry(4, 1)),
  ),
  violates(
    "term-monotonic",
    "terms go back between a log and what is appended to it",
    /appended entry 4 of term 1 behind one of term 2/,
    (t) => t.append(2, entry(3, 2)).append(2, entry(4, 1)),
  ),
  keeps("term-monotonic", "a term that was never durable is forgotten", (t) =>
    t.role(2, "follower", 4).reboot(2, { term: 1, vote: 1, commit: 2, entries: SETTLED }),
  ),
  keeps("term-monotonic", "a crash kept entries, but not the term written behind them", (t) =>
    t
      .role(2, "follower", 2)
      .append(2, entry(3, 2))
      .reboot(2, { term: 1, vote: 1, commit: 2, entries: [...SETTLED, entry(3, 2)] }),
  ),

  violates(
    "leader-append-only",
    "a leader overwrites an entry of its own",
    /member 1, leader of term 1 since .*, overwrote its log from entry 3 on; it ended at 4/,
    (t) => t.append(1, entry(3, 1, "x"), entry(4, 1, "y")).append(1, entry(3, 1, "x")),
  ),
  keeps("leader-append-only", "a former leader's log is overwritten", (t) =>
    t
      .append(1, entry(3, 1, "x"))
      .elect(2, 2, [3])
      .role(1, "follower", 2, 2)
      .append(1, entry(3, 2, "y")),
  ),

  violates(
    "log-matching",
    "one index and term, two contents",
    /member 2 appended entry 3 of term 1 \(y\), but member 1 holds the entry of that index and term with other data/,
    (t) => t.append(1, entry(3, 1, "x")).append(2, entry(3, 1, "y")),
  ),
  violates(
    "log-matching",
    "one index and term behind different logs",
    /member 3 appended entry 4 of term 3 \(z\), but member 2 holds .* behind a different log/,
    (t) =>
      t.append(2, entry(3, 1, "x"), entry(4, 3, "z")).append(3, entry(3, 2, "y"), entry(4, 3, "z")),
  ),
  violates("log-matching", "a gap", /member 2 appended entry 5, but its log ended at 2/, (t) =>
    t.append(2, entry(5, 1, "x")),
  ),
  violates(
    "log-matching",
    "a disk gives other data back",
    /member 3 appended entry 3 of term 1/,
    (t) =>
      t.append([2, 3], entry(3, 1, "x")).reboot(3, {
        term: 1,
        vote: 1,
        commit: 2,
        entries: [entry(1, 1), entry(2, 1, "put a=1"), entry(3, 1, "y")],
      }),
  ),
  keeps("log-matching", "different terms at one index", (t) =>
    t
      .append(2, entry(3, 1, "x"))
      .append(3, entry(3, 2, "y"))
      .append(2, entry(3, 2, "y"), entry(4, 2, "z")),
  ),

  violates("commit-bounds", "a commit goes back", /member 2's commit went back from 2 to 1/, (t) =>
    t.commit(2, 1, 1),
  ),
  violates(
    "commit-bounds",
    "a commit beyond the log",
    /member 2 committed up to 3, but its log ends at 2/,
    (t) => t.commit(2, 3, 1),
  ),
  violates(
    "commit-bounds",
    "an entry is applied twice",
    /member 2 applied entry 2 after entry 2/,
    (t) => t.apply(2, 2, 1),
  ),
  violates("commit-bounds", "an entry is skipped", /member 2 applied entry 4 after entry 2/, (t) =>
    t.append([1, 2, 3], entry(3, 1), entry(4, 1)).commit([1, 2], 4, 1).apply(2, 4, 1),
  ),
  violates(
    "commit-bounds",
    "an entry is applied before its commit is known",
    /member 2 applied entry 3, but had committed only up to 2/,
    (t) => t.append([1, 2, 3], entry(3, 1)).commit(1, 3, 1).apply(2, 3, 1),
  ),
  violates(
    "commit-bounds",
    "one of several entries is applied before its commit is known",
    /member 2 applied entry 4, but had committed only up to 3/,
    (t) =>
      t
        .append([1, 2, 3], entry(3, 1), entry(4, 1), entry(5, 1))
        .commit(1, 5, 1)
        .commit(2, 3, 1)
        .applyAll(2, 3, [applied(3), applied(4), applied(5)]),
  ),
  keeps("commit-bounds", "several entries are applied in one go, and then the next", (t) =>
    t
      .append([1, 2, 3], entry(3, 1), entry(4, 1), entry(5, 1))
      .commit([1, 2], 5, 1)
      .applyAll(2, 3, [applied(3), applied(4)])
      .apply(2, 5, 1),
  ),
  violates(
    "commit-bounds",
    "a committed entry is written again",
    /member 2 overwrote its log from entry 2 on, though it knew everything up to 2/,
    (t) => t.append(2, entry(2, 1, "put a=1")),
  ),
  violates(
    "commit-bounds",
    "an older snapshot is restored",
    /member 2 restored a snapshot at 1 behind what it had committed, 2/,
    (t) => t.restore(2, 1, 1),
  ),
  violates(
    "commit-bounds",
    "a snapshot of what was not applied",
    /wrote a snapshot at 3 .* but had applied up to 2/,
    (t) => t.append(1, entry(3, 1)).snapshot(1, 3, 1, 2),
  ),
  violates(
    "commit-bounds",
    "a recovered commit beyond the log",
    /member 3 recovered commit 2 outside of its snapshot and log \(0 to 1\)/,
    (t) => t.reboot(3, { term: 1, vote: 1, commit: 2, entries: [entry(1, 1)] }),
  ),
  violates(
    "commit-bounds",
    "a recovered state machine ahead of the log",
    /member 3 recovered applied 3 outside of its snapshot and log \(0 to 2\)/,
    (t) => t.reboot(3, { term: 1, vote: 1, commit: 2, applied: 3, entries: SETTLED }),
  ),
  violates(
    "commit-bounds",
    "a written commit goes back",
    /member 2 wrote commit 1 after commit 2/,
    (t) => t.hardState(2, 1, 1, 2).hardState(2, 1, 1, 1),
  ),
  keeps("commit-bounds", "a restart falls back to the durable commit", (t) =>
    t
      .hardState(2, 1, 1, 2)
      .reboot(2, { term: 1, vote: 1, commit: 1, entries: SETTLED })
      .commit(2, 2, 1)
      .apply(2, 1, 1)
      .apply(2, 2, 1),
  ),
  keeps("commit-bounds", "a snapshot, and a restart from it", (t) =>
    t
      .snapshot(2, 2, 1, 1)
      .reboot(2, { term: 1, vote: 1, commit: 2, snapshot: { index: 2, term: 1 } })
      .restore(2, 2, 1)
      .append([1, 2, 3], entry(3, 1))
      .commit([1, 2], 3, 1)
      .apply(2, 3, 1),
  ),

  violates(
    "commit-quorum",
    "an entry that one of three stores",
    /committed entry 3, which only members 1 store: no majority of 1, 2, 3/,
    (t) => t.append(1, entry(3, 1, "x")).commit(1, 3, 1),
  ),
  violates(
    "commit-quorum",
    "figure 8: an entry of an earlier term, by counting",
    /member 2, leader of term 2, committed entry 3 of term 1 by counting/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .elect(2, 2, [3])
        .append(3, entry(3, 1, "x"))
        .commit(2, 3, 1),
  ),
  violates(
    "commit-quorum",
    "a joint configuration needs both majorities",
    /only members 1, 2, 3 store: no majority of 1, 2, 3 and of 3, 4, 5/,
    (t) =>
      t
        .reboot(1, {
          term: 1,
          vote: 1,
          commit: 2,
          entries: SETTLED,
          conf: conf([1, 2, 3], { votersOutgoing: [3, 4, 5] }),
        })
        .role(1, "candidate", 2)
        .hardState(1, 2, 1, 2)
        .grant(2, 1, 2)
        .grant(3, 1, 2)
        .grant(4, 1, 2)
        .role(1, "leader", 2, 1)
        .append([1, 2, 3], entry(3, 2, "x"))
        .commit(1, 3, 2),
  ),
  keeps("commit-quorum", "a majority stores it, the leader itself not yet on its disk", (t) =>
    t.append([1, 2], entry(3, 1, "x")).commit(1, 3, 1),
  ),
  keeps("commit-quorum", "an earlier term's entry is committed along with a new one", (t) =>
    t
      .append([1, 2], entry(3, 1, "x"))
      .elect(2, 2, [3])
      .append(2, entry(4, 2))
      .append(3, entry(3, 1, "x"), entry(4, 2))
      .commit(2, 4, 2),
  ),

  violates(
    "state-machine-safety",
    "two entries are committed at one index",
    /member 3 committed entry 3 of term 2, but member 1 committed one of term 1 there \(#\d+\)/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .commit(1, 3, 1)
        .append(3, entry(3, 2, "y"))
        .commit(3, 3, 2),
  ),
  violates(
    "state-machine-safety",
    "a different entry is applied",
    /member 2 applied entry 3 of term 2, but member 1 committed one of term 1 there/,
    (t) =>
      t
        .append([1, 2, 3], entry(3, 1, "x"))
        .commit([1, 2], 3, 1)
        .apply(2, 3, 2),
  ),
  violates(
    "state-machine-safety",
    "the same entry leads to another state",
    /member 3's state after entry 3 differs from what other members had after it \(hash 7, theirs bb8\)/,
    (t) =>
      t
        .append([1, 2, 3], entry(3, 1, "x"))
        .commit([1, 2, 3], 3, 1)
        .apply([1, 2], 3, 1)
        .apply(3, 3, 1, { hash: 7 }),
  ),
  violates(
    "state-machine-safety",
    "one of several entries leads to another state",
    /member 3's state after entry 4 differs/,
    (t) =>
      t
        .append([1, 2, 3], entry(3, 1), entry(4, 1), entry(5, 1))
        .commit([1, 2, 3], 5, 1)
        .applyAll([1, 2], 3, [applied(3), applied(4), applied(5)])
        .applyAll(3, 3, [applied(3), { ...applied(4), hash: 7 }, applied(5)]),
  ),
  violates(
    "state-machine-safety",
    "a different entry is applied among several",
    /member 2 applied entry 4 of term 2, but member 1 committed one of term 1 there/,
    (t) =>
      t
        .append([1, 2, 3], entry(3, 1), entry(4, 1))
        .commit([1, 2], 4, 1)
        .applyAll(2, 3, [applied(3), { ...applied(4), term: 2 }]),
  ),
  violates(
    "state-machine-safety",
    "a replay after a restart leads to another state",
    /member 1's state after entry 2 differs/,
    (t) =>
      t
        .reboot(1, { term: 1, vote: 1, commit: 2, entries: SETTLED })
        .apply(1, 1, 1)
        .apply(1, 2, 1, { hash: 9 }),
  ),
  violates(
    "state-machine-safety",
    "a snapshot holds another state",
    /member 3's state after entry 3 differs/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .commit([1, 2], 3, 1)
        .apply([1, 2], 3, 1)
        .restore(3, 3, 1, 5),
  ),
  violates(
    "state-machine-safety",
    "a snapshot of what nobody committed",
    /member 3 restored a snapshot at 9, which nobody has committed/,
    (t) => t.restore(3, 9, 1),
  ),
  violates(
    "state-machine-safety",
    "a snapshot ends in an entry that was not committed",
    /restored a snapshot at entry 3 of term 2, but the committed one is of term 1 \(#\d+\)/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .commit([1, 2], 3, 1)
        .restore(3, 3, 2),
  ),
  violates(
    "state-machine-safety",
    "a restart takes another entry for the committed one",
    /member 3 recovered entry 3 of term 2, but member 1 committed one of term 1 there/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .commit([1, 2], 3, 1)
        .append(3, entry(3, 2, "y"))
        .reboot(3, { term: 2, vote: 0, commit: 3, entries: [...SETTLED, entry(3, 2, "y")] }),
  ),
  keeps("state-machine-safety", "a snapshot skips entries", (t) =>
    t
      .append([1, 2], entry(3, 1, "x"))
      .commit([1, 2], 3, 1)
      .apply([1, 2], 3, 1)
      .restore(3, 3, 1)
      .append([1, 2, 3], entry(4, 1))
      .commit([1, 2, 3], 4, 1)
      .apply([1, 2, 3], 4, 1),
  ),

  violates(
    "leader-completeness",
    "a leader without a committed entry",
    /member 3 leads term 2 without entry 3 of term 1, which member 1 committed in term 1 \(#\d+\): its log ends at 2/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .commit(1, 3, 1)
        .elect(3, 2, [2], 2),
  ),
  violates(
    "leader-completeness",
    "a leader with another entry in its place",
    /member 3 leads term 3 without entry 3 of term 1.*it holds one of term 2 there/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .commit(1, 3, 1)
        .append(3, entry(3, 2, "y"))
        .elect(3, 3, [2], 2),
  ),
  violates(
    "leader-completeness",
    "an entry is committed behind the back of a later leader",
    /member 3 leads term 2 without entry 3 of term 1/,
    (t) =>
      t
        .append([1, 2], entry(3, 1, "x"))
        .elect(3, 2, [2])
        .commit(1, 3, 1),
  ),
  keeps("leader-completeness", "a late winner need not hold what later terms committed", (t) =>
    t
      .role(2, "candidate", 2)
      .hardState(2, 2, 2)
      .hardState(3, 2, 2)
      .elect(1, 3, [3], 2)
      .append([1, 3], entry(3, 3))
      .commit(1, 3, 3)
      .grant(3, 2, 2)
      .role(2, "leader", 2, 2),
  ),
  keeps("leader-completeness", "the committed entry lies below a leader's snapshot", (t) =>
    t
      .append([1, 2], entry(3, 1, "x"))
      .commit([1, 2], 3, 1)
      .apply([1, 2], 3, 1)
      .restore(3, 3, 1)
      .elect(3, 2, [2], 3),
  ),

  violates(
    "progress-sane",
    "an entry that is stored would be sent next",
    /leader of term 1, would send member 3 entry 2, but has it at 2/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 2, { next: 2 })]),
  ),
  violates(
    "progress-sane",
    "a member is ahead of its leader",
    /has member 3 at 3 and entry 4 next, but its own log ends at 2/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 3)]),
  ),
  violates(
    "progress-sane",
    "a next entry beyond the one that the leader writes next",
    /has member 3 at 0 and entry 4 next, but its own log ends at 2/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 0, { next: 4 })]),
  ),
  violates(
    "progress-sane",
    "a leader forgets within its term what a member stores",
    /went back with member 3 from 2 to 1/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 2)]).progress(1, 1, AT_2, [M1, M2, peer(3, 1)]),
  ),
  violates(
    "progress-sane",
    "a leader counts on an entry that is not durable at itself yet",
    /has itself at 3, but its durable log ends at 2/,
    (t) => t.progress(1, 1, { commit: 2, last: 3 }, [peer(1, 3), M2, peer(3, 2)]),
  ),
  violates(
    "progress-sane",
    "a leader does not count what is durable at itself",
    /has itself at 2, but its durable log ends at 3/,
    (t) => t.append(1, entry(3, 1)).progress(1, 1, { commit: 2, last: 3 }, [M1, M2, peer(3, 2)]),
  ),
  violates(
    "progress-sane",
    "a member does not store what the leader thinks it does",
    /has member 3 at 3, an entry that member 3 does not store/,
    (t) =>
      t
        .append([1, 2], entry(3, 1))
        .progress(1, 1, { commit: 2, last: 3 }, [peer(1, 3), M2, peer(3, 3)]),
  ),
  violates(
    "progress-sane",
    "a member stores an entry of another term there",
    /has member 3 at 3, an entry that member 3 does not store/,
    (t) =>
      t
        .append(3, entry(3, 1))
        .elect(2, 2, [1])
        .append([1, 2], entry(3, 2))
        .progress(2, 2, { commit: 2, last: 3 }, [peer(1, 3), peer(2, 3), peer(3, 3)]),
  ),
  violates(
    "progress-sane",
    "an entry behind the snapshot is skipped",
    /sent member 3 a snapshot up to 1, but entry 3 comes next/,
    (t) =>
      t
        .snapshot(1, 2, 1, 2)
        .progress(1, 1, AT_2, [
          M1,
          M2,
          peer(3, 0, { state: "snapshot", pendingSnapshot: 1, next: 3, paused: true }),
        ]),
  ),
  violates(
    "progress-sane",
    "appends are sent behind a snapshot",
    /sends appends to member 3 behind a snapshot/,
    (t) =>
      t
        .snapshot(1, 2, 1, 2)
        .progress(1, 1, AT_2, [
          M1,
          M2,
          peer(3, 0, { state: "snapshot", pendingSnapshot: 2, next: 3 }),
        ]),
  ),
  violates(
    "progress-sane",
    "a snapshot is waited for by whom the log would do",
    /waits for a snapshot at member 3, which is at 1: the log from 2 on would do/,
    (t) =>
      t
        .snapshot(1, 2, 1, 1)
        .progress(1, 1, AT_2, [
          M1,
          M2,
          peer(3, 1, { state: "snapshot", pendingSnapshot: 2, next: 3, paused: true }),
        ]),
  ),
  violates(
    "progress-sane",
    "a snapshot that is over is remembered",
    /waits for no snapshot at member 3, but remembers one/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 2, { pendingSnapshot: 2 })]),
  ),
  violates(
    "progress-sane",
    "more appends in flight than entries",
    /has 2 appends in flight to member 3, which is to get 3 next/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 1, { next: 3, inflight: 2 })]),
  ),
  violates(
    "progress-sane",
    "a probe that sends ahead",
    /has 1 appends in flight to member 3/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 1, { state: "probe", next: 3, inflight: 1 })]),
  ),
  violates(
    "progress-sane",
    "a commit that no majority of the matches covers",
    /committed entry 3 with member 1 at 3, member 2 at 2, member 3 at 2: no majority/,
    (t) =>
      t
        .progress(1, 1, AT_2, [M1, M2, peer(3, 2)])
        .append([1, 2, 3], entry(3, 1))
        .progress(1, 1, { commit: 3, last: 3 }, [peer(1, 3), M2, peer(3, 2)]),
  ),
  violates(
    "progress-sane",
    "a commit that only the incoming half of a joint configuration covers",
    /committed entry 4 with .*: no majority/,
    (t) => {
      const joint = conf([1, 2, 3], { votersOutgoing: [1, 4, 5] });
      const idle = [peer(4, 0), peer(5, 0)];
      return t
        .reboot(1, { term: 1, vote: 1, commit: 2, entries: SETTLED, conf: joint })
        .role(1, "candidate", 2)
        .hardState(1, 2, 1, 2)
        .grant(2, 1, 2)
        .grant(4, 1, 2)
        .role(1, "leader", 2, 1)
        .progress(1, 2, AT_2, [M1, M2, peer(3, 2), ...idle])
        .append([1, 2, 3], entry(3, 2), entry(4, 2))
        .progress(1, 2, { commit: 4, last: 4 }, [peer(1, 4), peer(2, 4), peer(3, 4), ...idle]);
    },
  ),
  violates(
    "progress-sane",
    "a member of the configuration is left out",
    /has no progress of member 3, which it leads/,
    (t) => t.progress(1, 1, AT_2, [M1, M2]),
  ),
  violates(
    "progress-sane",
    "a learner is left out",
    /has no progress of member 4, which it leads/,
    (t) =>
      t
        .conf([1, 2, 3], 2, conf([1, 2, 3], { learners: [4] }))
        .progress(1, 1, AT_2, [M1, M2, peer(3, 2)]),
  ),
  violates(
    "progress-sane",
    "a member that was removed is kept",
    /keeps a progress of member 4, which is not in its configuration/,
    (t) => t.progress(1, 1, AT_2, [M1, M2, peer(3, 2), peer(4, 0)]),
  ),
  keeps("progress-sane", "probe, snapshot, replicate, and a commit counted by them", (t) => {
    const probe = { state: "probe", paused: true } as const;
    const waits = { state: "snapshot", pendingSnapshot: 2, next: 3, paused: true } as const;
    return t
      .snapshot(1, 2, 1, 2)
      .progress(1, 1, AT_2, [M1, M2, peer(3, 0, { ...probe, next: 3 })])
      .append([1, 2], entry(3, 1), entry(4, 1))
      .progress(1, 1, { commit: 2, last: 4 }, [
        peer(1, 4),
        peer(2, 2, { next: 5, inflight: 2 }),
        peer(3, 0, waits),
      ])
      .progress(1, 1, { commit: 4, last: 4 }, [peer(1, 4), peer(2, 4), peer(3, 1, waits)])
      .progress(1, 1, { commit: 4, last: 4 }, [peer(1, 4), peer(2, 4), peer(3, 2)]);
  }),
  keeps("progress-sane", "a probe is rejected after a snapshot was sent instead", (t) => {
    const waits = { state: "snapshot", pendingSnapshot: 2, paused: true } as const;
    return t
      .snapshot(1, 2, 1, 2)
      .progress(1, 1, AT_2, [M1, M2, peer(3, 0, { ...waits, next: 3 })])
      .progress(1, 1, AT_2, [M1, M2, peer(3, 0, { ...waits, next: 1 })]);
  }),
  keeps("progress-sane", "a new term, of which nothing is known, begins anew", (t) =>
    t
      .progress(1, 1, AT_2, [M1, M2, peer(3, 2)])
      .elect(1, 2, [2, 3], 2)
      .progress(1, 2, AT_2, [M1, ...[2, 3].map((id) => peer(id, 0, { state: "probe", next: 3 }))]),
  ),
  keeps("progress-sane", "a member is removed, and comes back as a learner", (t) =>
    t
      .progress(1, 1, AT_2, [M1, M2, peer(3, 2)])
      .conf([1, 2], 3, conf([1, 2]))
      .progress(1, 1, AT_2, [M1, M2])
      .conf([1, 2], 4, conf([1, 2], { learners: [3] }))
      .progress(1, 1, AT_2, [M1, M2, peer(3, 0, { state: "probe", next: 3 })]),
  ),
  keeps("progress-sane", "a smaller quorum commits what the larger one did not", (t) =>
    t
      .append([1, 2, 3], entry(3, 1, "conf"), entry(4, 1))
      .progress(1, 1, { commit: 3, last: 4 }, [peer(1, 4), peer(2, 3), peer(3, 3)])
      .conf(1, 3, conf([1, 2]))
      .conf(1, 4, conf([1]))
      .progress(1, 1, { commit: 4, last: 4 }, [peer(1, 4)]),
  ),
  keeps("progress-sane", "a deposed leader does not know that its entry is gone", (t) =>
    t
      .append([1, 3], entry(3, 1, "x"))
      .elect(2, 2, [3])
      .append([2, 3], entry(3, 2))
      .progress(1, 1, { commit: 2, last: 3 }, [peer(1, 3), M2, peer(3, 3)]),
  ),

  violates(
    "config-changes",
    "two voters change at once",
    /went from \(voters 1 2 3\) to \(voters 1 2 3 4 5\) at entry 3: 2 voters change at once/,
    (t) => t.conf(1, 3, conf([1, 2, 3, 4, 5])),
  ),
  violates(
    "config-changes",
    "a joint configuration with the wrong outgoing half",
    /the outgoing voters are not the old ones/,
    (t) => t.conf(1, 3, conf([1, 4, 5], { votersOutgoing: [1, 2] })),
  ),
  violates(
    "config-changes",
    "a joint configuration is left for other voters",
    /the voters are not the incoming ones/,
    (t) => t.conf(1, 3, conf([1, 4, 5], { votersOutgoing: [1, 2, 3] })).conf(1, 4, conf([1, 4])),
  ),
  violates(
    "config-changes",
    "a joint configuration follows a joint one",
    /a joint configuration can only be left/,
    (t) =>
      t
        .conf(1, 3, conf([1, 4, 5], { votersOutgoing: [1, 2, 3] }))
        .conf(1, 4, conf([1, 4, 6], { votersOutgoing: [1, 2, 3] })),
  ),
  violates(
    "config-changes",
    "two members disagree about a configuration",
    /member 2 has \(voters 1 2 3 5\) from entry 3 on, where another member had \(voters 1 2 3 4\)/,
    (t) => t.conf(1, 3, conf([1, 2, 3, 4])).conf(2, 3, conf([1, 2, 3, 5])),
  ),
  violates("config-changes", "a voter that is a learner", /a learner may vote/, (t) =>
    t.conf(1, 3, conf([1, 2, 3], { learners: [3] })),
  ),
  violates(
    "config-changes",
    "a learner-to-be that does not leave the voters",
    /a learner-to-be is not among the outgoing voters/,
    (t) => t.conf(1, 3, conf([1, 2, 3, 4], { votersOutgoing: [1, 2, 3], learnersNext: [4] })),
  ),
  violates(
    "config-changes",
    "a plain configuration that waits to be left",
    /it is not joint, but is to be left/,
    (t) => t.conf(1, 3, conf([1, 2, 3], { autoLeave: true })),
  ),
  violates(
    "config-changes",
    "a demoted voter is forgotten",
    /a voter to be demoted is no learner/,
    (t) =>
      t
        .conf(1, 3, conf([1, 2], { votersOutgoing: [1, 2, 3], learnersNext: [3] }))
        .conf(1, 4, conf([1, 2])),
  ),
  violates("config-changes", "nobody is left", /nobody may vote/, (t) => t.conf(1, 3, conf([]))),
  violates(
    "config-changes",
    "a change is proposed before the last one is applied",
    /member 1 proposed a configuration change at entry 4, though it has not applied the one at entry 3 yet/,
    (t) => t.append(1, entry(3, 1, "conf add 4")).append(1, entry(4, 1, "conf add 5")),
  ),
  keeps("config-changes", "one voter at a time, each applied before the next", (t) =>
    t
      .append([1, 2, 3], entry(3, 1, "conf add 4"))
      .commit([1, 2, 3], 3, 1)
      .apply([1, 2, 3], 3, 1)
      .conf([1, 2, 3], 3, conf([1, 2, 3, 4]))
      .append(1, entry(4, 1, "conf remove 2")),
  ),
  keeps("config-changes", "into a joint configuration and out of it, one voter demoted", (t) =>
    t
      .conf(
        [1, 2, 3],
        3,
        conf([1, 4, 5], { votersOutgoing: [1, 2, 3], learnersNext: [2], autoLeave: true }),
      )
      .conf([1, 2, 3], 4, conf([1, 4, 5], { learners: [2] })),
  ),
  keeps("config-changes", "a change is proposed again after it was overwritten", (t) =>
    t
      .append(1, entry(3, 1, "conf add 4"))
      .elect(2, 2, [3])
      .role(1, "follower", 2, 2)
      .append(1, entry(3, 2, "x"))
      .elect(1, 3, [3])
      .append(1, entry(4, 3, "conf add 4")),
  ),

  violates(
    "durable-promises",
    "a vote is forgotten",
    /member 3 recovered no vote in term 2, after member 2 got its vote of that term/,
    (t) =>
      t
        .hardState(3, 2, 2)
        .grant(3, 2, 2)
        .reboot(3, { term: 2, vote: 0, commit: 2, entries: SETTLED }),
  ),
  violates(
    "durable-promises",
    "a term is forgotten",
    /member 3 recovered term 1 after it spoke in term 2/,
    (t) =>
      t
        .hardState(3, 2, 2)
        .grant(3, 2, 2)
        .reboot(3, { term: 1, vote: 1, commit: 2, entries: SETTLED }),
  ),
  violates(
    "durable-promises",
    "an acknowledged entry is forgotten",
    /member 3 recovered a log that ends at 2 without entry 3 of term 1, acknowledged at/,
    (t) =>
      t
        .append([1, 2, 3], entry(3, 1, "x"))
        .acknowledge(3, 1, 1, 3)
        .reboot(3, { term: 1, vote: 1, commit: 2, entries: SETTLED }),
  ),
  violates(
    "durable-promises",
    "an entry is acknowledged that is not there",
    /member 3 acknowledged entry 4 in term 1, but its log ends at 2/,
    (t) => t.acknowledge(3, 1, 1, 4),
  ),
  keeps("durable-promises", "an entry that nobody heard of is lost", (t) =>
    t
      .append([1, 2, 3], entry(3, 1, "x"))
      .acknowledge(3, 1, 1, 2)
      .reboot(3, { term: 1, vote: 1, commit: 2, entries: SETTLED }),
  ),
  keeps("durable-promises", "an acknowledged entry is overwritten by a later leader", (t) =>
    t
      .append([1, 3], entry(3, 1, "x"), entry(4, 1, "y"))
      .acknowledge(3, 1, 1, 4)
      .elect(2, 2, [3])
      .append([2, 3], entry(3, 2))
      .acknowledge(3, 1, 1, 4)
      .reboot(3, {
        term: 2,
        vote: 2,
        commit: 2,
        entries: [entry(1, 1), entry(2, 1, "put a=1"), entry(3, 2)],
      }),
  ),
];

describe("the invariant monitor", () => {
  for (const { invariant, name, tale, says } of CASES) {
    test(`${invariant}: ${says === null ? "accepts" : "catches"}: ${name}`, () => {
      const { violations } = tale(Tale.settled()).play(new RaftMonitor());
      const shown = violations.map((v) => `${v.invariant}: ${v.text}`);
      if (says === null) expect(shown).toEqual([]);
      else {
        expect([...new Set(violations.map((v) => v.invariant))], shown.join("\n")).toEqual([
          invariant,
        ]);
        expect(violations[0]?.text).toMatch(says);
      }
    });
  }

  test("every invariant has a tale that breaks it and one that keeps it", () => {
    const names = new RaftMonitor().invariants.map((i) => i.name);
    expect([...new Set(CASES.map((c) => c.invariant))].sort()).toEqual([...names].sort());
    for (const name of names) {
      const own = CASES.filter((c) => c.invariant === name);
      expect(
        own.some((c) => c.says === null),
        name,
      ).toBe(true);
      expect(
        own.some((c) => c.says !== null),
        name,
      ).toBe(true);
    }
  });

  test("a violation names its event, and can stop the run", () => {
    const tale = Tale.settled().commit(2, 1, 1);
    const last = tale.events.length;
    expect(tale.play(new RaftMonitor()).violations).toMatchObject([
      { invariant: "commit-bounds", member: 2, seq: last, at: last * 1000 },
    ]);
    expect(() => tale.play(new RaftMonitor({ throwAtFirst: true }))).toThrow(ViolationError);
  });

  test("without messages it asks for the members' state alone, and judges only what that shows", () => {
    const monitor = new RaftMonitor({ messages: false });
    expect(monitor.layers).toBe(Layer.State);
    expect(Tale.settled().elect(2, 2, []).play(monitor).violations).toEqual([]);
  });

  test("it can hold a run against some of the invariants alone", () => {
    const tale = Tale.settled().elect(2, 2, []).commit(2, 1, 1);
    const names = (only?: string[]) =>
      tale
        .play(new RaftMonitor(only === undefined ? {} : { only }))
        .violations.map((v) => v.invariant);
    expect(names()).toEqual(["election-quorum", "commit-bounds"]);
    expect(names(["commit-bounds"])).toEqual(["commit-bounds"]);
    expect(() => names(["no-such"])).toThrow('there is no invariant "no-such"');
  });

  test("it keeps the first violations and counts the rest", () => {
    const tale = Tale.settled();
    for (let i = 0; i < 20; i++) tale.apply(2, 2, 1);
    const monitor = tale.play(new RaftMonitor({ keep: 3 }));
    expect(monitor.violations.length).toBe(3);
    expect(monitor.ok).toBe(false);
  });
});
