import { describe, expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import { grant, put } from "../support/asks.ts";
import { Trio, type TrioSettings } from "../support/three-members.ts";

const renew = { type: "leaseKeepAlive", request: { id: 7n } } as const;

/** A lease, and a leader that has not heard of anybody for more than half an election timeout. */
function silent(settings: TrioSettings = {}): Trio {
  const trio = new Trio(settings);
  trio.get(trio.leader, grant(7n));
  trio.pass(5 * SECOND);
  return trio;
}

function pauseFollowers(trio: Trio): void {
  for (const member of trio.followers) trio.cluster.inject({ type: "pause", member });
}

function resumeFollowers(trio: Trio): void {
  for (const member of trio.followers) trio.cluster.inject({ type: "resume", member });
}

describe("a leader that a majority followed a moment ago", () => {
  test.each([
    ["stored an entry of its", (trio: Trio) => trio.get(trio.leader, put("a"))],
    ["answered a question of its", (trio: Trio) => trio.get(trio.leader, renew)],
  ])("renews leases for half an election timeout without asking, as it %s", (_, follow) => {
    const trio = silent();
    const { leader } = trio;
    follow(trio);
    trio.pass(200 * MILLISECOND);
    pauseFollowers(trio);
    trio.pass(200 * MILLISECOND);
    const soon = trio.send(leader, renew);
    trio.pass(MILLISECOND);
    expect(trio.answered(soon)).toBe(true);
    trio.pass(200 * MILLISECOND);
    const late = trio.send(leader, renew);
    trio.pass(100 * MILLISECOND);
    expect(trio.answered(late), "it asks, and nobody answers").toBe(false);
    resumeFollowers(trio);
    trio.pass(SECOND);
    expect(trio.replyTo(late)?.error).toBeNull();
  });

  test("was followed when it sent what they answered, not when the answer came", () => {
    const trio = silent();
    const { leader } = trio;
    pauseFollowers(trio);
    const written = trio.send(leader, put("a"));
    trio.pass(600 * MILLISECOND);
    resumeFollowers(trio);
    trio.pass(100 * MILLISECOND);
    expect(trio.answered(written)).toBe(true);
    expect(trio.leader).toBe(leader);
    pauseFollowers(trio);
    const asked = trio.send(leader, renew);
    trio.pass(100 * MILLISECOND);
    expect(trio.answered(asked)).toBe(false);
  });

  test("was followed in that term alone", () => {
    const trio = silent();
    const { leader } = trio;
    trio.get(leader, put("a"));
    for (const to of [trio.followers[0], leader]) {
      trio.cluster.inject({ type: "transfer", to });
      trio.pass(100 * MILLISECOND);
    }
    expect(trio.leader).toBe(leader);
    pauseFollowers(trio);
    const asked = trio.send(leader, renew);
    trio.pass(100 * MILLISECOND);
    expect(trio.answered(asked)).toBe(false);
  });
});
