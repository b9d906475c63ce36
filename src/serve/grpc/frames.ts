import type { ApiError } from "../../api/errors.ts";
import { receivedTooLarge } from "../../api/grpc-limits.ts";
import type { Message } from "../../api/wire/message.ts";
import { ProtobufWriter } from "../../base/protobuf.ts";

/** gRPC's framing of messages: a flag that says whether it is compressed, the length, and the message. */
export const FRAME_BYTES = 5;

const writer = new ProtobufWriter(65_536);

/** A message in its frame, as an array of its own. */
export function frameOf<T>(of: Message<T>, value: T): Buffer {
  writer.reset();
  of.write(writer, value);
  const message = writer.view();
  const frame = Buffer.allocUnsafe(FRAME_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, FRAME_BYTES);
  return frame;
}

/** Takes what comes on a stream apart into messages. */
export class FrameReader {
  private readonly limit: number;
  private held: Buffer | null = null;

  /** @param limit bytes of the largest message that is taken */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether the last message is there in part. */
  get inMidst(): boolean {
    return this.held !== null;
  }

  /** Calls back with each message; returns what is wrong, after which nothing more is to be read; null: nothing. */
  read(piece: Buffer, onMessage: (message: Uint8Array) => void): ApiError | null {
    let bytes = this.held === null ? piece : Buffer.concat([this.held, piece]);
    this.held = null;
    while (bytes.length >= FRAME_BYTES) {
      if (bytes[0] !== 0) return COMPRESSED;
      const length = bytes.readUInt32BE(1);
      if (length > this.limit) return receivedTooLarge(length, this.limit);
      const end = FRAME_BYTES + length;
      if (bytes.length < end) break;
      // What is kept of a message must not keep the whole piece that it came in, nor change with it.
      onMessage(new Uint8Array(bytes.subarray(FRAME_BYTES, end)));
      bytes = bytes.subarray(end);
    }
    if (bytes.length > 0) this.held = bytes;
    return null;
  }
}

/** As grpc-go says it where a message is flagged and no encoding was named; etcd registers none. */
const COMPRESSED: ApiError = Object.freeze({
  code: "Internal",
  message: "grpc: compressed flag set with identity or empty encoding",
});
