import * as directed from "./directed-core.ts";

/** A mistake of Raft's, and what finds it in random schedules: see planted-bugs.test.ts. */
export interface Hunt {
  readonly invariant: string;
  readonly bug: string;
  /** One that finds it within a few runs. */
  readonly seed: number;
  /** How the violation reads. */
  readonly says: RegExp;
}

export const HUNTS: readonly Hunt[] = [
  {
    invariant: "same-history",
    bug: "W7",
    seed: 2,
    says: /^revision \d+ is .* on member \d, but .* on member \d/,
  },
  {
    invariant: "election-safety",
    bug: "R10",
    seed: 2,
    says: /became leader of term \d+, but member \d was elected in that term/,
  },
  {
    invariant: "election-quorum",
    bug: "R10",
    seed: 1,
    says: /became leader of term \d+ with the votes of [\d, ]+ among/,
  },
  {
    invariant: "election-quorum",
    bug: "R21",
    seed: 1,
    says: /became leader of term \d+ with the votes of/,
  },
  {
    invariant: "vote-once",
    bug: "R1",
    seed: 1,
    says: /took back its vote|voted for member/,
  },
  {
    invariant: "log-matching",
    bug: "R10",
    seed: 3,
    says: /the entry of that index and term/,
  },
  {
    invariant: "commit-quorum",
    bug: "R4",
    seed: 4,
    says: /by counting, though another leader could still overwrite it/,
  },
  {
    invariant: "commit-quorum",
    bug: "R6",
    seed: 1,
    says: /which only members .* store/,
  },
  {
    invariant: "state-machine-safety",
    bug: "R7",
    seed: 4,
    says: /committed entry \d+ of term \d+, but member \d committed one of term/,
  },
  {
    invariant: "state-machine-safety",
    bug: "R3",
    seed: 1,
    says: /committed|recovered|applied/,
  },
  {
    invariant: "leader-completeness",
    bug: "R3",
    seed: 1,
    says: /leads term \d+ without entry \d+/,
  },
  {
    invariant: "progress-sane",
    bug: "R10",
    seed: 1,
    says: /committed entry \d+ with member .*: no majority/,
  },
  {
    invariant: "progress-sane",
    bug: "R3",
    seed: 1,
    says: /an entry that member \d does not store/,
  },
  {
    invariant: "config-changes",
    bug: "R14",
    seed: 4,
    says: /proposed a configuration change at entry \d+, though it has not applied the one at/,
  },
  {
    invariant: "durable-promises",
    bug: "R2",
    seed: 1,
    says: /recovered (term|no vote|a vote)/,
  },
  {
    invariant: "durable-promises",
    bug: "R3",
    seed: 2,
    says: /acknowledged entry|recovered a log that ends at \d+ without entry/,
  },
  {
    invariant: "acknowledged-writes",
    bug: "R3",
    seed: 1,
    says: /acknowledged/,
  },
  {
    invariant: "starts-again",
    bug: "W4",
    seed: 2,
    says: /refuses to start/,
  },
  {
    invariant: "election-quorum",
    bug: "R11",
    seed: 7,
    says: /became leader of term \d+ with the votes of [\d, ]+ among [\d, ]+ and/,
  },
  {
    invariant: "commit-quorum",
    bug: "R11",
    seed: 7,
    says: /which only members [\d, ]+ store: no majority of [\d, ]+ and of/,
  },
  {
    invariant: "convergence",
    bug: "R17",
    seed: 7,
    says: /ended with entry|ended at entry|there is no leader/,
  },
  {
    invariant: "convergence",
    bug: "R35",
    seed: 4,
    says: /ended with entry|ended at entry|there is no leader|follows/,
  },
  {
    invariant: "panic",
    bug: "R15",
    seed: 1,
    says: /can't leave a non-joint config/,
  },
];

/** A mistake of the rest of a member, and what finds it in random plans: see core-bugs.test.ts. */
export interface Random {
  readonly bug: string;
  /** The one that is to find it; others may do so earlier. */
  readonly checker: string;
  /** The plan that found it lately: the hunt begins there, to save the way. */
  readonly near: number;
  readonly says: RegExp;
}

export const RANDOM: readonly Random[] = [
  {
    bug: "W1",
    checker: "progress-sane",
    near: 1,
    says: /has itself at \d+, but its durable log ends/,
  },
  { bug: "W2", checker: "commit-bounds", near: 2, says: /recovered applied \d+ outside of/ },
  { bug: "W3", checker: "starts-again", near: 13, says: /does not continue the one before it/ },
  { bug: "W4", checker: "starts-again", near: 39, says: /refuses to start/ },
  { bug: "W7", checker: "same-history", near: 25, says: /revision \d+/ },
  { bug: "W8", checker: "starts-again", near: 25, says: /is as of entry \d+, behind the snapshot/ },
  {
    bug: "W9",
    checker: "starts-again",
    near: 149,
    says: /is as of entry \d+, behind the snapshot/,
  },
  {
    bug: "W11",
    checker: "starts-again",
    near: 20,
    says: /is as of entry \d+, behind the snapshot/,
  },
  { bug: "W12", checker: "state-machine-safety", near: 8, says: /state after entry \d+ differs/ },
  { bug: "W13", checker: "same-backend", near: 57, says: /^hash/ },
  { bug: "W14", checker: "panic", near: 221, says: /no such file: member\/snap\/.*\.snap\.db/ },
  { bug: "W16", checker: "state-machine-safety", near: 53, says: /state after entry \d+ differs/ },
  { bug: "W17", checker: "failed-writes", near: 53, says: /a failed transaction wrote/ },
  { bug: "M6", checker: "watch-ordered", near: 117, says: /told of the .* after revision/ },
  { bug: "M7", checker: "watch-reliable", near: 385, says: /without being told of/ },
  { bug: "M9a", checker: "watch-bookmarkable", near: 38, says: /progress report/ },
  { bug: "M9b", checker: "watch-bookmarkable", near: 38, says: /progress report/ },
  { bug: "M10", checker: "watch-unique", near: 16, says: /told twice/ },
  { bug: "M12", checker: "watch-reliable", near: 8, says: /without being told of the delete/ },
  { bug: "M13", checker: "same-backend", near: 4, says: /^hashkv: .*has been compacted/ },
  { bug: "L3", checker: "same-history", near: 376, says: /delete/ },
  { bug: "L7", checker: "same-backend", near: 14, says: /^hash/ },
  { bug: "L8", checker: "lease-ttl", near: 66, says: /was said to have 9223372036 s left/ },
  { bug: "L10", checker: "lease-keys", near: 25, says: /none of its keys/ },
  { bug: "L12", checker: "lease-extended", near: 4, says: /had to keep it until/ },
  { bug: "A1", checker: "permitted", near: 287, says: /ann's nested .* nobody granted her WRITE/ },
  { bug: "A5", checker: "same-backend", near: 287, says: /invalid auth token/ },
  { bug: "B4", checker: "config-changes", near: 82, says: /from entry \d+ on/ },
];

/** A mistake, and the few steps by which it is found. */
export interface ByHand {
  readonly bug: string;
  readonly plan: directed.Directed;
  readonly checker: string;
  /** Where the plan ends with the refusal to start from what is broken, as it should. */
  readonly rightly?: string;
}

export const DIRECTED: readonly ByHand[] = [
  {
    bug: "W5",
    plan: directed.ROTTEN_LOG,
    checker: "commit-bounds",
    rightly: "starts-again",
  },
  { bug: "W1", plan: directed.HASTY_ANSWER, checker: "acknowledged-writes" },
  { bug: "W10", plan: directed.DEFRAGMENTED_WRITE, checker: "state-machine-safety" },
  { bug: "W15", plan: directed.DEFRAGMENTED_SNAPSHOT, checker: "starts-again" },
  { bug: "W6", plan: directed.snapshotCutShort(2), checker: "starts-again" },
  { bug: "W18", plan: directed.MAD_SWITCH, checker: "panic" },
  { bug: "M1", plan: directed.HALF_COMPACTED, checker: "panic" },
  { bug: "M2", plan: directed.COMPACTED, checker: "panic" },
  { bug: "M3", plan: directed.COMPACTED_DELETION, checker: "watch-resumable" },
  { bug: "M4", plan: directed.COMPACTED_DELETION, checker: "watch-resumable" },
  { bug: "M5", plan: directed.STARVED_STREAM, checker: "watch-resumable" },
  { bug: "M8", plan: directed.FUTURE_WATCH, checker: "watch-resumable" },
  { bug: "M11", plan: directed.LARGE_TRANSACTIONS, checker: "watch-unique" },
  { bug: "M14", plan: directed.BACKWARDS, checker: "watch-ordered" },
  { bug: "L1", plan: directed.UNHEARD_RENEWAL, checker: "lease-early" },
  { bug: "L2", plan: directed.STALLED_LEADER, checker: "lease-early" },
  { bug: "L4", plan: directed.renewedAndRevoked(500), checker: "lease-renewed" },
  { bug: "L5", plan: directed.LONG_LEASE, checker: "lease-left" },
  { bug: "L6", plan: directed.STALE_BATCH, checker: "lease-early" },
  { bug: "L9", plan: directed.UNCONFIRMED_EXPIRY, checker: "lease-late" },
  { bug: "L13", plan: directed.REFUSED_CHANGE, checker: "lease-extended" },
  { bug: "A2", plan: directed.UNREAD_PREVIOUS, checker: "permitted" },
  { bug: "A3", plan: directed.OPEN_RANGE, checker: "permitted" },
  { bug: "A4", plan: directed.SKIPPED_CHANGE, checker: "state-machine-safety" },
  { bug: "A6", plan: directed.oldPassword(100), checker: "permitted" },
  { bug: "A7", plan: directed.LATE_REVOKE, checker: "permitted" },
  { bug: "B1", plan: directed.PROMOTED_LEARNER, checker: "same-members" },
  { bug: "B2", plan: directed.MOVED_LEARNER, checker: "same-members" },
  { bug: "B3", plan: directed.UNSTARTED_LEARNER, checker: "convergence" },
  { bug: "R26", plan: directed.LATE_ECHO, checker: "linearizable" },
  { bug: "R28", plan: directed.LEASE_READ, checker: "linearizable", rightly: "panic" },
];
