import type { WatchRequest, WatchResponse } from "../api/requests.ts";
import type { ClientObserver, Observed } from "../client/ports.ts";
import { UNOBSERVED } from "../client/ports.ts";

/** What the trace is told of the watches on one stream of somebody outside. */
export class OutsideWatches {
  private readonly observer: ClientObserver;
  private readonly member: number;
  private readonly requireLeader: boolean;
  /** Asked for, and not answered yet: answers come in the order of asking. */
  private readonly asked: Observed[] = [];
  private readonly byId = new Map<number, Observed>();

  constructor(observer: ClientObserver, member: number, requireLeader: boolean) {
    this.observer = observer;
    this.member = member;
    this.requireLeader = requireLeader;
  }

  request(request: WatchRequest): Observed {
    if (request.type === "progress") return this.observer.progressRequest(this.requireLeader);
    if (request.type === "cancel") return this.byId.get(request.request.watchId) ?? UNOBSERVED;
    const observed = this.observer.watch(request.request, this.requireLeader);
    this.asked.push(observed);
    return observed;
  }

  response(response: WatchResponse): void {
    const { watchId, created, canceled } = response;
    if (created) {
      const observed = this.asked.shift();
      if (observed !== undefined) this.byId.set(watchId, observed);
    }
    const kind = created ? "created" : canceled ? "canceled" : "other";
    // A progress that was asked for is of all watches of the stream.
    const about = watchId === -1 && !created ? [...this.byId.values()] : [this.byId.get(watchId)];
    for (const observed of about) {
      if (observed === undefined) continue;
      this.observer.watchResponse(observed, response, this.member, kind);
    }
    if (canceled) this.byId.delete(watchId);
  }
}
