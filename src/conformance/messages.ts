import {
  EMPTY,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  MESSAGE_TYPE_NAMES,
  type Message,
  MessageType,
  NONE,
  type NodeId,
} from "../raft/types.ts";
import { scanLimit } from "./argument.ts";
import { type Command, positions } from "./command.ts";
import { describeMessage } from "./describe.ts";
import type { Environment } from "./environment.ts";
import { HarnessFatal } from "./failures.ts";

/** Messages between the nodes: `deliver-msgs`, `send-snapshot`. */

/** Whose messages to handle, and whether they get lost. */
export interface Recipient {
  readonly id: NodeId;
  readonly drop: boolean;
}

/**
 * `deliver-msgs 1 2 type=MsgApp drop=(3,4)`. Nothing is ever in flight to an id above 2^53-1 (the
 * threads have such ids in the original, and a queue of their own), so it may be cut to that.
 */
export const deliverMsgs: Command = (environment, args) => {
  let type: MessageType | null = null;
  const recipients: Recipient[] = [];
  for (const { key, values } of args) {
    if (values.length === 0) recipients.push({ id: scanLimit(key), drop: false });
    for (const value of values) {
      if (key === "drop") recipients.push(droppedRecipient(value, recipients));
      else if (key === "type") type = messageType(value);
    }
  }
  const handled = deliver(environment, type, recipients);
  if (handled === 0) environment.output.write("no messages\n");
  return null;
};

/** `send-snapshot 1 3`: node 1's newest snapshot is put in flight to node 3. */
export const sendSnapshot: Command = (environment, args) => {
  const list = positions(args);
  const [from, to] = list;
  if (from === undefined || to === undefined || list.length !== 2) {
    const problem = `should have 2 item(s), but has ${list.length}`;
    throw new HarnessFatal(`"[${list.join(" ")}]" ${problem}`);
  }
  const node = environment.node(from);
  const message: Message = {
    type: MessageType.Snap,
    to: to + 1,
    from: from + 1,
    term: node.raw.basicStatus().term,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    vote: NONE,
    snapshot: node.storage.snapshot(),
    reject: false,
    rejectHint: 0,
    context: EMPTY,
    responses: null,
  };
  environment.messages.push(message);
  environment.output.write(describeMessage(message));
  return null;
};

/**
 * Hands out, or loses, the messages in flight to each recipient in turn; `type` null means all
 * types. What a node sends meanwhile stays in its raft until its next Ready.
 * @returns how many messages were handled.
 */
export function deliver(
  environment: Environment,
  type: MessageType | null,
  recipients: readonly Recipient[],
): number {
  const { output } = environment;
  let handled = 0;
  for (const { id, drop } of recipients) {
    const mine = (message: Message) => isMeant(message, id, type, drop);
    const messages = environment.messages.filter(mine);
    environment.messages = environment.messages.filter((message) => !mine(message));
    handled += messages.length;
    for (const message of messages) {
      output.writeLine(`${drop ? "dropped: " : ""}${describeMessage(message)}`);
      // The node that a message is dropped for may not exist yet.
      if (drop) continue;
      const error = environment.node(message.to - 1).raw.step(message);
      if (error !== null) output.writeLine(errorText(error));
    }
  }
  return handled;
}

/** Whether any message is in flight to `id`. */
export function hasMessages(environment: Environment, id: NodeId): boolean {
  return environment.messages.some((message) => message.to === id);
}

/** The text of an error that raft returns. */
export function errorText(error: { readonly message: string }): string {
  return error.message;
}

function isMeant(message: Message, id: NodeId, type: MessageType | null, drop: boolean): boolean {
  if (message.to !== id || (type !== null && message.type !== type)) return false;
  // A node's messages to itself and to its storage threads cannot get lost.
  return !(drop && isLocal(message));
}

function isLocal({ from, to }: Message): boolean {
  return from === to || isThread(from) || isThread(to);
}

function isThread(id: NodeId): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}

function droppedRecipient(value: string, recipients: readonly Recipient[]): Recipient {
  const id = scanLimit(value);
  if (recipients.some((recipient) => recipient.id === id)) {
    throw new HarnessFatal(`can't both deliver and drop msgs to ${id}`);
  }
  return { id, drop: true };
}

function messageType(name: string): MessageType {
  const index = (MESSAGE_TYPE_NAMES as readonly string[]).indexOf(name);
  if (index < 0) throw new HarnessFatal(`unknown message type ${name}`);
  return index as MessageType;
}
