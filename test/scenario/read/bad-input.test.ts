import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ACTIONS } from "../../../src/scenario/language/actions/index.ts";
import { CONDITION_KEYS } from "../../../src/scenario/language/conditions/index.ts";
import { EXPECTATION_KEYS } from "../../../src/scenario/language/expectations/index.ts";
import { clusterSchema } from "../../../src/scenario/read/cluster-schema.ts";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { scenarioSchema } from "../../../src/scenario/read/schema.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";

/** Arguments that hardly any word takes, as YAML. */
const STRANGE = [
  ...["3.5", "-1", "0", "true", "~", '""', '"??"', "[]", "{}", "[[1]]", "[~]", "{ x: 1 }"],
  ...[
    "{ ~: 1 }",
    "{ m1: ~ }",
    "{ m1: {} }",
    "m77",
    "1e400",
    ".nan",
    "9007199254740993",
    "2026-01-01",
  ],
];
/** Whole arguments of maps whose parts are then spoilt one by one. */
const WHOLE: Readonly<Record<string, string>> = {
  crash: "member: m1, disk: lose",
  restart: "member: m1, etcd: 3.5.0",
  downgrade: "action: enable, version: 3.5.0, client: 1, to: m1, only: true, as: dg",
  "crash-at": "member: m1, operations: 3, disk: lose",
  drift: "member: m1, ppm: 3",
  skew: "member: m1, by: 1s",
  "slow-apply": "member: m1, each: 1ms",
  "disk-slow": "member: m1, min: 1ms, mean: 1ms, max: 1ms",
  "disk-full": "member: m1, full: true",
  "snapshot-save": "member: m1, client: 1, as: b",
  "snapshot-restore": "members: all, from: a, bump-revision: 3, mark-compacted: true",
  settle: "within: 20s, rest: 1s, user: root, password: x",
  "bit-rot": "member: m1, file: .wal, bits: 1, atlas: true",
  swizzle: "members: m1, over: 1s",
  corrupt: "member: m1, key: a, value: x",
  cut: "from: m1, to: m2",
  clog: "from: m1, to: m2",
  link: "from: m1, to: m2, min: 1ms, mean: 1ms, max: 1ms, loss: 1%, duplicate: 1%, reorder: 1%, capacity: 3",
  misdeliver: "from: m1, to: m2, at: m3",
  "drop-next": "from: m1, to: m2, message: any, count: 1",
  lose: "from: m1, to: m2, message: any, nth: 1",
  deliver: "from: m1, to: m2, message: any, nth: 1",
  change: "add: [m4], remove: [m1], learners: [m5]",
  put: "key: a, value: x, lease: L, prev-kv: true, client: 1, to: m1, only: true, as: p",
  get: "key: a*, serializable: true, revision: newest - 3, limit: 2, keys-only: true, count-only: true, stream: true, sort: key descending, client: 1, to: m1, only: true, as: g",
  delete: "key: a*, prev-kv: true, client: 1, to: m1, only: true, as: d",
  puts: "count: 1, every: 1ms, client: 1, key: k, value: v, bytes: 1B, to: m1, only: true, open: true",
  txn: "if: [value of a = 1], then: [put a=1], else: [get a], client: 1, to: m1, only: true, as: t",
  compact: "revision: 1, physical: true, client: 1, to: m1, only: true, as: c",
  lease: "ttl: 5s, id: -7, keep-alive: true, client: 1, to: m1, only: true, as: M",
  revoke: "lease: L, client: 1, to: m1, only: true, as: r",
  "keep-alive": "lease: L, on: true, once: true, as: ka",
  "time-to-live": "lease: L, keys: false, client: 1, to: m1, only: true, as: l",
  watch:
    "key: a, from: 1, prev-kv: true, hide: [put], read-every: 1s, require-leader: true, progress: true, client: 1, as: V",
  "read-every": "client: 1, time: 1s",
  "request-progress": "client: 1, require-leader: true",
  lock: "name: l, client: 1, ttl: 5s, hold: 1s, rounds: 2, write: put a=1, fenced: true, as: k",
  leasing: "prefix: _l/, client: 1, ttl: 5s, put: a, value: x, as: le",
  unlock: "name: jobs, client: 1",
  elect: "name: e, client: 1, ttl: 5s, reign: 1s, value: x, as: e",
  observe: "name: e, client: 1, as: O",
  bank: "name: b, clients: [1], accounts: 2, balance: 1, transfers: 1, every: 1s",
  queue: "name: q, producers: [1], consumers: [2], items: 3, every: 1s",
  mirror: "prefix: a, client: 1, as: N",
  traffic: "clients: [1], of: mixed, count: 3, every: 1s, keys: 3, prefix: k, open: true, as: R",
  health: "member: m1, exclude: [NOSPACE], serializable: true, client: 1, timeout: 1s, as: h",
  livez: "member: m1, check: serializable_read, exclude: [], client: 1, timeout: 1s, as: h",
  readyz: "member: m1, check: linearizable_read, exclude: [], client: 1, timeout: 1s, as: h",
  "endpoint-health": "member: m1, client: 1, timeout: 1s, as: h",
  connect: "client: 1, to: m1, user: ann, password: x",
  "cut-client": "client: 1, from: m1",
  "drift-client": "client: 1, ppm: 3",
  "auth-setup":
    "roles: { r: [read a] }, users: { bob: { password: x, roles: [r] } }, enable: true, client: 1, as: s",
  "grant-permission": "role: w, allow: read a, client: 1, to: m1, only: true, as: gp",
  "revoke-permission": "role: w, keys: a, client: 1, to: m1, only: true, as: rp",
  "user-add": "user: eve, password: x, client: 1, to: m1, only: true, as: ua",
  "user-delete": "user: ann, client: 1, to: m1, only: true, as: ud",
  "user-password": "user: ann, password: y, client: 1, to: m1, only: true, as: up",
  "user-grant-role": "user: ann, role: w, client: 1, to: m1, only: true, as: ug",
  "user-revoke-role": "user: ann, role: w, client: 1, to: m1, only: true, as: ur",
  "role-add": "role: x, client: 1, to: m1, only: true, as: ra",
  "role-delete": "role: w, client: 1, to: m1, only: true, as: rd",
  "auth-enable": "client: 1, to: m1, only: true, as: ae",
  "auth-status": "client: 1, to: m1, only: true, as: as",
  "auth-disable": "client: 1, to: m1, only: true, as: ad",
  "alarm-disarm": "alarm: NOSPACE, client: 1, as: aa",
  defrag: "members: m1, client: 1, as: de",
  "move-leader": "member: m1, client: 1, to: m1, only: true, as: ml",
  "member-add": "member: m6, learner: true, client: 1, to: m1, only: true, as: ma",
  "member-list": "serializable: true, client: 1, to: m1, only: true, as: mi",
  "member-promote": "member: m1, client: 1, to: m1, only: true, as: mp",
  "member-remove": "member: m1, client: 1, to: m1, only: true, as: mr",
  "member-update": 'member: m1, url: "http://m1:1", client: 1, to: m1, only: true, as: mu',
};

/** One of everything that a word can refer to, and how it is called: lines 5 to 11. Client 1 is always there. */
const THINGS: readonly (readonly [name: RegExp, step: string])[] = [
  [/^/, "put: { key: a, value: 1 }"],
  [/\bL\b/, "lease: { ttl: 5s, as: L }"],
  [/\bW\b/, "watch: { key: a, as: W }"],
  [/\b(ann|w)\b/, "auth-setup: { roles: { w: [read a] }, users: { ann: { password: x } } }"],
  [/\bjobs\b/, "lock: { name: jobs }"],
  [/\bbank\b/, "bank: { name: bank, clients: [1] }"],
  [/\bobserver\b/, "observe: { name: jobs, as: observer }"],
];

/** There is one of everything here; the step to be spoilt stands in line 12. */
function scenario(step: string, end = "logs equal", things: readonly string[] = STEPS): string {
  return `name: bad
title: Bad input
teaches: Nothing.
steps:
${things.join("\n")}
  - ${step}
expect:
  - ${end}
`;
}

const STEPS = THINGS.map(([, step]) => `  - ${step}`);

/** The same to be read alone, thousands of times: of the rest there is only what is spoken of. */
function small(step: string, end = "logs equal"): string {
  const said = `${step} ${end}`;
  const things = THINGS.map(([name], i) => (name.test(said) ? (STEPS[i] as string) : "  #"));
  return scenario(step, end, things);
}

/** What zod, JavaScript or a program says for itself, and no person wants to read. */
const RAW = /invalid|unrecognized|undefined|\[object|too (small|big)|received/i;

function complaintsOf(source: string): string[] {
  try {
    parseScenario(source, "bad.yaml");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.message.split("\n");
  }
  return [];
}

/** It is read, or refused in words that say where. */
function check(source: string): boolean {
  const complaints = complaintsOf(source);
  for (const complaint of complaints) {
    expect(complaint).toMatch(/^bad\.yaml:\d+:\d+ ./);
    expect(complaint).not.toMatch(RAW);
  }
  return complaints.length > 0;
}

test.each(Object.keys(ACTIONS))("%s with a strange argument is read or refused", (word) => {
  const refused = STRANGE.filter((argument) => check(small(`${word}: ${argument}`)));
  expect(refused.length).toBeGreaterThan(STRANGE.length / 2);
});

test.each(Object.entries(WHOLE))(
  "%s is read with all its keys, and refused with one too many, or a strange one",
  (word, whole) => {
    expect(complaintsOf(small(`${word}: { ${whole} }`))).toEqual([]);
    const extra = complaintsOf(small(`${word}: { ${whole}, membr: m1 }`));
    expect(extra).toHaveLength(1);
    expect(extra[0]).toMatch(/^bad\.yaml:12:\d+ unknown key of \S.* "membr"/);
    // The first levels' keys with their values, lists and maps whole.
    const pairs = whole.match(/[\w-]+: (\{.*?\} \}|\{.*?\}|\[.*?\]|"[^"]*"|[^,]+)/g) ?? [];
    for (const pair of pairs) {
      const key = pair.slice(0, pair.indexOf(":"));
      const refused = STRANGE.filter((value) =>
        check(small(`${word}: { ${whole.replace(pair, `${key}: ${value}`)} }`)),
      );
      expect(refused.length, key).toBeGreaterThan(STRANGE.length / 2);
      check(
        small(
          `${word}: { ${whole
            .replace(pair, "")
            .replace(/^, |, $/g, "")
            .replace(", ,", ",")} }`,
        ),
      );
    }
  },
);

test("every action that takes a map is tried with all its keys", () => {
  const without = [
    "force-new-cluster",
    "wipe",
    "pause",
    "resume",
    "campaign",
    "snapshot",
    "partition",
    "isolate",
  ];
  const names = [
    "cancel-watch",
    "pause-client",
    "resume-client",
    "start-machine",
    "heal",
    "unclog",
  ];
  const operators = ["transfer-to", "add-learner", "add-member", "promote", "remove-member"];
  const tried = [...Object.keys(WHOLE), ...without, ...names, ...operators];
  expect(Object.keys(ACTIONS).filter((word) => !tried.includes(word))).toEqual([]);
});

test.each(Object.keys(CONDITION_KEYS))("the condition %s with a strange argument", (word) => {
  const refused = STRANGE.filter((value) => check(small(`when: { ${word}: ${value} }`)));
  expect(refused.length).toBeGreaterThan(STRANGE.length / 2);
});

test.each(Object.keys(EXPECTATION_KEYS))("the expectation %s with a strange argument", (word) => {
  const refused = STRANGE.filter((value) => check(small("get: a", `${word}: ${value}`)));
  expect(refused.length).toBeGreaterThan(STRANGE.length / 2);
});

/** Members that there are not, and names that nothing has, in all shapes that any phrase takes. */
const NOBODY = [
  ...["m8", "[m1, m8]", "{ m8: 1 }", "{ m8: [1] }", "{ m8: NOSPACE }", "{ m8: { a: x } }"],
  ...["{ from: m8 }", "{ to: [m1, m8] }", "X", "[X]", "{ X: 1 }", "{ X: x }", "{ X: true }"],
  ...["{ X: [1] }", "{ X: [x] }", "{ X: [m1] }", "{ X: { from: 1s, to: 2s } }", "{ m1: { X: x } }"],
];

test.each(Object.keys(CONDITION_KEYS))("the condition %s of what there is not", (word) => {
  const accepted = NOBODY.filter((value) => !check(small(`when: { ${word}: ${value} }`)));
  expect(accepted).toEqual([]);
});

test.each(Object.keys(EXPECTATION_KEYS))("the expectation %s of what there is not", (word) => {
  const accepted = NOBODY.filter((value) => !check(small("get: a", `${word}: ${value}`)));
  expect(accepted).toEqual([]);
});

/** Keys of words that bring members into being. */
const ADDING = ["change add", "change learners", "member-add member"];

test.each(Object.entries(WHOLE))("%s refuses each member that there is not", (word, whole) => {
  for (const { index } of whole.matchAll(/(?<=[ [])m[1-9]\b/g)) {
    const source = small(`${word}: { ${whole.slice(0, index)}m8${whole.slice(index + 2)} }`);
    const key = /([\w-]+): \[?$/.exec(whole.slice(0, index))?.[1];
    const column = `  - ${word}: { `.length + index + 1;
    const refused = [`bad.yaml:12:${column} there is no m8: the cluster has m1 … m3`];
    expect(complaintsOf(source), key).toEqual(ADDING.includes(`${word} ${key}`) ? [] : refused);
  }
});

test.each(Object.keys(ACTIONS))("%s in short refuses a member that there is not", (word) => {
  const complaints = complaintsOf(small(`${word}: [m1, m8]`));
  expect(complaints).toHaveLength(1);
  const isShape = complaints[0]?.includes(" expected ") === true;
  const column = `  - ${word}: [m1, `.length + 1;
  if (!isShape) expect(complaints[0]).toContain(`bad.yaml:12:${column} there is no m8`);
});

test.each(Object.keys(clusterSchema.shape))("%s of the cluster with a strange argument", (key) => {
  const refused = STRANGE.filter((value) =>
    check(small("get: a").replace("steps:", `cluster: { ${key}: ${value} }\nsteps:`)),
  );
  expect(refused.length).toBeGreaterThan(STRANGE.length / 2);
});

test.each(Object.keys(scenarioSchema.shape))("%s of the file as something strange", (key) => {
  const refused = STRANGE.filter((value) => {
    const rest = parse(small("get: a")) as Record<string, unknown>;
    delete rest[key];
    return check(`${stringify(rest)}${key}: ${value}\n`);
  });
  expect(refused.length).toBeGreaterThan(STRANGE.length / 2);
});

/** What a hand may write where another number was meant, by the look of what stands there. */
const EXTREMES: readonly (readonly [like: RegExp, values: readonly string[]])[] = [
  [/^[0-9.]+(us|ms|s|m)$/, ["0s", "1us", "60000m", "100000000s"]],
  [/^[0-9]+(B|KiB|MiB)$/, ["0B", "1B", "1000MiB", "100000000MiB"]],
  [/^-?[0-9]+$/, ["0", "1", "1000000", "9007199254740991", "-9007199254740991"]],
  [/^[0-9.]+%$/, ["0%", "100%"]],
];

function extremesOf(value: string): readonly string[] {
  return EXTREMES.find(([like]) => like.test(value))?.[1] ?? [];
}

/** It is refused, with a place; or its run comes to an end, or to its bound. */
function ends(source: string): void {
  if (check(source)) return;
  try {
    const bounds = { eventsMax: 3000, events: false, digests: false };
    runScenario(parseScenario(source, "bad.yaml"), bounds);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/bad\.yaml stopped after 3,000 events at virtual /);
  }
}

test.each(Object.entries(WHOLE))("%s with extreme numbers is refused, or ends", (word, whole) => {
  for (const [pair, key, value = ""] of whole.matchAll(/([\w-]+): ([^,[\]{}]+)/g)) {
    for (const extreme of extremesOf(value.trim())) {
      const spoilt = whole.replace(pair, `${key}: ${extreme}`);
      ends(scenario(`when: leader elected\n  - ${word}: { ${spoilt} }\n  - after: 5s`));
    }
  }
});

test.each(Object.keys(clusterSchema.shape))("%s of the cluster as an extreme number", (key) => {
  for (const extreme of EXTREMES.flatMap(([, values]) => values)) {
    ends(scenario("after: 5s").replace("steps:", `cluster: { ${key}: ${extreme} }\nsteps:`));
  }
});

test("a file that nobody wrote by hand is refused at once", () => {
  const long = scenario("get: a").replace("Nothing.", "x".repeat(2 ** 20));
  expect(complaintsOf(long)).toEqual(["bad.yaml is too long for a scenario: 1MiB at most"]);
  const many = scenario("get: a").replace("  - get: a", "  - heal:\n".repeat(10_001).trimEnd());
  expect(complaintsOf(many)).toContain("bad.yaml:5:3 a scenario has at most 10000 steps");
});
