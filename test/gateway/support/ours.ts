import type { ApiError } from "../../../src/api/errors.ts";
import { serverReceiveLimit } from "../../../src/api/grpc-limits.ts";
import type { StreamResponse } from "../../../src/api/requests.ts";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import { utf8Decode, utf8Encode } from "../../../src/base/utf8.ts";
import type { SnapshotCall, StreamCall } from "../../../src/gateway/calls.ts";
import { handle } from "../../../src/gateway/handle.ts";
import type { HttpAnswer, HttpHead } from "../../../src/gateway/http.ts";
import type { MemberFacts } from "../../../src/gateway/pages/member-facts.ts";
import type { Frame } from "../../../src/gateway/stream-frames.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { status } from "../../member/support/asks.ts";
import { Lone } from "../../member/support/lone-member.ts";
import type { Exchange } from "../exchanges.ts";
import { type Answer, normalAnswer } from "./answer.ts";

const PIECE_BYTES = 32 * 1024;
const STREAM_MS = 500;

/** A member whose streams are read at once. */
class Streaming extends Lone {
  readonly pushed: StreamResponse["response"][] = [];
  /** What the stream ended with; undefined: it goes on. */
  ended: ApiError | null | undefined;
  private reads: { readonly streamId: number; readonly bytes: number }[] = [];

  override push(streamId: number, { response }: StreamResponse, bytes: number): void {
    this.pushed.push(response);
    this.reads.push({ streamId, bytes });
  }

  override endStream(_streamId = 0, error: ApiError | null = null): void {
    this.ended = error;
  }

  override pass(us: number): void {
    super.pass(us);
    for (const read of this.reads.splice(0)) {
      this.member.stream(this.now, { kind: "consumed", ...read });
    }
  }
}

/** A member of ours behind its gateway, without a port. */
export class Ours {
  readonly lone: Streaming;
  private readonly version: string;
  private readonly memberId: bigint;
  private streams = 0;

  constructor(version: string) {
    this.version = version;
    this.lone = new Streaming({ serverVersion: version, monitorVersions: true });
    // By then it has told its name and decided the cluster's version.
    this.lone.pass(5 * SECOND);
    this.memberId = this.lone.get(status).header.memberId;
  }

  ask({ method = "POST", target, body = "", headers = {} }: Exchange): Answer {
    const { version } = this;
    const profile = profileOf(version);
    const receiveLimit = serverReceiveLimit(MEMBER_DEFAULTS.maxRequestBytes);
    const request = { method, target, headers, body: utf8Encode(body) };
    // A client takes a moment, too.
    this.lone.pass(MILLISECOND);
    const handled = handle(request, { profile, receiveLimit });
    switch (handled.kind) {
      case "answer":
        return whole(handled.answer, method);
      case "call": {
        const { token } = handled.metadata;
        return whole(handled.answer(this.lone.ask1(handled.request, token)), method);
      }
      case "page":
        return whole(handled.answer(this.facts()), method);
      case "snapshot":
        return this.snapshot(handled);
      case "stream":
        return this.stream(handled);
      case "program":
      case "observe":
        throw new Error("a member alone has no client of its own: see test/serve/gateway.test.ts");
    }
  }

  facts(): MemberFacts {
    const { member } = this.lone;
    const { clusterVersion, storageVersion, databaseBytes, quotaBytes } = member.inspect();
    const { term, commit, applied, revision, compactRevision } = member.view();
    const { memberId } = this;
    const own = { id: memberId, match: commit, next: commit + 1, state: "StateReplicate" } as const;
    return {
      serverVersion: this.version,
      clusterVersion,
      storageVersion,
      memberId,
      knownMembers: [memberId],
      figures: {
        etcd_server_has_leader: 1,
        etcd_server_is_leader: 1,
        etcd_server_is_learner: 0,
        etcd_server_proposals_committed_total: commit,
        etcd_server_proposals_applied_total: applied,
        etcd_server_quota_backend_bytes: quotaBytes,
        etcd_mvcc_db_total_size_in_bytes: databaseBytes,
        etcd_mvcc_range_total: 0,
        etcd_debugging_mvcc_current_revision: revision,
        etcd_debugging_mvcc_compact_revision: compactRevision,
      },
      calls: new Map(),
      raft: {
        term,
        vote: memberId,
        commit,
        applied,
        lead: memberId,
        state: "StateLeader",
        progress: [own],
        leadTransferee: 0n,
      },
      commandLine: ["detcd"],
    };
  }

  private snapshot({ request, metadata, frames }: SnapshotCall): Answer {
    const { response, error } = this.lone.ask1(request, metadata.token);
    if (response?.type !== "snapshot") return framed([frames.end(error)], false);
    const { blob } = response.response;
    const sent: Frame[] = [];
    for (let from = 0; from < blob.length; from += PIECE_BYTES) {
      const piece = blob.subarray(from, from + PIECE_BYTES);
      const remainingBytes = Math.max(0, blob.length - 32 - from - piece.length);
      sent.push(frames.message({ ...response.response, blob: piece, remainingBytes }));
    }
    return framed([...sent, frames.end(null)], false);
  }

  private stream({ method, requests, metadata, frames }: StreamCall): Answer {
    const { lone } = this;
    const streamId = ++this.streams;
    const { token, requireLeader } = metadata;
    lone.pushed.length = 0;
    lone.ended = undefined;
    lone.member.stream(lone.now, { kind: "open", streamId, method, token, requireLeader });
    for (const request of requests) {
      lone.member.stream(lone.now, { kind: "request", streamId, request });
      lone.pass(STREAM_MS * MILLISECOND);
    }
    const sent = lone.pushed.map((response) => frames.message(response));
    // The client has nothing more to ask: who keeps leases alive is done, who watches is not.
    if (method === "leaseKeepAlive") lone.ended ??= null;
    if (lone.ended === undefined) {
      lone.member.stream(lone.now, { kind: "close", streamId });
      return framed(sent, true);
    }
    return framed([...sent, frames.end(lone.ended)], false);
  }
}

function whole({ status, headers, trailers, body }: HttpAnswer, method: string): Answer {
  const named = trailers.map(([name]) => ["Trailer", name] as const);
  const text = method === "HEAD" ? "" : utf8Decode(body);
  return normalAnswer(status, [...headers, ...named], trailers, text, false);
}

/** A stream of which nothing has come looks like no answer. */
function framed(frames: readonly Frame[], isOpen: boolean): Answer {
  const head: HttpHead = frames[0]?.head ?? { status: 0, headers: [] };
  const body = frames.map(({ bytes }) => utf8Decode(bytes)).join("");
  return normalAnswer(head.status, head.headers, [], body, isOpen);
}
