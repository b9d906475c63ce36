import type { Instant } from "../../base/time.ts";
import type { MessageSummary, RoleName } from "../../trace/events.ts";

/** The names of events in a trace of etcd-io/raft (state_trace.go, stateMachineEventType). */
export type LineName =
  | "InitState"
  | "BecomeCandidate"
  | "BecomeFollower"
  | "BecomeLeader"
  | "Commit"
  | "Replicate"
  | "ChangeConf"
  | "ApplyConfChange"
  | "Ready"
  | "SendAppendEntriesRequest"
  | "ReceiveAppendEntriesRequest"
  | "SendAppendEntriesResponse"
  | "ReceiveAppendEntriesResponse"
  | "SendRequestVoteRequest"
  | "ReceiveRequestVoteRequest"
  | "SendRequestVoteResponse"
  | "ReceiveRequestVoteResponse";

/** A member as the specification sees it; every line carries this. */
export interface ShownState {
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly role: RoleName;
  readonly last: number;
  readonly conf: JointVoters;
}

/** Incoming and outgoing voters. */
export type JointVoters = readonly [readonly number[], readonly number[]];

/** What some lines say besides (`prop`): Go writes the keys in this order, and leaves out what is empty. */
export interface Properties {
  readonly cc?: ConfChangeProperty;
  readonly match?: number;
  readonly next?: number;
}

export interface ConfChangeProperty {
  readonly changes?: readonly { readonly nid: string; readonly action: string }[];
  readonly newconf?: readonly string[];
}

const ROLES: Readonly<Record<RoleName, string>> = {
  follower: "StateFollower",
  "pre-candidate": "StatePreCandidate",
  candidate: "StateCandidate",
  leader: "StateLeader",
};

/** Seconds that virtual time 0 stands for: all times have as many digits, so that text sorts as time. */
const EPOCH_S = 1_000_000_000;

/**
 * Lines as etcd's logger (zap) writes them around raft's TracingEvent. Times never repeat: the
 * specification's validate.sh sorts the lines by their third field, as text.
 */
export class LineWriter {
  private at: Instant = -1;
  private within = 0;

  line(
    name: LineName,
    at: Instant,
    node: number,
    state: ShownState,
    message: MessageSummary | null,
    properties: Properties | null,
  ): string {
    const event = {
      name,
      nid: String(node),
      state: { term: state.term, vote: String(state.vote), commit: state.commit },
      role: ROLES[state.role],
      log: state.last,
      conf: state.conf.map(nodeNames),
      // What is undefined is left out.
      msg: message === null ? undefined : messageFields(message),
      prop: properties ?? undefined,
    };
    const head = `{"level":"debug","ts":${this.time(at)},"caller":"detcd/export","msg":"trace"`;
    return `${head},"tag":"trace","event":${JSON.stringify(event)}}`;
  }

  /** `1000000001.234567000001`: microseconds, then the number of the line within its microsecond. */
  private time(at: Instant): string {
    this.within = at === this.at ? this.within + 1 : 0;
    this.at = at;
    const seconds = EPOCH_S + Math.floor(at / 1_000_000);
    const micros = String(at % 1_000_000).padStart(6, "0");
    return `${seconds}.${micros}${String(this.within).padStart(6, "0")}`;
  }
}

export function nodeNames(ids: readonly number[]): string[] {
  return ids.map(String);
}

/** raft's TracingMessage; a snapshot is told as all the entries it stands for. */
function messageFields(m: MessageSummary): object {
  const snapshot = m.type === "MsgSnap";
  return {
    type: m.type,
    term: m.term,
    from: String(m.from),
    to: String(m.to),
    entries: snapshot ? (m.snapshot?.index ?? 0) : (m.entries?.length ?? 0),
    logTerm: snapshot ? 0 : (m.logTerm ?? 0),
    index: snapshot ? 0 : (m.index ?? 0),
    commit: m.commit ?? 0,
    vote: "0",
    reject: m.reject ?? false,
    rejectHint: m.rejectHint ?? 0,
  };
}

/** The line for a message that is sent, or null if etcd-io/raft traces none of its type. */
export function sendName(type: string): LineName | null {
  const kind = KINDS[type];
  return kind === undefined ? null : (`Send${kind}` as const);
}

/** The same for a message that is received. */
export function receiveName(type: string): LineName | null {
  const kind = KINDS[type];
  return kind === undefined ? null : (`Receive${kind}` as const);
}

const KINDS: Readonly<
  Record<
    string,
    "AppendEntriesRequest" | "AppendEntriesResponse" | "RequestVoteRequest" | "RequestVoteResponse"
  >
> = {
  MsgApp: "AppendEntriesRequest",
  MsgHeartbeat: "AppendEntriesRequest",
  MsgSnap: "AppendEntriesRequest",
  MsgAppResp: "AppendEntriesResponse",
  MsgHeartbeatResp: "AppendEntriesResponse",
  MsgVote: "RequestVoteRequest",
  MsgVoteResp: "RequestVoteResponse",
};
