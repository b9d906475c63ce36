import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** The store, its transactions and its watches. */
export const MVCC = {
  keysOnlyFromIndex: {
    about:
      "A range that wants keys only is answered from the index, unless it is sorted by value: what comes back bears no lease.",
    source: "server/etcdserver/txn/range.go of 3.7.3; etcd-io/etcd#22209",
    values: since("3.7", true, false),
  },
  checksTxnInOrder: {
    about:
      "What may fail in a transaction is looked for operation by operation, and the first error is told; else in all puts first, and then in all ranges.",
    source:
      "checkTxn of server/etcdserver/txn/txn.go in 3.6.16, checkRequests of apply.go in 3.5.35",
    values: since("3.6", true, false),
  },
  checksLeaseBeforeKey: {
    about:
      "A put in a transaction that takes over a value of a missing key, on a missing lease, is refused for the lease; else for the key. (A put outside of one: for the lease, in all lines.)",
    source: "checkPut of server/etcdserver/txn/put.go in 3.7.3, of txn.go in 3.6.16",
    values: since("3.7", true, false),
  },
  refusesNegativeStart: {
    about:
      "A watch from a revision below 0 is refused at once; else it is made, and cancelled when it is found to begin before the compacted revision, or, from -1 while nothing was compacted, hears nothing of the past.",
    source: "recvLoop of server/etcdserver/api/v3rpc/watch.go in 3.5.35; seen on 3.4.23",
    values: since("3.5", true, false),
  },
} as const satisfies Behaviours;

export type MvccProfile = ProfileOf<typeof MVCC>;
