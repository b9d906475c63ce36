import { assert, unreachable } from "../../base/assert.ts";
import type {
  ChangeSummary,
  ConfEvent,
  ConfSummary,
  MessageSummary,
  RaftStep,
  RecoverEvent,
} from "../../trace/events.ts";
import { memberName, messageName } from "../../trace/words.ts";
import {
  type LineName,
  nodeNames,
  type Properties,
  receiveName,
  type ShownState,
  sendName,
} from "./line.ts";
import { answerAt, entersTerm, leavesNoTrace } from "./reaction.ts";
import type { ShownMember } from "./shown-member.ts";
import { type Place, UnmodelledError } from "./unmodelled.ts";
import type { Wire } from "./wire.ts";

/** What the steps of one Ready are told with. */
export interface Telling extends Place {
  /** All changes of the run, by their entries' indexes. */
  readonly changes: readonly ConfEvent[];
  readonly wire: Wire;
  /** What the member found when it started this time. */
  readonly recovered: RecoverEvent;
  line(
    name: LineName,
    state: ShownState,
    message: MessageSummary | null,
    properties: Properties | null,
  ): void;
}

const ACTIONS: Readonly<Record<ChangeSummary["change"], string>> = {
  "add-voter": "AddNewServer",
  "add-learner": "AddLearner",
  remove: "RemoveServer",
  update: "",
};

/** Tells the steps of one Ready of one member. */
export class Batch {
  private readonly member: ShownMember;
  private readonly steps: readonly RaftStep[];
  private readonly telling: Telling;
  /** Answers to messages that the specification is not told of: it must not hear of these either. */
  private readonly ghosts = new Set<number>();
  /** The message that is being handled. */
  private handled: MessageSummary | null = null;

  constructor(member: ShownMember, steps: readonly RaftStep[], telling: Telling) {
    this.member = member;
    this.steps = steps;
    this.telling = telling;
  }

  /** Throws {@link UnmodelledError}. */
  tell(): void {
    this.steps.forEach((step, i) => {
      this.step(step, i);
    });
  }

  private step(step: RaftStep, i: number): void {
    switch (step.step) {
      case "init":
        this.init(step);
        break;
      case "follower":
        this.follower(step);
        break;
      case "candidate":
        this.candidate(step);
        break;
      case "pre-candidate":
        // It gives up an election that it had begun for real.
        if (this.member.role === "candidate") this.line("BecomeFollower", step);
        break;
      case "leader":
        this.member.match = new Map([[this.member.id, step.last]]);
        this.member.uncounted.clear();
        this.line("BecomeLeader", step);
        break;
      case "commit":
        this.commit(step);
        break;
      case "replicate":
        this.line("Replicate", step);
        break;
      case "propose-change":
        this.proposeChange(step);
        break;
      case "switch":
        this.switchTo(step);
        break;
      case "receive":
        this.receive(step, i);
        break;
      case "send":
        this.send(step, i);
        break;
      case "ready":
        this.member.phase = "running";
        this.line("Ready", step);
        this.member.persist();
        break;
      default:
        unreachable(step.step);
    }
  }

  // ---- life and roles ------------------------------------------------------------------------

  private init(step: RaftStep): void {
    const { member } = this;
    if (member.phase === "new") {
      member.phase = "founding";
      this.line("InitState", step);
      return;
    }
    const { term, vote, commit, entries, snapshot } = this.telling.recovered;
    const last = entries.at(-1)?.index ?? snapshot.index;
    const found: RaftStep = { step: "init", term, vote, commit, role: "follower", last };
    this.lineOf("InitState", member.restart(found), null, null);
  }

  private follower(step: RaftStep): void {
    if (this.tellsFollower(step)) this.line("BecomeFollower", step);
  }

  /** Is becoming a follower news to the specification? */
  private tellsFollower(step: RaftStep): boolean {
    const { member } = this;
    // Every node begins as one: of its founding this is told, of a restart not.
    if (member.phase === "founding") return true;
    if (member.phase === "restarting") return false;
    const justified = step.term > member.term && member.heard?.term === step.term;
    if (justified) member.hidden = null;
    else if (step.term > member.term) member.hide();
    return justified || member.role !== "follower";
  }

  private candidate(step: RaftStep): void {
    const { member } = this;
    if (step.term !== member.term + 1) {
      throw this.unmodelled(
        `it campaigns for term ${step.term}, and came to know of term ${step.term - 1} from the ` +
          "refusal of a pre-vote or in a leadership transfer",
        "pre-vote: false, and no transfer",
      );
    }
    const { voters, conf } = member;
    if (voters.length !== conf[0].length || !voters.every((id) => conf[0].includes(id))) {
      throw this.unmodelled(
        "it campaigns in a configuration that it had left before its crash, with the last commit index",
        "let the crash come at another moment",
      );
    }
    member.hidden = null;
    member.ballots.clear();
    this.line("BecomeCandidate", step);
  }

  /** A commit must not stand on acks that the specification has not heard. */
  private commit(step: RaftStep): void {
    const { uncounted, match, conf } = this.member;
    if (step.commit > this.member.commit && uncounted.size > 0) {
      const [voters] = conf;
      const known = voters.filter((id) => (match.get(id) ?? 0) >= step.commit);
      const missed = voters.filter((id) => (uncounted.get(id) ?? 0) >= step.commit);
      if (known.length * 2 <= voters.length && missed.length > 0) {
        throw this.unmodelled(
          "a commit counts on a member that has only acknowledged a snapshot so far",
          "keep the log for those who fall behind: catch-up-entries: 100000",
        );
      }
    }
    this.line("Commit", step);
  }

  // ---- configuration -------------------------------------------------------------------------

  private proposeChange(step: RaftStep): void {
    const { member } = this;
    const changes = step.changes ?? [];
    const change = changes[0];
    if (change === undefined || changes.length > 1) {
      const what =
        changes.length === 0 ? "a joint configuration is left" : "several members change";
      throw this.unmodelled(`${what} at once`, "change one member at a time");
    }
    const { node } = change;
    const [voters] = member.conf;
    const isVoter = voters.includes(node);
    const known = isVoter || member.learners.includes(node);
    const fits =
      change.change === "add-voter"
        ? !isVoter
        : change.change === "add-learner"
          ? !known
          : change.change === "remove" && known;
    if (!fits) {
      throw this.unmodelled(
        `a change that ${isVoter && change.change === "add-learner" ? "demotes" : "does nothing to"} ${memberName(node)}`,
        "leave that change out",
      );
    }
    if (member.pendingChange > 0) {
      throw this.unmodelled(
        `a leader that was one before proposes a change, and entry ${member.pendingChange} of its ` +
          "earlier term was one too (the specification waits for it for ever)",
        "change the configuration under one leader",
      );
    }
    member.pendingChange = step.last + 1;
    const cc = { changes: [{ nid: String(node), action: ACTIONS[change.change] }] };
    this.line("ChangeConf", step, null, { cc });
  }

  private switchTo(step: RaftStep): void {
    const { member } = this;
    const conf = step.conf as ConfSummary;
    member.voters = conf.voters;
    const founding = member.phase === "founding";
    const fromSnapshot = this.handled?.type === "MsgSnap" ? this.handled.snapshot?.index : 0;
    const index = step.index || fromSnapshot || 0;
    // Known from its life before: it is only applied once more.
    if (!founding && index <= member.confIndex) return;
    if (conf.votersOutgoing.length > 0) {
      throw this.unmodelled("the configuration becomes joint", "change one member at a time");
    }
    const newconf = nodeNames(conf.voters);
    this.line("ApplyConfChange", step, null, { cc: newconf.length === 0 ? {} : { newconf } });
    const newest = founding ? null : this.newestChange(member.shown(step).commit);
    member.confIndex = newest?.index ?? index;
    member.conf = [newest?.conf.voters ?? conf.voters, []];
    member.learners = newest?.conf.learners ?? conf.learners;
    if (step.role === "leader" && index >= member.pendingChange) member.pendingChange = 0;
  }

  /** What the specification applies is the newest change that is committed, not the next one. */
  private newestChange(commit: number): ConfEvent | null {
    return this.telling.changes.findLast(({ index }) => index <= commit) ?? null;
  }

  // ---- messages ------------------------------------------------------------------------------

  private receive(step: RaftStep, i: number): void {
    const { member, steps, telling } = this;
    const message = step.message as MessageSummary;
    this.handled = message;
    const name = receiveName(message.type);
    if (name === null) return;
    member.phase = "running";
    const shown = telling.wire.find(message);
    if (this.misread(step, i) || (shown === null && this.harmless(step, i))) {
      const answer = answerAt(steps, i);
      if (answer >= 0) this.ghosts.add(answer);
      return;
    }
    if (shown === null) throw this.unknownMessage(message);
    if (message.type === "MsgSnap") this.checkSnapshot(step, i);
    telling.wire.take(message);
    const ack = answerAt(steps, i);
    if (message.type === "MsgSnap" && ack >= 0) {
      this.ghosts.add(ack);
      telling.wire.acknowledgeSnapshot((steps[ack] as RaftStep).message as MessageSummary);
    }
    this.lineOf(name, member.shown(step), shown, null);
    if (member.hidden !== null && message.term >= step.term) {
      member.hidden = null;
      member.term = message.term;
    }
    this.count(step, message);
    this.learnCommit(step, i, shown);
  }

  /** A leader is shown with a commit index that it lost in a crash: so is whom it tells of it. */
  private learnCommit(step: RaftStep, i: number, shown: MessageSummary): void {
    const { member, steps } = this;
    const before = member.shown(step).commit;
    const { commit = 0, index = 0 } = shown;
    const answer = steps[answerAt(steps, i)]?.message;
    if (commit <= before || shown.term < step.term) return;
    if (answer === undefined || answer.reject === true) return;
    // An append that begins within what is committed is answered with that, and read no further.
    if (shown.type === "MsgHeartbeat" || (shown.type === "MsgApp" && index >= before)) {
      member.commitFloor = commit;
    }
  }

  /** The acks and votes that the specification has counted. */
  private count(step: RaftStep, message: MessageSummary): void {
    const { match, ballots } = this.member;
    if (message.term !== step.term) return;
    if (message.type === "MsgVoteResp") ballots.add(message.from);
    if (message.type === "MsgAppResp" && message.reject !== true) {
      match.set(message.from, Math.max(match.get(message.from) ?? 0, message.index ?? 0));
    }
  }

  /**
   * The specification would do more with this message than the member did. For it, the message is
   * as good as lost:
   *  - a later term that is not entered, because a leader was heard of just now (CheckQuorum);
   *  - a term that is over for the member, and not yet for the specification;
   *  - a vote that is refused because the leader of the term is known already.
   */
  private misread(step: RaftStep, i: number): boolean {
    const message = step.message as MessageSummary;
    if (message.term > step.term) return !entersTerm(this.steps, i);
    if (message.term < step.term) return message.term >= this.member.shown(step).term;
    if (message.type !== "MsgVote" || step.vote !== 0) return false;
    const answer = this.steps[answerAt(this.steps, i)]?.message;
    return answer === undefined || answer.reject === true;
  }

  /** A second copy of a message, or an answer to one the specification knows nothing of, is in vain. */
  private harmless(step: RaftStep, i: number): boolean {
    const { match, ballots } = this.member;
    const message = step.message as MessageSummary;
    if (!leavesNoTrace(this.steps, i)) return false;
    if (message.reject === true || message.term !== step.term) return true;
    if (message.type === "MsgVoteResp") {
      return step.role !== "candidate" || ballots.has(message.from);
    }
    if (message.type === "MsgAppResp" && step.role === "leader") {
      const { from, index = 0 } = message;
      if (index <= (match.get(from) ?? 0)) return true;
      if (!this.telling.wire.isSnapshotAck(message)) return false;
      this.member.uncounted.set(from, Math.max(this.member.uncounted.get(from) ?? 0, index));
    }
    return true;
  }

  private unknownMessage(message: MessageSummary): UnmodelledError {
    const sender = memberName(message.from);
    const what = messageName(message);
    return this.telling.wire.wasUndone(message)
      ? this.unmodelled(
          `the ${what} of ${sender} counts, but ${sender} crashed before its own disk had what it sent`,
          "let the crash come at another moment, or give the disk no delay: disk: { sync: 0ms }",
        )
      : this.unmodelled(
          `the ${what} of ${sender} counts, and the specification has no such message under way: ` +
            "it came twice, or was an answer to one that did",
          "network: { duplicate: 0 }",
        );
  }

  /** The specification's follower takes a snapshot only where it has committed nothing. */
  private checkSnapshot(step: RaftStep, i: number): void {
    if (this.member.shown(step).commit === 0) return;
    const after = this.steps[answerAt(this.steps, i)];
    if (after === undefined) return;
    if (after.commit === step.commit && after.last === step.last) return;
    throw this.unmodelled(
      "a snapshot replaces the log of a member that has one",
      "keep the log for those who fall behind: catch-up-entries: 100000",
    );
  }

  private send(step: RaftStep, i: number): void {
    const { member, telling } = this;
    const message = step.message as MessageSummary;
    const name = sendName(message.type);
    assert(name !== null, "only messages of the Raft paper are recorded as sent");
    if (this.ghosts.has(i)) return;
    const shown = this.sentAs(step, message);
    telling.wire.send(message, shown);
    const own = member.conf[0].includes(member.id) ? member.match.get(member.id) : undefined;
    const progress =
      message.type === "MsgApp" && own !== undefined ? { match: own, next: own + 1 } : null;
    this.line(name, step, shown, progress);
  }

  /**
   * How a message is shown where raft says the same in other words than the specification:
   *  - an append tells how far everything is committed, and the follower takes no more of it than
   *    it has; the specification's leader cuts it to the entries it sends;
   *  - a stale leader is told of the new term by an ack of nothing; the specification refuses it.
   */
  private sentAs(step: RaftStep, message: MessageSummary): MessageSummary {
    const { member, handled } = this;
    const { commit } = member.shown(step);
    const { index = 0 } = message;
    switch (message.type) {
      case "MsgApp": {
        const all = message.commit === step.commit ? commit : (message.commit ?? 0);
        return { ...message, commit: Math.min(all, index + (message.entries?.length ?? 0)) };
      }
      case "MsgHeartbeat": {
        const counted = member.match.get(message.to) ?? 0;
        const match = Math.max(counted, member.uncounted.get(message.to) ?? 0);
        return message.commit === Math.min(match, step.commit)
          ? { ...message, commit: Math.min(commit, counted) }
          : message;
      }
      case "MsgAppResp": {
        if (message.to === member.id || message.reject === true) return message;
        if (handled !== null && handled.term < step.term) return { ...message, reject: true };
        this.checkAck(step, handled, index);
        return message;
      }
      default:
        return message;
    }
  }

  /** Where the commit index was lost in a crash, an ack may differ from what was known before. */
  private checkAck(step: RaftStep, handled: MessageSummary | null, acked: number): void {
    const { member } = this;
    if (step.commit >= member.commitFloor || handled === null) return;
    const { commit } = member.shown(step);
    if ((handled.index ?? 0) < commit && acked !== commit) {
      throw this.unmodelled(
        "a crash lost the commit index that had been written last",
        "let the crash come at another moment",
      );
    }
  }

  // ---- lines ---------------------------------------------------------------------------------

  private line(
    name: LineName,
    step: RaftStep,
    message: MessageSummary | null = null,
    properties: Properties | null = null,
  ): void {
    this.lineOf(name, this.member.shown(step), message, properties);
  }

  private lineOf(
    name: LineName,
    state: ShownState,
    message: MessageSummary | null,
    properties: Properties | null,
  ): void {
    this.telling.line(name, state, message, properties);
    this.member.arrive(state, name.startsWith("Receive") ? message : null);
  }

  private unmodelled(what: string, remedy: string): UnmodelledError {
    return new UnmodelledError(this.telling, what, remedy);
  }
}
