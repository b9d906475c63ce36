import type { ApiError } from "../../../src/api/errors.ts";
import type { WatchCreateRequest, WatchEvent, WatchResponse } from "../../../src/api/requests.ts";
import { binaryToBytes } from "../../../src/base/bytes.ts";
import type { StreamInput } from "../../../src/member/protocol.ts";
import type { Cluster } from "../../../src/sim/cluster.ts";
import { Layer, type TraceEvent } from "../../../src/trace/events.ts";
import type { TraceSink } from "../../../src/trace/trace.ts";

interface Watching {
  readonly request: WatchCreateRequest;
  /** The next revision it is to be told of. */
  next: number;
}

interface Served {
  readonly member: number;
  readonly watching: Map<number, Watching>;
  lastId: number;
}

/**
 * The members' side of watch streams, as simple as can be: what each member has applied is read from the
 * trace. It stands in for the members in tests of the client, which can also make it misbehave.
 */
export class FakeWatchServer implements TraceSink {
  readonly layers = Layer.Data | Layer.Step | Layer.State;
  /** Everything that came on streams, in order. */
  readonly inputs: { readonly member: number; readonly input: StreamInput }[] = [];
  /** Splits responses with more events than that for those who allow it. */
  fragmentAbove = Number.POSITIVE_INFINITY;
  /** While set, a member keeps what it has to say to itself. */
  muted = false;
  /** What creations are answered with instead. */
  refuseWith: ApiError | null = null;
  private cluster: Cluster | null = null;
  private readonly history: WatchEvent[] = [];
  private readonly revisions = new Map<number, number>();
  private compacted = 0;
  private known = 1;
  private readonly streams = new Map<number, Served>();

  /** Takes the members' streams over, or only writes down what comes on them. */
  serve(cluster: Cluster, answers: boolean): void {
    this.cluster = cluster;
    for (const id of cluster.memberIds()) {
      const node = cluster.node(id);
      const original = node.stream.bind(node);
      node.stream = (input, cause) => {
        if (node.status === "up") this.inputs.push({ member: id, input });
        if (node.status === "up" && answers) this.input(id, input);
        else original(input, cause);
      };
    }
  }

  creations(): WatchCreateRequest[] {
    return this.inputs.flatMap(({ input }) =>
      input.kind === "request" && input.request.type === "create" ? [input.request.request] : [],
    );
  }

  open(member?: number): number[] {
    return [...this.streams].filter(([, s]) => s.member === (member ?? s.member)).map(([id]) => id);
  }

  end(streamId: number, error: ApiError): void {
    this.streams.delete(streamId);
    this.cluster?.clients.connections.end(streamId, error);
  }

  // ---- what happens in the cluster -----------------------------------------------------------

  event(event: TraceEvent): void {
    if (event.kind === "crash") {
      for (const id of this.open(event.member)) this.streams.delete(id);
    } else if (event.kind === "compact") this.compacted = Math.max(this.compacted, event.revision);
    else if (event.kind === "restore") this.revisions.set(event.member, event.revision);
    else if (event.kind === "apply") {
      this.revisions.set(event.member, event.revisions.at(-1) ?? 1);
    } else if (event.kind === "changes") {
      this.revisions.set(event.member, event.revision);
      if (event.revision > this.known) {
        this.known = event.revision;
        this.history.push(...event.changes.map((change) => watchEvent(change, event.revision)));
      }
      for (const id of this.open(event.member)) this.tell(id);
    }
  }

  revisionOf(member: number): number {
    return this.revisions.get(member) ?? 1;
  }

  // ---- streams -------------------------------------------------------------------------------

  private input(member: number, input: StreamInput): void {
    const { streamId } = input;
    if (input.kind === "open") {
      this.streams.set(streamId, { member, watching: new Map(), lastId: -1 });
      return;
    }
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (input.kind === "close") this.streams.delete(streamId);
    else if (input.kind === "request") {
      const { request } = input;
      if (request.type === "create") this.create(streamId, stream, request.request);
      else if (request.type === "progress") this.push(streamId, -1, {});
      else if (request.type === "cancel" && stream.watching.delete(request.request.watchId)) {
        this.push(streamId, request.request.watchId, { canceled: true });
      }
    }
  }

  private create(streamId: number, stream: Served, request: WatchCreateRequest): void {
    if (this.refuseWith !== null) {
      const cancelReason = this.refuseWith.message;
      this.push(streamId, -1, { created: true, canceled: true, cancelReason });
      return;
    }
    const id = ++stream.lastId;
    this.push(streamId, id, { created: true });
    const next = request.startRevision || this.revisionOf(stream.member) + 1;
    if (next < this.compacted) {
      this.push(streamId, id, { canceled: true, compactRevision: this.compacted });
      return;
    }
    stream.watching.set(id, { request, next });
    this.tell(streamId);
  }

  /** Catches up with what the member knows. */
  tell(streamId: number): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined || this.muted) return;
    const revision = this.revisionOf(stream.member);
    for (const [id, watching] of stream.watching) {
      const { request, next } = watching;
      const events = this.history.filter(
        ({ kv }) =>
          kv.modRevision >= next && kv.modRevision <= revision && matches(request, kv.key),
      );
      watching.next = Math.max(next, revision + 1);
      if (events.length === 0) continue;
      const size = request.fragment ? this.fragmentAbove : events.length;
      for (let at = 0; at < events.length; at += size) {
        const part = events.slice(at, at + size);
        this.push(streamId, id, { events: part, fragment: at + size < events.length });
      }
    }
  }

  push(streamId: number, watchId: number, what: Partial<WatchResponse>): void {
    const member = this.streams.get(streamId)?.member ?? 0;
    const revision = this.revisionOf(member);
    const response: WatchResponse = {
      header: { clusterId: 1n, memberId: BigInt(member), revision, raftTerm: 1 },
      watchId,
      created: false,
      canceled: false,
      compactRevision: 0,
      cancelReason: "",
      fragment: false,
      events: [],
      ...what,
    };
    this.cluster?.clients.connections.push(
      streamId,
      { type: "watch", response },
      1 + response.events.length,
    );
  }
}

function matches({ key, rangeEnd }: WatchCreateRequest, changed: string): boolean {
  if (rangeEnd === "") return changed === key;
  return changed >= key && (rangeEnd === "\0" || changed < rangeEnd);
}

function watchEvent(
  change: Extract<TraceEvent, { kind: "changes" }>["changes"][number],
  modRevision: number,
): WatchEvent {
  const { type, key, value, version, createRevision, lease } = change;
  return {
    type: type === "put" ? "PUT" : "DELETE",
    kv: {
      key,
      value: binaryToBytes(value),
      version,
      createRevision,
      modRevision,
      lease: lease === "" ? 0n : BigInt(`0x${lease}`),
    },
    prevKv: null,
  };
}
