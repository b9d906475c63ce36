import {
  type ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
} from "../types.ts";

/** `CONF_CHANGE_TYPE_NAMES[ConfChangeType.AddNode] === "ConfChangeAddNode"`. */
export const CONF_CHANGE_TYPE_NAMES = [
  "ConfChangeAddNode",
  "ConfChangeRemoveNode",
  "ConfChangeUpdateNode",
  "ConfChangeAddLearnerNode",
] as const;

export const CONF_CHANGE_TRANSITION_NAMES = [
  "ConfChangeTransitionAuto",
  "ConfChangeTransitionJointImplicit",
  "ConfChangeTransitionJointExplicit",
] as const;

/** A V1 change in V2's form; a V2 change as it is. */
export function asV2(change: ConfChange | ConfChangeV2): ConfChangeV2 {
  if ("changes" in change) return change;
  return {
    transition: ConfChangeTransition.Auto,
    changes: [{ type: change.type, nodeId: change.nodeId }],
    context: change.context,
  };
}

export function isV1(change: ConfChange | ConfChangeV2): change is ConfChange {
  return !("changes" in change);
}

/** Does it leave a joint configuration? True of the empty change. */
export function leavesJoint(change: ConfChangeV2): boolean {
  return change.transition === ConfChangeTransition.Auto && change.changes.length === 0;
}

/** Does it go through a joint configuration? More than one change always does. */
export function entersJoint(change: ConfChangeV2): boolean {
  return change.transition !== ConfChangeTransition.Auto || change.changes.length > 1;
}

/** Of a change that {@link entersJoint}: is the joint configuration left by itself? */
export function leavesByItself(change: ConfChangeV2): boolean {
  return change.transition !== ConfChangeTransition.JointExplicit;
}

/** `v1 l2 r3 u4`, as etcd-io/raft prints the changes of an entry. */
export function changesText(changes: readonly ConfChangeSingle[]): string {
  return changes.map(({ type, nodeId }) => `${letter(type)}${nodeId}`).join(" ");
}

function letter(type: ConfChangeType): string {
  switch (type) {
    case ConfChangeType.AddNode:
      return "v";
    case ConfChangeType.AddLearnerNode:
      return "l";
    case ConfChangeType.RemoveNode:
      return "r";
    case ConfChangeType.UpdateNode:
      return "u";
    default:
      return "unknown";
  }
}

/** The whole change, as etcd-io/raft's DescribeConfChange prints it in log lines. */
export function confChangeText(change: ConfChange | ConfChangeV2): string {
  const { transition, changes, context } = asV2(change);
  let text = `transition:${CONF_CHANGE_TRANSITION_NAMES[transition]}`;
  for (const { type, nodeId } of changes) {
    text += ` changes:{type:${CONF_CHANGE_TYPE_NAMES[type]} node_id:${nodeId}}`;
  }
  if (context.length > 0) text += ` context:${quoted(context)}`;
  return text;
}

/** Bytes as Go's `%q` prints them; non-ASCII bytes are shown as `\xNN`. */
function quoted(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte === 0x0a) text += "\\n";
    else if (byte === 0x0d) text += "\\r";
    else if (byte === 0x09) text += "\\t";
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `${text}"`;
}
