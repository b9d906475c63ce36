import type { ApiError } from "../../api/errors.ts";
import { decode, type Message } from "../../api/wire/message.ts";
import { ProtobufError } from "../../base/protobuf.ts";

/** Bytes that are no message of their type. */
export class Malformed {
  readonly error: ApiError;

  constructor(error: ApiError) {
    this.error = error;
  }
}

export function decoded<T>(of: Message<T>, bytes: Uint8Array): T | Malformed {
  try {
    return decode(of, bytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    const message = `grpc: error unmarshalling request: proto: ${error.message}`;
    return new Malformed({ code: "Internal", message });
  }
}
