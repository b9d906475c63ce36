import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { put } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

const PUTS = 300;

/** What followers refuse while many write at once, and how far all come in the end. */
function busy(...bugs: string[]) {
  const trio = new Trio({ bugs });
  let refused = 0;
  for (const id of trio.ids) {
    const { peers } = trio.cluster.node(id);
    const send = peers.send.bind(peers);
    peers.send = (message) => {
      if (message.type === MessageType.AppResp && message.reject) refused++;
      send(message);
    };
  }
  const calls = Array.from({ length: PUTS }, (_, i) => trio.send(trio.leader, put("a", String(i))));
  trio.pass(10 * SECOND);
  expect(calls.every((call) => trio.answered(call))).toBe(true);
  const views = trio.ids.map((id) => trio.cluster.view(id));
  expect(new Set(views.map(({ stateHash }) => stateHash)).size).toBe(1);
  return { refused, term: views[0]?.term };
}

describe("what one Ready sends", () => {
  test("goes out in raft's order: no append is refused", () => {
    expect(busy()).toEqual({ refused: 0, term: 2 });
  });

  test("B9: backwards it is refused and probed, and all the same everything is agreed on", () => {
    const { refused, term } = busy("B9");
    expect(refused).toBeGreaterThan(0);
    expect(term).toBe(2);
  });
});
