import { expect, test } from "vitest";
import type { Link } from "../../src/trace/frames/frame.ts";
import { linksText } from "../../src/trace/story/faults.ts";

/** All links between different groups, both ways. */
function between(...groups: number[][]): Link[] {
  const links: Link[] = [];
  for (const a of groups) {
    for (const b of groups) {
      if (a !== b) for (const from of a) for (const to of b) links.push([from, to]);
    }
  }
  return links;
}

test.each<[string, Link[], number[], string]>([
  ["one member apart", between([5], [1, 2, 3, 4]), [1, 2, 3, 4, 5], "m5 | m1 m2 m3 m4"],
  ["three groups", between([1], [2, 3], [4, 5, 6]), [1, 2, 3, 4, 5, 6], "m1 | m2 m3 | m4 m5 m6"],
  ["one link", between([1], [2]), [1, 2, 3], "m1↔m2"],
  ["one way", [[1, 2]], [1, 2, 3], "m1→m2"],
  ["a chain: m2 still reaches both", between([1], [3]), [1, 2, 3], "m1↔m3"],
  ["apart but for one direction", between([1], [2, 3]).slice(1), [1, 2, 3], "m1↔m3, m2→m1"],
])("%s", (_, links, ids, text) => {
  expect(linksText(links, ids)).toBe(text);
});
