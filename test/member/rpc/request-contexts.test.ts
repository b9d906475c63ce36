import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { ServiceRequest } from "../../../src/api/requests.ts";
import { type Duration, SECOND } from "../../../src/base/time.ts";
import { idOf, put } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

const ELSEWHERE = "http://elsewhere:2380";
const update = (node: number) =>
  ({ type: "memberUpdate", request: { id: idOf(node), peerUrls: [ELSEWHERE] } }) as const;

/** What a member keeps of calls that are not answered. */
function keptBy(trio: Trio, id: number) {
  const member = trio.cluster.node(id).member as unknown as {
    readonly requests: {
      readonly context: {
        readonly contexts: { readonly size: number };
        readonly proposer: {
          readonly unled: ReadonlyMap<number, unknown>;
          readonly proposals: { readonly byId: ReadonlyMap<number, unknown> };
        };
      };
    };
  };
  const { contexts, proposer } = member.requests.context;
  const { unled, proposals } = proposer;
  return { calls: contexts.size, unled: unled.size, proposals: proposals.byId.size };
}

const NOTHING = { calls: 0, unled: 0, proposals: 0 };

/** Where everybody believes that member `node` is. */
function addressesOf(trio: Trio, node: number): readonly (readonly string[] | undefined)[] {
  return trio.ids.map((id) => trio.machine(id).configuration.membership.byId(idOf(node))?.peerUrls);
}

/** One of three that hears of no leader. */
function alone(): { trio: Trio; id: number } {
  const trio = new Trio();
  const [id] = trio.followers;
  trio.isolate(id);
  trio.pass(5 * SECOND);
  expect(trio.cluster.view(id).lead).toBe(0);
  return { trio, id };
}

describe("a change of membership waits as long as its client does (server.go configure)", () => {
  test("while no leader is known, and is made when there is one", () => {
    const { trio, id } = alone();
    const [moved, written] = [trio.send(id, update(id)), trio.send(id, put("a"))];
    trio.pass(60 * SECOND);
    expect(trio.answered(written), "a request has a limit of its own").toBe(true);
    expect(trio.answered(moved)).toBe(false);
    trio.heal();
    trio.pass(5 * SECOND);
    expect(trio.replyTo(moved)?.error).toBeNull();
    expect(keptBy(trio, id)).toEqual(NOTHING);
    expect(addressesOf(trio, id)).toEqual([[ELSEWHERE], [ELSEWHERE], [ELSEWHERE]]);
  });

  test("and is never made when the client's time was over before", () => {
    const { trio, id } = alone();
    const moved = trio.send(id, update(id), 12 * SECOND);
    trio.pass(12 * SECOND - 1);
    expect(trio.answered(moved)).toBe(false);
    trio.pass(1);
    // As a real etcd 3.4.23 that is alone of three says after `etcdctl --command-timeout=12s`.
    const error = { code: "DeadlineExceeded", message: "context deadline exceeded" };
    expect(trio.replyTo(moved)?.error).toEqual(error);
    expect(keptBy(trio, id)).toEqual(NOTHING);
    trio.heal();
    trio.pass(5 * SECOND);
    expect(addressesOf(trio, id)).not.toContainEqual([ELSEWHERE]);
  });

  test("no more than a write is, which has a limit of its own besides", () => {
    const { trio, id } = alone();
    const write = trio.send(id, put("late", "x"), 2 * SECOND);
    trio.pass(2 * SECOND - 1);
    expect(trio.answered(write)).toBe(false);
    trio.pass(1);
    const error = { code: "DeadlineExceeded", message: "context deadline exceeded" };
    expect(trio.replyTo(write)?.error).toEqual(error);
    const heard = trio.send(id, put("soon", "y"), 2 * SECOND);
    expect(keptBy(trio, id)).toEqual({ calls: 1, unled: 1, proposals: 1 });
    trio.heal();
    trio.pass(5 * SECOND);
    expect(keptBy(trio, id)).toEqual(NOTHING);
    expect(trio.replyTo(heard)?.error).toBeNull();
    expect(trio.cluster.peek(id, "late")).toBeNull();
    expect(trio.cluster.peek(id, "soon")).toBe("y");
  });

  test("once it is in a log that nobody else gets", () => {
    const trio = new Trio();
    const { leader } = trio;
    const [moved] = trio.followers;
    trio.isolate(leader);
    const call = trio.send(leader, update(moved), 12 * SECOND);
    trio.pass(12 * SECOND - 1);
    expect(trio.answered(call)).toBe(false);
    trio.pass(1);
    expect(trio.replyTo(call)?.error).toBe(Errors.timeout);
    expect(keptBy(trio, leader)).toEqual(NOTHING);
  });

  test("a promotion that a follower passes on is given up after a request's time, or the client's", () => {
    const { trio, id } = alone();
    const promote = { type: "memberPromote", request: { id: idOf(id) } } as const;
    const [patient, hasty] = [trio.send(id, promote), trio.send(id, promote, 2 * SECOND)];
    trio.pass(3 * SECOND);
    expect(trio.replyTo(hasty)?.error).toBe(Errors.noLeader);
    expect(trio.answered(patient)).toBe(false);
    trio.pass(5 * SECOND);
    expect(trio.replyTo(patient)?.error).toBe(Errors.noLeader);
    expect(keptBy(trio, id)).toEqual(NOTHING);
  });
});

describe("a client that gives up a change of membership", () => {
  let clients = 1;

  function ask(trio: Trio, id: number, request: ServiceRequest, deadlineUs: Duration) {
    const ends: { at: number; outcome: string; code: string | undefined }[] = [];
    const client = trio.cluster.clients.client(clients++, {
      endpoints: [id],
      timeoutUs: 60 * SECOND,
    });
    const call = client.call(
      request,
      ({ outcome, error }) => ends.push({ at: trio.cluster.now, outcome, code: error?.code }),
      { deadlineUs },
    );
    return { client, call, ends };
  }

  test("ends with its deadline, and its member forgets it then", () => {
    const { trio, id } = alone();
    const start = trio.cluster.now;
    const { ends } = ask(trio, id, update(id), 12 * SECOND);
    trio.pass(11 * SECOND);
    expect(keptBy(trio, id)).toEqual({ calls: 1, unled: 1, proposals: 1 });
    trio.pass(2 * SECOND);
    expect(ends).toEqual([
      { at: start + 12 * SECOND, outcome: "ambiguous", code: "DeadlineExceeded" },
    ]);
    expect(keptBy(trio, id)).toEqual(NOTHING);
  });

  test("before its deadline is heard by its member, unless the two can't talk", () => {
    const { trio, id } = alone();
    const { client, call, ends } = ask(trio, id, update(id), 12 * SECOND);
    trio.pass(SECOND);
    client.cancel(call);
    expect(ends).toMatchObject([{ outcome: "ambiguous", code: "Canceled" }]);
    expect(keptBy(trio, id).unled).toBe(1);
    trio.pass(SECOND);
    expect(keptBy(trio, id)).toEqual(NOTHING);

    const second = client.call(update(id), () => undefined, { deadlineUs: 5 * SECOND });
    trio.pass(SECOND);
    trio.cluster.clients.cut([client.id], [id]);
    client.cancel(second);
    trio.pass(SECOND);
    expect(keptBy(trio, id).unled).toBe(1);
    trio.pass(4 * SECOND);
    expect(keptBy(trio, id)).toEqual(NOTHING);
  });

  test("even at once: the end never overtakes the call", () => {
    const { trio, id } = alone();
    for (let n = 0; n < 50; n++) {
      const { client, call } = ask(trio, id, update(id), 0);
      client.cancel(call);
    }
    trio.pass(SECOND);
    expect(keptBy(trio, id)).toEqual(NOTHING);
  });
});
