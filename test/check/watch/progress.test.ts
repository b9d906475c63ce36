import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { DataMonitor, type DataMonitorOptions } from "../../../src/check/data-monitor.ts";
import { PROGRESS_COMES } from "../../../src/check/watch/progress.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import { put, Tale } from "../tale.ts";

const PERIOD = 10 * SECOND;

/** Client 1 watches two keys, and all is calm for a while. */
function watching(notify = false): Tale {
  return new Tale()
    .boot([1])
    .apply(1, 1, 1)
    .watch("a", { progressNotify: notify })
    .watch("b", { watch: 2 })
    .respond("created", 1)
    .respond("created", 1, { watch: 2 })
    .wait(5 * SECOND);
}

const ask = (tale: Tale, requireLeader = false): Tale =>
  tale.emit({ kind: "progress-request", member: 0, client: 1, requireLeader });

/** The watch, which was opened by the n-th event, is served otherwise. */
const moved = (tale: Tale, group: string, watch = 2): Tale => {
  const opened = tale.events.find((e) => e.kind === "watch" && e.watch === watch)?.seq ?? 0;
  return tale.emit({ kind: "watcher", member: 1, opened, group, next: 2 });
};

const fault = (tale: Tale, name: string): Tale =>
  tale.emit({ kind: "fault", member: 0, fault: name, text: "", members: [] });

function judged(tale: Tale, options: DataMonitorOptions = {}): string[] {
  const monitor = tale.play(
    new DataMonitor({ only: [PROGRESS_COMES], progressUs: PERIOD, ...options }),
  );
  const at = tale.now;
  monitor.finish({ seq: 99, at, members: [1], delivered: at });
  return monitor.violations.map(({ text }) => text);
}

const quiet = (tale: Tale, seconds = 4): Tale => tale.wait(seconds * SECOND).apply(1, 2, 1);

describe("progress that was asked for", () => {
  test("must come, to one of the stream", () => {
    expect(judged(ask(watching()).respond("progress", 1, { watch: 2 }))).toEqual([]);
    expect(judged(quiet(ask(watching())))).toEqual([
      expect.stringMatching(/^client 1 asked for progress at .*, and none of the 2 watches/),
    ]);
    // The answer is to the next request, or there was one before.
    expect(judged(quiet(ask(ask(watching()).respond("progress", 1).wait(SECOND))))).toHaveLength(1);
  });

  test.each<[string, (tale: Tale) => Tale, DataMonitorOptions?]>([
    ["on another stream", (tale) => quiet(ask(tale, true))],
    ["a moment ago", (tale) => quiet(ask(tale), 1)],
    ["soon after a fault", (tale) => quiet(ask(fault(tale, "crash")))],
    ["soon before a fault", (tale) => quiet(fault(ask(tale), "crash"))],
    ["after a fault that lasts", (tale) => quiet(ask(fault(tale, "link").wait(9 * SECOND)))],
    ["of a member that is down", (tale) => quiet(ask(tale.crash(1).wait(9 * SECOND)))],
    ["by a client that can't be reached", (tale) => quiet(ask(tale)), { unreachable: () => true }],
    ["while a watch is behind", (tale) => quiet(ask(moved(tale, "unsynced").wait(9 * SECOND)))],
    ["while a watch falls behind", (tale) => quiet(moved(ask(tale), "victim"))],
    [
      "while a watch waits for events",
      (tale) => quiet(ask(tale.change(1, 2, 2, put("a", "1", 2)))),
    ],
    [
      "while a watch waits for the future",
      (tale) =>
        quiet(
          ask(
            tale
              .watch("c", { watch: 3, startRevision: 9 })
              .respond("created", 1, { watch: 3 })
              .wait(9 * SECOND),
          ),
        ),
    ],
    ["while a watch is opened", (tale) => quiet(ask(tale.watch("c", { watch: 3 })))],
    ["while a watch ends", (tale) => quiet(ask(tale).respond("canceled", 1))],
    [
      "where nobody watches any more",
      (tale) => quiet(ask(tale.respond("canceled", 1).respond("canceled", 1, { watch: 2 }))),
    ],
  ])("%s may not come", (_, tell, options) => {
    expect(judged(tell(watching()), options)).toEqual([]);
  });
});

describe("progress that is due", () => {
  test("comes within two periods", () => {
    expect(judged(quiet(watching(true), 12))).toEqual([]);
    expect(judged(quiet(watching(true).respond("progress", 1).wait(0), 20))).toEqual([]);
    expect(judged(quiet(watching(true), 30))).toEqual([
      expect.stringMatching(/^watch a of client 1 \(1\) was told nothing since/),
    ]);
  });

  test("is nobody's who did not ask for it", () => {
    expect(judged(quiet(watching(), 30))).toEqual([]);
  });

  test.each<[string, (tale: Tale) => Tale]>([
    ["is not, where the watch is behind", (tale) => quiet(moved(tale, "unsynced", 1), 30)],
    ["is not, after a fault", (tale) => quiet(fault(tale, "crash"), 30)],
  ])("%s", (_, tell) => {
    expect(judged(tell(watching(true)))).toEqual([]);
  });
});

test("C8 leaves a compacted watch on its stream, and nothing else sees that no progress comes", () => {
  const text = readFileSync("scenarios/progress-after-compacted.yaml", "utf8");
  const scenario = parseScenario(text, "progress.yaml");
  expect(runScenario(scenario).report).toMatchObject({ ok: true, violations: [] });
  const cluster = { ...scenario.cluster, bugs: ["C8"] };
  const { violations } = runScenario({ ...scenario, cluster }).report;
  expect(violations).toHaveLength(2);
  for (const text of violations) expect(text).toMatch(/^progress-comes: client 2 asked/);
});
