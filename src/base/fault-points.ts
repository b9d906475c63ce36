import type { SyncToken } from "./disk.ts";

/**
 * Places in the code where the world may end the process, as etcd's gofail has them: the core says that it
 * comes to one, by name, and whoever runs it may have armed it. What is armed is nobody's business but the
 * world's: `passed` may throw, and nothing catches that.
 *
 * Ask `active` before anything else, so that a point where nobody waits costs one look at a field.
 */
export class FaultPoints {
  /** Somebody waits for a point, or wants to know of all. */
  active = false;
  /** Told of every point that is passed. */
  private witness: ((point: string) => void) | null = null;
  private readonly reached: (point: string) => void;
  private wanted = "";
  private left = 0;
  /** Points that are passed once a sync is done. */
  private later: { readonly token: SyncToken; readonly point: string }[] = [];

  /** @param reached ends the process that has come to the armed point: it throws */
  constructor(reached: (point: string) => void) {
    this.reached = reached;
  }

  /** The `count`-th pass of this point from now on is reached. Takes the place of what was armed before. */
  arm(point: string, count: number): void {
    this.wanted = point;
    this.left = count;
    this.active = true;
  }

  disarm(): void {
    this.wanted = "";
    this.active = this.witness !== null;
  }

  watch(witness: (point: string) => void): void {
    this.witness = witness;
    this.active = true;
  }

  /** The process comes to this point. */
  pass(point: string): void {
    this.witness?.(point);
    if (point !== this.wanted || --this.left > 0) return;
    this.disarm();
    this.reached(point);
  }

  /**
   * The process will have come to this point when the sync is done: before what it has ordered behind that
   * sync is carried out, since it would have waited for it. 0: there is none to wait for.
   */
  passAfter(token: SyncToken, point: string): void {
    if (token === 0) this.pass(point);
    else this.later.push({ token, point });
  }

  /** For the world: this sync is done. */
  synced(token: SyncToken): void {
    const due = this.later.filter((each) => each.token <= token);
    if (due.length === 0) return;
    this.later = this.later.filter((each) => each.token > token);
    for (const { point } of due) this.pass(point);
  }

  /** For the world: the process is gone, and comes nowhere. */
  ended(): void {
    this.later = [];
  }
}

/** Of those whom no world can stop. */
export const NO_POINTS: FaultPoints = new FaultPoints(() => undefined);
Object.freeze(NO_POINTS);
