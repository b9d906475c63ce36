/**
 * etcd-io/raft's messages in protobuf (raftpb/raft.proto). The bytes equal those of its generated
 * Go code, which writes every scalar even when zero, bytes only if there are any, and fields in
 * the order of their numbers.
 *
 * Encoders and decoders take an optional map between our node ids and 64-bit ones on the wire.
 * Decoded payloads are views of the input, not copies: whoever decodes must not change it later.
 * Broken bytes throw ProtobufError.
 */
export * from "./pb/conf-change.ts";
export * from "./pb/entry.ts";
export * from "./pb/message.ts";
export { NodeIdError, type NodeIdMap } from "./pb/node-id.ts";
export { NodeIdTable } from "./pb/node-id-table.ts";
export * from "./pb/snapshot.ts";
