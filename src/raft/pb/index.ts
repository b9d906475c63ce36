/**
 * etcd-io/raft's messages in protobuf (raftpb/raft.proto). The bytes equal those of its generated
 * Go code, which writes every scalar even when zero, bytes only if there are any, and fields in
 * the order of their numbers.
 *
 * Encoders and decoders take an optional map between our node ids and 64-bit ones on the wire.
 * Decoded payloads are views of the input, not copies: whoever decodes must not change it later.
 * Broken bytes throw ProtobufError.
 */
export * from "./conf-change.ts";
export * from "./entry.ts";
export * from "./message.ts";
export { NodeIdError, type NodeIdMap } from "./node-id.ts";
export { NodeIdTable } from "./node-id-table.ts";
export * from "./snapshot.ts";
