import { decodeConfChange, decodeConfChangeV2 } from "../raft/pb/index.ts";
import {
  ConfChangeType,
  type ConfState,
  type Entry,
  EntryType,
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  MESSAGE_TYPE_NAMES,
  type Message,
  NONE,
  type NodeId,
  type ReadState,
  type Ready,
  type Snapshot,
  type SoftState,
  STATE_TYPE_NAMES,
} from "../raft/types.ts";
import { formatHex, formatSlice, quoteBytes } from "./go-format.ts";

/** Raft's data as etcd-io/raft's `Describe...` functions print it (util.go). */

const ENTRY_TYPE_NAMES = ["EntryNormal", "EntryConfChange", "EntryConfChangeV2"] as const;

const CHANGE_LETTERS: ReadonlyMap<ConfChangeType, string> = new Map([
  [ConfChangeType.AddNode, "v"],
  [ConfChangeType.AddLearnerNode, "l"],
  [ConfChangeType.RemoveNode, "r"],
  [ConfChangeType.UpdateNode, "u"],
]);

export function describeHardState(state: HardState): string {
  const vote = state.vote === NONE ? "" : ` Vote:${state.vote}`;
  return `Term:${state.term}${vote} Commit:${state.commit}`;
}

export function describeSoftState(state: SoftState): string {
  return `Lead:${state.lead} State:${STATE_TYPE_NAMES[state.state]}`;
}

export function describeConfState(state: ConfState): string {
  const voters = `Voters:${formatSlice(state.voters)}`;
  const outgoing = `VotersOutgoing:${formatSlice(state.votersOutgoing)}`;
  const learners = `Learners:${formatSlice(state.learners)}`;
  const next = `LearnersNext:${formatSlice(state.learnersNext)}`;
  return `${voters} ${outgoing} ${learners} ${next} AutoLeave:${state.autoLeave}`;
}

export function describeSnapshot({ metadata }: Snapshot): string {
  const { index, term, confState } = metadata;
  return `Index:${index} Term:${term} ConfState:${describeConfState(confState)}`;
}

/** `1/11 EntryNormal "data"`; conf changes as their operations, `v2 l3`. */
export function describeEntry(entry: Entry): string {
  const payload = describePayload(entry);
  const name = ENTRY_TYPE_NAMES[entry.type];
  return `${entry.term}/${entry.index} ${name}${payload === "" ? "" : ` ${payload}`}`;
}

/** One line an entry. */
export function describeEntries(entries: readonly Entry[]): string {
  let text = "";
  for (const entry of entries) text += `${describeEntry(entry)}\n`;
  return text;
}

/** One line, or more for several entries, a snapshot or responses. */
export function describeMessage(message: Message, indent = ""): string {
  const { from, to, type, term, logTerm, index, entries, snapshot, responses } = message;
  let text = `${indent}${describeTarget(from)}->${describeTarget(to)} `;
  text += `${MESSAGE_TYPE_NAMES[type]} Term:${term} Log:${logTerm}/${index}`;
  if (message.reject) text += ` Rejected (Hint: ${message.rejectHint})`;
  if (message.commit !== 0) text += ` Commit:${message.commit}`;
  if (message.vote !== NONE) text += ` Vote:${message.vote}`;
  if (entries.length === 1) text += ` Entries:[${describeEntry(entries[0] as Entry)}]`;
  else if (entries.length > 1) {
    text += " Entries:[";
    for (const entry of entries) text += `\n${indent}  ${describeEntry(entry)}`;
    text += `\n${indent}]`;
  }
  if (snapshot !== null && !isEmptySnapshot(snapshot)) {
    text += `\n${indent}  Snapshot: ${describeSnapshot(snapshot)}`;
  }
  if (responses !== null && responses.length > 0) {
    text += " Responses:[";
    for (const response of responses) text += `\n${describeMessage(response, `${indent}  `)}`;
    text += `\n${indent}]`;
  }
  return text;
}

/** Ends in a newline, unless there is nothing in it: `<empty Ready>`. */
export function describeReady(ready: Ready): string {
  let text = "";
  if (ready.softState !== null) text += `${describeSoftState(ready.softState)}\n`;
  if (ready.hardState !== null && !isEmptyHardState(ready.hardState)) {
    text += `HardState ${describeHardState(ready.hardState)}\n`;
  }
  if (ready.readStates.length > 0) text += `ReadStates ${describeReadStates(ready.readStates)}\n`;
  if (ready.entries.length > 0) text += `Entries:\n${describeEntries(ready.entries)}`;
  if (ready.snapshot !== null && !isEmptySnapshot(ready.snapshot)) {
    text += `Snapshot ${describeSnapshot(ready.snapshot)}\n`;
  }
  if (ready.committedEntries.length > 0) {
    text += `CommittedEntries:\n${describeEntries(ready.committedEntries)}`;
  }
  if (ready.messages.length > 0) {
    text += "Messages:\n";
    for (const message of ready.messages) text += `${describeMessage(message)}\n`;
  }
  return text === "" ? "<empty Ready>" : `Ready MustSync=${ready.mustSync}:\n${text}`;
}

export function isEmptyHardState({ term, vote, commit }: HardState): boolean {
  return term === 0 && vote === NONE && commit === 0;
}

export function isEmptySnapshot(snapshot: Snapshot): boolean {
  return snapshot.metadata.index === 0;
}

function describeTarget(id: NodeId): string {
  switch (id) {
    case NONE:
      return "None";
    case LOCAL_APPEND_THREAD:
      return "AppendThread";
    case LOCAL_APPLY_THREAD:
      return "ApplyThread";
    default:
      return formatHex(id);
  }
}

function describePayload({ type, data }: Entry): string {
  if (type === EntryType.Normal) return quoteBytes(data);
  try {
    if (type === EntryType.ConfChange) return describeChanges([decodeConfChange(data)]);
    return describeChanges(decodeConfChangeV2(data).changes);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function describeChanges(changes: readonly { type: ConfChangeType; nodeId: NodeId }[]): string {
  return changes
    .map(({ type, nodeId }) => `${CHANGE_LETTERS.get(type) ?? "unknown"}${nodeId}`)
    .join(" ");
}

function describeReadStates(states: readonly ReadState[]): string {
  const texts = states.map(
    ({ index, requestContext }) => `{${index} ${formatSlice([...requestContext])}}`,
  );
  return `[${texts.join(" ")}]`;
}
