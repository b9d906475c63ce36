import { ProtobufWriter, varintSize } from "../../base/protobuf.ts";
import type { NodeIdMap } from "./node-id.ts";

/** One writer for all encoders here: nothing in the core runs concurrently. */
const shared = new ProtobufWriter(1024);

/** Runs `write` on the shared writer and gives the bytes. Not to be nested. */
export function encoded<T>(
  write: (writer: ProtobufWriter, x: T, ids: NodeIdMap | null) => void,
  x: T,
  ids: NodeIdMap | null,
): Uint8Array {
  shared.reset();
  write(shared, x, ids);
  return shared.finish();
}

/** Bytes of a length-delimited field with a one-byte tag. */
export function delimitedSize(length: number): number {
  return 1 + varintSize(length) + length;
}
