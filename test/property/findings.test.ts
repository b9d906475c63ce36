import { expect, test } from "vitest";
import { SECOND } from "../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import { Layer, type TraceEvent } from "../../src/trace/events.ts";
import { elect, inject, until } from "./directed.ts";

/** What random plans found wrong in detcd itself, each by the shortest plan that shows it. */

test("a refused change of membership does not give leases their time anew", () => {
  const promotions: number[] = [];
  const sink = {
    layers: Layer.Data,
    event(e: TraceEvent) {
      if (e.kind === "lease" && e.action === "promote") promotions.push(e.member);
    },
  };
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 1 }, { sinks: [sink] });
  elect(cluster, 1);
  until(cluster, "leases are m1's business", () => promotions.length === 1);
  const before = cluster.view(1).applied;
  inject(cluster, { type: "add-member", member: 4, learner: true });
  // While that one is under way: raft puts an empty entry in its place.
  inject(cluster, { type: "remove-member", member: 3 });
  cluster.runUntil(cluster.now + SECOND);
  expect(cluster.view(1).applied).toBeGreaterThanOrEqual(before + 2);
  expect(cluster.view(1).conf).toMatchObject({ voters: [1, 2, 3], learners: [4] });
  expect(promotions).toEqual([1]);
});

test("a change of membership is answered once raft takes the next one (issue 15528)", () => {
  const answers = (bugs: readonly string[]) => {
    const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 1, members: 1, bugs });
    elect(cluster, 1);
    cluster.runUntil(cluster.now + SECOND);
    const slow = { syncMinUs: 50_000, syncMeanUs: 50_000, syncMaxUs: 50_000 };
    inject(cluster, { type: "disk-slow", member: 1, options: slow });
    const client = cluster.client(1);
    const learner = (node: number) =>
      ({
        type: "memberAdd",
        request: { peerUrls: [`http://m${node}:2380`], isLearner: true },
      }) as const;
    const outcomes: string[] = [];
    client.call(learner(2), ({ response }) => {
      outcomes.push("first");
      const id = response?.type === "memberAdd" ? response.response.member.id : 0n;
      client.call({ type: "memberRemove", request: { id } }, ({ outcome, error }) =>
        outcomes.push(outcome === "ok" ? "ok" : `${error?.message}`),
      );
    });
    // The entry that holds the change is applied with a Ready that has more to write.
    for (let i = 0; i < 40; i++) {
      cluster.runUntil(cluster.now + SECOND / 200);
      cluster.request(2, { type: "put", key: "k", value: `${i}` });
    }
    cluster.runUntil(cluster.now + 10 * SECOND);
    return outcomes;
  };
  expect(answers([])).toEqual(["first", "ok"]);
  expect(answers(["B5"])).toEqual(["first", "no reply in time"]);
});
