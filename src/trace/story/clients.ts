import type { AttemptEvent, CompleteEvent, InvokeEvent, RequestEvent } from "../events.ts";
import { memberOf, type PendingOperation } from "../frames/frame.ts";
import { clientName, memberName, PROBES_FROM } from "../names.ts";
import type { Detail, Scene, StoryMemory, Told } from "./line.ts";
import { tellOutcome } from "./outcomes.ts";
import { whyAgain } from "./refusals.ts";

/** What clients ask and what they are told. */

export function tellInvoke(event: InvokeEvent): Told {
  return {
    text: `wants to ${event.text}`,
    detail: "all",
    topic: "client",
    actor: clientName(event.client),
  };
}

/** Whom a client asks; told if it asks again, and why. */
export function tellAttempt(event: AttemptEvent, scene: Scene): Told {
  const { before, memory } = scene;
  const operation = before.pending.find((pending) => pending.op === event.op);
  const actor = clientName(event.client);
  const to = memberName(event.to);
  if (operation === undefined || event.attempt <= 1) {
    const what = operation === undefined ? "" : ` for ${operation.text}`;
    return { text: `asks ${to}${what}`, detail: "all", topic: "client", actor };
  }
  const because = whyAgain(event.lastError, memberOf(before, operation.to), before);
  // A client may find the same member down with each of its calls: that is told once.
  const isNews = event.client <= PROBES_FROM && memory.askedAgain.get(event.client) !== because;
  memory.askedAgain.set(event.client, because);
  return {
    text: `asks ${to} for ${operation.text}`,
    because,
    detail: isNews ? "story" : "all",
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
  const told = { ...tellOutcome(event, operation, scene), topic: "client", actor } as const;
  return { ...told, detail: detailOf(event, operation, scene.memory) };
}

/** Of keep-alives that follow each other only a change is told: the first that fails, or finds no lease. */
function detailOf(
  event: CompleteEvent,
  operation: PendingOperation | undefined,
  { unrenewed }: StoryMemory,
): Detail {
  if (event.client > PROBES_FROM) return "all";
  const request = operation?.request;
  if (request?.type === "lease" && request.method === "keep-alive") {
    const { lease } = request;
    if (event.outcome === "ok" && (event.result?.ttl ?? 1) > 0) {
      unrenewed.delete(lease);
      return "all";
    }
    const finding = event.outcome === "ok" ? `${lease} is gone` : lease;
    const known = unrenewed.has(finding);
    unrenewed.add(finding);
    return known ? "all" : "story";
  }
  // Signing in goes before the call that needs it, and that says whether it worked.
  const signsIn = request?.type === "call" && request.method === "authenticate";
  return signsIn && event.outcome === "ok" ? "all" : "story";
}
