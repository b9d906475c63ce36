import { type Session, SessionExpired } from "./session.ts";

/**
 * What a session holds that only one may hold, as observers know it: from `acquire` until it is given
 * back, or until the client learns that it may have lost it.
 */
export class Holding {
  held = true;
  private readonly session: Session;
  private readonly name: string;
  private readonly fence: number;

  /** Throws {@link SessionExpired} where the session is known to be over. clientv3 does not look. */
  constructor(session: Session, name: string, fence: number) {
    const { client, done } = session;
    // Known mistake L11: the lease may have ended while it waited, and another has what it takes.
    if (done.settled && !client.mistakes.skipsSessionCheck)
      throw new SessionExpired("session is expired");
    this.session = session;
    this.name = name;
    this.fence = fence;
    client.observeHold(name, "acquire", fence);
    done.listen(() => this.end("lost"));
  }

  /** To be called before the others can see it. */
  release(): void {
    this.end("release");
  }

  private end(action: "release" | "lost"): void {
    if (!this.held) return;
    this.held = false;
    this.session.client.observeHold(this.name, action, this.fence);
  }
}
