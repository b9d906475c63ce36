import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes of client libraries: the cluster is right, and who uses it is not. */
export const CLIENT = [
  {
    id: "C1",
    name: "restartsWatches",
    title: "a watch begins anew after a break",
    story: "What happened while the stream was down is lost.",
    source: ["shubhamranjan/dotnet-etcd#310"],
  },
  {
    id: "C2",
    name: "resumesAfterHeader",
    title: "a watch goes on after the header's revision",
    story: "The store's revision in a response may be ahead of the events that were sent.",
    source: ["microsoft/etcd3#31", "microsoft/etcd3#42"],
  },
  {
    id: "C3",
    name: "repeatsDoubtfulWrites",
    title: "writes in doubt are made again",
    story: "What may have happened already happens twice.",
    source: [],
  },
  {
    id: "C4",
    name: "hidesCompaction",
    title: "a compaction is passed over in silence",
    story: "The watch goes on with what is left, and nobody learns of the gap.",
    source: [],
  },
  {
    id: "C5",
    name: "ignoresLostLease",
    title: "a lost lease is taken for alive",
    story: "The client goes on to act as the holder of what others hold by now.",
    source: [],
  },
  {
    id: "C6",
    name: "resumesAtPresent",
    title: "a watch from now on gives the event before",
    story:
      "clientv3 asks for the revision at which the watch was made again, and after a break gives an " +
      "event that was there before the watch.",
    source: ["etcd-io/etcd clientv3"],
  },
  {
    id: "C7",
    name: "leavesKeepAliveBroken",
    title: "the stream of keep-alives is not opened again after a break",
    story: "All leases of the client end, though it is there and the cluster is again.",
    source: ["etcd-io/etcd#7023"],
  },
  {
    id: "C8",
    name: "leavesCompactedWatches",
    title: "a watch that was compacted away is left on its stream",
    story:
      "The member keeps it until it is told to let it go, and never says again how far the other " +
      "watches of the stream have come.",
    source: ["etcd-io/etcd clientv3 closeSubstream"],
  },
  {
    id: "L11",
    name: "skipsSessionCheck",
    title: "a lock is had after its lease has ended",
    story: "Who waited long for a lock has it when all before it are gone, its own key among them.",
    source: ["etcd-io/etcd#11456"],
  },
] as const satisfies readonly KnownMistake[];

export type ClientMistakes = Switches<typeof CLIENT>;
