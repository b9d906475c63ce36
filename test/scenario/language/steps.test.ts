import { describe, expect, test } from "vitest";
import type { ACTIONS } from "../../../src/scenario/language/actions/index.ts";
import {
  allApplied,
  CONDITION_KEYS,
  CONDITION_SENTENCES,
} from "../../../src/scenario/language/conditions/index.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario, type ScenarioRun } from "../../../src/scenario/run/run.ts";
import type { EventListener } from "../../../src/scenario/run/run-history.ts";
import type { World } from "../../../src/scenario/run/world.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { smallRun } from "./small-run.ts";

function run(steps: string, cluster = "members: 3"): ScenarioRun {
  const source = `
name: test
title: A test
teaches: Nothing.
cluster: { ${cluster} }
steps:
  - at: 200ms
    campaign: m1
  - when: m1 is leader
${steps}
expect: [one leader per term]
`;
  return runScenario(parseScenario(source, "test.yaml"));
}

const WATCHED = "watch: { key: a, as: W }\n  - after: 50ms\n";
const COMPACTED = "puts: { count: 3, every: 10ms }\n  - when: puts done\n  - compact: 3\n";
const LEASED = "lease: { ttl: 3s, as: L }\n  - when: { answered: L }";
const LOCKED = "lock: { name: l, hold: 500ms }\n  - lock: { name: l, client: 2 }";

/** A condition, the step before it, and the ms of the run between which it comes true. */
const CAME: readonly (readonly [string, string, number, number])[] = [
  ["leader elected", "", 200, 203],
  ["new leader elected", "crash: m1", 1000, 3000],
  ["no leader", "crash: m1", 200, 203],
  ["m3 is down", "crash: m3", 200, 203],
  ["m2 is pre-candidate", "crash: m1", 1000, 3000],
  ["all applied", "put: { key: a, value: 1 }", 201, 220],
  ["puts done", "puts: { count: 5, every: 20ms }", 280, 300],
  ["nothing pending", "put: { key: a, value: 1 }", 201, 220],
  ["configuration joint", "change: { add: [m4, m5], remove: [m2] }", 201, 220],
  ["configuration settled", "change: { add: [m4, m5], remove: [m2] }", 200, 230],
  ["{ committed: 6 }", "puts: { count: 2, every: 20ms }", 220, 240],
  ["{ applied: 6 }", "puts: { count: 2, every: 20ms }", 220, 400],
  ["{ term: 3 }", "transfer-to: m2", 201, 220],
  ["{ last index: { m2: 6 } }", "puts: { count: 2, every: 20ms }", 220, 240],
  ["{ commit index: { m1: 6 } }", "puts: { count: 2, every: 20ms }", 220, 240],
  ["{ caught up: m3 }", "put: { key: a, value: 1 }", 200, 220],
  ["{ answered: a }", "put: { key: a, value: 1 }", 201, 220],
  ["{ sent: { message: MsgHeartbeat, from: leader, to: m3, count: 5 } }", "", 600, 800],
  ["{ delivered: { message: MsgHeartbeat, to: m3, count: 5 } }", "", 600, 810],
  ["clients done", "bank: { name: b, clients: [1], transfers: 3, every: 10ms }", 230, 300],
  ["{ watched: { W: 2 } }", `${WATCHED}  - puts: { count: 3, key: a, every: 50ms }`, 300, 320],
  ["{ watched to: { W: 3 } }", `${WATCHED}  - puts: { count: 3, key: a, every: 50ms }`, 300, 320],
  ["{ watch cancelled: W }", `${COMPACTED}  - watch: { key: a, from: 2, as: W }`, 220, 310],
  ["{ lease gone: L }", LEASED, 3200, 3800],
  ["{ renewed: { L: 2 } }", `${LEASED}\n  - keep-alive: L`, 1700, 1800],
  ["{ holds: { l: 2 } }", LOCKED, 700, 750],
  ["{ alarm: none }", "", 200, 203],
  ["{ compacted: 3 }", COMPACTED.trimEnd(), 220, 270],
];

describe("a step that waits for", () => {
  test.each(CAME)("%s comes when it holds", (condition, step, from, to) => {
    const action = step === "" ? "" : `  - ${step}\n`;
    const { report } = run(`${action}  - when: ${condition}\n    within: 5s\n`);
    expect(report.failure).toBeNull();
    // The run ends a second after its last step.
    expect(report.virtualMs - 1000).toBeGreaterThanOrEqual(from);
    expect(report.virtualMs - 1000).toBeLessThanOrEqual(to);
  });

  test("a version of the cluster comes when the members have agreed on it", () => {
    const wait = (version: string) => [
      "within: 2s\n    when: { cluster version: VERSION }".replace("VERSION", version),
    ];
    const cluster =
      "members: 3, etcd: { m1: 3.6.16, m2: 3.5.33, m3: 3.7.3 }, monitor-versions: true";
    smallRun(wait("3.5.0"), { cluster });
    expect(() => smallRun(wait("3.7.0"), { cluster })).toThrow("in vain");
  });

  test("a snapshot installed comes when it was taken over", () => {
    const { report } = run(
      "  - crash: m3\n  - puts: { count: 20, every: 2ms }\n  - when: puts done\n" +
        "  - restart: m3\n  - when: { snapshot installed: m3 }\n    within: 2s\n",
      "snapshot-entries: 5, catch-up-entries: 1",
    );
    expect(report.failure).toBeNull();
  });

  test("all applied waits for what is committed and not applied yet", () => {
    const world = (commit: number, applied: number) => ({
      cluster: {
        leader: () => 1,
        view: () => ({ lastIndex: 5 }),
        views: () => [
          { status: "up", commit, applied },
          { status: "down", commit: 1, applied: 1 },
        ],
      },
    });
    const holds = (commit: number, applied: number) =>
      allApplied(world(commit, applied) as unknown as World);
    expect([holds(5, 5), holds(5, 4), holds(4, 5), holds(4, 4)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("the n-th message has it asked for again with each that counts, though nothing else happens", () => {
    const history = { pulse: 0, listeners: new Set<EventListener>() };
    const sent = CONDITION_KEYS.sent.make({ message: "MsgApp", count: 2 });
    const holds = sent.begin({ history } as unknown as World);
    const send = (type: string): boolean => {
      const before = history.pulse;
      const event = { kind: "send", message: { type, from: 1, to: 2 } } as unknown as TraceEvent;
      for (const listener of history.listeners) listener(event);
      return history.pulse > before;
    };
    const seen = ["MsgVote", "MsgApp", "MsgApp"].map((type) => [send(type), holds()]);
    expect(seen).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  test("what never comes fails, and says so", () => {
    const { report } = run("  - when: m3 is leader\n    within: 2s");
    expect(report.ok).toBe(false);
    expect(report.failure).toEqual({
      ...{
        step: 3,
        line: 10,
        text: expect.stringMatching(
          /^waited 2s in vain for "m3 is leader": m3 is follower of m1 in term 2 /,
        ),
      },
    });
    expect(report.expectations).toEqual([]);
  });

  test("every condition there is was tried here", () => {
    const tried = CAME.map(([text]) => text.replace(/^\{ ([a-z ]+):.*/, "$1"));
    const patterns = [
      ...Object.keys(CONDITION_KEYS),
      ...CONDITION_SENTENCES.map(({ template }) => template),
    ].map((name) => new RegExp(`^${name.replace(/<[a-z]+>/g, "\\S+")}$`));
    const untried = patterns.filter((pattern) => !tried.some((text) => pattern.test(text)));
    // They have tests of their own.
    expect(untried.map(String).sort()).toEqual(["/^cluster version$/", "/^snapshot installed$/"]);
  });
});

/** Clients that sign in, and an operator who has set up auth. */
const AUTH = `auth-setup: { roles: { r: [read a] }, users: { root: { password: p, roles: [root] }, ann: { password: q, roles: [r] } } }
  - when: { answered: auth-setup }
  - connect: { client: 2, user: root, password: p }
  - connect: { client: 3, user: ann, password: q }`;
const QUIET = "  - when: nothing pending\n";
const BACKUP = "snapshot-save: { member: m2, as: b }\n  - when: { answered: b }\n  - ";

/**
 * Every action, and the word of the fault in the trace it makes (null: clients, who make none). What
 * those come to is seen a little later.
 */
const DONE: Readonly<
  Record<keyof typeof ACTIONS, readonly [string, string | null] | readonly [string, null, string]>
> = {
  crash: ["crash: { member: m3, disk: random }", "crash"],
  "crash-at": ["crash-at: { member: m1, operations: 5 }", "crash-at"],
  restart: [
    "crash: [m2, m3]\n  - restart: m2\n  - restart: { member: m3, etcd: 3.5.0 }",
    "restart",
  ],
  pause: ["pause: m3", "pause"],
  resume: ["pause: m3\n  - resume: paused", "resume"],
  drift: ["drift: { member: m3, ppm: -1000 }", "drift"],
  skew: ["skew: { member: m3, by: -2s }", "skew"],
  "slow-apply": ["slow-apply: { member: m3, each: 20ms }", "slow-apply"],
  "disk-slow": ["disk-slow: { member: all, min: 1ms, mean: 2ms, max: 3ms }", "disk-slow"],
  "disk-full": ["disk-full: { member: m3 }", "disk-full"],
  "bit-rot": ["crash: m3\n  - bit-rot: { member: m3 }", "bit-rot"],
  wipe: ["crash: m3\n  - wipe: m3", "wipe"],
  downgrade: [
    "downgrade: { action: enable, version: 3.3.0 }",
    null,
    "{ answered with error: { downgrade: cluster version not found during downgrade } }",
  ],
  "snapshot-save": ["snapshot-save: { member: m2, as: b }", null, "{ acknowledged: b }"],
  "snapshot-restore": [
    `${BACKUP}crash: all\n  - snapshot-restore: { members: all, from: b }\n  - restart: down`,
    "snapshot-restore",
  ],
  "force-new-cluster": [
    "crash: all\n  - force-new-cluster: m2\n  - when: leader elected",
    "force-new-cluster",
  ],
  campaign: ["campaign: m3", "campaign"],
  snapshot: ["snapshot: m2", "snapshot"],
  partition: ["partition: { minority: leader }", "partition"],
  isolate: ["isolate: m3", "partition"],
  cut: ["cut: { from: m1, to: all }", "cut"],
  heal: ["isolate: m3\n  - heal: true", "heal"],
  clog: ["clog: { from: m1, to: m3 }", "clog"],
  unclog: ["clog: { from: m1, to: m3 }\n  - unclog: true", "unclog"],
  swizzle: ["swizzle: { over: 400ms }\n  - after: 500ms\n    put: { key: a, value: 1 }", "swizzle"],
  misdeliver: ["misdeliver: { from: m1, to: m2, at: m3 }", "misdeliver"],
  link: ["link: { from: m1, loss: 5%, min: 1ms, mean: 2ms, max: 3ms }", "link"],
  "drop-next": ["drop-next: { from: m1, to: [m2, m3], message: MsgApp, count: 2 }", "drop-next"],
  lose: ["campaign: m3\n  - after: 20us\n    lose: { from: m3, to: m1 }", "lose"],
  deliver: [
    "clog: { from: m1, to: m3 }\n  - after: 2s\n    deliver: { from: m1, to: m3 }",
    "deliver",
  ],
  "transfer-to": ["transfer-to: follower", "transfer"],
  "add-learner": ["add-learner: m4", "add-member"],
  "add-member": ["add-member: m4", "add-member"],
  promote: ["add-learner: m4\n  - when: { caught up: m4 }\n  - promote: m4", "promote"],
  "remove-member": ["remove-member: m3", "remove-member"],
  change: ["change: { add: [m4], remove: [m3] }", "change"],
  put: ["put: { key: a, value: 1, to: m2, only: true, client: 9, as: w }", null],
  get: ["get: a", null],
  delete: ["delete: { key: a }", null],
  puts: ["puts: { count: 3, every: 1ms, bytes: 1KiB }", null],
  txn: [
    "txn: { if: [version of a = 0, created of a < 1, modified of a < 1], then: [put a=1, get a, delete b*], else: [put b=1] }",
    null,
    "{ succeeded: { txn: true } }",
  ],
  compact: [
    `put: { key: a, value: 1 }\n${QUIET}  - compact: { revision: current, physical: true }`,
    null,
    "{ compacted to: { all: 2 } }",
  ],
  lease: ["lease: { ttl: 5s, as: L, keep-alive: true }", null, "{ lease alive: L }"],
  revoke: [
    `${LEASED}\n  - revoke: { lease: L, client: 2 }`,
    null,
    "{ lease lasted: { L: { from: 0s, to: 1s } } }",
  ],
  "keep-alive": [
    `${LEASED}\n  - keep-alive: L\n  - keep-alive: { lease: L, once: true, as: again }`,
    null,
    "{ acknowledged: again }",
  ],
  "time-to-live": [
    `${LEASED}\n  - time-to-live: { lease: L, as: asked }`,
    null,
    "{ time left: { asked: { from: 2s, to: 3s } } }",
  ],
  watch: [
    "watch: { key: a.., as: W, prev-kv: true, hide: [delete], client: 2 }\n  - after: 50ms\n    put: { key: ab, value: 1 }\n  - delete: { key: ab, as: d }",
    null,
    "{ watched: { W: [put ab=1] } }",
  ],
  "cancel-watch": [
    "watch: { key: a, as: W }\n  - after: 50ms\n    cancel-watch: W\n  - put: { key: a, value: 1 }",
    null,
    "{ watched: { W: 0 } }",
  ],
  "read-every": [
    "watch: { key: a, as: W }\n  - read-every: { time: 10s }\n  - after: 50ms\n    put: { key: a, value: 1 }",
    null,
    "{ watched: { W: 0 } }",
  ],
  "request-progress": [
    "watch: { key: a, as: W }\n  - after: 50ms\n    put: { key: b, value: 1 }\n  - when: { answered: b }\n  - after: 50ms\n    request-progress: { client: 1 }",
    null,
    "{ progress told: { W: [2] } }",
  ],
  lock: [
    "lock: { name: l, hold: 10ms, write: put a=1, fenced: true }\n  - lock: { name: l, client: 2 }",
    null,
    "{ held: { l: [1, 2] } }",
  ],
  leasing: [
    "leasing: { put: a, value: 1, as: w }\n  - when: { answered: w }\n  - leasing: { get: a, client: 2, as: r }",
    null,
    "{ read: { r: 1 } }",
  ],
  unlock: [
    "lock: { name: l }\n  - when: { holds: { l: 1 } }\n  - lock: { name: l, client: 2 }\n  - unlock: { name: l }",
    null,
    "{ held: { l: [1, 2] } }",
  ],
  elect: ["elect: { name: e, value: boss }", null, "{ held: { e: [1] } }"],
  observe: [
    "observe: { name: e, client: 2, as: O }\n  - elect: { name: e, value: boss }",
    null,
    "{ observed: { O: [boss] } }",
  ],
  bank: [
    "bank: { name: b, clients: [1, 2], transfers: 3, every: 1ms }\n  - when: clients done",
    null,
    "{ sum kept: b }",
  ],
  queue: [
    "queue: { name: q, producers: [1], consumers: [2, 3], items: 5, every: 1ms }\n  - when: clients done",
    null,
    "{ queue kept: q }",
  ],
  mirror: [
    "mirror: { prefix: k, as: M }\n  - puts: { count: 5, every: 1ms }\n  - when: puts done",
    null,
    "{ mirror equal: M }",
  ],
  traffic: [
    "traffic: { clients: [1, 2], count: 20, every: 1ms }\n  - when: clients done",
    null,
    "{ traffic at least: { traffic: 40 } }",
  ],
  connect: [
    "connect: { client: 2, to: m3 }\n  - watch: { key: a, as: W, client: 2 }",
    null,
    "{ served by: { W: [m3] } }",
  ],
  "pause-client": ["pause-client: 1\n  - put: { key: a, value: 1 }", "client-pause"],
  "resume-client": ["pause-client: 1\n  - resume-client: 1\n  - get: a", "client-resume"],
  "cut-client": ["cut-client: { client: 1, from: all }\n  - get: a", "client-cut"],
  "drift-client": ["drift-client: { client: 1, ppm: 1000 }\n  - get: a", "client-drift"],
  settle: ["crash: m3\n  - settle: 10s", "restart"],
  corrupt: [
    `put: { key: a, value: 1 }\n${QUIET}  - corrupt: { member: m1, key: a, value: 2 }`,
    "corrupt",
  ],
  "auth-setup": [
    `${AUTH}\n  - put: { key: a, value: 1, client: 3, as: w }`,
    null,
    "{ answered with error: { w: permission denied } }",
  ],
  "grant-permission": [
    `${AUTH}\n  - grant-permission: { role: r, allow: write a, client: 2 }\n${QUIET}  - put: { key: a, value: 1, client: 3, as: w }`,
    null,
    "{ acknowledged: w }",
  ],
  "revoke-permission": [
    `${AUTH}\n  - revoke-permission: { role: r, keys: a, client: 2 }\n${QUIET}  - get: { key: a, client: 3, as: r }`,
    null,
    "{ answered with error: { r: permission denied } }",
  ],
  "auth-disable": [
    `${AUTH}\n  - auth-disable: { client: 2 }\n${QUIET}  - put: { key: a, value: 1, client: 4, as: w }`,
    null,
    "{ acknowledged: w }",
  ],
  "user-add": [
    `${AUTH}\n  - user-add: { user: bob, password: r, client: 2 }\n${QUIET}  - connect: { client: 4, user: bob, password: r }\n  - put: { key: a, value: 1, client: 4, as: w }`,
    null,
    "{ answered with error: { w: permission denied } }",
  ],
  "user-delete": [
    `${AUTH}\n  - user-delete: { user: ann, client: 2 }\n${QUIET}  - get: { key: a, client: 3, as: r }`,
    null,
    "{ answered with error: { r: authentication failed } }",
  ],
  "user-password": [
    `${AUTH}\n  - user-password: { user: ann, password: z, client: 2 }\n${QUIET}  - get: { key: a, client: 3, as: r }`,
    null,
    "{ answered with error: { r: authentication failed } }",
  ],
  "user-grant-role": [
    `${AUTH}\n  - user-grant-role: { user: ann, role: root, client: 2 }\n${QUIET}  - put: { key: a, value: 1, client: 3, as: w }`,
    null,
    "{ acknowledged: w }",
  ],
  "user-revoke-role": [
    `${AUTH}\n  - user-revoke-role: { user: ann, role: r, client: 2 }\n${QUIET}  - get: { key: a, client: 3, as: r }`,
    null,
    "{ answered with error: { r: permission denied } }",
  ],
  "role-add": [
    `${AUTH}\n  - role-add: { role: q, client: 2 }\n${QUIET}  - grant-permission: { role: q, allow: read b, client: 2 }`,
    null,
    "{ acknowledged: [role-add q, grant-permission q] }",
  ],
  "role-delete": [
    `${AUTH}\n  - role-delete: { role: r, client: 2 }\n${QUIET}  - get: { key: a, client: 3, as: r }`,
    null,
    "{ answered with error: { r: permission denied } }",
  ],
  "auth-enable": [
    `user-add: { user: root, password: p }\n${QUIET}  - user-grant-role: { user: root, role: root }\n${QUIET}  - auth-enable: true\n${QUIET}  - put: { key: a, value: 1, as: w }`,
    null,
    "{ answered with error: { w: user name is empty } }",
  ],
  "auth-status": ["auth-status: true", null, "{ acknowledged: auth-status }"],
  "alarm-disarm": ["alarm-disarm: { alarm: NOSPACE }", null, "{ acknowledged: alarm-disarm }"],
  defrag: ["defrag: all", null, "{ acknowledged: defrag }"],
  "move-leader": ["after: 100ms\n    move-leader: { member: m2 }", null, "leader is m2"],
  health: ["health: { member: m2, as: h }", null, "{ healthy: h }"],
  livez: ["livez: m3", null, "{ healthy: livez m3 }"],
  readyz: ["readyz: { member: m2, exclude: [non_learner] }", null, "{ healthy: readyz m2 }"],
  "endpoint-health": ["endpoint-health: leader", null, "{ healthy: endpoint-health m1 }"],
  "member-add": [
    "after: 6s\n    member-add: { member: m4, learner: true }",
    null,
    "{ learners: [m4] }",
  ],
  "member-list": [
    "member-list: { to: m2, serializable: true, as: list }",
    null,
    "{ acknowledged: list }",
  ],
  "start-machine": ["member-add: { member: m4 }\n  - start-machine: m4", "start"],
  "member-promote": [
    "after: 6s\n    member-add: { member: m4, learner: true }\n  - start-machine: m4\n  - when: { caught up: m4 }\n  - after: 100ms\n    member-promote: { member: m4 }",
    null,
    "{ voters: [m1, m2, m3, m4] }",
  ],
  "member-remove": ["after: 6s\n    member-remove: { member: m3 }", null, "{ voters: [m1, m2] }"],
  "member-update": [
    'after: 6s\n    member-update: { member: m3, url: "http://m3:9999" }',
    null,
    "{ acknowledged: member-update m3 }",
  ],
};

describe("a step", () => {
  test.each(Object.entries(DONE))("%s does what it says", (_, [step, fault, expected]) => {
    const seen = expected === undefined ? "" : `\n  - after: 900ms\n    expect: ${expected}`;
    const { report, events } = run(`  - ${step}${seen}`);
    expect(report.failure).toBeNull();
    expect(report.expectations.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.violations).toEqual([]);
    const faults = events.flatMap((event) => (event.kind === "fault" ? [event.fault] : []));
    const invoked = events.some(({ kind }) => kind === "invoke" || kind === "watch");
    if (fault === null) expect(invoked).toBe(true);
    else expect(faults.slice(1)).toContain(fault);
  });

  test.each([
    ["restart: m3", "m3 is running already"],
    ["wipe: m3", "m3 is running: crash it first"],
    ["partition: { ring: true }", "in a ring of less than four all are neighbours"],
    [
      "bit-rot: { member: [m1, m2], atlas: true }",
      "with m2's disk no quorum of good copies would be left (rotten already: m1)",
    ],
    [
      "bit-rot: { member: m2, file: .dbx }",
      'no file of m2\'s disk that has durable bytes ends with ".dbx": there are member/wal/0000000000000000-0000000000000000.wal, member/snap/db',
    ],
    ["resume: m3", "m3 is not paused"],
    [
      `${BACKUP}crash: [m1, m2]\n  - snapshot-restore: { members: [m1, m2], from: b }`,
      "m3 of the old cluster runs: crash it first",
    ],
    [
      `${BACKUP}crash: all\n  - snapshot-restore: { members: m1, from: b }\n  - restart: m3`,
      "m3 is a machine of the cluster that was given up: add a new member",
    ],
    [
      "crash: all\n  - force-new-cluster: m1\n  - crash: m1\n  - force-new-cluster: m2",
      "m2 is a machine of the cluster that was given up",
    ],
    ["force-new-cluster: m1", "m1 of the old cluster runs: crash it first"],
    [
      "snapshot-save: { member: m2, as: b }\n  - crash: all\n  - snapshot-restore: { members: all, from: b }",
      '"b" is no backup: save a snapshot of m2 of client 1 is pending',
    ],
    [
      "put: { key: a, value: 1 }\n  - crash: all\n  - snapshot-restore: { members: all, from: a }",
      '"a" is no backup: put a=1 of client 1 is pending',
    ],
    ["crash: [m3]\n  - crash: m3", "m3 is not running"],
    ["cut: { from: m1, to: leader }", "there is no link from m1 to itself"],
    ["crash: candidate", '"candidate" is nobody now'],
    ["misdeliver: { from: m1, to: m2, at: follower }", "what is sent to m2 arrives at m2"],
    ["misdeliver: { from: m1, to: m2, at: leader }", "nobody is left to send anything"],
    ["misdeliver: { from: m1, to: followers, at: m3 }", "but one member is needed"],
    ["transfer-to: followers", "but one member is needed"],
    ["partition: [[leader], [m1]]", "m1 would be on two sides"],
    ["add-learner: m4\n  - add-learner: m4", "m4 exists already"],
    ["crash: m1\n  - transfer-to: m2", "there is no leader to ask"],
    ["add-learner: m4\n  - start-machine: m4", "m4 exists already"],
    ["put: { key: a, value: 1 }\n  - corrupt: { member: m1, key: a, value: 2 }", "m1 has no key a"],
    [
      `put: { key: a, value: 1 }\n${QUIET}  - corrupt: { member: m1, key: a, value: 22 }`,
      "the value of a is 1 bytes long, and so must the new one be",
    ],
    [
      "put: { key: a, value: 1 }\n  - crash: m3\n  - corrupt: { member: m3, key: a, value: 2 }",
      "m3 is not running",
    ],
    [
      "lease: { ttl: 5s, as: L }\n  - put: { key: a, value: 1, lease: L }",
      'no lease "L" was granted: wait for its answer first, with when: {answered: L}',
    ],
    [
      "lock: { name: l }\n  - unlock: { name: l }",
      'client 1 took no lock "l" yet: wait with when: {holds: {l: 1}}',
    ],
    ["get: a\n  - pause-client: 1\n  - pause-client: 1", "c1 is paused already"],
    ["get: a\n  - resume-client: 1", "c1 is not paused"],
    [
      "auth-setup: { users: { ann: { password: p } } }\n  - connect: { client: 1, user: ann, password: p }",
      "connect it before",
    ],
  ])("%j that is impossible fails, and says why", (step, text) => {
    const { report } = run(`  - ${step}`);
    expect(report.ok).toBe(false);
    expect(report.failure?.text).toContain(text);
  });

  test("that is due before the one above it was done fails", () => {
    const { report } = run("  - when: { sent: { count: 20 } }\n  - at: 201ms\n    crash: m1");
    expect(report.failure?.text).toMatch(
      /^it was due at 201ms, but the step before it took until .*ms$/,
    );
  });

  test("takes its member when it comes, not before", () => {
    const { events } = run("  - crash: leader\n  - when: new leader elected\n  - crash: leader");
    const crashed = events.flatMap(({ kind, member }) => (kind === "crash" ? [member] : []));
    expect(crashed).toHaveLength(2);
    expect(crashed[0]).toBe(1);
    expect(crashed[1]).not.toBe(1);
  });

  test("of a client that may not turn elsewhere asks one member only", () => {
    const asked = (only: boolean) =>
      run(`  - crash: m3\n  - put: { key: a, value: 1, to: m3, only: ${only} }`).events.flatMap(
        (event) => (event.kind === "attempt" ? [event.to] : []),
      );
    expect(asked(true)).toEqual([3]);
    expect(asked(false)).toEqual([3, 1]);
  });
});
