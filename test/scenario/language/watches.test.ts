import { expect, test } from "vitest";
import { complaints, smallRun } from "./small-run.ts";

test("a client may read its watches never, and again", () => {
  const steps = [
    "watch: { key: a, as: W, read-every: never }",
    "after: 50ms\n    put: { key: a, value: 1 }",
    "after: 2s\n    expect: { watched: { W: 0 } }",
    "read-every: { time: 0s }",
    "after: 50ms\n    expect: { watched: { W: 1 } }",
    "read-every: { time: never }",
    "put: { key: a, value: 2 }",
    "after: 2s\n    expect: { watched: { W: 1 } }",
  ];
  smallRun(steps);
  expect(complaints("watch: { key: a, as: W, read-every: often }")).toEqual([
    expect.stringContaining('"often" is not a duration'),
  ]);
});
