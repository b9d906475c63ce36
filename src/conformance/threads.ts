import { decodeConfChange, decodeConfChangeV2 } from "../raft/pb/index.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  type NodeId,
  type Snapshot,
} from "../raft/types.ts";
import { type Command, forEachNode } from "./command.ts";
import { describeMessage, isEmptyHardState, isEmptySnapshot } from "./describe.ts";
import type { Environment, EnvironmentNode } from "./environment.ts";

/** A node's storage threads: `process-append-thread`, `process-apply-thread`. */

export const processAppendThreadCommand: Command = (environment, args) =>
  forEachNode(environment, args, "processing append thread", processAppendThread);

export const processApplyThreadCommand: Command = (environment, args) =>
  forEachNode(environment, args, "processing apply thread", processApplyThread);

/** Does the oldest MsgStorageAppend of the node and puts its responses in flight. */
export function processAppendThread(environment: Environment, position: number): string | null {
  const node = environment.node(position);
  const message = node.appendWork.shift();
  if (message === undefined) {
    environment.output.write("no append work to perform");
    return null;
  }
  announce(environment, message);
  const { term, vote, commit, entries, snapshot } = message;
  const error = append(node, { term, vote, commit }, entries, snapshot);
  if (error !== null) return error;
  respond(environment, message);
  return null;
}

/** Does the oldest MsgStorageApply of the node and puts its responses in flight. */
export function processApplyThread(environment: Environment, position: number): null {
  const node = environment.node(position);
  const message = node.applyWork.shift();
  if (message === undefined) {
    environment.output.write("no apply work to perform");
    return null;
  }
  announce(environment, message);
  apply(node, message.entries);
  respond(environment, message);
  return null;
}

/**
 * Writes to the node's storage.
 * @returns the text of the storage's error, or null.
 */
export function append(
  { storage }: EnvironmentNode,
  hardState: HardState | null,
  entries: readonly Entry[],
  snapshot: Snapshot | null,
): string | null {
  if (hardState !== null && !isEmptyHardState(hardState)) storage.setHardState(hardState);
  if (snapshot === null || isEmptySnapshot(snapshot)) {
    storage.append(entries);
    return null;
  }
  if (entries.length > 0) return "can't apply snapshot and entries at the same time";
  return storage.tryApplySnapshot(snapshot);
}

/** Applies to the node's state machine, which appends each entry's data to its own. */
export function apply(node: EnvironmentNode, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const { update, confState } = execute(node, entry);
    node.stateMachine.apply(entry.term, entry.index, update, confState);
  }
}

export function isThreadTarget(id: NodeId): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}

function execute(
  { raw }: EnvironmentNode,
  { type, data }: Entry,
): { update: Uint8Array; confState: ConfState | null } {
  if (type === EntryType.Normal) return { update: data, confState: null };
  const change = type === EntryType.ConfChange ? decodeConfChange(data) : decodeConfChangeV2(data);
  return { update: change.context, confState: raw.applyConfChange(change) };
}

function announce({ output }: Environment, message: Message): void {
  output.writeLine("Processing:");
  output.writeLine(describeMessage({ ...message, responses: null }));
}

function respond({ output, messages }: Environment, { responses }: Message): void {
  output.writeLine("Responses:");
  for (const response of responses ?? []) {
    output.writeLine(describeMessage(response));
    messages.push(response);
  }
}
