import type { ChangeSummary, ConfEvent, ConfSummary, RaftStep } from "../../trace/events.ts";
import { memberName } from "../../trace/names.ts";
import { nodeNames } from "./line.ts";
import type { MemberLines } from "./member-lines.ts";
import type { ShownMember } from "./shown-member.ts";

/** How changes of the configuration are told. */

const ACTIONS: Readonly<Record<ChangeSummary["change"], string>> = {
  "add-voter": "AddNewServer",
  "add-learner": "AddLearner",
  remove: "RemoveServer",
  update: "",
};

export function proposeChange(lines: MemberLines, step: RaftStep): void {
  const { member } = lines;
  const changes = step.changes ?? [];
  const change = changes[0];
  if (change === undefined || changes.length > 1) {
    const left = "a joint configuration is left";
    const what = change === undefined ? left : "several members change at once";
    throw lines.unmodelled(what, "change one member at a time");
  }
  const { node } = change;
  if (!hasStep(member, change)) {
    const demotes = change.change === "add-learner" && member.conf[0].includes(node);
    const does = demotes ? "demotes" : "does nothing to";
    throw lines.unmodelled(`a change that ${does} ${memberName(node)}`, "leave that change out");
  }
  if (member.pendingChange > 0) {
    throw lines.unmodelled(
      `a leader that was one before proposes a change, and entry ${member.pendingChange} of its ` +
        "earlier term was one too (the specification waits for it for ever)",
      "change the configuration under one leader",
    );
  }
  member.pendingChange = step.last + 1;
  const cc = { changes: [{ nid: String(node), action: ACTIONS[change.change] }] };
  lines.add("ChangeConf", step, null, { cc });
}

/** AddNewServer, AddLearner and DeleteServer of the specification are for some members only. */
function hasStep({ conf, learners }: ShownMember, { change, node }: ChangeSummary): boolean {
  const isVoter = conf[0].includes(node);
  const isMember = isVoter || learners.includes(node);
  switch (change) {
    case "add-voter":
      return !isVoter;
    case "add-learner":
      return !isMember;
    case "remove":
      return isMember;
    case "update":
      return false;
  }
}

export function switchTo(lines: MemberLines, step: RaftStep): void {
  const { member } = lines;
  const conf = step.conf as ConfSummary;
  member.voters = conf.voters;
  const founding = member.phase === "founding";
  const fromSnapshot = lines.handled?.type === "MsgSnap" ? lines.handled.snapshot?.index : 0;
  const index = step.index || fromSnapshot || 0;
  // Known from its life before: it is only applied once more.
  if (!founding && index <= member.confIndex) return;
  if (conf.votersOutgoing.length > 0) {
    throw lines.unmodelled("the configuration becomes joint", "change one member at a time");
  }
  const newconf = nodeNames(conf.voters);
  lines.add("ApplyConfChange", step, null, { cc: newconf.length === 0 ? {} : { newconf } });
  const newest = founding ? null : newestChange(lines, member.shown(step).commit);
  member.confIndex = newest?.index ?? index;
  member.conf = [newest?.conf.voters ?? conf.voters, []];
  member.learners = newest?.conf.learners ?? conf.learners;
  if (step.role === "leader" && index >= member.pendingChange) member.pendingChange = 0;
}

/** What the specification applies is the newest change that is committed, not the next one. */
function newestChange(lines: MemberLines, commit: number): ConfEvent | null {
  return lines.context.changes.findLast(({ index }) => index <= commit) ?? null;
}
