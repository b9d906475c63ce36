import type { ApiError } from "../../src/api/errors.ts";
import type { AuthOp, AuthResponse, Permission } from "../../src/api/requests.ts";
import { applyAuth } from "../../src/auth/apply-auth-request.ts";
import { Auth } from "../../src/auth/auth.ts";
import { type AuthBucket, BucketAuthStore } from "../../src/auth/auth-buckets.ts";
import { hashPassword } from "../../src/auth/passwords.ts";
import { PermissionCheck } from "../../src/auth/permission-check.ts";
import { SimpleTokens } from "../../src/auth/simple-tokens.ts";
import type { AuthInfo, TokenProvider } from "../../src/auth/tokens.ts";
import { OrderedMap } from "../../src/base/ordered-map.ts";
import { rootRandom } from "../../src/base/random.ts";
import { mistakesOf } from "../../src/museum/switches.ts";

export const HEADER = { clusterId: 0n, memberId: 0n, revision: 1, raftTerm: 2 };

/** A bucket of which nothing is ever lost. */
export class MemoryBucket implements AuthBucket {
  readonly pairs = new OrderedMap<Uint8Array>();

  get(key: string): Uint8Array | undefined {
    return this.pairs.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.pairs.set(key, value);
  }

  delete(key: string): void {
    this.pairs.delete(key);
  }

  forEach(visit: (key: string, value: Uint8Array) => void): void {
    for (const [key, value] of this.pairs.entries()) visit(key, value);
  }
}

export function memoryStore(): BucketAuthStore {
  return new BucketAuthStore(new MemoryBucket(), new MemoryBucket(), new MemoryBucket());
}

/** One member's auth, to which requests are applied one after the other. */
export class Rig {
  readonly random = rootRandom(1);
  readonly leases = new Map<bigint, string[]>();
  readonly store = memoryStore();
  readonly auth: Auth;
  readonly checker: PermissionCheck;
  now = 0;
  index = 10;

  constructor(bugs: readonly string[] = [], tokens?: TokenProvider) {
    const mistakes = mistakesOf(bugs);
    this.auth = new Auth(
      this.store,
      tokens ?? new SimpleTokens(this.random.fork("tokens")),
      mistakes,
    );
    this.checker = new PermissionCheck(this.auth, (id) => this.leases.get(id) ?? [], mistakes);
  }

  /** Hashes passwords as the member that is asked does, and applies. */
  apply(op: AuthOp): AuthResponse | ApiError {
    const hashed = hashPassword(op, this.random, 4);
    return "type" in hashed ? this.entry(hashed) : hashed;
  }

  /** Applies what stands in the log. */
  entry(op: AuthOp): AuthResponse | ApiError {
    const { response, error } = applyAuth(this.auth, op, {
      now: this.now,
      index: ++this.index,
      header: HEADER,
    });
    return error ?? (response as AuthResponse);
  }

  /** Applies what must not fail. */
  done(...ops: readonly AuthOp[]): this {
    for (const op of ops) {
      const result = this.apply(op);
      if ("code" in result) throw new Error(`${op.type}: ${result.message}`);
    }
    return this;
  }

  /** The user as it would be known by a token now. */
  as(username: string): AuthInfo {
    return { username, revision: this.auth.revision };
  }
}

/** Requests in a word or two. */
export const the = {
  enable: { type: "authEnable", request: {} },
  disable: { type: "authDisable", request: {} },
  status: { type: "authStatus", request: {} },
  users: { type: "authUserList", request: {} },
  roles: { type: "authRoleList", request: {} },
  user: (name: string, password = ""): AuthOp => ({
    type: "authUserAdd",
    request: { name, password, options: { noPassword: false }, hashedPassword: "" },
  }),
  userWithoutPassword: (name: string): AuthOp => ({
    type: "authUserAdd",
    request: { name, password: "", options: { noPassword: true }, hashedPassword: "" },
  }),
  userGone: (name: string): AuthOp => ({ type: "authUserDelete", request: { name } }),
  userShown: (name: string): AuthOp => ({ type: "authUserGet", request: { name } }),
  password: (name: string, password: string): AuthOp => ({
    type: "authUserChangePassword",
    request: { name, password, hashedPassword: "" },
  }),
  grant: (user: string, role: string): AuthOp => ({
    type: "authUserGrantRole",
    request: { user, role },
  }),
  revoke: (user: string, role: string): AuthOp => ({
    type: "authUserRevokeRole",
    request: { user, role },
  }),
  role: (name: string): AuthOp => ({ type: "authRoleAdd", request: { name } }),
  roleGone: (role: string): AuthOp => ({ type: "authRoleDelete", request: { role } }),
  roleShown: (role: string): AuthOp => ({ type: "authRoleGet", request: { role } }),
  allow: (name: string, permType: Permission["permType"], key: string, rangeEnd = ""): AuthOp => ({
    type: "authRoleGrantPermission",
    request: { name, permission: { permType, key, rangeEnd } },
  }),
  allowNothing: (name: string): AuthOp => ({
    type: "authRoleGrantPermission",
    request: { name, permission: null },
  }),
  forbid: (role: string, key: string, rangeEnd = ""): AuthOp => ({
    type: "authRoleRevokePermission",
    request: { role, key, rangeEnd },
  }),
  signIn: (name: string, simpleToken: string): AuthOp => ({
    type: "authenticate",
    request: { name, password: "", simpleToken },
  }),
} as const satisfies Record<string, AuthOp | ((...args: never[]) => AuthOp)>;

/** root, and what it needs for auth to be on. */
export const ROOT_AND_ON: readonly AuthOp[] = [
  the.user("root", "root"),
  the.grant("root", "root"),
  the.enable,
];
