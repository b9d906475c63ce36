import { type ApiError, Errors } from "../../src/api/errors.ts";
import { applyAuth } from "../../src/auth/apply-auth.ts";
import { Auth } from "../../src/auth/auth.ts";
import { AuthChecker } from "../../src/auth/auth-checker.ts";
import { BucketAuthStore } from "../../src/auth/auth-store.ts";
import { hashPassword } from "../../src/auth/passwords.ts";
import { SimpleTokens } from "../../src/auth/simple-tokens.ts";
import { type AuthInfo, NOBODY } from "../../src/auth/tokens.ts";
import { rootRandom } from "../../src/base/random.ts";
import { headerAt } from "../../src/mvcc/apply-range.ts";
import { checkRequest } from "../../src/mvcc/check-request.ts";
import { type AuthCall, type Call, isAuthCall, isLeaseCall } from "./calls.ts";
import { authAnswer, type JsonObject } from "./json.ts";
import { errorJson, isError, NOW, OurServer } from "./ours.ts";

export const BCRYPT_COST = 4;

/** 3.4.23 answers these without asking who wants to know; later versions ask. */
const IGNORES_TOKENS: readonly string[] = ["leaseKeepAlive", "leaseTimeToLive", "leaseLeases"];

/** With users: what v3_server.go does with a token before a request is proposed, and the checks after. */
export class OurAuthServer extends OurServer {
  readonly #auth: Auth;
  readonly #checker: AuthChecker;
  readonly #random = rootRandom(1);
  /** Every call counts as an entry of the log. */
  #index = 1;

  constructor(bugs: ReadonlySet<string>) {
    super(bugs);
    const [auth, users, roles] = [
      this.backend.bucket("auth"),
      this.backend.bucket("authUsers"),
      this.backend.bucket("authRoles"),
    ];
    const store = new BucketAuthStore(auth, users, roles);
    this.#auth = new Auth(store, new SimpleTokens(this.#random.fork("tokens")), bugs);
    this.#checker = new AuthChecker(this.#auth, (id) => this.lessor.lookup(id)?.keys ?? [], bugs);
  }

  override call(call: Call, token: string): JsonObject {
    this.#index++;
    if (isLeaseCall(call) && IGNORES_TOKENS.includes(call.type)) return this.lease(call);
    const op = this.#checked(call);
    if (isError(op)) return errorJson(op);
    const info = this.#who(token);
    if (isError(info)) return errorJson(info);
    const refused = this.#check(info, op);
    if (refused !== null) return errorJson(refused);
    if (isAuthCall(op)) return this.#authCall(op);
    return isLeaseCall(op) ? this.lease(op) : this.kv(op);
  }

  /** What is looked at before the token is: then the call as it is proposed. */
  #checked(call: Call): Call | ApiError {
    if (isAuthCall(call)) return this.#proposed(call);
    return (isLeaseCall(call) ? null : checkRequest(call)) ?? call;
  }

  #who(token: string): AuthInfo | ApiError {
    if (token === "") return NOBODY;
    // 3.4.23 looks at a token though auth is off, when it knows none; later versions don't.
    if (!this.#auth.enabled) return Errors.invalidAuthToken;
    const found = this.#auth.tokenLookup(NOW, token, this.#index);
    return found.kind === "known" ? found.info : Errors.invalidAuthToken;
  }

  #check(info: AuthInfo, call: Call): ApiError | null {
    switch (call.type) {
      case "leaseKeepAlive":
      case "leaseTimeToLive":
      case "leaseLeases":
        return null;
      // In 3.4.23 everybody may compact; later versions ask for root.
      case "compaction":
        return null;
      case "leaseGrant":
        return this.#checker.check(info, { ...call, type: "leaseGrant" });
      default:
        return this.#checker.check(info, call);
    }
  }

  #authCall(op: AuthCall): JsonObject {
    const header = headerAt(this.store.revision);
    const { response, error } = applyAuth(this.#auth, op, { now: NOW, index: this.#index, header });
    return response === null ? errorJson(error as ApiError) : authAnswer(response);
  }

  #proposed(call: AuthCall): AuthCall | ApiError {
    if (call.type !== "authenticate") {
      return hashPassword(call, this.#random, BCRYPT_COST) as AuthCall | ApiError;
    }
    const { name, password } = call.request;
    const checked = this.#auth.checkPassword(name, password);
    if (typeof checked !== "number") return checked;
    const request = { name, password: "", simpleToken: this.#auth.tokens.prefix() };
    return { type: call.type, request };
  }
}
