import { assert } from "../../base/assert.ts";
import type { Random } from "../../base/random.ts";

/** Who of some nodes hears whom; the same both ways. */
export type Hears = (a: number, b: number) => boolean;

/** Each hears those of its own group; those of no group are one. */
export function sides(groups: readonly (readonly number[])[]): Hears {
  const side = new Map<number, number>();
  groups.forEach((group, number) => {
    for (const id of group) {
      assert(!side.has(id), "a node is in one group");
      side.set(id, number);
    }
  });
  return (a, b) => side.get(a) === side.get(b);
}

/** Each hears its two neighbours in the ring of `ids`, and nobody else. */
export function ring(ids: readonly number[]): Hears {
  const place = new Map(ids.map((id, i) => [id, i]));
  return (a, b) => {
    const [from, to] = [place.get(a), place.get(b)];
    if (from === undefined || to === undefined) return from === to;
    const apart = Math.abs(from - to);
    return apart === 1 || apart === ids.length - 1;
  };
}

/** Two halves that don't hear each other, and one node in between that hears both. */
export function bridge(node: number, left: readonly number[]): Hears {
  return (a, b) => a === node || b === node || left.includes(a) === left.includes(b);
}

/** `ids` in an order that is drawn. */
export function shuffled(ids: readonly number[], random: Random): number[] {
  const rest = [...ids];
  const drawn: number[] = [];
  while (rest.length > 0) drawn.push(...rest.splice(random.below(rest.length), 1));
  return drawn;
}

/** Two halves, or nearly so, each in order. */
export function halvesOf(ids: readonly number[]): [number[], number[]] {
  const middle = ids.length >> 1;
  const inOrder = (part: readonly number[]) => [...part].sort((a, b) => a - b);
  return [inOrder(ids.slice(0, middle)), inOrder(ids.slice(middle))];
}
