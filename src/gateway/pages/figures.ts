/** What Prometheus calls a metric that is one number, by its name: its kind, and what etcd says of it. */
export const FIGURES = {
  etcd_debugging_auth_revision: ["gauge", "The current revision of auth store."],
  etcd_debugging_lease_granted_total: ["counter", "The total number of granted leases."],
  etcd_debugging_lease_renewed_total: [
    "counter",
    "The number of renewed leases seen by the leader.",
  ],
  etcd_debugging_lease_revoked_total: ["counter", "The total number of revoked leases."],
  etcd_debugging_mvcc_compact_revision: ["gauge", "The revision of the last compaction in store."],
  etcd_debugging_mvcc_current_revision: ["gauge", "The current revision of store."],
  etcd_debugging_mvcc_db_compaction_keys_total: ["counter", "Total number of db keys compacted."],
  etcd_debugging_mvcc_events_total: ["counter", "Total number of events sent by this member."],
  etcd_debugging_mvcc_keys_total: ["gauge", "Total number of keys."],
  etcd_debugging_mvcc_pending_events_total: ["gauge", "Total number of pending events to be sent."],
  etcd_debugging_mvcc_slow_watcher_total: ["gauge", "Total number of unsynced slow watchers."],
  etcd_debugging_mvcc_total_put_size_in_bytes: [
    "gauge",
    "The total size of put kv pairs seen by this member.",
  ],
  etcd_debugging_mvcc_watch_stream_total: ["gauge", "Total number of watch streams."],
  etcd_debugging_mvcc_watcher_total: ["gauge", "Total number of watchers."],
  etcd_debugging_server_lease_expired_total: ["counter", "The total number of expired leases."],
  etcd_disk_defrag_inflight: [
    "gauge",
    "Whether or not defrag is active on the member. 1 means active, 0 means not.",
  ],
  etcd_disk_wal_write_bytes_total: ["gauge", "Total number of bytes written in WAL."],
  etcd_mvcc_db_open_read_transactions: ["gauge", "The number of currently open read transactions"],
  etcd_mvcc_db_total_size_in_bytes: [
    "gauge",
    "Total size of the underlying database physically allocated in bytes.",
  ],
  etcd_mvcc_db_total_size_in_use_in_bytes: [
    "gauge",
    "Total size of the underlying database logically in use in bytes.",
  ],
  etcd_mvcc_delete_total: ["counter", "Total number of deletes seen by this member."],
  etcd_mvcc_put_total: ["counter", "Total number of puts seen by this member."],
  etcd_mvcc_range_total: ["counter", "Total number of ranges seen by this member."],
  etcd_mvcc_txn_total: ["counter", "Total number of txns seen by this member."],
  etcd_network_client_grpc_received_bytes_total: [
    "counter",
    "The total number of bytes received from grpc clients.",
  ],
  etcd_network_client_grpc_sent_bytes_total: [
    "counter",
    "The total number of bytes sent to grpc clients.",
  ],
  etcd_server_has_leader: ["gauge", "Whether or not a leader exists. 1 is existence, 0 is not."],
  etcd_server_health_failures: ["counter", "The total number of failed health checks"],
  etcd_server_health_success: ["counter", "The total number of successful health checks"],
  etcd_server_heartbeat_send_failures_total: [
    "counter",
    "The total number of leader heartbeat send failures (likely overloaded from slow disk).",
  ],
  etcd_server_is_leader: ["gauge", "Whether or not this member is a leader. 1 if is, 0 otherwise."],
  etcd_server_is_learner: [
    "gauge",
    "Whether or not this member is a learner. 1 if is, 0 otherwise.",
  ],
  etcd_server_leader_changes_seen_total: ["counter", "The number of leader changes seen."],
  etcd_server_learner_promote_successes: [
    "counter",
    "The total number of successful learner promotions while this member is leader.",
  ],
  etcd_server_proposals_applied_total: [
    "gauge",
    "The total number of consensus proposals applied.",
  ],
  etcd_server_proposals_committed_total: [
    "gauge",
    "The total number of consensus proposals committed.",
  ],
  etcd_server_proposals_failed_total: ["counter", "The total number of failed proposals seen."],
  etcd_server_proposals_pending: ["gauge", "The current number of pending proposals to commit."],
  etcd_server_quota_backend_bytes: ["gauge", "Current backend storage quota size in bytes."],
  etcd_server_read_indexes_failed_total: [
    "counter",
    "The total number of failed read indexes seen.",
  ],
  etcd_server_slow_apply_total: [
    "counter",
    "The total number of slow apply requests (likely overloaded from slow disk).",
  ],
  etcd_server_slow_read_indexes_total: [
    "counter",
    "The total number of pending read indexes not in sync with leader's or timed out read index requests.",
  ],
  etcd_server_snapshot_apply_in_progress_total: [
    "gauge",
    "1 if the server is applying the incoming snapshot. 0 if none.",
  ],
} as const satisfies Record<string, readonly ["counter" | "gauge", string]>;

export type Figure = keyof typeof FIGURES;

/** Older lines tell some of them twice; which: see the profile's `figuresTwice`. */
export const TWINS: readonly (readonly [of: Figure, twin: string])[] = [
  ["etcd_mvcc_range_total", "etcd_debugging_mvcc_range_total"],
  ["etcd_mvcc_put_total", "etcd_debugging_mvcc_put_total"],
  ["etcd_mvcc_delete_total", "etcd_debugging_mvcc_delete_total"],
  ["etcd_mvcc_txn_total", "etcd_debugging_mvcc_txn_total"],
  ["etcd_mvcc_db_total_size_in_bytes", "etcd_debugging_mvcc_db_total_size_in_bytes"],
];
