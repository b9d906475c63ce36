import { type ApiError, Errors } from "../../api/errors.ts";
import type { RangeChunk, RangeRequest, RangeResponse } from "../../api/requests.ts";
import * as wire from "../../api/wire/kv.ts";
import type { Store } from "../store.ts";
import { applyRange, hasFilter, headerAt } from "./apply-range.ts";

/** How many keys the first part has at most (initialStreamChunkLimit). */
const FIRST_LIMIT = 10;

/** What no stream is made of: other orders than the keys' own, and what has to look at every key first. */
export function checkRangeStream(request: RangeRequest): ApiError | null {
  const { key, sortOrder, sortTarget } = request;
  if (key === "") return Errors.emptyKey;
  const inKeyOrder = sortOrder === "NONE" || (sortTarget === "KEY" && sortOrder === "ASCEND");
  if (!inKeyOrder) return Errors.rangeStreamSorted;
  return hasFilter(request) ? Errors.rangeStreamFiltered : null;
}

/**
 * A range read in parts (server/etcdserver/v3_server.go rangeStream, 3.7), each when the one before has been
 * sent: all of the revision at which the first was read, small at first and then about half to two
 * times the largest request in size.
 */
export class RangeStream {
  done = false;
  /** What is still to be read. */
  private request: RangeRequest;
  /** How many keys are wanted in all. */
  private readonly total: number;
  private readonly maxRequestBytes: number;
  private sent = 0;
  /** The store's revision when the first part was read. */
  private revision = 0;

  constructor(request: RangeRequest, maxRequestBytes: number) {
    this.total = request.limit === 0 ? Number.POSITIVE_INFINITY : request.limit;
    this.maxRequestBytes = maxRequestBytes;
    this.request = { ...request, limit: Math.min(FIRST_LIMIT, this.total) };
  }

  /** The next part. Throws RevisionError if a compaction has overtaken the stream. */
  next(store: Store): RangeChunk {
    const { request } = this;
    const response = applyRange(store, request);
    const { kvs, more, count } = response;
    if (request.countOnly) {
      this.done = true;
      return { header: headerAt(response.header.revision), kvs: [], more: false, count };
    }
    if (this.revision === 0) {
      this.revision = response.header.revision;
      if (request.revision === 0) this.request = { ...request, revision: this.revision };
    }
    this.sent += kvs.length;
    this.done = !more || this.sent === this.total;
    if (this.done) {
      const header = headerAt(this.revision);
      // The count of the part is of all that was to be read when it was.
      return { header, kvs, more, count: this.sent - kvs.length + count };
    }
    this.goOnAfter(response);
    return { header: null, kvs, more: false, count: 0 };
  }

  private goOnAfter(response: RangeResponse): void {
    const last = response.kvs.at(-1);
    const limit = adjustedLimit(
      this.request.limit,
      wire.RangeResponse.size(response),
      this.maxRequestBytes,
    );
    this.request = {
      ...this.request,
      key: `${last?.key ?? ""}\0`,
      limit: Math.min(limit, this.total - this.sent),
    };
  }
}

/** How many keys come next (adjustChunkLimit). */
export function adjustedLimit(limit: number, bytes: number, target: number): number {
  if (bytes < Math.floor(target / 2)) return limit * 2;
  return bytes > target * 2 ? Math.max(1, Math.floor(limit / 2)) : limit;
}
