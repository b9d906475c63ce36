import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UnmodelledError } from "../../src/export/tla.ts";
import { caseRun, exported, raftCases, scenarioRun, tame } from "./support/runs.ts";
import { checkTrace, type LineEvent } from "./support/spec-checker.ts";

const LIBRARY = readdirSync(join(import.meta.dirname, "../../scenarios"))
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(/\.yaml$/, ""));

/** Scenarios about what the specification leaves out, and what the export says of them. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "catch-up-by-snapshot": /on m3: a snapshot replaces the log of a member that has one; .*catch-up/,
  "snapshot-while-writing":
    /on m3: a snapshot replaces the log of a member that has one; .*catch-up/,
  "rotten-snapshot-file": /on m5: a snapshot replaces the log of a member that has one; .*catch-up/,
  "joint-change": /on m1: several members change at once; .*change one member at a time/,
  "backup-restored":
    /on m1: m1 m2 m3 are restored from a backup .*: another cluster; .*leave that out/,
  "backup-restored-and-bumped": /on m1: m1 m2 m3 are restored from a backup .*leave that out/,
  "force-new-cluster": /on m3: m3 is started alone, as a new cluster; .*leave that out/,
};

/** Null if the specification follows the run to its end; else the reason that it can't. */
function verdict(run: Parameters<typeof exported>[0]): string | null {
  let text: string;
  try {
    text = exported(run);
  } catch (error) {
    if (error instanceof UnmodelledError) return error.message;
    throw error;
  }
  checkTrace(text);
  return null;
}

describe("the specification's reading rules", () => {
  test.each(LIBRARY)(
    "the scenario %s is followed to its end, or refused with the reason",
    (name) => {
      const reason = verdict(scenarioRun(name));
      const refused = REFUSED[name];
      if (refused === undefined) expect(reason).toBeNull();
      else expect(reason).toMatch(refused);
    },
  );

  const inCluster = (options: string) => (text: string) =>
    text.replace(/^cluster:\n/m, `cluster:\n${options}`);

  test("a leader that crashed before its own disk had what it sent is told", () => {
    const run = scenarioRun("transfers-through-crashes", (text) =>
      text.replace("seed: 1\n", "seed: 5\n"),
    );
    const reason = /on m2: the append of m1 counts, but m1 crashed before .*the crash/;
    expect(verdict(run)).toMatch(reason);
  });

  test("a new member that learns of one change after the other is followed", () => {
    expect(verdict(scenarioRun("learner-promoted", inCluster("  message-size: 1B\n")))).toBeNull();
  });

  test("a new member that begins with a snapshot is followed", () => {
    const options = "  snapshot-entries: 5\n  catch-up-entries: 0\n";
    const run = scenarioRun("learner-promoted", inCluster(options));
    expect(exported(run)).toMatch(/"ReceiveAppendEntriesRequest","nid":"4".*"MsgSnap"/);
    expect(verdict(run)).toBeNull();
  });

  test("a change that the members refuse when they apply it is told", () => {
    // Scenarios never ask for one: here a promotion leaves everything as it was.
    const { header, events } = scenarioRun("learner-promoted");
    const confs = events.filter((event) => event.kind === "conf");
    const before = confs.find(({ conf }) => conf.learners.length > 0);
    const promotion = confs.find(({ conf }) => conf.voters.length === 4)?.index;
    if (before === undefined || promotion === undefined) throw new Error("nobody was promoted");
    const refused = events.map((event) =>
      event.kind === "conf" && event.index === promotion ? { ...event, conf: before.conf } : event,
    );
    const message = `the members refuse the change at entry ${promotion} when they apply it; `;
    expect(verdict({ header, events: refused })).toContain(message);
  });

  test("members that never did anything are in the trace", () => {
    const { header, events } = scenarioRun("split-vote");
    const early = exported({ header, events: events.slice(0, 1) }).split("\n");
    const told = early.map((line) => (JSON.parse(line) as { event: LineEvent }).event);
    expect(told.map(({ name }) => name)).toEqual(header.members.map(() => "InitState"));
    expect(checkTrace(early.join("\n"))).toEqual({ lines: header.members.length });
  });

  test("random runs with crashes, partitions and changes of membership are followed", () => {
    const reasons: string[] = [];
    let followed = 0;
    for (const data of raftCases(26, 40)) {
      const reason = verdict(caseRun(tame(data)));
      if (reason === null) followed++;
      else reasons.push(reason);
    }
    expect(followed).toBeGreaterThan(35);
    // What is left is of crashes at moments that the specification does not know of, and of refusals.
    expect(reasons.filter((reason) => !/crash|refuse the change/.test(reason))).toEqual([]);
  });

  test("runs with everything in them are followed or refused, never wrong", () => {
    const reasons = new Set<string>();
    for (const data of raftCases(5, 40)) {
      const reason = verdict(caseRun(data));
      if (reason !== null) reasons.add(reason.replace(/^.*? on m\d: | *;.*$/g, ""));
    }
    expect(
      [...reasons].filter((reason) => /members change|replaces the log/.test(reason)),
    ).not.toEqual([]);
  });

  // TLC finds these too: the trace of a mistake is no trace of the specification.
  test.each([
    ["R1", "a vote is forgotten within its term", /BecomeLeader|Receive/],
    ["R7", "a heartbeat commits what the follower may not have", /Send|Receive/],
    ["R10", "a quorum is one too small", /BecomeLeader.*no quorum|Commit/],
    ["R21", "a late answer to a pre-vote counts as a vote", /BecomeLeader.*no quorum/],
  ])("the trace of mistake %s (%s) does not pass", (bug, _, says) => {
    let found = "";
    for (const data of raftCases(3, 40)) {
      try {
        verdict(caseRun(tame(data), [bug]));
      } catch (error) {
        found = (error as Error).message;
        break;
      }
    }
    expect(found).toMatch(says);
  });

  test("an entry of an old term that is committed by counting does not pass", () => {
    const run = scenarioRun("old-term-entry", (text) =>
      text.replace("  members: 5\n", "  members: 5\n  bugs: [R4]\n"),
    );
    expect(() => verdict(run)).toThrow(/Commit of 1/);
  });
});

describe("the reader of the reading rules", () => {
  const lines = exported(scenarioRun("check-quorum")).split("\n");
  const events = lines.map((line) => (JSON.parse(line) as { event: LineEvent }).event);
  const at = (name: string, more: (event: LineEvent) => boolean = () => true) =>
    events.findIndex((event, i) => i > 100 && event.name === name && more(event));
  /** Sent once, and received. */
  const arrives = ({ msg }: LineEvent) => {
    const same = events.filter(
      (e) =>
        e.name.endsWith("AppendEntriesRequest") && JSON.stringify(e.msg) === JSON.stringify(msg),
    );
    return same.map(({ name }) => name.startsWith("Send")).join() === "true,false";
  };
  const without = (i: number) => lines.filter((_, k) => k !== i).join("\n");

  test("takes the whole trace", () => {
    expect(checkTrace(lines.join("\n"))).toEqual({ lines: lines.length });
  });

  test.each([
    ["Ready", at("Ready")],
    ["Replicate", at("Replicate")],
    ["SendAppendEntriesRequest", at("SendAppendEntriesRequest", arrives)],
    ["ReceiveAppendEntriesRequest", at("ReceiveAppendEntriesRequest", (e) => e.msg?.entries === 1)],
    ["ReceiveRequestVoteResponse", at("ReceiveRequestVoteResponse")],
  ])("notices that a %s is missing", (_, i) => {
    expect(i).toBeGreaterThan(0);
    expect(() => checkTrace(without(i))).toThrow(/^line \d+/);
  });

  test("notices a message that comes twice", () => {
    const i = at("ReceiveAppendEntriesRequest", (e) => e.msg?.entries === 1);
    const twice = [...lines.slice(0, i + 1), ...lines.slice(i)].join("\n");
    expect(() => checkTrace(twice)).toThrow(/under way|told/);
  });

  test.each(["term", "commit", "log", "vote", "role", "conf"])("notices another %s", (field) => {
    const i = at("ReceiveAppendEntriesRequest");
    const line = lines[i] as string;
    const { state, role } = events[i] as LineEvent;
    const other: Record<string, string> = {
      term: line.replace(`"term":${state.term}`, `"term":${state.term + 1}`),
      commit: line.replace(/"commit":\d+/, '"commit":0'),
      log: line.replace(/"log":\d+/, '"log":1'),
      vote: line.replace(/"vote":"\d"/, '"vote":"7"'),
      role: line.replace(role, "StateLeader"),
      conf: line.replace('"conf":[["1"', '"conf":[["8"'),
    };
    expect(other[field]).not.toBe(line);
    const changed = lines.map((old, k) => (k === i ? other[field] : old)).join("\n");
    expect(() => checkTrace(changed)).toThrow(new RegExp(`^line ${i + 1} `));
  });
});
