import type { ConfSummary, PeerProgress, ProgressEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import { isQuorum } from "../model/quorum.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/** What a leader knew when it was last asked. */
interface Reign {
  term: number;
  commit: number;
  /** By member: the highest entry known to be stored there; 0 for those without progress. */
  readonly matches: number[];
  /** The configurations under which a commit may have been counted since then. */
  readonly confs: ConfSummary[];
}

/**
 * Raft, figure 2: nextIndex and matchIndex; for the states etcd-raft's tracker/progress.go. A
 * leader takes an entry to be stored where it was told so, and forgets none of that in its term;
 * commits what a quorum of these matches covers; and keeps a progress of each member of its
 * configuration and of nobody else.
 *
 * The event comes before what the same Ready tells of entries and configurations: the log as told
 * so far is the leader's durable one.
 */
export const progressSane: InvariantMaker = (observed, report): Invariant => {
  const reigns: (Reign | undefined)[] = [];
  let matches: readonly number[] = [];
  let index = 0;
  const matched = (id: number): boolean => (matches[id] ?? 0) >= index;

  /** The reign as of the last event; a new one if the term is. */
  function reignOf(m: MemberModel, e: ProgressEvent): Reign {
    const known = reigns[m.id];
    if (known !== undefined && known.term === e.term) return known;
    // Whatever was committed before was counted by an earlier leader.
    const reign: Reign = { term: e.term, commit: e.commit, matches: [], confs: [m.conf] };
    while (reigns.length <= m.id) reigns.push(undefined);
    reigns[m.id] = reign;
    return reign;
  }

  /** What is wrong with the configuration's progress as a whole, or null. */
  function wrongMembers(m: MemberModel, peers: readonly PeerProgress[]): string | null {
    const { conf } = m;
    for (let i = 0; i < peers.length; i++) {
      const { id } = peers[i] as PeerProgress;
      if (!belongs(conf, id)) {
        return `keeps a progress of member ${id}, which is not in its configuration`;
      }
    }
    const missing =
      missingFrom(peers, conf.voters) ||
      missingFrom(peers, conf.votersOutgoing) ||
      missingFrom(peers, conf.learners);
    return missing === 0 ? null : `has no progress of member ${missing}, which it leads`;
  }

  /** Whether `peer` was seen to store the leader's entry `match`, or may have been. */
  function stores(m: MemberModel, peer: PeerProgress): boolean {
    const { log, term, booting } = observed.member(peer.id);
    const { match } = peer;
    // It may have moved on to a later leader, who may have overwritten it.
    if (term > m.term || booting || match < log.base || !m.log.has(match)) return true;
    return log.has(match) && log.term(match) === m.log.term(match);
  }

  /** What is wrong with what the leader knows of one member, or null. */
  function wrong(m: MemberModel, e: ProgressEvent, p: PeerProgress, before: number): string | null {
    const { id, match, next, pendingSnapshot, inflight } = p;
    if (match >= next) return `would send member ${id} entry ${next}, but has it at ${match}`;
    if (match > e.last || next > e.last + 1) {
      return `has member ${id} at ${match} and entry ${next} next, but its own log ends at ${e.last}`;
    }
    if (match < before) return `went back with member ${id} from ${before} to ${match}`;
    if (id === m.id && match !== m.log.last) {
      return `has itself at ${match}, but its durable log ends at ${m.log.last}`;
    }
    if (match > before && !stores(m, p)) {
      return `has member ${id} at ${match}, an entry that member ${id} does not store`;
    }
    if (p.state === "snapshot") {
      // Not quite `next === pendingSnapshot + 1`, as etcd-raft has it: the late rejection of a probe
      // at the snapshot's index moves next back. It is set anew when the wait is over.
      if (next > Math.max(match, pendingSnapshot) + 1) {
        return `sent member ${id} a snapshot up to ${pendingSnapshot}, but entry ${next} comes next`;
      }
      if (!p.paused || inflight > 0) return `sends appends to member ${id} behind a snapshot`;
      if (match >= m.log.base) {
        return (
          `waits for a snapshot at member ${id}, which is at ${match}: ` +
          `the log from ${m.log.base + 1} on would do`
        );
      }
      return null;
    }
    if (pendingSnapshot !== 0) return `waits for no snapshot at member ${id}, but remembers one`;
    // Each append in flight carries one entry at least.
    const most = p.state === "probe" ? 0 : next - 1 - match;
    if (inflight <= most) return null;
    return `has ${inflight} appends in flight to member ${id}, which is to get ${next} next`;
  }

  /** Whether the commit index moved without a quorum of the matches. */
  function uncounted(m: MemberModel, e: ProgressEvent, reign: Reign): boolean {
    if (e.commit <= reign.commit || m.conf.voters.length === 0) return false;
    matches = reign.matches;
    index = e.commit;
    return !reign.confs.some((conf) => isQuorum(conf, matched));
  }

  return {
    name: "progress-sane",
    says: "a leader knows of each member what it stores, and counts that and nothing else",
    progress(m, e) {
      const reign = reignOf(m, e);
      const { peers } = e;
      let problem = m.conf.voters.length === 0 ? null : wrongMembers(m, peers);
      for (let i = 0; i < peers.length; i++) {
        const peer = peers[i] as PeerProgress;
        while (reign.matches.length <= peer.id) reign.matches.push(0);
        problem ??= wrong(m, e, peer, reign.matches[peer.id] as number);
        reign.matches[peer.id] = peer.match;
      }
      if (problem === null && uncounted(m, e, reign)) {
        const known = peers.map((peer) => `member ${peer.id} at ${peer.match}`).join(", ");
        problem = `committed entry ${e.commit} with ${known}: no majority`;
      }
      if (problem !== null) report(e, `member ${m.id}, leader of term ${e.term}, ${problem}`);
      reign.commit = e.commit;
      if (reign.confs.length === 1 && reign.confs[0] === m.conf) return;
      reign.confs.length = 0;
      reign.confs.push(m.conf);
    },
    conf(m, e) {
      const reign = reigns[m.id];
      if (reign === undefined || m.role !== "leader") return;
      reign.confs.push(e.conf);
      // Who comes back later begins anew.
      for (let id = 0; id < reign.matches.length; id++) {
        if (!belongs(e.conf, id)) reign.matches[id] = 0;
      }
    },
  };
};

function belongs(conf: ConfSummary, id: number): boolean {
  return conf.voters.includes(id) || conf.votersOutgoing.includes(id) || conf.learners.includes(id);
}

/** The first of `ids` without a progress, or 0. */
function missingFrom(peers: readonly PeerProgress[], ids: readonly number[]): number {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    let at = 0;
    while (at < peers.length && (peers[at] as PeerProgress).id !== id) at++;
    if (at === peers.length) return id;
  }
  return 0;
}
