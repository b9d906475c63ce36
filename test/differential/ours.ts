import { type ApiError, Errors, GrpcCode } from "../../src/api/errors.ts";
import type { ServiceRequest, ServiceResponse } from "../../src/api/requests.ts";
import { checkRequest } from "../../src/mvcc/kv/check-request.ts";
import { lineOf } from "../../src/profile/lines.ts";
import { Lone } from "../member/support/lone-member.ts";
import { type Call, isAuthCall, isLeaseCall } from "./calls.ts";
import { authAnswer, headerJson, type JsonObject, kvAnswer, message } from "./json.ts";
import type { HashAnswer } from "./real.ts";
import type { Revisions } from "./revisions.ts";

export const BCRYPT_COST = 4;

/** Who may do everything while auth is on. */
export interface Root {
  readonly name: string;
  readonly password: string;
}

/**
 * One member of ours, with its log, its disk and its checks: what it answers a client. While auth is
 * on, and where 3.4.23 asks for less than later versions, the old way is found on top of it, so that
 * the rest can be compared (the table of `older.test.ts`).
 */
export class OurServer {
  readonly #member: Lone;
  readonly #root: Root | null;
  readonly #old: boolean;
  #authOn = false;

  /** `bugs`: mistakes beside those of the release. */
  constructor(release: string, root: Root | null = null, bugs: readonly string[] = []) {
    const settings = { serverVersion: release, bugs, bcryptCost: BCRYPT_COST };
    this.#member = new Lone(settings, undefined, { silent: true });
    this.#root = root;
    this.#old = lineOf(release) === "3.4";
  }

  get revisions(): Revisions {
    const { revision, compactRevision } = this.#member.member.view();
    return { now: revision, compacted: compactRevision };
  }

  /** What a client with this token ("": none) is answered. */
  call(call: Call, token: string): JsonObject {
    const answer = this.#answer(call, token);
    if (!("error" in answer)) {
      if (call.type === "authEnable") this.#authOn = true;
      if (call.type === "authDisable") this.#authOn = false;
    }
    return answer;
  }

  #answer(call: Call, token: string): JsonObject {
    if (!this.#old) return this.#ask(call, token);
    if (isLeaseCall(call) && IGNORES_TOKENS.includes(call.type)) {
      return this.#ask(call, this.#rootToken());
    }
    // 3.4.23 looks at a token though auth is off, when it knows none; later versions don't.
    if (!this.#authOn && token !== "") return errorJson(this.#refusal(call));
    const answer = this.#ask(call, token);
    const { error: denied } = answer as { readonly error?: string };
    // Who signs in anew, and shows a token all the same, must show a good one to 3.4.23.
    if (call.type === "authenticate" && denied === undefined && token !== "") {
      const look = this.#ask({ type: "leaseLeases", request: {} }, token);
      return look["code"] === GrpcCode.Unauthenticated ? look : answer;
    }
    if (denied !== Errors.permissionDenied.message && denied !== Errors.userEmpty.message) {
      return answer;
    }
    return this.#isOpenToAll(call, denied) ? this.#ask(call, this.#rootToken()) : answer;
  }

  /** What comes before a look at the token, or the look at it. */
  #refusal(call: Call): ApiError {
    if (call.type === "authenticate") return Errors.authNotEnabled;
    const checked = isAuthCall(call) || isLeaseCall(call) ? null : checkRequest(call);
    return checked ?? Errors.invalidAuthToken;
  }

  /** What 3.4.23 lets anybody do while auth is on, and later versions do not. */
  #isOpenToAll(call: Call, denied: string | undefined): boolean {
    if (call.type === "compaction") return true;
    if (denied !== Errors.userEmpty.message) return false;
    if (call.type === "leaseGrant") return true;
    if (call.type !== "leaseRevoke") return false;
    const request = { id: call.request.id, keys: true };
    const lease = this.#ask({ type: "leaseTimeToLive", request }, this.#rootToken());
    return !("keys" in lease);
  }

  #rootToken(): string {
    if (!this.#authOn || this.#root === null) return "";
    const request = { ...this.#root, simpleToken: "" };
    return this.#member.get({ type: "authenticate", request }).token;
  }

  #ask(request: ServiceRequest, token: string): JsonObject {
    const { response, error } = this.#member.ask1(request, token);
    return response === null ? errorJson(error as ApiError) : answerJson(response);
  }

  /** HashKV, or the error's text. */
  hashKv(revision: number): HashAnswer | string {
    const request = { type: "hashKv", request: { revision } } as const;
    const { response, error } = this.#member.ask1(request, this.#rootToken());
    if (response === null) return (error as ApiError).message;
    const { hash, compactRevision } = response.response as HashAnswer;
    return { hash, compactRevision };
  }
}

/** 3.4.23 answers these without asking who wants to know; later versions ask. */
const IGNORES_TOKENS: readonly string[] = ["leaseKeepAlive", "leaseTimeToLive", "leaseLeases"];

export function errorJson({ code, message }: ApiError): JsonObject {
  return { error: message, code: GrpcCode[code] };
}

function answerJson(answer: ServiceResponse): JsonObject {
  if (!("header" in answer.response)) throw new Error(`${answer.type} is not compared`);
  const header = headerJson(answer.response.header);
  switch (answer.type) {
    case "range":
    case "put":
    case "deleteRange":
    case "txn":
    case "compaction":
      return kvAnswer(answer);
    case "leaseGrant":
      return message({ header, ID: answer.response.id, TTL: answer.response.ttl });
    case "leaseRevoke":
      return message({ header });
    case "leaseKeepAlive":
      return { result: message({ header, ID: answer.response.id, TTL: answer.response.ttl }) };
    case "leaseTimeToLive": {
      const { id, ttl, grantedTtl, keys } = answer.response;
      const encoded = keys.map((key) => Buffer.from(key, "latin1").toString("base64"));
      return message({ header, ID: id, TTL: ttl, grantedTTL: grantedTtl, keys: encoded });
    }
    case "leaseLeases":
      return message({
        header,
        leases: answer.response.leases.map(({ id }) => message({ ID: id })),
      });
    case "authEnable":
    case "authDisable":
    case "authStatus":
    case "authenticate":
    case "authUserAdd":
    case "authUserDelete":
    case "authUserGet":
    case "authUserList":
    case "authUserChangePassword":
    case "authUserGrantRole":
    case "authUserRevokeRole":
    case "authRoleAdd":
    case "authRoleDelete":
    case "authRoleGet":
    case "authRoleList":
    case "authRoleGrantPermission":
    case "authRoleRevokePermission":
      return authAnswer(answer);
    default:
      throw new Error(`no program asks for ${answer.type}`);
  }
}
