import type { AttemptEvent, CompleteEvent, InvokeEvent, RequestEvent } from "../events.ts";
import { memberOf } from "../frame.ts";
import { clientName, durationText, memberName } from "../words.ts";
import type { Scene, Told } from "./line.ts";
import { whyNoProgress } from "./logs.ts";

/** What clients ask and what they are told. */

export function tellInvoke(event: InvokeEvent): Told {
  return {
    text: `wants to ${event.text}`,
    detail: "all",
    topic: "client",
    actor: clientName(event.client),
  };
}

export function tellAttempt(event: AttemptEvent, scene: Scene): Told {
  const { before } = scene;
  const operation = before.pending.find((pending) => pending.op === event.op);
  const actor = clientName(event.client);
  const to = memberName(event.to);
  if (operation === undefined || event.attempt <= 1) {
    const what = operation === undefined ? "" : ` for ${operation.text}`;
    return { text: `asks ${to}${what}`, detail: "all", topic: "client", actor };
  }
  const { status } = memberOf(before, operation.to);
  const why = status === "up" ? "did not answer in time" : `is ${status}`;
  return {
    text: `asks ${to} for ${operation.text}`,
    because: `${memberName(operation.to)} ${why}`,
    topic: "client",
    actor,
  };
}

export function tellRequest(event: RequestEvent): Told {
  return {
    text: `receives ${clientName(event.client)}'s ${event.text}`,
    detail: "all",
    topic: "client",
  };
}

export function tellComplete(event: CompleteEvent, scene: Scene): Told {
  const actor = clientName(event.client);
  const operation = scene.before.pending.find((pending) => pending.op === event.op);
  const what = operation?.text ?? event.text;
  if (event.outcome === "ok") {
    const revision = event.result?.revision ?? 0;
    const isRead = event.result !== null && event.result.value !== undefined;
    return {
      text: isRead
        ? `${what} is answered: ${readText(event)} at revision ${revision}`
        : `${what} is acknowledged at revision ${revision}`,
      topic: "client",
      routine: true,
      actor,
    };
  }
  const said = event.text !== what && event.text !== "" ? ` (${event.text})` : "";
  if (event.outcome === "fail") {
    return { text: `${what} fails and certainly did not happen${said}`, topic: "client", actor };
  }
  const waited =
    operation === undefined ? "" : ` after ${durationText(event.at - operation.since)}`;
  return {
    text: `gives up on ${what}${waited}${said} and can't know whether it happened`,
    // A lost connection is a reason of its own; a reply that did not come is not.
    because: event.text === "connection lost" ? "" : whyNoProgress(scene, operation?.to ?? 0),
    topic: "client",
    actor,
  };
}

function readText(event: CompleteEvent): string {
  const value = event.result?.value;
  return value === null || value === undefined ? "no such key" : `"${value}"`;
}
