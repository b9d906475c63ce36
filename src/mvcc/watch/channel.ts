/** etcd's chanBufLen. */
export const CHANNEL_LENGTH = 128;

/**
 * A bounded queue from the store to whoever sends its responses on. All watchers of a stream share
 * one: a consumer that is too slow for one of them holds up the others too.
 */
export class Channel<T> {
  /** How many watchers wait for room (victims). */
  waiting = 0;
  /** How many responses were ever put into the queue, and how many taken out. */
  queued = 0;
  taken = 0;
  private readonly queue: T[] = [];
  private readonly receive: (response: T) => boolean;

  /** `receive` is offered what would be the first in the queue: true if it has taken it. */
  constructor(receive: (response: T) => boolean) {
    this.receive = receive;
  }

  /** False if there is no room. */
  offer(response: T): boolean {
    const { queue } = this;
    if (queue.length === 0 && this.receive(response)) return true;
    if (queue.length >= CHANNEL_LENGTH) return false;
    queue.push(response);
    this.queued++;
    return true;
  }

  take(): T | undefined {
    const response = this.queue.shift();
    if (response !== undefined) this.taken++;
    return response;
  }

  clear(): void {
    this.queue.length = 0;
  }
}
