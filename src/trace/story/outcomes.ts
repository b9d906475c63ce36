import type { ClientOp, ClientResult, CompleteEvent } from "../events.ts";
import type { PendingOperation } from "../frames/frame.ts";
import { durationText, GUARDS_DID_NOT_HOLD, memberName, printable } from "../names.ts";
import type { Scene, Told } from "./line.ts";
import { NO_ANSWER, whyRefused } from "./refusals.ts";
import { whyNoProgress, whySilent } from "./why.ts";

/** How what clients asked for ended: never more is said than the client, or its library, can know. */

type Sentence = Pick<Told, "text" | "because" | "routine">;

export function tellOutcome(
  event: CompleteEvent,
  operation: PendingOperation | undefined,
  scene: Scene,
): Sentence {
  const what = operation?.text ?? event.text;
  const { refused } = scene.memory;
  const before = refused.get(event.client);
  if (event.outcome === "ok") {
    refused.delete(event.client);
    return { text: `${what} ${answerText(event, operation)}`, routine: true };
  }
  refused.set(event.client, event.text);
  const said = event.text !== what && event.text !== "" ? ` (${event.text})` : "";
  // The same once more says nothing new.
  const routine = said !== "" && event.text === before;
  const waited =
    operation === undefined ? "" : ` after ${durationText(event.at - operation.since)}`;
  const request = operation?.request;
  if (request !== undefined && !writes(request)) {
    return { ...tellNoWrite(event, request, what, waited, said, operation, scene), routine };
  }
  const refusal = whyRefused(event.text, scene.before);
  if (event.outcome === "fail") {
    return {
      text: `${what} fails and certainly did not happen${said}`,
      because: refusal ?? "",
      routine,
    };
  }
  return {
    text: `gives up on ${what}${waited}${said} and can't know whether it happened`,
    // A lost connection is a reason of its own; a reply that did not come is not.
    because:
      event.text === "connection lost"
        ? ""
        : (refusal ?? whyNoProgress(scene.after, operation?.to ?? 0)),
    routine,
  };
}

/** Whether it changes what others see. A renewal does not: whoever missed the answer renews again. */
function writes(request: ClientOp): boolean {
  switch (request.type) {
    case "put":
    case "delete":
      return true;
    case "get":
      return false;
    case "call":
      return request.writes;
    case "lease":
      return request.method === "grant" || request.method === "revoke";
  }
}

/** What ends an operation though no member said anything. */
const GIVEN_UP = ["request canceled", "context canceled", "context deadline exceeded"];

/**
 * Of reads and keep-alives "fail" says only that there is no answer: it may have been carried out and
 * the answer lost. Of a read nobody cares; of a keep-alive the lease may have been renewed.
 */
function tellNoWrite(
  event: CompleteEvent,
  request: ClientOp,
  what: string,
  waited: string,
  said: string,
  operation: PendingOperation | undefined,
  scene: Scene,
): Sentence {
  const { text: words } = event;
  const renews = request.type === "lease" && request.method === "keep-alive";
  const isRefused = words === "connection refused";
  const isSilent = NO_ANSWER[words] !== undefined && !isRefused;
  if (isSilent || GIVEN_UP.some((end) => words.endsWith(end))) {
    const doubt = renews ? " and can't know whether it was renewed" : "";
    return {
      text: `gives up on ${what}${waited}${said}${doubt}`,
      because: words === "no reply in time" ? whySilent(scene.after, operation?.to ?? 0) : "",
    };
  }
  const to = operation?.to ?? 0;
  const at = to === 0 ? "" : ` at ${memberName(to)}`;
  return {
    text: `${what} fails${at}${waited}${said}`,
    because: whyRefused(words, scene.before) ?? "",
  };
}

/** `is acknowledged at revision 7`, or what the answer says and who gave it. */
function answerText(event: CompleteEvent, operation: PendingOperation | undefined): string {
  const { result } = event;
  const at = `at revision ${result?.revision ?? 0}`;
  if (result === null) return `is acknowledged ${at}`;
  const to = operation?.to ?? 0;
  const by = result.cached ? " from its own cache" : to === 0 ? "" : ` by ${memberName(to)}`;
  if (result.value !== undefined) return `is answered${by}: ${readText(result.value)} ${at}`;
  if (result.succeeded !== undefined) {
    return `is acknowledged ${at}: ${result.succeeded ? "its guards held" : GUARDS_DID_NOT_HOLD}`;
  }
  if (result.deleted === 0) return `is acknowledged ${at}: there was nothing to delete`;
  if (result.lease !== undefined) return leaseAnswer(operation?.request, result, by, at);
  return `is acknowledged ${at}`;
}

function leaseAnswer(
  request: ClientOp | undefined,
  { lease, ttl = 0 }: ClientResult,
  by: string,
  at: string,
): string {
  const method = request?.type === "lease" ? request.method : "grant";
  if (method === "grant") return `is acknowledged ${at}: lease ${lease}, ${ttl} s`;
  const answer = ttl > 0 ? `${ttl} s` : "there is no such lease";
  return `is answered${by}: ${answer} ${at}`;
}

function readText(value: string | null): string {
  return value === null ? "no such key" : `"${printable(value)}"`;
}
