import { unreachable } from "../../base/assert.ts";
import type { RaftStep } from "../../trace/events.ts";
import { MemberLines, type ReadyContext } from "./member-lines.ts";
import { proposeChange, switchTo } from "./membership.ts";
import { Messages } from "./messages.ts";
import { candidate, commit, follower, init } from "./roles.ts";
import type { ShownMember } from "./shown-member.ts";

/** Writes the lines of one Ready of one member. Throws UnmodelledError. */
export function exportReady(
  member: ShownMember,
  steps: readonly RaftStep[],
  context: ReadyContext,
): void {
  const lines = new MemberLines(member, context);
  const messages = new Messages(lines, steps);
  steps.forEach((step, i) => {
    exportStep(lines, messages, step, i);
  });
}

function exportStep(lines: MemberLines, messages: Messages, step: RaftStep, i: number): void {
  const { member } = lines;
  switch (step.step) {
    case "init":
      init(lines, step);
      break;
    case "follower":
      follower(lines, step);
      break;
    case "candidate":
      candidate(lines, step);
      break;
    case "pre-candidate":
      // It gives up an election that it had begun for real.
      if (member.role === "candidate") lines.add("BecomeFollower", step);
      break;
    case "leader":
      member.match = new Map([[member.id, step.last]]);
      member.uncounted.clear();
      lines.add("BecomeLeader", step);
      break;
    case "commit":
      commit(lines, step);
      break;
    case "replicate":
      lines.add("Replicate", step);
      break;
    case "propose-change":
      proposeChange(lines, step);
      break;
    case "switch":
      switchTo(lines, step);
      break;
    case "receive":
      messages.receive(step, i);
      break;
    case "send":
      messages.send(step, i);
      break;
    case "ready":
      member.phase = "running";
      lines.add("Ready", step);
      member.persist();
      break;
    default:
      unreachable(step.step);
  }
}
