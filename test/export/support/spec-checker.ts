import { isDeepStrictEqual } from "node:util";
import { receive } from "./spec-receive.ts";
import { type Role, Server, type SpecEntry, type SpecMessage } from "./spec-state.ts";

/** A line of a trace, as Traceetcdraft.tla reads it. */
export interface TraceLine {
  readonly tag: string;
  readonly event: LineEvent;
}

export interface LineEvent {
  readonly name: string;
  readonly nid: string;
  readonly state: { readonly term: number; readonly vote: string; readonly commit: number };
  readonly role: string;
  readonly log: number;
  readonly conf: readonly [readonly string[], readonly string[]];
  readonly msg?: LineMessage;
  readonly prop?: {
    readonly cc?: {
      readonly changes?: readonly { readonly nid: string; readonly action: string }[];
      readonly newconf?: readonly string[];
    };
  };
}

export interface LineMessage {
  readonly type: string;
  readonly term: number;
  readonly from: string;
  readonly to: string;
  readonly entries: number;
  readonly logTerm: number;
  readonly index: number;
  readonly commit: number;
  readonly reject: boolean;
}

const BOOTSTRAP = ["InitState", "BecomeFollower", "ApplyConfChange"];
const SUBS: Readonly<Record<string, "app" | "heartbeat" | "snapshot">> = {
  MsgApp: "app",
  MsgHeartbeat: "heartbeat",
  MsgSnap: "snapshot",
};

/**
 * Reads a trace by the rules of Traceetcdraft.tla: line after line must be a step that the
 * specification allows from where it is, with the state that the line tells. Where several messages
 * under way fit a line, TLC tries all of them; this takes the one of the line's own kind, so that
 * what it accepts TLC accepts too. Throws with the number of the first line that does not fit.
 */
export function checkTrace(text: string): { readonly lines: number } {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as TraceLine)
    .filter(({ tag }) => tag === "trace")
    .map(({ event }) => event);
  new Checker(lines).run();
  return { lines: lines.length };
}

class Checker {
  private readonly lines: readonly LineEvent[];
  private readonly servers = new Map<string, Server>();
  private readonly bootstrap = new Set<LineEvent>();
  /** Sent with the next Ready of their sender. */
  private pending: SpecMessage[] = [];
  private messages: SpecMessage[] = [];
  private readonly lastOf = new Map<string, LineEvent>();
  private readonly committed: SpecEntry[] = [];
  private readonly leaders = new Map<number, string>();

  constructor(lines: readonly LineEvent[]) {
    this.lines = lines;
    const added = lines.flatMap(({ prop }) => prop?.cc?.changes ?? []);
    for (const id of new Set([...lines, ...added].map(({ nid }) => nid))) this.boot(id);
    const first = lines[0] ?? fail("an empty trace");
    for (const id of this.server(first.nid).voters) this.server(id);
  }

  /** TraceInit: a server begins with what the last line of its founding says. */
  private boot(id: string): void {
    const own = this.lines.filter(({ nid }) => nid === id);
    const end = own.findIndex(({ name }) => !BOOTSTRAP.includes(name));
    const founding = end < 0 ? own : own.slice(0, end);
    for (const line of founding) this.bootstrap.add(line);
    const last = founding.at(-1);
    if (last === undefined) throw new Error(`server ${id} has no founding`);
    const server = new Server(id);
    const voters =
      (last.name === "ApplyConfChange" ? last.prop?.cc?.newconf : last.conf[0]) ?? fail("conf");
    server.term = last.state.term;
    server.vote = last.state.vote;
    server.role = last.role as Role;
    server.commit = last.state.commit;
    server.voters = voters;
    server.log = Array.from({ length: last.log }, () => ({
      term: 1,
      conf: { voters, learners: [] },
    }));
    server.durable = server.persisted();
    this.servers.set(id, server);
  }

  run(): void {
    this.lines.forEach((line, i) => {
      try {
        if (!this.bootstrap.has(line)) this.step(line);
        this.invariants(this.server(line.nid));
      } catch (error) {
        throw new Error(
          `line ${i + 1} (${line.name} of ${line.nid}): ${(error as Error).message}`,
          {
            cause: error,
          },
        );
      }
      this.lastOf.set(line.nid, line);
    });
  }

  private step(line: LineEvent): void {
    const server = this.server(line.nid);
    switch (line.name) {
      case "InitState":
        this.restart(server);
        this.post(server, line);
        break;
      case "BecomeFollower":
        if (this.isTold(line)) break;
        need(server.role !== "StateFollower", "a follower cannot step down");
        server.becomeFollower(server.term);
        this.post(server, line);
        break;
      case "BecomeCandidate":
        need(server.role !== "StateLeader", "a leader does not campaign");
        need(server.voters.includes(server.id), "only a voter campaigns");
        server.term++;
        server.role = "StateCandidate";
        server.vote = server.id;
        server.responded.clear();
        server.granted.clear();
        need(line.role === server.role && line.state.term === server.term, "other role or term");
        break;
      case "BecomeLeader":
        need(server.role === "StateCandidate", "only a candidate wins");
        need(server.isQuorum(server.granted), "no quorum of votes");
        server.role = "StateLeader";
        server.match = new Map([[server.id, server.log.length]]);
        this.post(server, line);
        break;
      case "Replicate":
        need(server.role === "StateLeader", "only a leader replicates");
        server.log.push({ term: server.term, conf: null });
        break;
      case "Commit":
        this.commit(server, line);
        break;
      case "ChangeConf":
        this.changeConf(server, line);
        break;
      case "ApplyConfChange":
        this.applyConf(server);
        break;
      case "Ready":
        server.durable = server.persisted();
        this.messages.push(...this.pending.filter(({ from }) => from === server.id));
        this.pending = this.pending.filter(({ from }) => from !== server.id);
        break;
      default:
        if (line.name.startsWith("Send")) this.send(server, line, line.msg ?? fail("no message"));
        else if (line.name.startsWith("Receive"))
          this.receive(line, line.msg ?? fail("no message"));
        else fail(`unknown event ${line.name}`);
    }
  }

  private restart(server: Server): void {
    const { term, vote, log, commit, voters, learners } = server.durable;
    server.role = "StateFollower";
    server.responded.clear();
    server.granted.clear();
    server.match.clear();
    server.pendingChange = 0;
    server.term = term;
    server.vote = vote;
    server.commit = commit;
    server.log = server.log.slice(0, log);
    server.voters = voters;
    server.learners = learners;
    this.pending = this.pending.filter(({ from }) => from !== server.id);
  }

  /** The step was taken already with the message received before: the line is skipped. */
  private isTold(line: LineEvent): boolean {
    const before = this.lastOf.get(line.nid);
    const { msg } = before ?? {};
    if (before === undefined || msg === undefined || !before.name.startsWith("Receive"))
      return false;
    if (msg.term !== line.state.term) return false;
    if (before.state.term < msg.term) return true;
    const append = before.name === "ReceiveAppendEntriesRequest";
    return append && before.state.term === msg.term && before.role === "StateCandidate";
  }

  private commit(server: Server, line: LineEvent): void {
    need(server.role === "StateLeader" && line.role === server.role, "only a leader counts acks");
    let agreed = 0;
    for (let index = 1; index <= server.log.length; index++) {
      const acks = server.voters.filter((id) => (server.match.get(id) ?? 0) >= index).length;
      if (acks * 2 > server.voters.length) agreed = index;
    }
    if (server.termAt(agreed) === server.term) server.commit = Math.max(server.commit, agreed);
    this.post(server, line);
  }

  // ---- configuration -------------------------------------------------------------------------

  private changeConf(server: Server, line: LineEvent): void {
    const changes = line.prop?.cc?.changes ?? [];
    need(changes.length === 1, "one change at a time");
    const { nid, action } = changes[0] ?? fail("no change");
    const { voters, learners } = server;
    need(server.role === "StateLeader", "only a leader proposes");
    let conf: SpecEntry["conf"];
    if (action === "AddNewServer") {
      need(!voters.includes(nid), `${nid} is a voter already`);
      conf = { voters: [...voters, nid], learners };
    } else if (action === "AddLearner") {
      need(![...voters, ...learners].includes(nid), `${nid} is a member already`);
      conf = { voters, learners: [...learners, nid] };
    } else {
      need([...voters, ...learners].includes(nid), `${nid} is no member`);
      const others = (ids: readonly string[]) => ids.filter((id) => id !== nid);
      conf = { voters: others(voters), learners: others(learners) };
    }
    if (server.pendingChange !== 0) conf = null;
    server.log.push({ term: server.term, conf });
    if (conf !== null) server.pendingChange = server.log.length;
  }

  private applyConf(server: Server): void {
    const index = server.log.findLastIndex((e, i) => e.conf !== null && i < server.commit) + 1;
    const conf = server.log[index - 1]?.conf ?? fail("no configuration is committed");
    server.voters = conf.voters;
    server.learners = conf.learners;
    if (server.role === "StateLeader" && server.pendingChange >= index) server.pendingChange = 0;
  }

  // ---- messages ------------------------------------------------------------------------------

  private send(server: Server, line: LineEvent, msg: LineMessage): void {
    const own = msg.from === msg.to;
    // Answers were sent with the step that received the question.
    if (line.name.endsWith("Response") && !own) return;
    const message = this.sentBy(server, line.name, msg);
    need(message.from === line.nid, "sent by another");
    need(fits(message, msg), `the specification sends ${JSON.stringify(message)}`);
    this.pending.push(message);
    this.post(server, line);
  }

  private sentBy(server: Server, name: string, msg: LineMessage): SpecMessage {
    const { id: from, term } = server;
    const { to } = msg;
    const peers = [...server.voters, ...server.learners];
    if (name.startsWith("SendRequestVote")) {
      need(server.role === "StateCandidate", "only a candidate asks for votes");
      need(peers.includes(to) && !server.responded.has(to), `${to} is not to be asked`);
      if (to === from) return { kind: "vote-response", term, from, to, granted: true };
      const { lastTerm, log } = server;
      return { kind: "vote", term, from, to, lastIndex: log.length, lastTerm };
    }
    need(server.role === "StateLeader", "only a leader appends");
    if (to === from) {
      const match = server.log.length;
      return { kind: "append-response", sub: "app", term, from, to, success: true, match };
    }
    need(peers.includes(to), `${to} is no member`);
    const sub = SUBS[msg.type] ?? fail(msg.type);
    const prevIndex = sub === "app" ? msg.index : 0;
    const end = sub === "heartbeat" ? 0 : prevIndex + msg.entries;
    const match = server.match.get(to) ?? 0;
    need(sub !== "app" || prevIndex >= match, "it goes back behind what was acknowledged");
    need(end <= server.log.length, "it has no such entries");
    need(sub !== "snapshot" || (end > 0 && end <= server.commit), "no snapshot of that index");
    const commit = Math.min(server.commit, sub === "heartbeat" ? match : end);
    const prevTerm = server.termAt(prevIndex);
    const entries = server.log.slice(prevIndex, end);
    return { kind: "append", sub, term, from, to, prevIndex, prevTerm, entries, commit };
  }

  private receive(line: LineEvent, msg: LineMessage): void {
    const server = this.server(msg.to);
    const at = this.messages.findIndex((message) => fits(message, msg));
    need(at >= 0, `no such message is under way: ${JSON.stringify(msg)}`);
    this.compare(server, line);
    const [message] = this.messages.splice(at, 1);
    const answer = receive(server, message as SpecMessage);
    if (answer !== null) this.pending.push(answer);
  }

  // ---- what must hold ------------------------------------------------------------------------

  private post(server: Server, line: LineEvent): void {
    this.compare(server, line);
  }

  private compare(server: Server, line: LineEvent): void {
    const { term, vote, commit, role, log, voters } = server;
    const here = { term, vote, commit, role, log: log.length, conf: sorted(voters), outgoing: [] };
    const { state, conf } = line;
    const told = { ...state, role: line.role, log: line.log, conf: sorted(conf[0]) };
    const all = { ...told, outgoing: [...conf[1]] };
    need(
      isDeepStrictEqual(here, all),
      `told ${JSON.stringify(all)}, the specification is at ${JSON.stringify(here)}`,
    );
  }

  private invariants(server: Server): void {
    const { term, role, id, commit } = server;
    if (role === "StateLeader") {
      need((this.leaders.get(term) ?? id) === id, `a second leader of term ${term}`);
      this.leaders.set(term, id);
      need(commit <= server.durable.log, "CommittedIsDurableInv");
    }
    for (let i = this.committed.length; i < commit; i++) {
      this.committed.push(server.log[i] ?? fail("it committed more than it has"));
    }
    for (let i = commit - 1; i >= 0 && i >= commit - 3; i--) {
      need(isDeepStrictEqual(this.committed[i], server.log[i]), `LogInv at ${i + 1}`);
    }
  }

  private server(id: string): Server {
    return this.servers.get(id) ?? fail(`no server ${id}`);
  }
}

/** LoglineIsAppendEntriesRequest and its siblings. */
function fits(message: SpecMessage, msg: LineMessage): boolean {
  if (message.from !== msg.from || message.to !== msg.to || message.term !== msg.term) return false;
  switch (message.kind) {
    case "append":
      return (
        message.sub === SUBS[msg.type] &&
        (message.sub === "snapshot" || message.commit === msg.commit) &&
        (message.sub === "heartbeat" || message.prevTerm === msg.logTerm) &&
        (message.sub === "heartbeat" || message.prevIndex === msg.index) &&
        message.entries.length === msg.entries
      );
    case "append-response": {
      // The ack of a snapshot is of a kind that no line has.
      const types = { app: "MsgAppResp", heartbeat: "MsgHeartbeatResp", snapshot: "" };
      if (types[message.sub] !== msg.type) return false;
      const heartbeat = message.sub === "heartbeat";
      if (message.success === msg.reject) return false;
      return msg.reject || heartbeat || message.match === msg.index;
    }
    case "vote":
      return (
        msg.type === "MsgVote" &&
        message.lastIndex === msg.index &&
        message.lastTerm === msg.logTerm
      );
    case "vote-response":
      return msg.type === "MsgVoteResp" && message.granted === !msg.reject;
  }
}

function sorted(ids: readonly string[]): string[] {
  return [...ids].sort();
}

function need(condition: boolean, problem: string): void {
  if (!condition) throw new Error(problem);
}

function fail(problem: string): never {
  throw new Error(problem);
}
