import type { Profile } from "../profile/catalogue.ts";
import { type Call, callOf, type Refusal } from "./calls.ts";
import { gatewayError } from "./gateway-error.ts";
import {
  answer,
  type Header,
  type HttpAnswer,
  type HttpRequest,
  headerOf,
  noRequest,
  textError,
} from "./http.ts";
import { type Page, pageOf } from "./pages/pages.ts";
import { methodAt } from "./routes.ts";
import { statusText } from "./status-text.ts";
import { cleanPath, escapedPath, targetOf } from "./target.ts";

/**
 * What is to be done for a request: make a call of a member (`call`, `snapshot`), open a stream
 * (`stream`), show a page that is made of what a member says of itself (`page`), or nothing but answer.
 */
export type Handled = Call | Page | Refusal;

export interface GatewayOptions {
  /** What the member is a release of. */
  readonly profile: Profile;
  /** Bytes of the largest request that it takes (`serverReceiveLimit`). */
  readonly receiveLimit: number;
}

/** What a member's HTTP port does with a request that is no gRPC (server/embed/serve.go). */
export function handle(request: HttpRequest, { profile, receiveLimit }: GatewayOptions): Handled {
  const target = targetOf(request.target);
  if (target === null) return answered(noRequest());
  if (request.method === "OPTIONS") return answered(answer(200, [], ""));
  const path = target.path.replace(/^\/v3beta\//, "/v3/");
  const clean = path === "/v3" ? "/v3/" : cleanPath(path);
  if (clean !== path) return answered(redirect(clean, target.rawQuery, request.method, profile));
  if (path.startsWith("/v3/")) return ofGateway(path, request, profile, receiveLimit);
  return pageOf(path, target.rawQuery, request, profile);
}

function answered(answer: HttpAnswer): Refusal {
  return { kind: "answer", answer };
}

/** net/http's Redirect. */
function redirect(
  clean: string,
  rawQuery: string,
  method: string,
  { redirectsForNow }: Profile,
): HttpAnswer {
  const status = redirectsForNow ? 307 : 301;
  const path = escapedPath(redirectsForNow ? escapedPath(clean) : clean);
  const url = path + (rawQuery === "" ? "" : `?${rawQuery}`);
  const location: Header = ["Location", url];
  if (method !== "GET" && method !== "HEAD") return answer(status, [location], "");
  const href = url.replaceAll("&", "&amp;").replaceAll("'", "&#39;");
  const body = `<a href="${href}">${statusText(status)}</a>.\n\n`;
  return answer(status, [["Content-Type", "text/html; charset=utf-8"], location], body);
}

function ofGateway(
  path: string,
  request: HttpRequest,
  profile: Profile,
  receiveLimit: number,
): Handled {
  const method = methodAt(path, profile);
  if (method === null) return answered(routingError(404, profile));
  if (methodOf(request) !== "POST") return answered(routingError(405, profile));
  return callOf(method, request, profile, receiveLimit);
}

/** A form may say that it means another method (runtime/mux.go). */
function methodOf(request: HttpRequest): string {
  const override = headerOf(request, "x-http-method-override");
  const isForm = headerOf(request, "content-type") === "application/x-www-form-urlencoded";
  return request.method === "POST" && isForm && override !== ""
    ? override.toUpperCase()
    : request.method;
}

function routingError(status: 404 | 405, profile: Profile): HttpAnswer {
  const message = statusText(status);
  if (profile.grpcGateway === 1) return textError(status, message);
  return gatewayError({ code: status === 404 ? "NotFound" : "Unimplemented", message }, profile);
}
