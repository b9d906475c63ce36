/**
 * All that raft logs: a function for each line, named after what happened. The texts are those of
 * etcd-io/raft byte for byte (test/conformance compares them), and nothing is decided here.
 *
 * While nobody listens a call costs a look at the logger, so callers pass what they have at hand and
 * build nothing. raft.ts and log/ take roles.ts and log.ts directly: files here import them.
 */
export * from "./conf-change.ts";
export * from "./election.ts";
export * from "./forget-leader.ts";
export * from "./proposals.ts";
export * from "./reads.ts";
export * from "./replication.ts";
export * from "./restore.ts";
export * from "./roles.ts";
export * from "./start.ts";
export * from "./terms.ts";
export * from "./transfer.ts";
