import { HEALTH_CHECKS, type HealthCheck, type HealthRequest } from "../../api/health-requests.ts";
import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse } from "../../api/requests.ts";
import { NEVER } from "../../base/time.ts";
import type { Profile } from "../../profile/catalogue.ts";
import type { Refusal, UnaryCall } from "../calls.ts";
import {
  answer,
  type Header,
  type HttpAnswer,
  type HttpRequest,
  PLAIN_TEXT,
  pageNotFound,
  textError,
} from "../http.ts";
import { queryOf } from "../target.ts";
import { debugVarsPage } from "./debug-vars.ts";
import { logLevel } from "./log-level.ts";
import type { MemberFacts } from "./member-facts.ts";
import { metricsPage } from "./metrics.ts";
import { versionPage } from "./version.ts";

/** What is shown of a member by what it says of itself. */
export interface Page {
  readonly kind: "page";
  answer(facts: MemberFacts): HttpAnswer;
}

/** The pages beside the gateway (server/etcdserver/api/etcdhttp). */
export function pageOf(
  path: string,
  rawQuery: string,
  request: HttpRequest,
  profile: Profile,
): Page | UnaryCall | Refusal {
  const { method } = request;
  const probe = probeOf(path, rawQuery, profile);
  if (probe !== null) return method === "GET" ? probe : refused(notAllowed("GET"));
  if (path === "/version") {
    if (method !== "GET") return refused(notAllowed("GET"));
    return { kind: "page", answer: (facts) => versionPage(facts, profile) };
  }
  if (path === "/metrics") {
    return { kind: "page", answer: (facts) => metricsPage(facts, profile) };
  }
  if (path === "/debug/vars") {
    if (method !== "GET") return refused(notAllowed("GET"));
    return { kind: "page", answer: debugVarsPage };
  }
  if (path === "/config/local/log" && profile.setsLogLevel) {
    return refused(method === "PUT" ? logLevel(request) : notAllowed("PUT"));
  }
  return refused(pageNotFound());
}

function refused(answer: HttpAnswer): Refusal {
  return { kind: "answer", answer };
}

function notAllowed(allowed: string): HttpAnswer {
  return textError(405, "Method Not Allowed", [["Allow", allowed]]);
}

/** A probe is a call that the member answers itself. */
function probeOf(path: string, rawQuery: string, profile: Profile): UnaryCall | null {
  const [, endpoint = "", check] = /^\/(health|livez|readyz)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (endpoint === "health" ? check !== undefined : !profile.hasProbes) return null;
  if (!isEndpoint(endpoint)) return null;
  if (endpoint !== "health" && check !== undefined && !isCheck(endpoint, check)) return null;
  const query = queryOf(rawQuery);
  const request: HealthRequest = {
    endpoint,
    check: check ?? null,
    exclude: (query.get("exclude") ?? []).filter((name) => name !== ""),
    serializable: query.get("serializable")?.[0] === "true",
    verbose: query.has("verbose"),
  };
  return {
    kind: "call",
    request: { type: "health", request },
    metadata: { token: "", timeoutUs: NEVER, requireLeader: false },
    answer: (reply) => probeAnswer(endpoint, reply),
  };
}

function isEndpoint(name: string): name is HealthRequest["endpoint"] {
  return name === "health" || name === "livez" || name === "readyz";
}

function isCheck(endpoint: "livez" | "readyz", name: string): boolean {
  const known: readonly HealthCheck[] = HEALTH_CHECKS[endpoint];
  return known.some((check) => check === name);
}

const NO_SNIFF: Header = ["X-Content-Type-Options", "nosniff"];

function probeAnswer(
  endpoint: HealthRequest["endpoint"],
  reply: Reply<ServiceResponse>,
): HttpAnswer {
  const { response, error } = reply;
  if (response?.type !== "health") return textError(503, error?.message ?? "");
  const { status, body } = response.response;
  // Of a healthy member, /health says no more than its type, which is found out by looking at it.
  const isBare = endpoint === "health" && status === 200;
  return answer(status, isBare ? [PLAIN_TEXT] : [PLAIN_TEXT, NO_SNIFF], body);
}
