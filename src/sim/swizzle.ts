import type { Random } from "../base/random.ts";
import type { Duration } from "../base/time.ts";
import type { SimClock } from "./clock.ts";
import { EventKind, type Payload } from "./event-kinds.ts";
import type { Network } from "./network/network.ts";
import { shuffled } from "./network/partition-shapes.ts";

/** What a swizzle touches. */
export interface SwizzleWorld {
  readonly clock: SimClock<Payload>;
  readonly network: Pick<Network<unknown>, "clog" | "unclogPairs">;
  memberIds(): readonly number[];
}

/**
 * FoundationDB's swizzle-clog: members are clogged one by one, so that nothing reaches or leaves them, and freed
 * one by one in another order. It makes for states of a cluster that no partition does, in which each member
 * has missed something else.
 */
export class Swizzle {
  private readonly world: SwizzleWorld;
  private readonly tell: (text: string, member: number) => void;
  private readonly held = new Set<number>();
  /** Of the swizzle under way: what was planned before is not done any more. */
  private plan = 0;

  /** @param tell is told of each step, once it is taken */
  constructor(world: SwizzleWorld, tell: (text: string, member: number) => void) {
    this.world = world;
    this.tell = tell;
  }

  /** Clogs `members` in the first half of `over`, and frees them in the second. */
  begin(members: readonly number[], over: Duration, random: Random): void {
    const plan = ++this.plan;
    const { clock } = this.world;
    const step = Math.max(1, Math.floor(over / (2 * members.length)));
    const at = (n: number, act: () => void) => {
      const payload = { comes: () => plan === this.plan && act() };
      clock.at(clock.now + n * step, EventKind.Planned, 0, payload);
    };
    for (const [i, id] of shuffled(members, random).entries()) at(i, () => this.hold(id));
    for (const [i, id] of shuffled(members, random).entries()) {
      at(members.length + i, () => this.free(id));
    }
  }

  /** All links are free again: nothing is left to do. */
  end(): void {
    this.plan++;
    this.held.clear();
  }

  private hold(id: number): void {
    const others = this.others(id);
    this.held.add(id);
    this.world.network.clog([id], others);
    this.world.network.clog(others, [id]);
    this.tell(`messages from and to m${id} are held back`, id);
  }

  private free(id: number): void {
    this.held.delete(id);
    const free = this.others(id).filter((other) => !this.held.has(other));
    this.world.network.unclogPairs([id], free);
    this.world.network.unclogPairs(free, [id]);
    this.tell(`messages from and to m${id} go on`, id);
  }

  private others(id: number): number[] {
    return this.world.memberIds().filter((other) => other !== id);
  }
}
