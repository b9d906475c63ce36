import { assert } from "../../base/assert.ts";
import type { MessageSummary, RaftStep } from "../../trace/events.ts";
import { memberName, messageName } from "../../trace/names.ts";
import { receiveName, sendName } from "./line.ts";
import type { MemberLines, ReadyContext } from "./member-lines.ts";
import { answerAt, entersTerm, leavesNoTrace } from "./message-effects.ts";
import type { ShownMember } from "./shown-member.ts";
import type { UnmodelledError } from "./unmodelled.ts";

/** Tells the messages that a member sends and receives within one Ready. */
export class Messages {
  private readonly lines: MemberLines;
  private readonly member: ShownMember;
  private readonly context: ReadyContext;
  private readonly steps: readonly RaftStep[];
  /** Answers to messages that the specification is not told of: it must not hear of these either. */
  private readonly ghosts = new Set<number>();

  constructor(lines: MemberLines, steps: readonly RaftStep[]) {
    this.lines = lines;
    this.member = lines.member;
    this.context = lines.context;
    this.steps = steps;
  }

  receive(step: RaftStep, i: number): void {
    const { member, steps, context } = this;
    const message = step.message as MessageSummary;
    this.lines.handled = message;
    const name = receiveName(message.type);
    if (name === null) return;
    member.phase = "running";
    const shown = context.wire.find(message);
    if (this.misread(step, i) || (shown === null && this.harmless(step, i))) {
      const answer = answerAt(steps, i);
      if (answer >= 0) this.ghosts.add(answer);
      return;
    }
    if (shown === null) throw this.unknownMessage(message);
    if (message.type === "MsgSnap") this.checkSnapshot(step, i);
    context.wire.take(message);
    const ack = answerAt(steps, i);
    if (message.type === "MsgSnap" && ack >= 0) {
      this.ghosts.add(ack);
      context.wire.acknowledgeSnapshot((steps[ack] as RaftStep).message as MessageSummary);
    }
    this.lines.addShown(name, member.shown(step), shown, null);
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
      if (!this.context.wire.isSnapshotAck(message)) return false;
      this.member.uncounted.set(from, Math.max(this.member.uncounted.get(from) ?? 0, index));
    }
    return true;
  }

  private unknownMessage(message: MessageSummary): UnmodelledError {
    const sender = memberName(message.from);
    const what = messageName(message);
    return this.context.wire.wasUndone(message)
      ? this.lines.unmodelled(
          `the ${what} of ${sender} counts, but ${sender} crashed before its own disk had what it sent`,
          "let the crash come at another moment, or give the disk no delay: disk: { sync: 0ms }",
        )
      : this.lines.unmodelled(
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
    throw this.lines.unmodelled(
      "a snapshot replaces the log of a member that has one",
      "keep the log for those who fall behind: catch-up-entries: 100000",
    );
  }

  send(step: RaftStep, i: number): void {
    const { member, context } = this;
    const message = step.message as MessageSummary;
    const name = sendName(message.type);
    assert(name !== null, "only messages of the Raft paper are recorded as sent");
    if (this.ghosts.has(i)) return;
    const shown = this.sentAs(step, message);
    context.wire.send(message, shown);
    const own = member.conf[0].includes(member.id) ? member.match.get(member.id) : undefined;
    const progress =
      message.type === "MsgApp" && own !== undefined ? { match: own, next: own + 1 } : null;
    this.lines.add(name, step, shown, progress);
  }

  /**
   * How a message is shown where raft says the same in other words than the specification:
   *  - an append tells how far everything is committed, and the follower takes no more of it than
   *    it has; the specification's leader cuts it to the entries it sends;
   *  - a stale leader is told of the new term by an ack of nothing; the specification refuses it.
   */
  private sentAs(step: RaftStep, message: MessageSummary): MessageSummary {
    const { member } = this;
    const { handled } = this.lines;
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
      throw this.lines.unmodelled(
        "a crash lost the commit index that had been written last",
        "let the crash come at another moment",
      );
    }
  }
}
