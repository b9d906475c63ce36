import type { ApiError } from "./errors.ts";

/** gRPC's limits on the size of a message, as etcd sets them. */

/** What --max-request-bytes leaves out of account (config.go grpcOverheadBytes). */
const OVERHEAD_BYTES = 512 * 1024;

/** What a server takes whose --max-request-bytes these are (MaxRequestBytesWithOverhead). */
export function serverReceiveLimit(maxRequestBytes: number): number {
  return maxRequestBytes + OVERHEAD_BYTES;
}

/** What a client sends (client/v3/options.go defaultMaxCallSendMsgSize). */
export const CLIENT_SEND_LIMIT = 2 * 1024 * 1024;

/** What a client takes (defaultMaxCallRecvMsgSize): all that there can be. */
export const CLIENT_RECEIVE_LIMIT = 2 ** 31 - 1;

/** Said by whoever gets the message, before anybody looks into it. */
export function receivedTooLarge(bytes: number, limit: number): ApiError {
  const message = `grpc: received message larger than max (${bytes} vs. ${limit})`;
  return { code: "ResourceExhausted", message };
}

/** Said by the client's own gRPC: nothing was sent. */
export function sentTooLarge(bytes: number, limit: number): ApiError {
  const message = `trying to send message larger than max (${bytes} vs. ${limit})`;
  return { code: "ResourceExhausted", message };
}

/** HTTP/2's initial window of a stream: what may be under way to a client that does not read. */
export const STREAM_WINDOW_BYTES = 65_535;
