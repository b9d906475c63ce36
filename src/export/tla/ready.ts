import { unreachable } from "../../base/assert.ts";
import type { RaftStep } from "../../trace/events.ts";
import { proposeChange, switchTo } from "./membership.ts";
import { Messages } from "./messages.ts";
import { candidate, commit, follower, init } from "./roles.ts";
import type { ShownMember } from "./shown-member.ts";
import { Teller, type Telling } from "./teller.ts";

/** Tells the steps of one Ready of one member. Throws UnmodelledError. */
export function tellReady(member: ShownMember, steps: readonly RaftStep[], telling: Telling): void {
  const teller = new Teller(member, telling);
  const messages = new Messages(teller, steps);
  steps.forEach((step, i) => {
    tellStep(teller, messages, step, i);
  });
}

function tellStep(teller: Teller, messages: Messages, step: RaftStep, i: number): void {
  const { member } = teller;
  switch (step.step) {
    case "init":
      init(teller, step);
      break;
    case "follower":
      follower(teller, step);
      break;
    case "candidate":
      candidate(teller, step);
      break;
    case "pre-candidate":
      // It gives up an election that it had begun for real.
      if (member.role === "candidate") teller.line("BecomeFollower", step);
      break;
    case "leader":
      member.match = new Map([[member.id, step.last]]);
      member.uncounted.clear();
      teller.line("BecomeLeader", step);
      break;
    case "commit":
      commit(teller, step);
      break;
    case "replicate":
      teller.line("Replicate", step);
      break;
    case "propose-change":
      proposeChange(teller, step);
      break;
    case "switch":
      switchTo(teller, step);
      break;
    case "receive":
      messages.receive(step, i);
      break;
    case "send":
      messages.send(step, i);
      break;
    case "ready":
      member.phase = "running";
      teller.line("Ready", step);
      member.persist();
      break;
    default:
      unreachable(step.step);
  }
}
