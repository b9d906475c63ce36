import type {
  AttemptEvent,
  ClientOp,
  ClientResult,
  CompleteEvent,
  InvokeEvent,
  RequestEvent,
} from "../events.ts";
import { alarmsOf, type Frame, memberOf, type PendingOperation } from "../frame.ts";
import { clientName, durationText, memberName, memberNames, printable } from "../words.ts";
import type { Detail, Scene, StoryMemory, Told } from "./line.ts";
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
  const told = { ...tellOutcome(event, operation, scene), topic: "client", actor } as const;
  return { ...told, detail: detailOf(event, operation, scene.memory) };
}

/** Of keep-alives that follow each other only a change is told: the first that fails, or finds no lease. */
function detailOf(
  event: CompleteEvent,
  operation: PendingOperation | undefined,
  { unrenewed }: StoryMemory,
): Detail {
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

type Sentence = Pick<Told, "text" | "because" | "routine">;

function tellOutcome(
  event: CompleteEvent,
  operation: PendingOperation | undefined,
  scene: Scene,
): Sentence {
  const what = operation?.text ?? event.text;
  const { refused } = scene.memory;
  const before = refused.get(event.client);
  if (event.outcome !== "ok") refused.set(event.client, event.text);
  else {
    refused.delete(event.client);
    return { text: `${what} ${answerText(event, operation)}`, routine: true };
  }
  const said = event.text !== what && event.text !== "" ? ` (${event.text})` : "";
  // The same once more says nothing new.
  const routine = said !== "" && event.text === before;
  const refusal = whyRefused(event.text, scene.before);
  if (event.outcome === "fail") {
    const sentence = `${what} fails and certainly did not happen${said}`;
    return refusal === undefined
      ? { text: sentence, routine }
      : { text: sentence, because: refusal, routine };
  }
  const waited =
    operation === undefined ? "" : ` after ${durationText(event.at - operation.since)}`;
  return {
    text: `gives up on ${what}${waited}${said} and can't know whether it happened`,
    // A lost connection is a reason of its own; a reply that did not come is not.
    because:
      event.text === "connection lost" ? "" : (refusal ?? whyNoProgress(scene, operation?.to ?? 0)),
    routine,
  };
}

/** `is acknowledged at revision 7`, or what the answer says. */
function answerText(event: CompleteEvent, operation: PendingOperation | undefined): string {
  const { result } = event;
  const at = `at revision ${result?.revision ?? 0}`;
  if (result === null) return `is acknowledged ${at}`;
  if (result.value !== undefined) return `is answered: ${readText(result.value)} ${at}`;
  if (result.succeeded !== undefined) {
    return `is acknowledged ${at}: its guards ${result.succeeded ? "held" : "did not hold"}`;
  }
  if (result.deleted === 0) return `is acknowledged ${at}: there was nothing to delete`;
  if (result.lease !== undefined) return leaseAnswer(operation?.request, result, at);
  return `is acknowledged ${at}`;
}

function leaseAnswer(
  request: ClientOp | undefined,
  { lease, ttl = 0 }: ClientResult,
  at: string,
): string {
  const method = request?.type === "lease" ? request.method : "grant";
  if (method === "grant") return `is acknowledged ${at}: lease ${lease}, ${ttl} s`;
  return ttl > 0 ? `is answered: ${ttl} s ${at}` : `is answered: there is no such lease ${at}`;
}

function readText(value: string | null): string {
  return value === null ? "no such key" : `"${printable(value)}"`;
}

/** What members say when they refuse, and what that means; by the end of etcd's words. */
const REFUSALS: readonly (readonly [words: string, meaning: string])[] = [
  ["user name is empty", "authentication is on, and it did not sign in"],
  ["authentication failed, invalid user ID or password", "its name or its password is wrong"],
  ["permission denied", "no role of its user allows that"],
  ["invalid auth token", "the member does not know its token, or not any more"],
  ["revision of auth store is old", "users or roles have changed since it was checked"],
  ["authentication is not enabled", "there is nothing to sign in to"],
  ["requested lease not found", "the lease has ended, or there never was one"],
  ["mvcc: required revision has been compacted", "what it asks for is compacted"],
];

function whyRefused(words: string, frame: Frame): string | undefined {
  if (words.endsWith("database space exceeded")) {
    const full = alarmsOf(frame).filter(({ alarm }) => alarm === "NOSPACE");
    if (full.length === 0) return "it would grow the backend beyond its quota";
    return `the alarm NOSPACE of ${memberNames(full.map(({ of }) => of))} is raised`;
  }
  return REFUSALS.find(([refusal]) => words.endsWith(refusal))?.[1];
}
