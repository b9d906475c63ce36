import { type Message, MessageType } from "../raft/types.ts";
import { type Command, forEachNode, positions } from "./command.ts";
import { describeReady } from "./describe.ts";
import type { Environment, EnvironmentNode } from "./environment.ts";
import { GoPanic } from "./failures.ts";
import { setLevel } from "./log-level.ts";
import { deliver, hasMessages } from "./messages.ts";
import { assertProgress } from "./output.ts";
import {
  append,
  apply,
  isThreadTarget,
  processAppendThread,
  processApplyThread,
} from "./threads.ts";

/** Taking what raft has ready: `process-ready`, `stabilize`. */

/** `process-ready 1 2`: one Ready of each node. */
export const processReadyCommand: Command = (environment, args) =>
  forEachNode(environment, args, "handling Ready", processReady);

/** `stabilize [1 2] [log-level=NONE]`: everything, until nothing is left to do. */
export const stabilizeCommand: Command = (environment, args) => {
  const list = positions(args);
  const { output } = environment;
  const level = output.level;
  try {
    for (const { key, values } of args) {
      if (key !== "log-level") continue;
      for (const value of values) {
        const error = setLevel(output, value);
        if (error !== null) return error;
      }
    }
    const all = environment.nodes.map((_, position) => position);
    return stabilize(environment, list.length > 0 ? list : all);
  } finally {
    output.level = level;
  }
};

/** Prints the node's Ready, writes and applies it (or hands it to the storage threads), sends. */
function processReady(environment: Environment, position: number): string | null {
  const node = environment.node(position);
  const ready = node.raw.ready();
  environment.output.write(describeReady(ready));
  if (!node.asyncStorageWrites) {
    const error = append(node, ready.hardState, ready.entries, ready.snapshot);
    if (error !== null) return error;
    apply(node, ready.committedEntries);
  }
  for (const message of ready.messages) {
    if (isThreadTarget(message.to)) queueWork(node, message);
    else environment.messages.push(message);
  }
  if (!node.asyncStorageWrites) node.raw.advance();
  return null;
}

function queueWork(node: EnvironmentNode, message: Message): void {
  if (!node.asyncStorageWrites) throw new GoPanic("unexpected local msg target");
  if (message.type === MessageType.StorageAppend) node.appendWork.push(message);
  else if (message.type === MessageType.StorageApply) node.applyWork.push(message);
  else throw new GoPanic("unexpected message type");
}

/** Rounds of: all Readys, all deliveries, all append threads, all apply threads. */
function stabilize(environment: Environment, list: readonly number[]): string | null {
  const nodes = list.map((position) => environment.node(position));
  for (let round = 0; ; round++) {
    assertProgress(round, "stabilize");
    let isDone = true;
    for (const node of nodes) {
      if (!node.raw.hasReady()) continue;
      isDone = false;
      const error = titled(environment, node, "handling Ready", processReady);
      if (error !== null) return error;
    }
    for (const node of nodes) {
      if (!hasMessages(environment, node.id)) continue;
      isDone = false;
      titled(environment, node, "receiving messages", () => {
        deliver(environment, null, [{ id: node.id, drop: false }]);
        return null;
      });
    }
    for (const node of nodes) {
      if (node.appendWork.length === 0) continue;
      isDone = false;
      const error = titled(environment, node, "processing append thread", appendAll);
      if (error !== null) return error;
    }
    for (const node of nodes) {
      if (node.applyWork.length === 0) continue;
      isDone = false;
      titled(environment, node, "processing apply thread", applyAll);
    }
    if (isDone) return null;
  }
}

function titled(
  environment: Environment,
  node: EnvironmentNode,
  title: string,
  body: (environment: Environment, position: number) => string | null,
): string | null {
  environment.output.writeLine(`> ${node.id} ${title}`);
  return environment.output.indented(() => body(environment, node.id - 1));
}

function appendAll(environment: Environment, position: number): string | null {
  while (environment.node(position).appendWork.length > 0) {
    const error = processAppendThread(environment, position);
    if (error !== null) return error;
  }
  return null;
}

/** An error of the apply thread stops its entry alone: Go's stabilize does not look at it. */
function applyAll(environment: Environment, position: number): null {
  while (environment.node(position).applyWork.length > 0) processApplyThread(environment, position);
  return null;
}
