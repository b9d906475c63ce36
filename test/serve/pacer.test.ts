import { expect, test } from "vitest";
import { SECOND } from "../../src/base/time.ts";
import { Serving } from "./serving.ts";

const PATIENCE_MS = 60_000;
const SEVERAL_SLEEPS = 3 * SECOND;

test("time goes on where nothing happens for more than a second", async () => {
  // A member alone, without a quorum, sleeps until its election times out; then for as long again.
  const serving = await Serving.start({ election: "5s" });
  const { run, server } = serving;
  for (const id of run.cluster.memberIds().slice(1)) {
    server.pacer.take({ kind: "step", step: { crash: `m${id}` } });
  }
  const from = run.now;
  const until = performance.now() + PATIENCE_MS;
  while (run.now < from + SEVERAL_SLEEPS && performance.now() < until) {
    await new Promise((done) => setTimeout(done, 100));
  }
  serving.stop();
  expect(run.now).toBeGreaterThanOrEqual(from + SEVERAL_SLEEPS);
});
