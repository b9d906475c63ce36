import type { StreamResponse, WatchResponse } from "../../src/api/requests.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import { Lone, type LoneSettings } from "../member/support/lone-member.ts";
import type { Revisions } from "./revisions.ts";

/** A round of etcd's that brings watches up to date, twice; ours has been through it in no time. */
export const ROUND_MS = 220;

/** One member of ours whose clients read their watch streams at once. */
export class Watched extends Lone {
  /** What was sent on each stream. */
  readonly #sent = new Map<number, WatchResponse[]>();
  #reads: { readonly streamId: number; readonly bytes: number }[] = [];

  constructor(settings: LoneSettings) {
    super(settings, undefined, { silent: true });
  }

  /** What is sent on a stream that is opened with this token ("": none). */
  open(streamId: number, token: string): readonly WatchResponse[] {
    const sent: WatchResponse[] = [];
    this.#sent.set(streamId, sent);
    this.stream({ kind: "open", streamId, method: "watch", token, requireLeader: false });
    return sent;
  }

  override push(streamId: number, { response }: StreamResponse, bytes: number): void {
    this.#sent.get(streamId)?.push(response as WatchResponse);
    this.#reads.push({ streamId, bytes });
  }

  /** What is sent on a stream, and all that comes of it. */
  stream(request: Parameters<Lone["member"]["stream"]>[1]): void {
    this.member.stream(this.now, request);
    this.pass(ROUND_MS * MILLISECOND);
  }

  override pass(us: number): void {
    super.pass(us);
    // What is read makes room for more.
    while (this.#reads.length > 0) {
      for (const read of this.#reads.splice(0)) {
        this.member.stream(this.now, { kind: "consumed", ...read });
      }
    }
  }

  get revisions(): Revisions {
    const { revision, compactRevision } = this.member.view();
    return { now: revision, compacted: compactRevision };
  }
}
