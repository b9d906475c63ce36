import {
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  EMPTY,
  type Message,
  type NodeId,
} from "../../../../src/raft/types.ts";
import type { Server } from "./server.ts";

/** Changes of the configuration, as the paper's client would ask for them. */

export function add(nodeId: NodeId): ConfChangeSingle {
  return { type: ConfChangeType.AddNode, nodeId };
}

export function remove(nodeId: NodeId): ConfChangeSingle {
  return { type: ConfChangeType.RemoveNode, nodeId };
}

/** A member that gets the log and has no vote. */
export function addLearner(nodeId: NodeId): ConfChangeSingle {
  return { type: ConfChangeType.AddLearnerNode, nodeId };
}

type Transition = "auto" | "stay joint" | "joint";

const TRANSITIONS: Readonly<Record<Transition, ConfChangeTransition>> = {
  /** One change at once, several by joint consensus that is left by itself. */
  auto: ConfChangeTransition.Auto,
  joint: ConfChangeTransition.JointImplicit,
  /** Until {@link leaveJoint}. */
  "stay joint": ConfChangeTransition.JointExplicit,
};

/** Asks `server` for a change; returns the messages that go out. Throws if it is refused at once. */
export function change(
  server: Server,
  changes: readonly ConfChangeSingle[],
  transition: Transition = "auto",
): readonly Message[] {
  const refused = server.raw.proposeConfChange({
    transition: TRANSITIONS[transition],
    changes,
    context: EMPTY,
  });
  if (refused !== null) throw refused;
  return server.work();
}

export function leaveJoint(server: Server): readonly Message[] {
  return change(server, []);
}
