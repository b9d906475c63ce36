import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes of a member in what it does with raft, log and store, and in who its peers are. */
export const MEMBER = [
  {
    id: "B1",
    name: "forgetsPromotion",
    title: "a promotion is not written down",
    story: "After a restart the voter is a learner again, in what this member says of the cluster.",
    source: ["etcd-io/etcd#19557"],
  },
  {
    id: "B2",
    name: "promotesOnUpdate",
    title: "a new address promotes a learner",
    story: "An update writes all that it carries over what is known, and it carries no learner.",
    source: ["etcd-io/etcd#21736"],
  },
  {
    id: "B3",
    name: "promotesUnready",
    title: "a learner that never started is promoted",
    story: "The quorum grows by one who can't vote.",
    source: ["etcd-io/etcd#11640", "etcd-io/etcd#15096"],
  },
  {
    id: "B4",
    name: "forgetsRefusals",
    title: "a refused change is made on replay",
    story: "After a restart it is judged by the members of today, and may be found in order.",
    source: ["etcd-io/etcd applyConfChange"],
  },
  {
    id: "B5",
    name: "respondsBeforeAdvance",
    title: "a change is answered before raft takes the next",
    story: "Who was told that the change is made asks for the next one, and is refused.",
    source: ["etcd-io/etcd#15528"],
  },
  {
    id: "B6",
    name: "ignoresNestedPuts",
    title: "a nested transaction gets past the quota",
    story:
      "Only the puts at the top of a transaction are taken to need room: those in a nested one are made " +
      "in a full database, and while NOSPACE is on. etcd up to 3.5.32, 3.6.13 and 3.7.0.",
    source: ["etcd-io/etcd#22134"],
  },
  {
    id: "B7",
    name: "keepsHalfStart",
    title: "an interrupted first start leaves a member that waits for ever",
    story:
      "A crash kept the first entries of the log, which found the cluster, and lost the term behind them. " +
      "The next start takes that for a log, commits nothing of it, and knows of no voters. Seen on etcd " +
      "3.4.23 and 3.7.3.",
    source: ["etcd-io/etcd bootstrapWithWAL"],
  },
  {
    id: "B8",
    name: "forcesByLogAlone",
    title: "a new cluster is forced on what the log calls committed",
    story:
      "The backend may be ahead of that, since a hard state that moves the commit index alone waits for no " +
      "sync. The removals of the others take the indexes of entries that the backend has, and count as applied.",
    source: ["etcd-io/etcd#20055", "etcd-io/etcd#22686"],
  },
  {
    id: "B9",
    name: "sendsBackwards",
    title: "what one Ready sends goes out backwards",
    story:
      "Followers refuse appends that come before those that they follow, and the leader probes: work for " +
      "nothing, and never unsafe, since raft takes messages in any order. etcd 3.7.0 to 3.7.2.",
    source: ["etcd-io/etcd@f3cea0a97"],
  },
  {
    id: "R27",
    name: "trustsOldLeaderRead",
    title: "an answer to a read counts though the leader has changed",
    story:
      "Harmless alone: raft numbers its reads itself, and what it confirms was confirmed after the " +
      "read came. It is the second half of what guards against R26.",
    source: ["etcd-io/etcd#21375"],
  },
  {
    id: "W6",
    name: "savesLogBeforeSnapshot",
    title: "the log before the snapshot that it follows",
    story:
      "A crash in between leaves a commit index, or entries, that stand on a snapshot which is not " +
      "there.",
    source: ["etcd-io/etcd#10219"],
  },
  {
    id: "W7",
    name: "savesIndexEarly",
    title: "the consistent index before the effects",
    story:
      "A crash between the two, and the entry is taken for applied: this member's history lacks a " +
      "revision. etcd 3.5, reported in March 2022.",
    source: ["etcd-io/etcd#13766"],
  },
  {
    id: "W8",
    name: "savesIndexWithWritesOnly",
    title: "entries that write nothing don't move the index",
    story:
      "The backend falls behind the log's snapshot, and etcd failed to start after an alarm list.",
    source: ["etcd-io/etcd#14429"],
  },
  {
    id: "W9",
    name: "savesIndexOverSnapshot",
    title: "an old index over a snapshot's",
    story: "Entries that are in the snapshot already are applied to it once more.",
    source: ["etcd-io/etcd#13933"],
  },
  {
    id: "W11",
    name: "forgetsIndexOfAuth",
    title: "changes of users don't move the index",
    story:
      "After a restart they are applied again, and the revision of auth differs between members.",
    source: ["etcd-io/etcd#11652"],
  },
  {
    id: "W12",
    name: "forgetsIndexOfLeases",
    title: "grants and revokes don't move the index",
    story: "After a restart they are applied again, to a state that came later.",
    source: ["etcd-io/etcd#11935"],
  },
  {
    id: "W14",
    name: "removesPendingSnapshot",
    title: "an older snapshot's backend goes before it is installed",
    story:
      "The state machine works beside raft's loop. Two snapshots come in a short time, and what " +
      "came with the first is removed before it was taken up: a panic. etcd 3.4 or earlier, found " +
      "by its robustness tests in May 2024.",
    source: ["etcd-io/etcd#18055"],
  },
  {
    id: "W15",
    name: "defragsReplacedBackend",
    title: "a defragmentation of a backend that was replaced",
    story:
      "It goes on with the backend that a snapshot has replaced, and writes over the new one's " +
      "file. etcd 3.4 or earlier, found by Antithesis in July 2025.",
    source: ["etcd-io/etcd#20271"],
  },
  {
    id: "W16",
    name: "skipsUnawaitedReads",
    title: "a transaction loses its reads where nobody waits for them",
    story:
      "A read of a compacted revision fails the transaction on the member that answers it, and not " +
      "on the others, which write. etcd 3.4 or earlier, reported in October 2024.",
    source: ["etcd-io/etcd#18667"],
  },
  {
    id: "W18",
    name: "takesMisdirected",
    title: "a message for another member is taken",
    story: "An address was given to another member: it votes and acknowledges in the other's name.",
    source: ["etcd-io/etcd#17078"],
  },
  {
    id: "W19",
    name: "blamesNobody",
    title: "a corruption alarm names nobody",
    story: "The peer's answer bears no id: the alarm is raised for member 0.",
    source: ["etcd-io/etcd#14272"],
  },
] as const satisfies readonly KnownMistake[];

export type MemberMistakes = Switches<typeof MEMBER>;
