import { afterEach, expect, test, vi } from "vitest";
import { ListSink } from "../../src/trace/recorder.ts";
import { detcdIn } from "./detcd-in.ts";

const { detcd } = detcdIn("kept-events");

afterEach(() => vi.restoreAllMocks());

/** How many events were kept for somebody to look back at. */
async function kept(...argv: readonly string[]): Promise<number> {
  const event = vi.spyOn(ListSink.prototype, "event");
  expect((await detcd(["replay", "check-quorum", ...argv])).code).toBe(0);
  return event.mock.calls.length;
}

test.each([
  [["--plain"]],
  [["--quiet"]],
  [["--json"]],
  [["--plain", "--verify"]],
  [["--seeds", "1..2"]],
  [["--seeds", "1..2", "--plain"]],
  [["--reporter", "github"]],
  [["--json", "--trace", "run.ndjson"]],
])("%j keeps no event", async (argv) => {
  expect(await kept(...argv)).toBe(0);
});

test.each([[["--all"]], [["--why", "m1"]]])("%j keeps them", async (argv) => {
  expect(await kept(...argv)).toBeGreaterThan(100);
});
