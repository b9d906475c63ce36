import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes of the lessor. */
export const LEASE = [
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
] as const satisfies readonly KnownMistake[];

export type LeaseMistakes = Switches<typeof LEASE>;
