import type { LeaseAction, MessageSummary, RoleEvent, TraceEvent } from "../events.ts";

/** A rule of Raft (or of the world that it lives in) in a few words, and where it is written. */
export interface Rule {
  readonly rule: string;
  /**
   * `§5.2` is of the Raft paper (Ongaro, Ousterhout 2014), `thesis 3.10` of Ongaro's thesis; `etcd lessor.go` is a
   * file of etcd's server, for what Raft says nothing of.
   */
  readonly place: string;
}

/** By kind of link in a chain of causes. */
const RULES = {
  "election-timeout": {
    rule: "a follower that hears nothing for an election timeout stands",
    place: "§5.2",
  },
  "undecided-election": {
    rule: "a candidate whose election is not decided in time begins another",
    place: "§5.2",
  },
  "pre-vote": { rule: "ask who would vote before entering a new term", place: "thesis 9.6" },
  "pre-vote-won": { rule: "a majority would vote: stand in earnest", place: "thesis 9.6" },
  "told-to-stand": { rule: "an election may begin at any time: it is safe", place: "§5.2" },
  "transfer-stand": {
    rule: "told to by its leader, a member stands without waiting",
    place: "thesis 3.10",
  },
  transfer: {
    rule: "a leader hands over to a member that has all its log",
    place: "thesis 3.10",
  },
  "election-won": { rule: "votes of a majority make a leader", place: "§5.2" },
  "election-lost": { rule: "a majority refused: no vote is left to win", place: "§5.2" },
  vote: { rule: "one vote a term, only for a log as good as one's own", place: "§5.4.1" },
  "vote-refused": { rule: "no second vote in a term, none for a worse log", place: "§5.4.1" },
  "pre-vote-answer": {
    rule: "yes only to a good log, and where no leader is heard",
    place: "thesis 9.6",
  },
  "ask-votes": { rule: "a candidate shows where its log ends", place: "§5.4.1" },
  "higher-term": { rule: "whoever sees a later term follows in it", place: "§5.1" },
  "leader-found": { rule: "a candidate gives way to the leader of its term", place: "§5.2" },
  "check-quorum": {
    rule: "a leader that does not hear from a majority steps down",
    place: "thesis 6.2",
  },
  removed: { rule: "who is no longer a voter does not lead", place: "thesis 4.2.2" },
  heartbeat: { rule: "a leader's heartbeats keep others from standing", place: "§5.2" },
  append: { rule: "a leader appends what is asked for, and sends it to all", place: "§5.3" },
  "empty-entry": { rule: "a new leader begins with an empty entry of its term", place: "§8" },
  store: { rule: "entries are stored where the log before them matches", place: "§5.3" },
  "throw-away": { rule: "what differs from the leader's log gives way to it", place: "§5.3" },
  acknowledge: { rule: "acknowledged once it is durable", place: "§5.3" },
  reject: { rule: "the entry before does not match: the leader goes back", place: "§5.3" },
  commit: { rule: "stored on a majority is committed", place: "§5.3" },
  "commit-older": {
    rule: "older terms' entries only along with one of the leader's own",
    place: "§5.4.2",
  },
  "commit-told": { rule: "a leader tells others how far is committed", place: "§5.3" },
  "cannot-commit": { rule: "without a majority nothing is committed", place: "§5.3" },
  "cannot-commit-older": {
    rule: "a majority alone does not commit an older term's entry",
    place: "§5.4.2",
  },
  apply: { rule: "what is committed is applied, in order", place: "§5.3" },
  snapshot: { rule: "what the leader dropped from its log is sent as a snapshot", place: "§7" },
  "read-index": {
    rule: "a read waits for the commit index of a leader that still leads",
    place: "thesis 6.4",
  },
  "still-leads": {
    rule: "a majority that answers its heartbeat shows that it still leads",
    place: "thesis 6.4",
  },
  forward: { rule: "a follower sends what is asked for on to its leader", place: "thesis 6.2" },
  client: { rule: "a client asks a member, and asks again on failure", place: "§8" },
  answered: { rule: "answered once it is applied", place: "§8" },
  unanswered: { rule: "no answer: it may have happened, or may yet", place: "§8" },
  lost: { rule: "messages may be lost, delayed, doubled, out of order", place: "§2" },
  cut: { rule: "the network may part", place: "§2" },
  crash: { rule: "members stop, and come back with what they had on disk", place: "§5.5" },
  pause: { rule: "safety does not depend on how fast a member is", place: "§5.6" },
  timer: { rule: "each election timeout is drawn anew", place: "§5.2" },
  lease: {
    rule: "a lease begins and ends by entries; only the leader's clock counts it",
    place: "etcd lessor.go",
  },
  renew: {
    rule: "only the leader renews a lease, if it is asked in time",
    place: "etcd lessor.go",
  },
  expire: { rule: "a lease that nobody renewed in time is to be revoked", place: "etcd lessor.go" },
  promote: { rule: "a new leader gives every lease its whole time again", place: "etcd lessor.go" },
  watch: {
    rule: "a watch is given what its member applies, in order",
    place: "etcd watchable_store.go",
  },
  serializable: {
    rule: "a serializable read asks nobody else: it may be old",
    place: "thesis 6.4",
  },
  change: { rule: "members are changed by entries of the log", place: "§6" },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** Every rule by its name. */
export const WHY_RULES: Readonly<Record<RuleName, Rule>> = RULES;

const BY_REASON: Readonly<Record<string, RuleName>> = {
  "pre-vote won": "pre-vote-won",
  campaign: "told-to-stand",
  "leadership transfer": "transfer-stand",
  "election won": "election-won",
  "election lost": "election-lost",
  "higher term": "higher-term",
  "leader found": "leader-found",
  "quorum lost": "check-quorum",
  removed: "removed",
};

/** @param again it stood already, and that was not decided */
export function ruleOfRole(event: RoleEvent, again: boolean): RuleName | null {
  if (event.reason !== "election timeout") return BY_REASON[event.reason] ?? null;
  if (again) return "undecided-election";
  return "election-timeout";
}

const BY_MESSAGE: Readonly<Record<MessageSummary["type"], RuleName | null>> = {
  MsgProp: "forward",
  MsgApp: "store",
  MsgAppResp: "acknowledge",
  MsgVote: "ask-votes",
  MsgVoteResp: "vote",
  MsgSnap: "snapshot",
  MsgHeartbeat: "heartbeat",
  MsgHeartbeatResp: "heartbeat",
  MsgTransferLeader: "transfer",
  MsgTimeoutNow: "transfer",
  MsgReadIndex: "read-index",
  MsgReadIndexResp: "read-index",
  MsgPreVote: "pre-vote",
  MsgPreVoteResp: "pre-vote-answer",
  MsgForgetLeader: null,
};

export function ruleOfMessage(message: MessageSummary): RuleName | null {
  if (message.type === "MsgAppResp" && message.reject === true) return "reject";
  if (message.type === "MsgVoteResp" && message.reject === true) return "vote-refused";
  if (message.type === "MsgApp" && (message.entries?.length ?? 0) === 0) return "commit-told";
  return BY_MESSAGE[message.type];
}

/** Of kinds of events that need nothing else to be known. */
export const BY_KIND: Readonly<Partial<Record<TraceEvent["kind"], RuleName>>> = {
  apply: "apply",
  changes: "apply",
  compact: "apply",
  auth: "apply",
  "watch-response": "watch",
  boot: "crash",
  recover: "crash",
  crash: "crash",
  panic: "crash",
  pause: "pause",
  resume: "pause",
  links: "cut",
  drop: "lost",
  duplicate: "lost",
  transfer: "transfer",
  conf: "change",
  restore: "snapshot",
  snapshot: "snapshot",
  discard: "snapshot",
  invoke: "client",
  attempt: "client",
  request: "client",
};

/** By the scenario's word for a fault. */
export const BY_FAULT: Readonly<Record<string, RuleName>> = {
  crash: "crash",
  restart: "crash",
  pause: "pause",
  resume: "pause",
  partition: "cut",
  ring: "cut",
  bridge: "cut",
  cut: "cut",
  "client-cut": "cut",
  "client-pause": "pause",
  "client-resume": "pause",
  heal: "cut",
  swizzle: "cut",
  clog: "lost",
  unclog: "lost",
  link: "lost",
  lose: "lost",
  "drop-next": "lost",
  misdeliver: "lost",
  drift: "timer",
  campaign: "told-to-stand",
  transfer: "transfer",
};

export const BY_LEASE: Readonly<Record<LeaseAction, RuleName>> = {
  grant: "lease",
  revoke: "lease",
  checkpoint: "lease",
  demote: "lease",
  renew: "renew",
  expire: "expire",
  promote: "promote",
};
