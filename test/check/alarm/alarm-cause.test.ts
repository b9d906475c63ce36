import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ALARM_CAUSE } from "../../../src/check/alarm/alarm-cause.ts";
import { DataMonitor, type DataMonitorOptions } from "../../../src/check/data-monitor.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import type { AlarmEvent } from "../../../src/trace/events.ts";
import { conf, put, Tale } from "../tale.ts";

const MIB = 2 ** 20;

/** Three members, the first of which leads. */
const led = (): Tale =>
  new Tale()
    .boot([1, 2, 3])
    .conf(1, 0, conf([1, 2, 3]))
    .role(1, "leader", 1, 1);

const alarm = (tale: Tale, which: AlarmEvent["alarm"], of: number, active = true): Tale => {
  for (const member of [1, 2]) tale.emit({ kind: "alarm", member, alarm: which, of, active });
  return tale;
};

const spoilt = (tale: Tale, ...members: readonly number[]): Tale =>
  tale.emit({ kind: "fault", member: 0, fault: "corrupt", text: "", members });

const judged = (tale: Tale, options: DataMonitorOptions = {}): string[] =>
  tale
    .play(new DataMonitor({ only: [ALARM_CAUSE], faults: true, quotaBytes: MIB, ...options }))
    .violations.map(({ text }) => text);

/** So many keys of 1000 bytes are written. */
function written(tale: Tale, keys: number): Tale {
  for (let i = 0; i < keys; i++)
    tale.change(1, 2 + i, 2 + i, put(`k${i}`, "x".repeat(1000), 2 + i));
  return tale;
}

const byClient = (tale: Tale, text: string): Tale => {
  tale.invoke({ type: "call", method: "alarm", writes: true });
  (tale.events.at(-1) as { text: string }).text = text;
  return tale;
};

test.each<[string, () => Tale, DataMonitorOptions?]>([
  ["of who was spoilt", () => alarm(spoilt(led(), 3), "CORRUPT", 3)],
  ["of whomever, by a leader who was spoilt", () => alarm(spoilt(led(), 1), "CORRUPT", 2)],
  [
    "of whomever, by one who was spoilt and led before",
    () => alarm(spoilt(led(), 1).role(2, "leader", 2, 2), "CORRUPT", 2),
  ],
  ["of nobody, where there is no majority", () => alarm(spoilt(led(), 2, 3), "CORRUPT", 0)],
  ["where nobody tells of faults", () => alarm(led(), "CORRUPT", 3), { faults: false }],
  [
    "where members applied different things",
    () =>
      alarm(
        led()
          .change(1, 2, 2, put("a", "1", 2))
          .change(2, 2, 2, put("a", "2", 2)),
        "CORRUPT",
        2,
      ),
  ],
  ["of a client", () => alarm(byClient(led(), "raise alarm CORRUPT of member 3"), "CORRUPT", 3)],
  ["near the quota", () => alarm(written(led(), 200), "NOSPACE", 1)],
  [
    "with a write on its way that does not fit",
    () => {
      const tale = led();
      tale.invoke({ type: "put", key: "k", value: "x".repeat(MIB / 4) });
      return alarm(tale, "NOSPACE", 1);
    },
  ],
  [
    "once more, after it was disarmed",
    () => alarm(alarm(alarm(written(led(), 200), "NOSPACE", 1), "NOSPACE", 1, false), "NOSPACE", 1),
  ],
  [
    "once more, by a member that came back",
    () =>
      alarm(written(led(), 200), "NOSPACE", 1)
        .reboot(1, { term: 1, vote: 0, commit: 1 })
        .emit({ kind: "alarm", member: 1, alarm: "NOSPACE", of: 1, active: true }),
  ],
])("an alarm %s is well", (_, tell, options) => {
  expect(judged(tell(), options)).toEqual([]);
});

describe("an alarm", () => {
  test.each<[string, () => Tale, RegExp]>([
    [
      "of who was never spoilt",
      () => alarm(led(), "CORRUPT", 3),
      /^the alarm CORRUPT of member 3 was raised, though nobody's/,
    ],
    [
      "of another than who was",
      () => alarm(spoilt(led(), 3), "CORRUPT", 2),
      /it is member 3 whose/,
    ],
    [
      "of nobody, where one was spoilt",
      () => alarm(spoilt(led(), 3), "CORRUPT", 0),
      /of nobody in particular .* member 3/,
    ],
    [
      "far from the quota",
      () => alarm(written(led(), 20), "NOSPACE", 1),
      /no database takes more than \d+ bytes/,
    ],
    [
      "far from the quota, after another was disarmed by a client",
      () => alarm(byClient(led(), "disarm alarm NOSPACE of all members"), "NOSPACE", 1),
      /no database takes more/,
    ],
    ["of nobody's space", () => alarm(written(led(), 200), "NOSPACE", 0), /about no member/],
    [
      "that is on",
      () => alarm(alarm(written(led(), 200), "NOSPACE", 1), "NOSPACE", 1),
      /raised once more, though it was on/,
    ],
    [
      "that was disarmed, and is once more",
      () =>
        alarm(
          alarm(alarm(written(led(), 200), "NOSPACE", 1), "NOSPACE", 1, false),
          "NOSPACE",
          1,
          false,
        ),
      /disarmed, though it was off/,
    ],
  ])("%s is not", (_, tell, says) => {
    expect(judged(tell())).toEqual([expect.stringMatching(says)]);
  });

  test("without a quota is not", () => {
    const options = { quotaBytes: -1 };
    expect(judged(alarm(written(led(), 900), "NOSPACE", 1), options)).toHaveLength(1);
  });
});

test("W19 blames nobody for what one member has, and no other checker sees it", () => {
  const text = readFileSync("scenarios/corrupt-member.yaml", "utf8");
  const scenario = parseScenario(text, "corrupt-member.yaml");
  const others = runScenario(scenario).report.violations;
  expect(others.join("\n")).not.toContain(ALARM_CAUSE);
  const cluster = { ...scenario.cluster, bugs: ["W19"] };
  const { violations } = runScenario({ ...scenario, cluster }).report;
  const [found, ...more] = violations.filter((each) => !others.includes(each));
  expect(found).toMatch(
    /^alarm-cause: the alarm CORRUPT of nobody in particular was raised, though/,
  );
  expect(more).toEqual([]);
});
