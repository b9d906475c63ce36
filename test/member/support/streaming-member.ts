import type { ApiError } from "../../../src/api/errors.ts";
import type { RangeChunk, RangeRequest, StreamResponse } from "../../../src/api/requests.ts";
import { MILLISECOND } from "../../../src/base/time.ts";
import { Lone } from "./lone-member.ts";

/** What came of a RangeStream: its parts, and what it ended with (null: well). */
export interface Streamed {
  readonly chunks: readonly RangeChunk[];
  readonly error: ApiError | null;
}

/** A cluster of one member that keeps what it sends on streams of ranges. */
export class Streaming extends Lone {
  /** What has come that nobody took yet. */
  readonly pushed: { readonly chunk: RangeChunk; readonly bytes: number }[] = [];
  readonly ended = new Map<number, ApiError | null>();
  private opened = 0;

  override push(_streamId?: number, response?: StreamResponse, bytes = 0): void {
    if (response?.type !== "rangeStream") throw new Error("a range was asked for");
    this.pushed.push({ chunk: response.response.rangeResponse, bytes });
  }

  override endStream(streamId = 0, error: ApiError | null = null): void {
    this.ended.set(streamId, error);
  }

  /** Opens a stream and asks for a range. */
  ask(request: RangeRequest, token = ""): number {
    const streamId = ++this.opened;
    const head = { method: "rangeStream", token, requireLeader: false } as const;
    this.member.stream(this.now, { kind: "open", streamId, ...head });
    const query = { type: "rangeStream", request } as const;
    this.member.stream(this.now, { kind: "request", streamId, request: query });
    this.pass(5 * MILLISECOND);
    return streamId;
  }

  /** Takes the next part, which makes room for others. */
  take(streamId: number): RangeChunk | null {
    const next = this.pushed.shift();
    if (next === undefined) return null;
    const { chunk, bytes } = next;
    this.member.stream(this.now, { kind: "consumed", streamId, bytes });
    return chunk;
  }

  /** Reads a range to its end. */
  stream(request: RangeRequest, token = ""): Streamed {
    const streamId = this.ask(request, token);
    const chunks: RangeChunk[] = [];
    for (let chunk = this.take(streamId); chunk !== null; chunk = this.take(streamId)) {
      chunks.push(chunk);
    }
    const error = this.ended.get(streamId);
    if (error === undefined) throw new Error("the stream did not end");
    return { chunks, error };
  }
}
