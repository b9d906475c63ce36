import { NOBODY } from "../../auth/tokens.ts";
import type { Duration } from "../../base/time.ts";
import type { KvHash } from "../../mvcc/kv-hash.ts";
import type { PeerResponse } from "../rpc/peer-calls.ts";
import type { ServerContext } from "../rpc/server-context.ts";
import { compareCompaction, type PeerHash, sameAsPeers, suspectOf } from "./hash-comparisons.ts";

/**
 * Looks for members whose data is not what the log made of it (server/etcdserver/corrupt.go): a
 * member before it takes part, and the leader every now and then. A CORRUPT alarm is all that comes
 * of the latter: who is wrong, and what to do about it, is for people to find out.
 */
export class CorruptionMonitor {
  private readonly context: ServerContext;
  /** The newest compaction that all members agreed on. */
  private checkedTo = 0;

  constructor(context: ServerContext) {
    this.context = context;
    const { corruptCheckTimeUs, compactHashCheck, compactHashCheckTimeUs } = context.config;
    if (corruptCheckTimeUs > 0) this.every(corruptCheckTimeUs, (then) => this.periodic(then));
    if (compactHashCheck) this.every(compactHashCheckTimeUs, (then) => this.compactions(then));
  }

  /** The next check begins so long after the end of the one before. */
  private every(us: Duration, check: (then: () => void) => void): void {
    this.context.timers.after(us, () => {
      const again = () => this.every(us, check);
      if (this.context.isLeader) check(again);
      else again();
    });
  }

  /** Compares this member, as it was when it stopped, with its peers. */
  initial(then: (same: boolean) => void): void {
    const own = this.context.machine.store.comparableHash(0);
    this.ask(own.revision, (peers) => then(sameAsPeers(own, peers)));
  }

  private periodic(then: () => void): void {
    const { context } = this;
    const before = context.machine.store.comparableHash(0);
    this.ask(before.revision, (peers) => {
      const compare = () => {
        const after = context.machine.store.comparableHash(0);
        const suspect = suspectOf(context.config.id, before, after, peers);
        // Known mistake W19: the peer's answer bears no id, and nobody is named.
        const nameless = context.config.mistakes.blamesNobody;
        if (suspect !== null) this.raise(nameless ? 0 : suspect);
        then();
      };
      context.upToDate(compare, then);
    });
  }

  /** From the newest compaction back, until there is one that all members can tell of. */
  private compactions(then: () => void): void {
    const { compactionHashes } = this.context.machine.store;
    const unchecked = compactionHashes.filter(({ revision }) => revision > this.checkedTo);
    this.compaction(unchecked.reverse(), then);
  }

  private compaction([own, ...older]: readonly KvHash[], then: () => void): void {
    if (own === undefined) {
      then();
      return;
    }
    this.ask(own.revision, (peers) => {
      const verdict = compareCompaction(this.context.config.id, own, peers);
      if (verdict.kind === "unknown") {
        this.compaction(older, then);
        return;
      }
      if (verdict.kind === "same") this.checkedTo = Math.max(this.checkedTo, own.revision);
      else if (verdict.members.length === 0) this.raise(0);
      else for (const member of verdict.members) this.raise(member);
      then();
    });
  }

  /** 0: some member or other. */
  private raise(member: number): void {
    const { machine, proposer } = this.context;
    const memberId = member === 0 ? 0n : machine.memberIdOf(member);
    const request = { action: "ACTIVATE", memberId, alarm: "CORRUPT" } as const;
    proposer.proposeFor({ type: "alarm", request }, NOBODY, () => undefined);
  }

  private ask(revision: number, then: (peers: readonly PeerHash[]) => void): void {
    const { context } = this;
    const question = { type: "hashKv", request: { revision } } as const;
    context.peers.rpcAll(context.others, question, context.timeoutUs, (responses) =>
      then(responses.map(hashOf)),
    );
  }
}

function hashOf({ peer, reply }: PeerResponse): PeerHash {
  const response = reply?.response;
  return { peer, hash: response?.type === "hashKv" ? response.response : null };
}
