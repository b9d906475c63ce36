import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type {
  KeyValue,
  RangeChunk,
  RangeRequest,
  ServiceResponse,
  StreamResponse,
} from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import type {
  Observed,
  StreamListener,
  Transport,
  TransportCall,
  TransportStream,
} from "./ports.ts";

/**
 * A range that comes in parts (client/v3/kv.go GetStream, 3.7), put together: to whoever waits it is as if
 * it had come in one. The last part tells the revision of them all, and how many keys there are.
 */
export class RangeStreamCall implements TransportCall, StreamListener {
  private readonly stream: TransportStream;
  private readonly onReply: (reply: Reply<ServiceResponse>) => void;
  private readonly kvs: KeyValue[] = [];
  private last: RangeChunk | null = null;

  constructor(
    transport: Transport,
    endpoint: number,
    request: RangeRequest,
    token: string,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
  ) {
    this.onReply = onReply;
    const metadata = { token, requireLeader: false };
    this.stream = transport.openStream(endpoint, "rangeStream", metadata, observed, this);
    this.stream.request({ type: "rangeStream", request }, observed);
  }

  onResponse({ type, response }: StreamResponse, bytes: number): void {
    assert(type === "rangeStream", "a response is of its stream's method");
    this.last = response.rangeResponse;
    for (const kv of this.last.kvs) this.kvs.push(kv);
    this.stream.consumed(bytes);
  }

  onEnd(error: ApiError | null): void {
    const { last, kvs } = this;
    if (error !== null) {
      this.onReply({ response: null, error });
      return;
    }
    assert(last !== null && last.header !== null, "a stream that ends well tells its revision");
    const { header, more, count } = last;
    this.onReply({ response: { type: "range", response: { header, kvs, more, count } }, error });
  }

  abandon(): void {
    this.stream.close();
  }

  reset(): void {
    this.stream.close();
  }
}
