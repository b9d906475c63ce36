import { describe, expect, test } from "vitest";
import { exported, scenarioRun } from "./support/runs.ts";

const text = exported(scenarioRun("learner-promoted"));
const lines = text.split("\n");

/** An object's keys in their order, those of objects within it too. */
function shape(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value;
  if (Array.isArray(value)) return "[]";
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}:${shape(inner)}`)
    .join(",")}}`;
}

const STATE = "state:{term:number,vote:string,commit:number}";
const BARE = `{name:string,nid:string,${STATE},role:string,log:number,conf:[]`;
const MESSAGE =
  "msg:{type:string,term:number,from:string,to:string,entries:number,logTerm:number," +
  "index:number,commit:number,vote:string,reject:boolean,rejectHint:number}";

/** The shapes of etcd-io/raft v3.7.0, of its own tla/example.ndjson and state_trace.go. */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  InitState: [`${BARE}}`],
  BecomeFollower: [`${BARE}}`],
  BecomeCandidate: [`${BARE}}`],
  BecomeLeader: [`${BARE}}`],
  Commit: [`${BARE}}`],
  Replicate: [`${BARE}}`],
  Ready: [`${BARE}}`],
  ChangeConf: [`${BARE},prop:{cc:{changes:[]}}}`],
  ApplyConfChange: [`${BARE},prop:{cc:{newconf:[]}}}`, `${BARE},prop:{cc:{}}}`],
  "SendAppendEntriesRequest MsgApp": [`${BARE},${MESSAGE},prop:{match:number,next:number}}`],
  "SendAppendEntriesRequest MsgHeartbeat": [`${BARE},${MESSAGE}}`],
  "SendAppendEntriesResponse MsgAppResp": [`${BARE},${MESSAGE}}`],
  "SendAppendEntriesResponse MsgHeartbeatResp": [`${BARE},${MESSAGE}}`],
  "SendRequestVoteRequest MsgVote": [`${BARE},${MESSAGE}}`],
  "SendRequestVoteResponse MsgVoteResp": [`${BARE},${MESSAGE}}`],
  "ReceiveAppendEntriesRequest MsgApp": [`${BARE},${MESSAGE}}`],
  "ReceiveAppendEntriesRequest MsgHeartbeat": [`${BARE},${MESSAGE}}`],
  "ReceiveAppendEntriesResponse MsgAppResp": [`${BARE},${MESSAGE}}`],
  "ReceiveAppendEntriesResponse MsgHeartbeatResp": [`${BARE},${MESSAGE}}`],
  "ReceiveRequestVoteRequest MsgVote": [`${BARE},${MESSAGE}}`],
  "ReceiveRequestVoteResponse MsgVoteResp": [`${BARE},${MESSAGE}}`],
};

describe("a trace for TLA+", () => {
  test("has the events of etcd-io/raft, with their fields in their order, and no others", () => {
    const found: Record<string, string[]> = {};
    for (const line of lines) {
      const { event } = JSON.parse(line);
      const name = event.msg === undefined ? event.name : `${event.name} ${event.msg.type}`;
      found[name] = [...new Set([...(found[name] ?? []), shape(event)])].sort();
    }
    expect(found).toEqual(SHAPES);
  });

  test("writes the founding of a member as RawNode.Bootstrap makes it", () => {
    const first = lines.map((line) => JSON.parse(line)).find(({ event }) => event.nid === "1");
    expect(Object.keys(first)).toEqual(["level", "ts", "caller", "msg", "tag", "event"]);
    expect([first.msg, first.tag]).toEqual(["trace", "trace"]);
    const own = lines.map((line) => JSON.parse(line).event).filter(({ nid }) => nid === "1");
    const said = own.slice(0, 8).map(({ name, state, log, conf, prop }) => {
      return [name, state.term, state.commit, log, conf[0], prop?.cc.newconf];
    });
    expect(said).toEqual([
      ["InitState", 0, 0, 0, [], undefined],
      ["ApplyConfChange", 0, 0, 0, [], undefined],
      ["BecomeFollower", 0, 0, 0, [], undefined],
      ["BecomeFollower", 1, 0, 0, [], undefined],
      ["ApplyConfChange", 1, 3, 3, [], ["1"]],
      ["ApplyConfChange", 1, 3, 3, ["1"], ["1", "2"]],
      ["ApplyConfChange", 1, 3, 3, ["1", "2"], ["1", "2", "3"]],
      ["Ready", 1, 3, 3, ["1", "2", "3"], undefined],
    ]);
  });

  test("keeps its order when validate.sh sorts it by the text behind the second colon", () => {
    const keys = lines.map((line) => line.split(":").slice(2).join(":"));
    expect(keys.every((key) => /^1\d{9}\.\d{12},/.test(key))).toBe(true);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys.map((key) => key.split(",")[0])).size).toBe(lines.length);
  });

  test("tells members by their ids in decimal, and nobody as 0", () => {
    for (const line of lines) {
      const { event } = JSON.parse(line);
      const ids = [event.nid, event.state.vote, ...event.conf.flat(), event.msg?.from ?? "0"];
      expect(ids.every((id) => /^\d+$/.test(id))).toBe(true);
    }
    expect(text).toContain('"changes":[{"nid":"4","action":"AddLearner"}]');
    expect(text).toContain('"changes":[{"nid":"4","action":"AddNewServer"}]');
  });

  test("is the same each time", () => {
    expect(exported(scenarioRun("learner-promoted"))).toBe(text);
  });
});
