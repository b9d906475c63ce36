import type {
  AppendEvent,
  CommitEvent,
  ConfEvent,
  DiscardEvent,
  HardStateEvent,
  RecoverEvent,
  RestoreEvent,
  RoleEvent,
  SnapshotEvent,
} from "../../trace/events.ts";
import { CanonicalLog } from "./canonical-log.ts";
import { ChainTable, chainHash } from "./chain-hash.ts";
import { MemberModel } from "./member.ts";

/**
 * Everything the invariants need to know of the run so far, folded from its events with constant
 * amortised work. The methods update; they judge nothing, and keep going after a violation.
 */
export class Observed {
  readonly canon = new CanonicalLog();
  readonly chains = new ChainTable();
  /** Ascending by id. */
  readonly members: MemberModel[] = [];
  readonly #byId: (MemberModel | undefined)[] = [];

  member(id: number): MemberModel {
    const known = this.#byId[id];
    if (known !== undefined) return known;
    const made = new MemberModel(id);
    while (this.#byId.length <= id) this.#byId.push(undefined);
    this.#byId[id] = made;
    this.members.push(made);
    this.members.sort((a, b) => a.id - b.id);
    return made;
  }

  boot(m: MemberModel): void {
    m.up = true;
    m.booting = true;
    m.role = "follower";
  }

  crash(m: MemberModel): void {
    m.up = false;
    m.role = "follower";
  }

  role(m: MemberModel, e: RoleEvent): void {
    if (e.role !== m.role || e.term !== m.term) {
      m.roleSeq = e.seq;
      m.roleAt = e.at;
    }
    m.role = e.role;
    m.term = e.term;
  }

  hardState(m: MemberModel, e: HardStateEvent): void {
    m.hardTerm = e.term;
    m.hardVote = e.vote;
    m.hardCommit = e.commit;
  }

  /** Only the part behind the log's base can be followed. */
  append(m: MemberModel, e: AppendEvent): void {
    const entries = e.entries;
    if (entries.length === 0) return;
    const log = m.log;
    const first = (entries[0] as { index: number }).index;
    if (first > log.last + 1) log.restore(first - 1, 0, UNKNOWN);
    else if (first > log.base) log.truncate(first);
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as AppendEvent["entries"][number];
      if (entry.index === log.last + 1) {
        log.push(entry.term, entry.hash, entry.type === "conf-change");
      }
    }
  }

  /** Call it only for a commit that agrees with the canonical log and is within the member's. */
  extendCanon(m: MemberModel, e: CommitEvent): void {
    this.canon.extend(m.log, e.index, m.id, m.term, e.seq);
  }

  commit(m: MemberModel, index: number): void {
    if (index > m.commit) m.commit = index;
  }

  conf(m: MemberModel, e: ConfEvent): void {
    m.confBefore = m.conf;
    m.conf = e.conf;
    m.confIndex = e.index;
  }

  restore(m: MemberModel, e: RestoreEvent): void {
    // A boot may tell of the snapshot it started from after it told of the log behind it.
    if (e.index !== m.log.base || e.index === 0) {
      this.#startFrom(m, e.index, e.term);
    }
    // One that boots goes on to tell which part of its log is known.
    if (!m.booting) this.#startCanon(e.index, e.term, m.log.baseChain);
    if (e.index > m.commit) m.commit = e.index;
    m.applied = e.index;
    m.confBefore = m.conf;
    m.conf = e.conf;
    m.confIndex = e.index;
  }

  snapshot(m: MemberModel, e: SnapshotEvent): void {
    this.discard(m, e);
  }

  discard(m: MemberModel, { compacted }: Pick<DiscardEvent, "compacted">): void {
    if (compacted > m.log.base && compacted <= m.log.last) m.log.compact(compacted);
  }

  recover(m: MemberModel, e: RecoverEvent): void {
    m.up = true;
    m.booting = false;
    m.role = "follower";
    m.term = e.term;
    m.hardTerm = e.term;
    m.hardVote = e.vote;
    m.hardCommit = e.commit;
    m.commit = e.commit;
    m.applied = e.applied;
    m.conf = e.conf;
    m.confBefore = e.conf;
    m.confIndex = e.applied;
    this.#startFrom(m, e.snapshot.index, e.snapshot.term);
    this.#startCanon(e.snapshot.index, e.snapshot.term, m.log.baseChain);
    const log = m.log;
    for (let i = 0; i < e.entries.length; i++) {
      const entry = e.entries[i] as RecoverEvent["entries"][number];
      if (entry.index === log.last + 1) {
        log.push(entry.term, entry.hash, entry.type === "conf-change");
      }
    }
    this.#firstCommit(m, e);
  }

  /** The run begins with a log, of a cluster that nobody was seen to work in. */
  #firstCommit(m: MemberModel, e: RecoverEvent): void {
    const { canon } = this;
    const begun = canon.last > canon.base || e.commit <= canon.last;
    if (begun || !m.log.has(canon.last) || !m.log.has(e.commit)) return;
    canon.extend(m.log, e.commit, m.id, e.term, e.seq);
  }

  /** A cluster may start from a snapshot that nobody committed: then the canonical log does too. */
  #startCanon(index: number, term: number, chain: number): void {
    if (index > 0 && this.canon.last === 0) this.canon.start(index, term, chain);
  }

  #startFrom(m: MemberModel, index: number, term: number): void {
    m.log.restore(index, term, this.#chainOf(index, term));
  }

  /** What the log that ends in (index, term) hashes to. */
  #chainOf(index: number, term: number): number {
    if (index === 0) return 0;
    if (this.canon.has(index) && this.canon.term(index) === term) return this.canon.chain(index);
    const known = this.chains.find(term, index);
    return known === 0 ? chainHash(0, index, term, 0) : known;
  }
}

/** The chain of a log whose beginning was never told. */
const UNKNOWN = 1;
