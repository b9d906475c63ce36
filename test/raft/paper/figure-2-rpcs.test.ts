import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  appendReply,
  confState,
  ofType,
  requestVote,
  voteReply,
} from "./support/rpc.ts";
import { type Past, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);

interface AppendCase {
  readonly rule: string;
  readonly past: Past;
  readonly about: Parameters<typeof appendEntries>[0];
  /** The index that the reply accepts, or that it refuses; no reply at all. */
  readonly reply: { readonly accepts: number } | { readonly refuses: number } | null;
  readonly log: readonly number[];
  readonly commit?: number;
}

const HAS: Past = { log: [1, 1, 2, 2, 3], term: 5 };

const APPEND_RULES: readonly AppendCase[] = [
  {
    rule: "1. Reply false if term < currentTerm",
    past: HAS,
    about: { from: 2, term: 4, prevTerm: 3, prevIndex: 5, terms: [4], commit: 5 },
    reply: null, // etcd-io/raft is silent
    log: [1, 1, 2, 2, 3],
    commit: 0,
  },
  {
    rule: "2. Reply false if log doesn't contain an entry at prevLogIndex (beyond its end)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 3, prevIndex: 6, terms: [5], commit: 5 },
    reply: { refuses: 6 },
    log: [1, 1, 2, 2, 3],
    commit: 0,
  },
  {
    rule: "2. Reply false if log doesn't contain an entry at prevLogIndex (it is empty)",
    past: { term: 5 },
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 1, terms: [5] },
    reply: { refuses: 1 },
    log: [],
  },
  {
    rule: "2. Reply false if log doesn't contain an entry whose term matches prevLogTerm (newer)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 4, prevIndex: 4, terms: [4], commit: 5 },
    reply: { refuses: 4 },
    log: [1, 1, 2, 2, 3],
    commit: 0,
  },
  {
    rule: "2. Reply false if log doesn't contain an entry whose term matches prevLogTerm (older)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 2, prevIndex: 5, terms: [5] },
    reply: { refuses: 5 },
    log: [1, 1, 2, 2, 3],
  },
  {
    rule: "3. If an existing entry conflicts with a new one, delete the existing entry and all that follow it",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 2, terms: [4] },
    reply: { accepts: 3 },
    log: [1, 1, 4],
  },
  {
    rule: "3. If an existing entry conflicts with a new one, … (the last of three)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 1, terms: [1, 2, 4] },
    reply: { accepts: 4 },
    log: [1, 1, 2, 4],
  },
  {
    rule: "3. If nothing conflicts, nothing is deleted (an append that was delayed)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 1, terms: [1, 2] },
    reply: { accepts: 3 },
    log: [1, 1, 2, 2, 3],
  },
  {
    rule: "3. If nothing conflicts, nothing is deleted (an append without entries)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 2 },
    reply: { accepts: 2 },
    log: [1, 1, 2, 2, 3],
  },
  {
    rule: "4. Append any new entries not already in the log (some are)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 2, prevIndex: 3, terms: [2, 3, 5] },
    reply: { accepts: 6 },
    log: [1, 1, 2, 2, 3, 5],
  },
  {
    rule: "4. Append any new entries not already in the log (to an empty one)",
    past: { term: 5 },
    about: { from: 2, term: 5, terms: [1, 5] },
    reply: { accepts: 2 },
    log: [1, 5],
  },
  {
    rule: "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry) (leaderCommit)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 2, prevIndex: 3, terms: [2, 3], commit: 4 },
    reply: { accepts: 5 },
    log: [1, 1, 2, 2, 3],
    commit: 4,
  },
  {
    rule: "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry) (last new entry)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 2, terms: [2], commit: 5 },
    reply: { accepts: 3 },
    log: [1, 1, 2, 2, 3],
    commit: 3,
  },
  {
    rule: "5. If leaderCommit > commitIndex, … (an append without entries vouches for what precedes it)",
    past: HAS,
    about: { from: 2, term: 5, prevTerm: 2, prevIndex: 3, commit: 5 },
    reply: { accepts: 3 },
    log: [1, 1, 2, 2, 3],
    commit: 3,
  },
  {
    rule: "5. If leaderCommit is not greater, commitIndex stays",
    past: { ...HAS, commit: 3 },
    about: { from: 2, term: 5, prevTerm: 2, prevIndex: 4, commit: 1 },
    reply: { accepts: 4 },
    log: [1, 1, 2, 2, 3],
    commit: 3,
  },
  {
    rule: "an append from before the commit index is answered with the commit index: all up to there agrees",
    past: { ...HAS, commit: 4 },
    about: { from: 2, term: 5, prevTerm: 1, prevIndex: 1, terms: [1], commit: 1 },
    reply: { accepts: 4 },
    log: [1, 1, 2, 2, 3],
    commit: 4,
  },
];

chapter("Raft figure 2: AppendEntries RPC", (it) => {
  for (const { rule, past, about, reply, log, commit } of APPEND_RULES) {
    it(rule, () => {
      const receiver = new Server(1, THREE, past);
      const replies = receiver.hears(appendEntries(about));
      const expected =
        reply === null
          ? []
          : [["refuses" in reply, "refuses" in reply ? reply.refuses : reply.accepts]];
      expect(replies.map((m) => [m.reject, m.index])).toEqual(expected);
      expect(replies.every((m) => m.type === MessageType.AppResp && m.term === 5)).toBe(true);
      expect(receiver.log).toEqual(log);
      expect(receiver.logOnDisk).toEqual(log);
      expect(receiver.commit).toBe(commit ?? 0);
    });
  }

  it("leaderCommit of a heartbeat never exceeds what the follower is known to store", () => {
    const leader = new Group({ size: 5, pasts: { 1: { log: [1, 1] } } }).server(1);
    leader.campaign();
    for (const id of [2, 3]) leader.hears(voteReply({ from: id, term: 2, granted: true }));
    for (const id of [2, 3]) leader.hears(appendReply({ from: id, term: 2, index: 3 }));
    leader.hears(appendReply({ from: 4, term: 2, index: 1 }));
    expect(leader.commit).toBe(3);
    const beats = leader.tick().filter(ofType(MessageType.Heartbeat));
    expect(beats.map((m) => [m.to, m.commit])).toEqual([
      [2, 3],
      [3, 3],
      [4, 1],
      [5, 0],
    ]);
  });
});

interface VoteCase {
  readonly rule: string;
  readonly past: Past;
  readonly about: Parameters<typeof requestVote>[0];
  readonly granted: boolean | null;
}

const VOTER: Past = { log: [1, 2, 2], term: 5 };

const VOTE_RULES: readonly VoteCase[] = [
  {
    rule: "1. Reply false if term < currentTerm",
    past: VOTER,
    about: { from: 2, term: 4, lastLogTerm: 4, lastLogIndex: 9 },
    granted: null, // etcd-io/raft is silent
  },
  {
    rule: "2. If votedFor is null, and candidate's log is at least as up-to-date as receiver's log, grant vote",
    past: VOTER,
    about: { from: 2, term: 5, lastLogTerm: 2, lastLogIndex: 3 },
    granted: true,
  },
  {
    rule: "2. If votedFor is candidateId, and candidate's log is at least as up-to-date, grant vote",
    past: { ...VOTER, vote: 2 },
    about: { from: 2, term: 5, lastLogTerm: 2, lastLogIndex: 3 },
    granted: true,
  },
  {
    rule: "2. If votedFor is another candidate, do not grant vote",
    past: { ...VOTER, vote: 3 },
    about: { from: 2, term: 5, lastLogTerm: 2, lastLogIndex: 3 },
    granted: false,
  },
  {
    rule: "2. votedFor is null again in a later term",
    past: { ...VOTER, vote: 3 },
    about: { from: 2, term: 6, lastLogTerm: 2, lastLogIndex: 3 },
    granted: true,
  },
  {
    rule: "2. If candidate's log is not as up-to-date as receiver's log, do not grant vote (shorter)",
    past: VOTER,
    about: { from: 2, term: 5, lastLogTerm: 2, lastLogIndex: 2 },
    granted: false,
  },
  {
    rule: "2. If candidate's log is not as up-to-date as receiver's log, do not grant vote (older but longer)",
    past: VOTER,
    about: { from: 2, term: 5, lastLogTerm: 1, lastLogIndex: 9 },
    granted: false,
  },
  {
    rule: "2. If candidate's log is more up-to-date, grant vote (newer but shorter)",
    past: VOTER,
    about: { from: 2, term: 5, lastLogTerm: 3, lastLogIndex: 1 },
    granted: true,
  },
];

chapter("Raft figure 2: RequestVote RPC", (it) => {
  for (const { rule, past, about, granted } of VOTE_RULES) {
    it(rule, () => {
      const receiver = new Server(1, THREE, past);
      const replies = receiver.hears(requestVote(about));
      expect(replies.map((m) => !m.reject)).toEqual(granted === null ? [] : [granted]);
      const { vote } = receiver.disk.initialState().hardState;
      if (granted === true) expect(vote).toBe(about.from);
      else expect(vote).toBe(past.vote ?? 0);
    });
  }

  it("a refusal carries currentTerm, for candidate to update itself", () => {
    const receiver = new Server(1, THREE, { ...VOTER, vote: 3 });
    const [reply] = receiver.hears(requestVote({ from: 2, term: 5 }));
    expect(reply?.term).toBe(5);
  });
});
