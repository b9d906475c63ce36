import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";

function run(...steps: readonly string[]) {
  const first = ["at: 200ms\n    campaign: m1", "when: m1 is leader"];
  const source = `name: test
title: A test
teaches: Nothing.
steps:
${[...first, ...steps].map((step) => `  - ${step}\n`).join("")}
expect: [one leader per term]
`;
  return runScenario(parseScenario(source, "test.yaml")).report;
}

const wait = (condition: string): string => `when: ${condition}\n    within: 900ms`;

describe("whoever waits in vain is told what kept it from coming:", () => {
  test.each([
    [
      "a member that was never added",
      [
        "crash: m3",
        "member-add: { member: m4 }",
        "start-machine: m4",
        "after: 3s",
        wait("{ caught up: m4 }"),
      ],
      /: m4 was never added: `member-add m4` of step 4 was refused at 0\.\d+s \(etcdserver: .*unhealthy cluster\); m4 is /,
    ],
    ["a member that is down", ["crash: m2", wait("m2 is up")], /"m2 is up": m2 is down$/],
    [
      "members that have no leader",
      ["crash: [m1, m2]", wait("leader elected")],
      /: m1 is down; m2 is down; m3 is \S+ .*in term \d/,
    ],
    [
      "an index that is far",
      [wait("{ committed: 99 }")],
      /m1 is leader in term 2 \(its log to 4, committed 4, applied 4/,
    ],
    [
      "an operation without an answer",
      ["isolate: m1", "put: { key: a, value: 1, to: m1, only: true }", wait("{ answered: a }")],
      /put a=1 of client 1 is pending$/,
    ],
    [
      "operations without an answer",
      ["isolate: m1", "put: { key: a, value: 1, to: m1, only: true }", wait("nothing pending")],
      /put a=1 of client 1 is pending$/,
    ],
    [
      "programs",
      ["lock: { name: l }", "lock: { name: l, client: 2 }", wait("clients done")],
      /is pending/,
    ],
    [
      "puts",
      ["puts: { count: 9, every: 500ms }", wait("puts done")],
      /of 9 puts of client 1 2 were sent and 2 answered$/,
    ],
    ["messages", [wait("{ sent: { message: MsgSnap } }")], /: there was none$/],
    [
      "more messages",
      [wait("{ delivered: { message: MsgHeartbeat, count: 900 } }")],
      /: there were \d+ of 900$/,
    ],
    [
      "a watch",
      ["watch: { key: a, as: W }", wait("{ watched: { W: 1 } }")],
      /: W received 0 changes and knows of revision 0$/,
    ],
    [
      "a lease",
      ["lease: { ttl: 50s, as: L }", "when: { answered: L }", wait("{ lease gone: L }")],
      /: L is there, renewed 0 times$/,
    ],
    [
      "a lock",
      ["lock: { name: l }", "lock: { name: l, client: 2 }", wait("{ holds: { l: 2 } }")],
      /: l is held by client 1$/,
    ],
    ["an alarm", [wait("{ alarm: NOSPACE }")], /: alarms: none$/],
    [
      "a compaction",
      ["put: { key: a, value: 1 }", wait("{ compacted: 2 }")],
      /m1 is not compacted, at revision 2; m2 /,
    ],
    ["a joint configuration", [wait("configuration joint")], /m1 is leader/],
  ])("%s", (_, steps, told) => {
    const { failure } = run(...steps);
    expect(failure?.text).toMatch(/^waited 900ms in vain for /);
    expect(failure?.text).toMatch(told);
  });
});

describe("the configuration has settled", () => {
  const settled = wait("configuration settled");

  test.each([
    ["member-remove", ["after: 6s", "member-remove: { member: m3 }"]],
    ["remove-member", ["remove-member: m3"]],
    ["change", ["change: { remove: [m3] }"]],
  ])("only when what %s asks for is done", (_, steps) => {
    const { failure, expectations } = run(...steps, `${settled}\n    expect: { voters: [m1, m2] }`);
    expect(failure).toBeNull();
    expect(expectations[0]).toMatchObject({ ok: true });
  });

  test("if nothing changes it", () => {
    expect(run("put: { key: a, value: 1 }", settled).failure).toBeNull();
  });
});
