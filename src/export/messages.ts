import type { MessageSummary } from "../trace/events.ts";
import { memberName, messageDetail, messageName } from "../trace/names.ts";

/** A leader's sign of life, or the answer to it: most of what is sent, and nothing new most often. */
export function isHeartbeat({ type }: MessageSummary): boolean {
  return type === "MsgHeartbeat" || type === "MsgHeartbeatResp";
}

/** Whether it crosses the network: what a member tells itself or its disk does not. */
export function isSent({ from, to }: MessageSummary): boolean {
  return to > 0 && from !== to;
}

/** `append · term 2 · entry 5 after 4/2, commit 4`. */
export function messageText(message: MessageSummary): string {
  return [messageName(message), ...contentsOf(message)].join(" · ");
}

/** What it says, piece by piece; what a client asks of a leader by way of a follower has no term. */
export function contentsOf(message: MessageSummary): string[] {
  const detail = messageDetail(message);
  return [
    ...(message.term === 0 ? [] : [`term ${message.term}`]),
    ...(detail === "" ? [] : [detail]),
  ];
}

/** `append to m2`. */
export function sendText(message: MessageSummary): string {
  return `${messageName(message)} to ${memberName(message.to)}`;
}

/** `append from m1`. */
export function receiptText(message: MessageSummary): string {
  return `${messageName(message)} from ${memberName(message.from)}`;
}
