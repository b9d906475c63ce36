import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes of the lessor, and of the member in when the lessor decides, and in what is revoked. */
export const LEASE = [
  {
    id: "L1",
    name: "promotesLessorEarly",
    title: "leases begin before the old term is applied",
    story:
      "A revoke of the old term may come after a renewal in the new one: the client was told that " +
      "its lease lives on.",
    source: ["etcd-io/etcd@0f0c048e2"],
  },
  {
    id: "L2",
    name: "revokesWhenDeposed",
    title: "a deposed leader revokes",
    story:
      "It stood still, does not know that it was deposed, and ends leases that were renewed elsewhere.",
    source: ["etcd-io/etcd#15247"],
  },
  {
    id: "L3",
    name: "revokesUnordered",
    title: "a revoke deletes in no order",
    story: "Each member deletes the keys in an order of its own: their histories differ.",
    source: ["etcd-io/etcd#6558"],
  },
  {
    id: "L4",
    name: "renewsRevoked",
    title: "a lease is renewed after its revoke",
    story:
      "The renewal waits for a checkpoint, and the lease is revoked meanwhile. Nobody looks again, " +
      "and the client is told that its lease lives on.",
    source: ["etcd-io/etcd#20615"],
  },
  {
    id: "L5",
    name: "forgetsCheckpoints",
    title: "checkpoints are lost with the leader",
    story: "The time left is kept in memory alone: after a change of leader the lease begins anew.",
    source: ["etcd-io/etcd#13508"],
  },
  {
    id: "L6",
    name: "resendsCheckpoints",
    title: "stale checkpoints",
    story: "A lessor that was demoted goes on to propose what it sent last.",
    source: ["etcd-io/etcd#14087"],
  },
  {
    id: "L7",
    name: "skipsNegativeIds",
    title: "leases of negative ids are not recovered",
    story: "They were read as a range from 0 up; ids are signed.",
    source: ["etcd-io/etcd#12535"],
  },
  {
    id: "L8",
    name: "tellsTimeWhenDemoted",
    title: "a demoted lessor tells the time left",
    story: "It holds its leases for ever, and says so: 9223372036 s left.",
    source: ["etcd-io/etcd#17704"],
  },
  {
    id: "L9",
    name: "revokesOnce",
    title: "a failed revoke is never tried again",
    story: "The lease is taken off the list, the revoke gets lost, and its keys stay for ever.",
    source: ["etcd-io/etcd#10686"],
  },
  {
    id: "L12",
    name: "omitsElectionTime",
    title: "a new leader gives nothing for the time that nobody led",
    story: "While there was no leader clients could not renew: leases end under them.",
    source: ["etcd-io/etcd#4778"],
  },
  {
    id: "L15",
    name: "trustsOwnTicks",
    title: "who ticks is sure to lead",
    story:
      "A leader that has ticked lately renews leases without asking its followers (etcd since 3.5.16), and " +
      "does not ask at all where another member forwards the renewal (etcd in all versions). Its quorum " +
      "check deposes it too late where leadership was handed over just before it was cut off, or where a " +
      "follower has restarted, and votes at once. Seen here first.",
    source: ["etcd-io/etcd#18069", "etcd-io/etcd ensureLeadership"],
  },
  {
    id: "L14",
    name: "dropsCheckpointErrors",
    title: "a checkpoint that got lost counts as made",
    story:
      "A renewal of a lease that has a checkpoint must take it back first. The proposal of that may be " +
      "dropped, or time out, and nobody looks: the client is told the whole time to live, and the lease " +
      "ends when the checkpoint says, in half of it. Seen on etcd 3.7.3. A batch of checkpoints that got " +
      "lost is never sent again.",
    source: ["etcd-io/etcd#16822", "etcd-io/etcd SetCheckpointer"],
  },
  {
    id: "L13",
    name: "promotesLessorOnOldEntry",
    title: "an earlier leader's empty entry begins leases",
    story:
      "More of that leader's entries are to come, and with them revokes. etcd does so, but begins " +
      "all leases again with its own entry; detcd began them once, until random plans found it.",
    source: ["etcd-io/etcd applyEntryNormal"],
  },
] as const satisfies readonly KnownMistake[];

export type LeaseMistakes = Switches<typeof LEASE>;
