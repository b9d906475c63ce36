import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";

/** A whole scenario with these steps; the first step stands in line 7. */
function withSteps(steps: string): string {
  return `name: test
title: A test
teaches: Nothing.
seed: 1
cluster: { members: 3 }
steps:
${steps}
expect: [logs equal]
`;
}

function problemsOf(source: string): string[] {
  try {
    parseScenario(source, "x.yaml");
  } catch (error) {
    if (error instanceof InputError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const GOOD_STEPS = `
  - when: leader elected
  - at: 1.5s
    crash: { member: leader, disk: tear }
  - after: 200ms
    partition: [[m1, m2], [m3]]
  - partition: { minority: leader }
  - { when: { committed: 7 }, within: 2s, heal: true }
  - add-learner: m4
  - promote: m4
  - put: { key: m9, value: 1 }
  - expect: [m2 is follower, { log ends with: { m1: [1, 2] } }]
`;

describe("a scenario file", () => {
  test("with every kind of step is read", () => {
    const scenario = parseScenario(withSteps(GOOD_STEPS), "x.yaml");
    expect(scenario.steps.map(({ timing }) => timing.kind)).toEqual([
      ...["when", "at", "after", "now", "when", "now", "now", "now", "now"],
    ]);
    expect(scenario.steps[1]).toMatchObject({
      line: 9,
      timing: { kind: "at", at: 1_500_000 },
      text: "crash: {member: leader, disk: tear}",
    });
    expect(scenario.steps[2]?.text).toBe("partition: [[m1, m2], [m3]]");
    expect(scenario.steps[4]?.timing).toMatchObject({ within: 2_000_000, text: "committed: 7" });
    expect(scenario.steps[8]?.expect.map(({ text }) => text)).toEqual([
      "m2 is follower",
      "log ends with: {m1: [1, 2]}",
    ]);
  });

  test("sets only what it names; the rest is as in etcd", () => {
    const source = withSteps("  - heal: true").replace(
      "{ members: 3 }",
      "{ members: 5, tick: 10ms, election: 150ms, network: { loss: 2.5%, latency: 1ms } }",
    );
    const { cluster } = parseScenario(source, "x.yaml");
    expect(cluster).toMatchObject({
      seed: 1,
      members: 5,
      tickUs: 10_000,
      electionTicks: 15,
      heartbeatTicks: 1,
      preVote: true,
      checkQuorum: true,
      network: { loss: 25_000, minUs: 1000, meanUs: 1000, maxUs: 1000, duplicate: 0 },
    });
  });
});

/** What is wrong with the steps, and what is said about it. */
const BAD_STEPS: readonly (readonly [string, string, string])[] = [
  ["a member on two sides", "  - partition: [[m1, m2], [m2, m3]]", "7:27 m2 would be on two sides"],
  ["a role on two sides", "  - partition: [leader, [leader, m2]]", "7:25 leader would be on two"],
  ["a cut to oneself", "  - cut: { from: m1, to: m1 }", "7:26 a member has no link to itself"],
  ["a clog to oneself", "  - clog: { from: leader, to: [leader] }", "7:31 a member has no link to"],
  ["a link to oneself", "  - link: { from: m1, to: m1, loss: 1% }", "7:27 a member has no link to"],
  ["a loss to oneself", "  - drop-next: { from: m2, to: m2 }", "7:32 a member has no link to it"],
  ["a message to oneself", "  - misdeliver: { from: m1, to: m1, at: m2 }", "7:33 a member has no"],
  [
    "a message misdelivered to its sender",
    "  - misdeliver: { from: m1, to: m2, at: m1 }",
    "7:41 a member sends nothing to itself",
  ],
  [
    "a message misdelivered where it belongs",
    "  - misdeliver: { from: m1, to: m2, at: m2 }",
    "7:41 what arrives `at` whom it is meant for",
  ],
  ["no healing", "  - heal: false", "7:11 expected true, found false"],
  ["no unclogging", "  - unclog: false", "7:13 expected true, found false"],
  ["a leader that follows itself", "  - transfer-to: leader", "7:18 the leader leads already"],
  ["a change of nothing", "  - change: {}", "7:13 it changes nothing"],
  [
    "a time before it can have settled",
    "  - settle: 20s\n  - at: 2s",
    "8:9 this step is due before the settling above it is over, at 3s at the earliest",
  ],
  [
    "a guard that is none",
    "  - txn: { if: [a is 1] }",
    '7:17 "a is 1" is no guard; write e.g. "value of a = 1"',
  ],
  [
    "a guard of something keys don't have",
    "  - txn: { if: [versoin of a = 0] }",
    '7:17 a key has no "versoin", did you mean "version"?',
  ],
  [
    "a guard without a number",
    "  - txn: { if: [version of a = x] }",
    '7:17 the version of a key is a whole number, not "x"',
  ],
  ["an operation that is none", "  - txn: { then: [puts a=1] }", '7:19 "puts a=1" is no operation'],
  ["a branch misspelt", "  - txn: { esle: [get a] }", '7:12 unknown key of txn "esle", did you'],
  ["a lease without a name", "  - lease: { ttl: 5s }", "a lease needs a name: `as`"],
  ["half a second of lease", "  - lease: { ttl: 1.5s, as: L }", "7:19 a lease lives for whole s"],
  ["a watch of nothing", "  - watch: { as: W }", "7:12 a watch is of a `key`, or of a `prefix`"],
  [
    "a watch that hides something else",
    "  - watch: { key: a, as: W, hide: [get] }",
    '7:36 expected put or delete, found "get"',
  ],
  [
    "a permission that is none",
    "  - auth-setup: { roles: { r: [reed a] } }",
    '7:32 unknown permission "reed", did you mean "read"?',
  ],
  [
    "a permission for nothing",
    "  - grant-permission: { role: r, allow: read }",
    '7:41 "read" is no permission; write e.g. "readwrite jobs/*"',
  ],
  ["a probe of nobody", "  - health: 3", "7:13 expected a member, or {member: …}, found 3"],
  [
    "a probe past what is no alarm",
    "  - health: { member: m1, exclude: [non_learner] }",
    "7:37 expected NOSPACE or CORRUPT",
  ],
  [
    "a check that is none",
    "  - readyz: { member: m1, check: quorum }",
    "7:34 expected a check: data_corruption, serializable_read",
  ],
  [
    "a check of another endpoint",
    "  - livez: { member: m1, exclude: [data_corruption] }",
    "7:36 /livez has no other check than serializable_read",
  ],
  [
    "a check that can't be serializable",
    "  - readyz: { member: m1, serializable: true }",
    '7:27 unknown key of readyz "serializable"',
  ],
  ["no reason", "  - expect: { unhealthy: { h: '' } }", "7:31 a reason is never empty"],
  ["an alarm that is none", "  - alarm-disarm: { alarm: NOPLACE }", "7:28 expected NOSPACE or COR"],
  [
    "a write under no lock",
    "  - lock: { name: l, write: put a=1 }",
    "7:11 a write comes at the end of `hold`",
  ],
  ["a client too many", "  - pause-client: 33", "7:19 expected a whole number from 1 to 32"],
  [
    "a lease of a used name",
    "  - watch: { key: a, as: L }\n  - lease: { ttl: 5s, as: L }",
    '8:27 step 1 has something called "L" already',
  ],
  [
    "a condition that is near another",
    "  - when: { lease gon: L }",
    '7:13 unknown condition "lease gon", did you mean "lease gone"?',
  ],
  [
    "an expectation that is near another",
    "  - expect: { watchd: { W: 1 } }",
    '7:15 unknown expectation "watchd", did you mean "watched"?',
  ],
  [
    "a span that goes back",
    "  - expect: { lease lasted: { L: { from: 5s, to: 4s } } }",
    "7:34 needs from <= to",
  ],
  [
    "a lease that nobody grants",
    "  - put: { key: a, value: 1, lease: L }",
    '7:37 unknown lease "L"; grant it before: `lease: {ttl: 5s, as: L}`',
  ],
  [
    "a lease that is granted too late",
    "  - revoke: L\n  - lease: { ttl: 5s, as: L }",
    '7:13 "L" comes only later, in step 2',
  ],
  [
    "a lease nearly named",
    "  - lease: { ttl: 5s, as: Long }\n  - keep-alive: { lease: Lang, on: false }",
    '8:26 unknown lease "Lang", did you mean "Long"?',
  ],
  [
    "a guard of such a lease",
    "  - txn: { if: [lease of a = L] }",
    '7:17 unknown lease "L"; grant it before',
  ],
  [
    "a guard of a lock of somebody else",
    "  - lock: { name: l, client: 2 }\n  - txn: { if: [version of a = 0, holds l] }",
    '8:35 client 1 does not take the lock "l" before',
  ],
  [
    "a lock that nobody takes",
    "  - unlock: { name: l }",
    '7:21 unknown lock or election "l"; let a client ask for it: `lock: {name: l}`',
  ],
  [
    "a holder that does not ask",
    "  - lock: { name: l, client: 2 }\n  - when: { holds: { l: 1 } }",
    '8:25 client 1 does not ask for "l" before',
  ],
  [
    "a watch that nobody opens",
    "  - watch: { key: a, as: Wat }\n  - cancel-watch: Wet",
    '8:19 unknown watch "Wet", did you mean "Wat"?',
  ],
  [
    "a condition about such a watch",
    "  - watch: { key: a, as: W }\n  - when: { watched: { X: 3 } }",
    '8:24 unknown watch "X", did you mean "W"?',
  ],
  [
    "an expectation about such a watch",
    "  - expect: [{ served by: { W: [m1] } }]",
    '7:29 unknown watch "W"; open it before: `watch: {key: a, as: W}`',
  ],
  [
    "an operation that nobody asks for",
    "  - put: { key: a, value: 1 }\n  - expect: [acknowledged: [a, b]]",
    '8:32 no client asks for "b", did you mean "a"?',
  ],
  [
    "an operation that is asked for too late",
    "  - when: { answered: a }\n    put: { key: a, value: 1 }",
    '7:23 "a" comes only later, in step 1',
  ],
  [
    "a value of a key that nobody writes",
    "  - puts: { count: 3, key: key%d }\n  - expect: { value: { key2: v2, kee3: v3, none: null } }",
    '8:34 no client writes the key "kee3"; write it before: `put: {key: kee3, value: 1}`',
  ],
  [
    "such a key that goes wrong",
    "  - corrupt: { member: m1, key: a, value: 2 }",
    '7:33 no client writes the key "a"',
  ],
  [
    "an observer that is none",
    "  - expect: { observed: { O: [x] } }",
    '7:27 unknown observer "O"; make one: `observe: {name: chief, as: O}`',
  ],
  ["a bank that is none", "  - expect: { sum kept: bank }", '7:25 unknown bank "bank"; open it'],
  [
    "a client that asks for nothing",
    "  - get: a\n  - pause-client: 7",
    "8:19 client 7 asks for nothing in this scenario (known: 1)",
  ],
  [
    "a user that nobody makes",
    "  - connect: { client: 1, user: root, password: x }",
    '7:33 unknown user "root"; make it: `user-add: {user: root, password: x}`',
  ],
  [
    "a user without a password",
    "  - auth-setup: { users: { ann: { password: x } } }\n  - connect: { client: 2, user: ann }",
    '8:14 "password" is missing: whoever signs in as a `user` has one',
  ],
  [
    "a password without a user",
    "  - connect: { client: 1, to: m1, password: x }",
    "7:45 a password is a user's: say whose, with `user`",
  ],
  [
    "a user of an unknown role",
    "  - auth-setup: { roles: { w: [read a] }, users: { ann: { password: x, roles: [root, v] } } }",
    '7:86 unknown role "v", did you mean "w"?',
  ],
  [
    "a permission for an unknown role",
    "  - revoke-permission: { role: r, keys: a }",
    '7:32 unknown role "r"; make it: `role-add: r`',
  ],
  [
    "keys that are no range",
    "  - auth-setup: { roles: { w: [readwrite z..a] } }",
    '7:32 "z..a" holds nothing: it ends where it begins, or before',
  ],
  [
    "a star inside of keys",
    "  - txn: { then: [get a*b] }",
    '7:19 in "a*b" a * is not at the end; write one key',
  ],
  [
    "a machine that nobody added",
    "  - start-machine: m9",
    "7:20 nobody adds m9: put `member-add: {member: m9}` before it",
  ],
  [
    "a machine that is there",
    "  - start-machine: m2",
    "7:20 m2 is there from the start, and no id is used again: a new member is m4 or a later one",
  ],
  [
    "a member before it is added",
    "  - crash: m4\n  - add-learner: m4",
    "7:12 m4 is not there yet: it is added further down",
  ],
  [
    "a number that is too large",
    "  - compact: { revision: 9007199254740993 }",
    "7:26 9007199254740993 is too large: a number is at most 9007199254740991",
  ],
  [
    "such a number as a value",
    "  - put: { key: a, value: 9007199254740993 }",
    "7:27 9007199254740993 is too large: a number is at most 9007199254740991; if it is meant as a text, put it in quotes",
  ],
  [
    "an unknown fault",
    "  - at: 1s\n    partiton: [[m1], [m2]]",
    '8:5 unknown fault "partiton", did you mean "partition"?',
  ],
  ["a member that does not exist", "  - crash: m9", "7:12 there is no m9: the cluster has m1 … m3"],
  [
    "such a member inside a list",
    "  - partition: [[m1, m2], [m7]]",
    "7:28 there is no m7: the cluster has m1 … m3",
  ],
  [
    "such a member in a sentence",
    "  - when: m8 is candidate",
    "7:11 there is no m8: the cluster has m1 … m3",
  ],
  [
    "such a member as a key",
    "  - expect: { log ends with: { m7: [1] } }",
    "7:32 there is no m7: the cluster has m1 … m3",
  ],
  ["a word for nobody", "  - crash: leadr", '7:12 "leadr" names no member, did you mean "leader"?'],
  ["a bare number", '  - crash: "2"', '7:12 "2" names no member, did you mean "m2"?'],
  ["a member listed twice", "  - crash: [m1, m1]", "7:17 m1 is listed twice"],
  ["a time without unit", '  - at: "1.5"\n    crash: m1', "7:9 a duration needs a unit"],
  [
    "a time that is a number",
    "  - at: 2\n    crash: m1",
    '7:9 expected a time such as "1.5s", found 2',
  ],
  ["a time that is none", "  - after: soon\n    crash: m1", '7:12 "soon" is not a duration'],
  ["a negative time", "  - at: -1s\n    crash: m1", '7:9 "-1s" is negative'],
  [
    "half a microsecond",
    "  - after: 0.5us\n    crash: m1",
    "is not a whole number of microseconds",
  ],
  [
    "times that go back",
    "  - at: 2s\n    crash: m1\n  - at: 1s\n    restart: m1",
    "9:9 this step is due before the one above it",
  ],
  [
    "an unknown condition",
    "  - when: leader electd",
    '7:11 unknown condition "leader electd", did you mean "leader elected"?',
  ],
  [
    "an unknown condition with an argument",
    "  - when: { commited: 7 }",
    '7:13 unknown condition "commited", did you mean "committed"?',
  ],
  ["a wrong type inside a condition", "  - when: { committed: many }", 'found "many"'],
  [
    "a state that is none",
    "  - when: m2 is kandidate",
    '7:11 "kandidate" is no state of a member, did you mean "candidate"?',
  ],
  [
    "an unknown key of a fault",
    "  - crash: { member: m1, dsk: tear }",
    '7:26 unknown key of crash "dsk", did you mean "disk"?',
  ],
  [
    "a wrong value of a fault",
    "  - crash: { member: m1, disk: burn }",
    '7:32 expected one of lose, keep, prefix, tear, rewind, forget, scatter, random, found "burn"',
  ],
  ["a missing argument", "  - put: { key: a }", '7:10 "value" is missing'],
  ["an empty key", '  - put: { key: "", value: a }', "a key is never empty"],
  ["a key that is not ASCII", "  - put: { key: ü, value: a }", "more than printable ASCII"],
  ["`only` without `to`", "  - put: { key: a, value: b, only: true }", "`only` needs `to`"],
  [
    "two faults in a step",
    "  - crash: m1\n    restart: m1",
    '8:5 a step does one thing, this one "crash" and "restart"',
  ],
  [
    "two times in a step",
    "  - at: 1s\n    when: leader elected\n    crash: m1",
    'a step has one time, this one "at" and "when"',
  ],
  ["`within` without `when`", "  - within: 1s\n    heal: true", "limits a `when`"],
  ["a step that does nothing", "  - note: hello", "7:5 the step does nothing"],
  ["a step that is no map", "  - crash", '7:5 expected a map, found "crash"'],
  [
    "two operations of one name",
    "  - put: { key: a, value: 1, as: w }\n  - put: { key: b, value: 1, as: w }",
    '8:34 step 1 has something called "w" already',
  ],
  ["a member beyond all limits", "  - add-learner: m70", "m70 is too many"],
  [
    "disordered times",
    "  - disk-slow: { member: m1, min: 2s, mean: 1s, max: 3s }",
    "needs min <= mean <= max",
  ],
  ["a fault like no other", "  - melt: m1", '7:5 unknown fault "melt" (known: at, after, when,'],
  ["a share above one", "  - link: { loss: 120% }", '"120%" is more than 100%'],
];

describe("a step with", () => {
  test.each(BAD_STEPS)("%s is refused", (_, steps, text) => {
    const problems = problemsOf(withSteps(steps));
    expect(problems.join("\n")).toContain(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^x\.yaml:\d+:\d+ /);
  });
});

/** Other parts of a file that are wrong. */
const BAD_FILES: readonly (readonly [string, (good: string) => string, string])[] = [
  ["nothing", () => "", "x.yaml:1:1 the file is empty"],
  ["a list", () => "[1, 2]", "x.yaml:1:1 expected a map, found a list"],
  ["a text", () => "hello", 'x.yaml:1:1 expected a map, found "hello"'],
  ["no YAML", (good) => good.replace("[logs equal]", "[logs equal"), "this is not YAML"],
  ["a key twice", (good) => `${good}seed: 2\n`, "x.yaml:9:1 this key is there twice"],
  [
    "an alias to nothing",
    (good) => good.replace("A test", "*nobody"),
    "x.yaml:2:8 this is not YAML: Unresolved alias",
  ],
  [
    "a second document",
    (good) => `${good}---\nname: y\n`,
    "x.yaml:9:1 nothing may follow a line of ---: a file holds one document",
  ],
  [
    "what a terminal would obey",
    (good) => good.replace("logs equal", '"\\x1b[2J"'),
    'unknown expectation "\\u{1b}[2J"',
  ],
  [
    "a text without end where a map belongs",
    () => "x".repeat(10_000),
    `x.yaml:1:1 expected a map, found "${"x".repeat(40)}…"`,
  ],
  [
    "an unknown key",
    (good) => `${good}sed: 2\n`,
    'x.yaml:9:1 unknown key "sed", did you mean "seed"?',
  ],
  ["no title", (good) => good.replace("title: A test\n", ""), 'x.yaml:1:1 "title" is missing'],
  [
    "a title of the wrong type",
    (good) => good.replace("A test", "3"),
    "2:8 expected a text, found 3",
  ],
  ["a negative seed", (good) => good.replace("seed: 1", "seed: -1"), "4:7 expected a whole number"],
  [
    "a seed beyond all numbers",
    (good) => good.replace("seed: 1", "seed: 99999999999999999999"),
    "4:7 99999999999999999999 is too large: a number is at most 9007199254740991",
  ],
  ["a broken seed", (good) => good.replace("seed: 1", "seed: 1.5"), "4:7 expected a whole number"],
  [
    "too many members",
    (good) => good.replace("members: 3", "members: 99"),
    "from 1 to 9, found 99",
  ],
  [
    "an unknown key of the cluster",
    (good) => good.replace("members: 3", "mebers: 3"),
    '5:12 unknown key of cluster "mebers", did you mean "members"?',
  ],
  [
    "an election time between two ticks",
    (good) => good.replace("members: 3", "election: 150ms"),
    "5:22 the election time (150ms) is no multiple of the tick (100ms)",
  ],
  [
    "an unknown expectation",
    (good) => good.replace("logs equal", "logs equl"),
    '8:10 unknown expectation "logs equl", did you mean "logs equal"?',
  ],
  [
    "an unknown expectation with an argument",
    (good) => good.replace("logs equal", "{ stoped down: m1 }"),
    '8:12 unknown expectation "stoped down", did you mean "stepped down"?',
  ],
  [
    "two expectations in one",
    (good) => good.replace("logs equal", "{ repaired: m1, truncated: m1 }"),
    'expected one expectation, found "truncated" and "repaired"',
  ],
  [
    "an argument for an expectation that takes none",
    (good) => good.replace("logs equal", "{ logs equal: m1 }"),
    '8:12 "logs equal" takes no argument',
  ],
  [
    "an expectation that lacks its argument",
    (good) => good.replace("logs equal", "stepped down"),
    '8:10 "stepped down" needs an argument: write {stepped down: …}',
  ],
  ["no expectation", (good) => good.replace("[logs equal]", "[]"), "shows nothing"],
  [
    "an election time of nothing",
    (good) => good.replace("members: 3", "election: 0s"),
    "5:22 the election time is one tick (100ms) at least",
  ],
  [
    "clients that wait for nothing",
    (good) => good.replace("members: 3", "client-timeout: 0s"),
    "5:28 0s is too short: at least 1ms",
  ],
  [
    "merge keys",
    (good) => good.replace("members: 3", "<<: { members: 3 }"),
    "5:12 merge keys (<<) are not YAML 1.2",
  ],
  [
    "lists without end",
    (good) => good.replace("A test", "[".repeat(5000)),
    "this is nested too deeply",
  ],
  ["bytes of a program", () => "\u007fELF\u0002\u0001\u0000", "x.yaml:1:5 this is a binary file"],
  [
    "bytes that are no text",
    (good) => good.replace("A test", "\ufffd"),
    "2:8 this is a binary file",
  ],
  ["no steps", (good) => good.replace("steps:\n  - heal: true", "steps: []"), "nothing happens in"],
  [
    "an end before it can have settled",
    (good) => good.replace("steps:", "until: 1s\nsteps:").replace("heal: true", "settle: 20s"),
    "6:8 the run would end before the cluster can have settled: give it until 3s",
  ],
  [
    "an end before its last step",
    (good) => good.replace("steps:", "until: 1s\nsteps:").replace("heal: true", "at: 2s"),
    "6:8 the run would end before its last step",
  ],
];

describe("a file with", () => {
  test.each(BAD_FILES)("%s is refused", (_, spoil, text) => {
    const problems = problemsOf(spoil(withSteps("  - heal: true")));
    expect(problems.join("\n")).toContain(text);
    expect(new Set(problems).size).toBe(problems.length);
    for (const problem of problems) expect(problem).toMatch(/^x\.yaml:\d+:\d+ /);
  });

  test("several problems lists them all, in the order of the file", () => {
    const problems = problemsOf(
      withSteps("  - crash: leadr\n  - heal: maybe\n  - patition: [[m1]]").replace(
        "seed: 1",
        "seed: x",
      ),
    );
    expect(problems.map((line) => line.split(" ")[0])).toEqual([
      ...["x.yaml:4:7", "x.yaml:7:12", "x.yaml:8:11", "x.yaml:9:5"],
    ]);
  });

  test("problems of every kind lists them all at once", () => {
    const problems = problemsOf(`name: test
title: A test
teaches: Nothing.
sede: 3
cluster: { bugs: [Z9], election: 50ms }
steps:
  - crahs: m9
  - aftr: 20ms
    crash: m8
  - put: { key: b, vlaue: 1, as: X }
  - when: { answered: X }
  - when: { answered: Y }
  - when: laeder elected
    within: 1s
  - revoke: Lost
  - heal: true
  - heal: true
    heal: true
until: 1s
expect:
  - m8 is leader
  - logs eqaul
`);
    expect(problems).toEqual([
      'x.yaml:4:1 unknown key "sede", did you mean "seed"?',
      'x.yaml:5:19 unknown mistake "Z9" (docs/museum.md lists them)',
      "x.yaml:5:34 the election time (50ms) is no multiple of the tick (100ms)",
      'x.yaml:7:5 unknown fault "crahs", did you mean "crash"?',
      'x.yaml:8:5 unknown fault "aftr", did you mean "after"?',
      "x.yaml:9:12 there is no m8: the cluster has m1 … m3",
      'x.yaml:10:10 "value" is missing',
      'x.yaml:10:20 unknown key of put "vlaue", did you mean "value"?',
      'x.yaml:12:23 no client asks for "Y" (known: revoke Lost)',
      'x.yaml:13:11 unknown condition "laeder elected", did you mean "leader elected"?',
      'x.yaml:15:13 unknown lease "Lost"; grant it before: `lease: {ttl: 5s, as: Lost}`',
      "x.yaml:18:5 this key is there twice",
      "x.yaml:21:5 there is no m8: the cluster has m1 … m3",
      'x.yaml:22:5 unknown expectation "logs eqaul", did you mean "logs equal"?',
    ]);
  });

  test.each([
    ["cluster: { mebers: 5 }", "crash: m5"],
    ["cluster: { members: five }", "crash: m5"],
    ["cluster: five", "crash: m5"],
    ["cluster: { members: 3 }", "member-add: { member: m4, lerner: true }\n  - start-machine: m4"],
    ["cluster: { members: 3 }", "laese: { ttl: 5s, as: L }\n  - revoke: L"],
    ["cluster: { members: 3 }", "lease: { ttl: 5, as: L }\n  - revoke: L"],
    [
      "cluster: { members: 3 }",
      "put: { key: a, value: [1], client: 2 }\n  - get: b\n  - pause-client: 2",
    ],
    ["cluster: { members: 3 }", "lock: { name: l, cleint: 2 }\n  - unlock: { name: l, client: 2 }"],
  ])("%s is not blamed twice for %s", (key, step) => {
    const source = withSteps(`  - ${step}`).replace("cluster: { members: 3 }", key);
    expect(problemsOf(source)).toHaveLength(1);
  });

  test("text that was cut off anywhere is read or refused, never worse", () => {
    const whole = withSteps(GOOD_STEPS);
    for (let length = 0; length < whole.length; length += 3) {
      expect(() => problemsOf(whole.slice(0, length))).not.toThrow();
    }
  });
});
