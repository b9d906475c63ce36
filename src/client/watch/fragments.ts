import type { WatchResponse } from "../../api/requests.ts";

/** Puts together what a member split: the pieces of a response follow each other, for one watch at a time. */
export class Fragments {
  private readonly pieces = new Map<number, WatchResponse>();

  /** The whole response, or null while there is more to come. */
  add(response: WatchResponse): WatchResponse | null {
    const { watchId } = response;
    const before = this.pieces.get(watchId);
    const whole =
      before === undefined
        ? response
        : { ...response, events: [...before.events, ...response.events] };
    if (response.fragment) {
      this.pieces.set(watchId, whole);
      return null;
    }
    this.pieces.delete(watchId);
    return whole;
  }

  /** The connection is gone, and with it the rest of what was split. */
  clear(): void {
    this.pieces.clear();
  }
}
