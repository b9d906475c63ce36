import { describe, expect, it } from "vitest";
import { RAFT, type RaftMistakeId } from "../../../src/museum/raft.ts";
import { openBook, withMistakes } from "./support/chapter.ts";

/** The paper, read into a list of sentences instead of being made into tests a second time. */
const book = await openBook(async () => {
  await import("./5.1-terms.test.ts");
  await import("./5.2-election.test.ts");
  await import("./5.3-replication.test.ts");
  await import("./5.4-safety.test.ts");
  await import("./5.5-crashes.test.ts");
  await import("./5.6-timing.test.ts");
  await import("./6-membership.test.ts");
  await import("./7-compaction.test.ts");
  await import("./8-clients.test.ts");
  await import("./figure-2.test.ts");
  await import("./figure-2-rpcs.test.ts");
  await import("./figure-3.test.ts");
  await import("./figure-6.test.ts");
  await import("./figure-7.test.ts");
  await import("./figure-8.test.ts");
  await import("./thesis-3.8-persistence.test.ts");
  await import("./thesis-3.10-transfer.test.ts");
  await import("./thesis-4-membership.test.ts");
  await import("./thesis-6.4-reads.test.ts");
  await import("./thesis-9.6-prevote.test.ts");
  await import("./thesis-10.2-pipelining.test.ts");
});

/** Which sentence each of the museum's mistakes makes untrue (how it begins): often one of several. */
const NOTICED: Readonly<Record<RaftMistakeId, string>> = {
  R1: "each server will vote for at most one candidate in a given term",
  R2: "persistent state is updated on stable storage before responding to RPCs (a vote waits",
  R3: "persistent state is updated on stable storage before responding to RPCs (an append waits",
  R4: "Raft never commits log entries from previous terms by counting replicas",
  R5: "if the logs have last entries with different terms",
  R6: "3. If nothing conflicts, nothing is deleted (an append that was delayed)",
  R7: "leaderCommit of a heartbeat never exceeds what the follower is known to store",
  R8: "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry) (last",
  R9: "an append from before the commit index is answered with the commit index",
  R10: "the majority rule ensures that at most one candidate can win the election",
  R11: "agreement for elections requires separate majorities from both",
  R12: "nobody campaigns while it has not applied a configuration that is committed",
  R13: "a new leader takes no change before it has applied all that it found in its log",
  R14: "while a change is under way the next one is not taken",
  R15: "… a joint configuration too: a restart does not leave it",
  R16: "the cluster first switches to a transitional configuration we call joint consensus",
  R17: "a smaller majority may have committed more",
  R18: "4.2.1: a non-voting member that was promoted may not know it yet",
  R19: "4.2.1: a non-voting member does not campaign",
  R20: "willingness is asked for anew with each attempt",
  R21: "willingness is not a vote",
  R22: "an asker that is behind learns the term from the refusal",
  R23: "servers disregard RequestVote RPCs when they believe a current leader exists: not when",
  R24: "1. If the leader has not yet marked an entry from its current term committed",
  R25: "a leader must check whether it has been deposed",
  R26: "3. … a new round: acknowledgments of heartbeats that were sent before do not count",
  R28: "leases need CheckQuorum, and followers that do not forget their leader",
  R29: "a target that may no longer lead ends the transfer (demoted)",
  R30: "once a follower learns that a log entry is committed, it applies the entry",
  R31: "if instead the follower receives a snapshot that describes a prefix of its log",
  R32: "an append never stands on an entry that was discarded",
  R33: "the leader retries AppendEntries RPCs indefinitely (a window of large messages",
  R34: "any answer that reaches into the leader's log ends the wait",
  R35: "the leader retries AppendEntries RPCs indefinitely until all followers eventually store all log entries (a follower crashes",
  R36: "Raft can accept, replicate, and apply new log entries as long as a majority",
  R37: "persistent state is updated on stable storage before responding to RPCs (what a rewritten",
  R38: "a server does not campaign while its snapshot is not installed",
  W1: "the leader's own disk is one of the majority: it may be the last",
};

describe("the paper notices each mistake of the museum", () => {
  it("is read to the end", () => {
    expect(book.length).toBeGreaterThan(350);
    const names = book.map(({ chapter, text }) => `${chapter}: ${text}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(RAFT.map(({ id }) => [id, NOTICED[id]] as const))("%s: %s", (id, beginning) => {
    const sentences = book.filter(({ text }) => text.startsWith(beginning));
    expect(sentences.length).toBe(1);
    for (const { check } of sentences) {
      check();
      expect(() => withMistakes([id], check)).toThrow();
    }
  });

  it.each([
    ["Election Safety", "R10"],
    ["Log Matching", "R10"],
    ["Leader Completeness", "R5"],
    ["State Machine Safety", "R7"],
  ])("figure 3, %s: %s breaks the property itself", (property, bug) => {
    const [sentence] = book.filter(({ text }) => text.startsWith(`${property}:`));
    expect(() => withMistakes([bug], () => sentence?.check())).toThrow("expected");
  });
});
