import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes in the files of the write-ahead log and of snapshots. */
export const WAL = [
  {
    id: "W2",
    name: "skipsDirectorySync",
    title: "no directory sync after a rename",
    story: "The file is durable and its name is not: after a crash it is as if it had never been.",
    source: ["etcd-io/etcd#6368"],
  },
  {
    id: "W3",
    name: "restartsCrcChain",
    title: "the CRC chain begins anew in each segment",
    story: "The reader takes the chain up where the segment before ended: the log can't be read.",
    source: ["etcd-io/etcd wal.cut"],
  },
  {
    id: "W4",
    name: "keepsTornTail",
    title: "a torn tail is not repaired",
    story:
      "What a crash left of the last record stays, new records come behind it, and the next start " +
      "refuses the log.",
    source: ["etcd-io/etcd#15069"],
  },
  {
    id: "W5",
    name: "takesAnyErrorForTorn",
    title: "any CRC error is taken for a torn tail",
    story:
      "A rotten record in the middle ends the log there: what was acknowledged behind it is gone.",
    source: ["etcd-io/etcd wal, isTornEntry"],
  },
  {
    id: "W20",
    name: "leavesReceivedUnnamed",
    title: "a received database is renamed, and its directory not synced",
    story:
      "The log says durably that it begins with a snapshot. The power goes, and with it the name of the " +
      "file that came with it: the member can't start any more. etcd before 3.6.15 and 3.7.2.",
    source: ["etcd-io/etcd#22340", "etcd-io/etcd#22314"],
  },
] as const satisfies readonly KnownMistake[];

export type WalMistakes = Switches<typeof WAL>;
