/**
 * Protobuf's wire form, as far as etcd's messages need it: varints, fixed64, length-delimited.
 * Tables of fields (`api/wire/`) and raft's hand-written codecs stand on top of it
 * (https://protobuf.dev/programming-guides/encoding/).
 *
 * 64-bit values come in three forms: `number` for safe integers (the fast one), a pair of unsigned
 * 32-bit halves, and `bigint`.
 */
export { ProtobufReader } from "./protobuf-reader.ts";
export * from "./protobuf-wire.ts";
export { ProtobufWriter, varint64Size, varintSize } from "./protobuf-writer.ts";
