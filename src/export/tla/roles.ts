import type { RaftStep } from "../../trace/events.ts";
import type { MemberLines } from "./member-lines.ts";

/** How a member's life and roles are told. */

export function init(lines: MemberLines, step: RaftStep): void {
  const { member } = lines;
  if (member.phase === "new") {
    member.phase = "founding";
    lines.add("InitState", step);
    return;
  }
  const { term, vote, commit, entries, snapshot } = lines.context.recovered;
  const last = entries.at(-1)?.index ?? snapshot.index;
  const found: RaftStep = { step: "init", term, vote, commit, role: "follower", last };
  lines.addShown("InitState", member.restart(found), null, null);
}

export function follower(lines: MemberLines, step: RaftStep): void {
  if (showsFollower(lines, step)) lines.add("BecomeFollower", step);
}

/** Is becoming a follower news to the specification? */
function showsFollower(lines: MemberLines, step: RaftStep): boolean {
  const { member } = lines;
  // Every node begins as one: of its founding this is told, of a restart not.
  if (member.phase === "founding") return true;
  if (member.phase === "restarting") return false;
  const justified = step.term > member.term && member.heard?.term === step.term;
  if (justified) member.hidden = null;
  else if (step.term > member.term) member.hide();
  return justified || member.role !== "follower";
}

export function candidate(lines: MemberLines, step: RaftStep): void {
  const { member } = lines;
  if (step.term !== member.term + 1) {
    throw lines.unmodelled(
      `it campaigns for term ${step.term}, and came to know of term ${step.term - 1} from the ` +
        "refusal of a pre-vote or in a leadership transfer",
      "pre-vote: false, and no transfer",
    );
  }
  const { voters, conf } = member;
  if (voters.length !== conf[0].length || !voters.every((id) => conf[0].includes(id))) {
    throw lines.unmodelled(
      "it campaigns in a configuration that it had left before its crash, with the last commit index",
      "let the crash come at another moment",
    );
  }
  member.hidden = null;
  member.ballots.clear();
  lines.add("BecomeCandidate", step);
}

/** A commit must not stand on acks that the specification has not heard. */
export function commit(lines: MemberLines, step: RaftStep): void {
  const { uncounted, match, conf } = lines.member;
  if (step.commit > lines.member.commit && uncounted.size > 0) {
    const [voters] = conf;
    const known = voters.filter((id) => (match.get(id) ?? 0) >= step.commit);
    const missed = voters.filter((id) => (uncounted.get(id) ?? 0) >= step.commit);
    if (known.length * 2 <= voters.length && missed.length > 0) {
      throw lines.unmodelled(
        "a commit counts on a member that has only acknowledged a snapshot so far",
        "keep the log for those who fall behind: catch-up-entries: 100000",
      );
    }
  }
  lines.add("Commit", step);
}
