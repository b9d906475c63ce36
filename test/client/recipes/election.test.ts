import { describe, expect, test } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import { Election, type Leader, NotLeader } from "../../../src/client/recipes/election.ts";
import { Session } from "../../../src/client/recipes/session.ts";
import type { Task } from "../../../src/client/task.ts";
import { ClientWorld } from "../support.ts";
import { overlaps } from "./holds.ts";

const TTL = 5;

function* elected(client: Client, value: string): Task<Election> {
  const election = new Election(yield* Session.open(client, TTL), "E");
  yield* election.campaign(value);
  return election;
}

describe("an election", () => {
  test("one leads, the next one when it resigns", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), elected(world.client(1), "one"));
    const second = world.client(2).run(elected(world.client(2), "two"));
    world.run(2);
    expect(second.state).toBe("running");
    expect(world.do(world.client(3), first.leader())?.value).toBe("one");
    world.do(world.client(1), first.resign());
    world.end(second);
    expect((second.value as Election).leads).toBe(true);
    expect(first.leads).toBe(false);
    expect(overlaps(world.kinds("hold"))).toEqual([]);
  });

  test("the leader proclaims; whoever leads no more is told so", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const first = world.do(client, elected(client, "one"));
    world.do(client, first.proclaim("uno"));
    expect(world.do(client, first.leader())?.value).toBe("uno");
    world.call(world.client(2), { type: "leaseRevoke", request: { id: first.session.lease } });
    expect(world.do(client, first.leader())).toBeNull();
    expect(world.end(client.run(first.proclaim("eins"))).error).toBeInstanceOf(NotLeader);
  });

  test("campaigning again under the same session proclaims", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const first = world.do(client, elected(client, "one"));
    const again = new Election(first.session, "E");
    world.do(client, again.campaign("other"));
    expect(again.revision).toBe(first.revision);
    expect(world.do(client, again.leader())?.value).toBe("other");
  });

  test("a leader that is gone is followed when its lease has expired", () => {
    const world = new ClientWorld();
    world.do(world.client(1), elected(world.client(1), "one"));
    const second = world.client(2).run(elected(world.client(2), "two"));
    world.run(1);
    world.cluster.inject({ type: "client-pause", client: 1 });
    const since = world.cluster.now;
    world.end(second);
    expect(second.state).toBe("done");
    expect((world.cluster.now - since) / 1_000_000).toBeGreaterThan(TTL / 2);
  });

  test("a candidate that gives up takes its key back", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), elected(world.client(1), "one"));
    const second = world.client(2).run(elected(world.client(2), "two"));
    world.run(1);
    second.cancel();
    world.end(second);
    world.do(world.client(1), first.resign());
    expect(world.do(world.client(3), first.leader())).toBeNull();
  });

  test("observers see each leader and what it proclaims, from before the first to after the last", () => {
    const world = new ClientWorld();
    const seen: Leader[] = [];
    const observer = world.client(9);
    const session = world.do(observer, Session.open(observer, TTL));
    const observing = observer.run(
      new Election(session, "E").observe((leader) => seen.push(leader)),
    );
    world.run(1);
    const first = world.do(world.client(1), elected(world.client(1), "one"));
    world.do(world.client(1), first.proclaim("uno"));
    world.run(1);
    world.cluster.inject({ type: "crash", member: world.leader(), disk: "keep" });
    world.leader();
    world.do(world.client(1), first.resign());
    world.do(world.client(2), elected(world.client(2), "two"));
    world.run(20);
    expect(seen.map(({ value }) => value)).toEqual(["one", "uno", "two"]);
    expect(seen[2]?.fence).toBeGreaterThan(seen[0]?.fence as number);
    expect(observing.state).toBe("running");
    observing.cancel();
    expect(world.end(observing).state).toBe("cancelled");
  });
});
