import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario, type ScenarioRun } from "../../../src/scenario/run/run.ts";

function source(steps: readonly string[], cluster: string): string {
  return `
name: test
title: A test
teaches: Nothing.
cluster: { ${cluster} }
steps:
  - at: 200ms
    campaign: m1
  - when: m1 is leader
${steps.map((step) => `  - ${step}`).join("\n")}
expect: [one leader per term]
`;
}

function run(steps: readonly string[], cluster = "members: 3"): ScenarioRun {
  const scenario = parseScenario(source(steps, cluster), "test.yaml");
  const ran = runScenario(scenario);
  // Each twice: chance is the seed's alone.
  expect(runScenario(scenario).report.traceDigest).toBe(ran.report.traceDigest);
  return ran;
}

function complaint(step: string): string {
  try {
    parseScenario(source([step], "members: 3"), "test.yaml");
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "";
}

const faultsOf = ({ events }: ScenarioRun) =>
  events.flatMap((event) => (event.kind === "fault" ? [event.text] : []));
const crashesOf = ({ events }: ScenarioRun) =>
  events.flatMap((event) => (event.kind === "crash" ? [event.text] : []));

test.each(["rewind", "forget", "scatter"])("a crash that leaves the disk as with %s", (disk) => {
  const ran = run(
    [
      "puts: { count: 60, every: 5ms, bytes: 200B }",
      "after: 250ms\n    crash: { member: m2, disk: DISK }".replace("DISK", disk),
      "when: puts done",
      "settle: 20s",
    ],
    "members: 3, snapshot-entries: 10, catch-up-entries: 2, segment: 2KiB",
  );
  expect(ran.report.ok).toBe(true);
  expect(crashesOf(ran)).toHaveLength(1);
});

describe("crash-at", () => {
  test("a point of the code ends the process when it comes there", () => {
    const ran = run([
      "crash-at: { member: m2, point: walBeforeSync, count: 3 }",
      "puts: { count: 5, every: 20ms }",
      "when: puts done",
      "settle: 20s",
    ]);
    expect(ran.report.ok).toBe(true);
    expect(crashesOf(ran)[0]).toMatch(/^at walBeforeSync; /);
    expect(faultsOf(ran)[1]).toBe(
      "m2 will crash at walBeforeSync, when it comes there for time 3 from now",
    );
  });

  test("the end of all faults takes back what has not come yet", () => {
    const ran = run([
      "crash-at: { member: all, point: defragBeforeRename }",
      "settle: 20s",
      "defrag: all",
      "after: 1s\n    expect: { acknowledged: defrag }",
    ]);
    expect(ran.report.ok).toBe(true);
    expect(crashesOf(ran)).toEqual([]);
  });

  test.each([
    ["point: walBeforSync", 'unknown fault point "walBeforSync", did you mean "walBeforeSync"?'],
    [
      "point: beforeStartDBTxn",
      "there is no such moment as beforeStartDBTxn here: the backend has no transaction",
    ],
    ["operations: 3, point: walAfterSync", "say where: either `operations` or `point`"],
    ["disk: keep", "say where: either `operations` or `point`"],
    ["operations: 3, count: 2", "`count` is how often it comes to a `point`"],
    ["point: 3", "expected a fault point such as walBeforeSync, found 3"],
  ])("%s is refused", (argument, text) => {
    expect(complaint(`crash-at: { member: m2, ${argument} }`)).toContain(text);
  });
});

/** Pairs of members that don't hear each other, by the last event about links before the last step. */
function cutsOf({ events }: ScenarioRun): string {
  const links = events.flatMap((event) => (event.kind === "links" ? [event] : []));
  const pairs = links.at(-1)?.cut.filter(([from, to]) => from < to) ?? [];
  return pairs.map(([from, to]) => `${from}${to}`).join(" ");
}

describe("partition", () => {
  const FIVE = "members: 5";

  test("as a ring leaves each its two neighbours", () => {
    const ran = run(
      ["partition: { ring: true }", "after: 2s\n    put: { key: a, value: 1 }"],
      FIVE,
    );
    expect(cutsOf(ran)).toBe("13 14 24 25 35");
    expect(faultsOf(ran)[1]).toBe("a ring: m1 m2 m3 m4 m5");
  });

  test("with a bridge leaves two halves that one member hears both", () => {
    const ran = run(["partition: { bridge: m3 }", "put: { key: a, value: 1 }"], FIVE);
    expect(cutsOf(ran)).toBe("14 15 24 25");
    expect(faultsOf(ran)[1]).toBe("m1 m2 | m4 m5, and only m3 hears both");
  });

  test("into halves draws them, each time anew", () => {
    const steps = Array.from({ length: 6 }, () => "partition: { halves: random }");
    const texts = faultsOf(run(steps, FIVE)).slice(1);
    for (const text of texts) expect(text).toMatch(/^partition: m\d m\d \| m\d m\d m\d$/);
    expect(new Set(texts).size).toBeGreaterThan(2);
  });

  test.each(["ring: true", "bridge: m3", "halves: random"])("%s ends with settle", (shape) => {
    const ran = run(
      [
        `partition: { ${shape} }`,
        "puts: { count: 20, every: 20ms }",
        "when: puts done",
        "settle: 20s",
      ],
      FIVE,
    );
    expect(ran.report.ok).toBe(true);
    expect(cutsOf(ran)).toBe("");
  });

  test("is of one shape", () => {
    expect(complaint("partition: { ring: true, bridge: m1 }")).toContain(
      "needs one of minority, ring, bridge, halves",
    );
    expect(complaint("partition: { halves: even }")).toContain('expected random, found "even"');
  });
});

describe("swizzle", () => {
  const steps = ["swizzle: { over: 1s }", "after: 1500ms\n    put: { key: a, value: 1 }"];

  test("clogs all one by one, and frees them in another order", () => {
    const ran = run(steps, "members: 5");
    const told = faultsOf(ran).slice(2);
    const order = (what: string) =>
      told.flatMap((text) => (text.endsWith(what) ? (/m\d/.exec(text) ?? []) : []));
    const [held, freed] = [order("are held back"), order("go on")];
    expect([...held].sort()).toEqual(["m1", "m2", "m3", "m4", "m5"]);
    expect([...freed].sort()).toEqual(["m1", "m2", "m3", "m4", "m5"]);
    expect(freed).not.toEqual(held);
    const links = ran.events.flatMap((event) => (event.kind === "links" ? [event] : []));
    expect(links.at(-1)?.clogged).toEqual([]);
    expect(ran.report.violations).toEqual([]);
  });

  test("ends with unclog, and with settle", () => {
    for (const end of ["unclog: true", "settle: 20s"]) {
      const ran = run(["swizzle: { over: 4s }", `after: 1s\n    ${end}`, "after: 5s\n    get: a"]);
      const links = ran.events.flatMap((event) => (event.kind === "links" ? [event] : []));
      expect(links.at(-1)?.clogged).toEqual([]);
      expect(faultsOf(ran).filter((text) => text.endsWith("go on"))).toEqual([]);
    }
  });
});

describe("bit-rot", () => {
  test("of .db finds the database", () => {
    const ran = run([
      "puts: { count: 5, every: 50ms }",
      "when: puts done",
      "after: 200ms\n    bit-rot: { member: m2, file: .db }",
    ]);
    expect(faultsOf(ran).at(-1)).toMatch(/^m2's disk rots: flipped bit \S+ of member\/snap\/db /);
  });

  test("within the atlas spares a quorum; a disk that was replaced or mended is good again", () => {
    const rot = (member: string) => `bit-rot: { member: ${member}, atlas: true }`;
    const refused = run([rot("m2"), rot("m3")]);
    expect(refused.report.failure?.text).toContain("no quorum of good copies would be left");
    expect(run([rot("m2"), rot("m2")]).report.failure).toBeNull();
    expect(run(["crash: m2", rot("m2"), "wipe: m2", rot("m3")]).report.failure).toBeNull();
    // It has not looked at its disk since.
    expect(run([rot("m2"), "settle: 20s", rot("m3")]).report.ok).toBe(false);
    const snap = "bit-rot: { member: m2, file: .snap, atlas: true }";
    const mended = ["puts: { count: 30, every: 5ms }", "when: puts done", "crash: m2", snap];
    const ran = run([...mended, "settle: 20s", rot("m3")], "members: 3, snapshot-entries: 5");
    expect(ran.report.failure).toBeNull();
    expect(run([rot("[m2, m3]"), rot("m4")], "members: 5").report.failure?.text).toContain(
      "(rotten already: m2 m3)",
    );
  });
});

describe("wipe", () => {
  test("takes a member's promises, and raft panics as etcd's does", () => {
    const ran = run([
      "puts: { count: 20, every: 10ms }",
      "when: puts done",
      "crash: m3",
      "wipe: m3",
      "restart: m3",
      "after: 3s\n    put: { key: a, value: 1 }",
    ]);
    const panic = ran.violations.find(({ invariant }) => invariant === "panic");
    expect(panic?.text).toMatch(/tocommit\(\d+\) is out of range \[lastIndex\(0\)\]/);
  });

  test("of a member that is replaced harms nobody", () => {
    const ran = run([
      "puts: { count: 20, every: 10ms }",
      "when: puts done",
      "crash: m3",
      "wipe: m3",
      "after: 6s\n    member-remove: { member: m3 }",
      "when: { answered: member-remove m3 }",
      "member-add: { member: m4 }",
      "start-machine: m4",
      "when: { caught up: m4 }",
      "expect: { voters: [m1, m2, m4] }",
    ]);
    expect(ran.report.ok).toBe(true);
  });
});

test("a link that would have max < min is impossible; all three can be changed at once", () => {
  const of = (link: string) => run([`link: { ${link} }`]).report.failure?.text;
  const why = "a link would not have min <= mean <= max: say all three";
  expect(of("min: 30ms")).toBe(why);
  expect(of("from: m1, max: 100us")).toBe(why);
  expect(of("from: m1, min: 30ms, mean: 30ms, max: 40ms")).toBeUndefined();
  expect(of("min: 10us")).toBeUndefined();
});

test("a link of little capacity loses what is too much, until heal", () => {
  const steps = (capacity: string) => [
    `link: { from: m1, to: m2, min: 50ms, mean: 50ms, max: 50ms${capacity} }`,
    "puts: { count: 40, every: 2ms, open: true }",
    "when: puts done",
    "heal: true",
    "puts: { count: 40, every: 2ms, open: true, client: 2 }",
    "settle: 20s",
  ];
  const dropped = (ran: ScenarioRun) =>
    ran.events.flatMap((event) =>
      event.kind === "drop" ? [`${event.message.from}→${event.message.to}`] : [],
    );
  expect(dropped(run(steps("")))).toEqual([]);
  const ran = run(steps(", capacity: 3"));
  expect(ran.report.ok).toBe(true);
  expect(dropped(ran).length).toBeGreaterThan(5);
  expect(new Set(dropped(ran))).toEqual(new Set(["1→2"]));
});
