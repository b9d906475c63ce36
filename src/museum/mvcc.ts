import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes in the revisioned store, its backend and its watches. */
export const MVCC = [
  {
    id: "M1",
    name: "forgetsScheduledRevision",
    title: "the revision decreases after a crash while compacting",
    story:
      "The compaction had removed the newest rows and not finished: the store began where the rows " +
      "that were left end. etcd 3.4 or earlier, found by its robustness tests in April 2024.",
    source: ["etcd-io/etcd#17780"],
  },
  {
    id: "M2",
    name: "forgetsCompactedRevision",
    title: "the revision is below the compacted one after a restart",
    story: "All rows up to the compaction may be gone, and revisions are given a second time.",
    source: ["etcd-io/etcd#6633"],
  },
  {
    id: "M3",
    name: "dropsTombstone",
    title: "a compaction at a deletion drops it",
    story:
      "Who watches from that revision on is never told of the deletion. etcd 3.4 or earlier, found " +
      "by its robustness tests in May 2024.",
    source: ["etcd-io/etcd#18089"],
  },
  {
    id: "M4",
    name: "hidesTombstone",
    title: "a watch from the compacted revision misses a deletion",
    story:
      "The deletion is still there, but it is held to be gone. etcd 3.4 or earlier, found by its " +
      "robustness tests in January 2025.",
    source: ["etcd-io/etcd#19179"],
  },
  {
    id: "M5",
    name: "syncsStarvedWatcher",
    title: "a starved watcher is taken for synced",
    story:
      "Its revision was compacted, there was no room to say so, and it went on as if it had caught " +
      "up: events are lost in silence. etcd 3.4 or earlier, reported in March 2024.",
    source: ["etcd-io/etcd#17529"],
  },
  {
    id: "M6",
    name: "keepsMinRevision",
    title: "a watch goes back in time after a snapshot",
    story:
      "A watcher that stays synced kept the revision that it began with. When a snapshot made it " +
      "catch up, it got everything since then once more. etcd 3.4 or earlier, found by its " +
      "robustness tests in February 2023.",
    source: ["etcd-io/etcd#15271"],
  },
  {
    id: "M7",
    name: "keepsSyncedOnRestore",
    title: "synced watchers stay synced over a snapshot",
    story: "Nobody tells them of the revisions that the snapshot jumped over.",
    source: ["etcd-io/etcd#9281"],
  },
  {
    id: "M8",
    name: "sendsPastToFutureWatch",
    title: "a watch of the future gets the present",
    story:
      "A watch of a revision yet to come is told of those before it. etcd 3.4 or earlier, found by " +
      "Antithesis in June 2025.",
    source: ["etcd-io/etcd#20221"],
  },
  {
    id: "M9a",
    name: "reportsProgressEarly",
    title: "progress out of step with the events",
    story:
      "A report that was asked for overtook the events before it, and whoever resumed after it " +
      "missed them. etcd 3.4 or earlier, reported in January 2023.",
    source: ["etcd-io/etcd#15220"],
  },
  {
    id: "M9b",
    name: "reportsProgressToFuture",
    title: "progress to a watch of the future",
    story:
      "It is told a revision below the one that it waits for. etcd 3.4 or earlier, found by its " +
      "robustness tests in June 2025.",
    source: ["etcd-io/etcd#20221"],
  },
  {
    id: "M10",
    name: "repeatsNewestEvents",
    title: "an event twice",
    story:
      "The newest write was in the backend and in a buffer before it, and was read from both. On " +
      "etcd's main branch, caught by its robustness tests in January 2024.",
    source: ["etcd-io/etcd#17247"],
  },
  {
    id: "M11",
    name: "splitsRevisions",
    title: "a revision in two responses",
    story: "A batch is limited by events instead of revisions, and a transaction is torn apart.",
    source: ["etcd-io/etcd eventBatch"],
  },
  {
    id: "M12",
    name: "omitsDeleteRevision",
    title: "a deletion without its revision",
    story: "A tombstone's stored bytes hold the key alone: its revision must be filled in.",
    source: ["etcd-io/etcd kvsToEvents"],
  },
  {
    id: "M13",
    name: "refusesCompactedHash",
    title: "the hash at the compacted revision is refused",
    story: "The corruption check right after a compaction compared nothing.",
    source: ["etcd-io/etcd#14325"],
  },
  {
    id: "M14",
    name: "sortsEventsByKey",
    title: "a transaction's events come as its keys are ordered",
    story: "Nobody promises that they come as they were written, but etcd keeps to it.",
    source: ["etcd-io/etcd#19731"],
  },
  {
    id: "L10",
    name: "keepsOldLease",
    title: "the old lease keeps a key that has a new one",
    story: "When the old lease ends it takes the key with it.",
    source: ["etcd-io/etcd mvcc, put"],
  },
  {
    id: "W10",
    name: "defragsWithoutIndex",
    title: "a defragmentation commits past the index",
    story:
      "Its commit went another way than all others, on which the consistent index is saved: after " +
      "a crash entries are applied again. etcd 3.5, found by its robustness tests in November 2022.",
    source: ["etcd-io/etcd#14685"],
  },
  {
    id: "W13",
    name: "deletesLate",
    title: "a deletion shows only once it is committed",
    story: "The buffer in front of the backend knows of new values, and not of deletions.",
    source: ["etcd-io/etcd#17230"],
  },
  {
    id: "W17",
    name: "keepsHalfTransactions",
    title: "half of a failed transaction stays",
    story: "It ends at the first error, and what was done before that is not undone.",
    source: ["etcd-io/etcd#18799"],
  },
  {
    id: "M15",
    name: "comparesUnlikeHashes",
    title: "the hash before a compaction is compared with the one it leaves",
    story:
      "Where no key is left the two differ, though all members have the same: who has compacted in between is taken for corrupt.",
    source: ["seen on etcd 3.7.3: findings/hashkv-around-a-compaction.sh"],
  },
] as const satisfies readonly KnownMistake[];

export type MvccMistakes = Switches<typeof MVCC>;
