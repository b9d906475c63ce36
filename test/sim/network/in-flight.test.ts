import { describe, expect, test } from "vitest";
import type { StepData } from "../../../src/scenario/read/scenario-data.ts";
import { scenario } from "../../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";

/** m1 asks for pre-votes at 200 ms; each message takes a millisecond. */
function run(...steps: readonly StepData[]) {
  return runScenario(
    scenario({
      name: "in-flight",
      title: "x",
      teaches: "x",
      seed: 1,
      cluster: { members: 3, network: { latency: { min: "1ms", mean: "1ms", max: "1ms" } } },
      until: "260ms",
      steps: [{ at: "200ms", campaign: "m1" }, ...steps],
      expect: ["nothing is violated"],
    }),
  );
}

/** What became of the pre-votes that m1 asked for: when, and where. */
function fates(events: readonly TraceEvent[]): string[] {
  const found: string[] = [];
  for (const event of events) {
    if (event.kind !== "deliver" && event.kind !== "drop") continue;
    if (event.message.type !== "MsgPreVote" || event.message.from !== 1) continue;
    const why = event.kind === "drop" ? ` ${event.reason}` : "";
    found.push(`${event.at / 1000} m${event.message.to} ${event.kind}${why}`);
  }
  return found;
}

describe("a message under way", () => {
  test("arrives in its time if nobody touches it", () => {
    expect(fates(run().events)).toEqual(["201 m2 deliver", "201 m3 deliver"]);
  });

  test("is lost at once", () => {
    const { events } = run({
      after: "300us",
      lose: { from: "m1", to: "m2", message: "MsgPreVote" },
    });
    expect(fates(events)).toEqual(["200.3 m2 drop loss", "201 m3 deliver"]);
    const drop = events.find((event) => event.kind === "drop");
    const send = events[(drop?.cause ?? 0) - 1];
    expect(send).toMatchObject({ kind: "send", message: { to: 2, type: "MsgPreVote" } });
  });

  test("arrives at once, also where others wait", () => {
    const step = { deliver: { from: "m1", to: "m3" } };
    expect(fates(run({ after: "300us", ...step }).events)).toEqual([
      "200.3 m3 deliver",
      "201 m2 deliver",
    ]);
    const clogged = run({ clog: { from: "m1", to: "m3" } }, { after: "10ms", ...step });
    expect(fates(clogged.events)).toEqual(["201 m2 deliver", "210 m3 deliver"]);
  });

  test("is chosen by its type and its turn", () => {
    const lose = { from: "m1", to: "m2", message: "MsgHeartbeat" };
    const none = run({ after: "300us", lose });
    expect(none.report.failure?.text).toBe("there is no MsgHeartbeat m1→m2 under way");
    const second = run({ after: "300us", lose: { from: "m1", to: "m2", nth: 2 } });
    expect(second.report.failure?.text).toBe("fewer than 2 of message m1→m2 are under way");
  });
});
