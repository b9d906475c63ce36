import type { Session } from "./session.ts";

/**
 * What a session holds that only one may hold, told to the trace: from `acquire` until it is given back,
 * or until the client learns that it may have lost it.
 */
export class Holding {
  private readonly session: Session;
  private readonly name: string;
  private readonly fence: number;
  private readonly stop: () => void;
  held: boolean;

  constructor(session: Session, name: string, fence: number) {
    this.session = session;
    this.name = name;
    this.fence = fence;
    // It may know already that it has lost what it has just got.
    this.held = !session.done.settled;
    if (this.held) session.client.tellHold(name, "acquire", fence);
    this.stop = session.done.listen(() => this.end("lost"));
  }

  /** To be called before the others can see it. */
  release(): void {
    this.end("release");
  }

  private end(action: "release" | "lost"): void {
    if (!this.held) return;
    this.held = false;
    this.session.client.tellHold(this.name, action, this.fence);
    this.stop();
  }
}
