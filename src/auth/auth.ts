import { type ApiError, Errors } from "../api/errors.ts";
import { assert } from "../base/assert.ts";
import { bytesToBinary } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import type { Instant } from "../base/time.ts";
import type { AuthMistakes } from "../museum/auth.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { AuthProfile } from "../profile/auth.ts";
import { CURRENT_PROFILE } from "../profile/profile.ts";
import type { AuthStore } from "./auth-buckets.ts";
import { bcryptMatches } from "./bcrypt.ts";
import { NO_PASSWORD_USER } from "./errors.ts";
import { KeyRanges } from "./key-ranges.ts";
import type { User } from "./records.ts";
import type { TokenLookup, TokenProvider } from "./tokens.ts";

/** The user that must exist, and the role it must have, before auth can be enabled. */
export const ROOT = "root";

/** The scheme of HTTP's Authorization, which is sent along by some. */
const BEARER = "Bearer ";

/** What a user may do, by all of its roles together. */
export interface Principal {
  readonly isRoot: boolean;
  readonly roles: readonly string[];
  readonly read: KeyRanges;
  readonly write: KeyRanges;
}

/**
 * Whether auth is on, its revision, who may what, and tokens (server/auth/store.go). Everything
 * but the tokens' lifetimes comes from the applied log, so that all members decide alike.
 */
export class Auth {
  store: AuthStore;
  readonly tokens: TokenProvider;
  private readonly mistakes: AuthMistakes;
  readonly profile: AuthProfile;
  private on = false;
  private rev = 1;
  /** Computed when first asked for; forgotten with every change. */
  private readonly principals = new Map<string, Principal>();

  constructor(
    store: AuthStore,
    tokens: TokenProvider,
    mistakes: AuthMistakes = NO_MISTAKES,
    profile: AuthProfile = CURRENT_PROFILE,
  ) {
    this.store = store;
    this.tokens = tokens;
    this.mistakes = mistakes;
    this.profile = profile;
    this.load(store);
    if (this.on) tokens.enable();
  }

  get enabled(): boolean {
    return this.on;
  }

  /** Grows with every change of users, roles and permissions, and when auth is disabled. */
  get revision(): number {
    return this.rev;
  }

  /** A snapshot was installed: everything is as `store` says. */
  recover(store: AuthStore): void {
    this.load(store);
    // Known mistake A4: what was computed of the old users and roles decides on, here and not elsewhere.
    if (!this.mistakes.keepsOldPermissions) this.principals.clear();
    // Known mistake A5: auth is on by the snapshot, and nobody can sign in here.
    if (this.on && !this.mistakes.leavesTokensDisabled) this.tokens.enable();
    if (!this.on) this.tokens.disable();
  }

  private load(store: AuthStore): void {
    this.store = store;
    this.on = store.readEnabled();
    // A new cluster is at revision 1; the first change writes it down.
    const saved = store.readRevision();
    this.rev = saved === 0 ? 1 : saved;
  }

  // ---- changes -------------------------------------------------------------------------------

  enable(): ApiError | null {
    if (this.on) return null;
    const root = this.store.user(ROOT);
    if (root === null) return Errors.rootUserNotExist;
    if (!root.roles.includes(ROOT)) return Errors.rootRoleNotExist;
    this.store.saveEnabled(true);
    this.on = true;
    this.tokens.enable();
    return null;
  }

  disable(): void {
    if (!this.on) return;
    this.store.saveEnabled(false);
    this.changed();
    this.on = false;
    this.tokens.disable();
  }

  /** Users, roles or permissions are other than before: what was decided by the old ones is old. */
  changed(): void {
    this.rev++;
    this.store.saveRevision(this.rev);
    this.principals.clear();
  }

  // ---- signing in ----------------------------------------------------------------------------

  /**
   * Whether the password is right, before the sign-in is proposed: the log must not hold it. The
   * result is the revision at which it was; see {@link Auth.stillAt}.
   */
  checkPassword(name: string, password: string): number | ApiError {
    if (!this.on) return Errors.authNotEnabled;
    const user = this.store.user(name);
    if (user === null) return Errors.authFailed;
    if (user.noPassword) return NO_PASSWORD_USER;
    return matches(user, password) ? this.rev : Errors.authFailed;
  }

  /**
   * Whether a password that was right at `revision` still is now that the sign-in was applied. If
   * not, it may have been changed in between: check again, and propose again.
   */
  stillAt(revision: number): boolean {
    // Known mistake A6: a password that was changed meanwhile still gets a token.
    return revision === this.rev || this.mistakes.acceptsOldPassword;
  }

  /** A sign-in was applied: its token, or an error. */
  authenticate(now: Instant, name: string, prefix: string, index: number): string | ApiError {
    if (!this.on) return Errors.authNotEnabled;
    const user = this.store.user(name);
    if (user === null || user.noPassword) return Errors.authFailed;
    return this.tokens.assign(now, name, this.rev, prefix, index);
  }

  /** Whether a token says anything now: while auth is off it mostly does not. */
  get looksAtTokens(): boolean {
    return this.on || this.profile.looksAtTokensWhileOff;
  }

  /** Whose token it is. A wrong one is an error of its own, which nobody is to get who need not show any. */
  tokenLookup(now: Instant, shown: string, applied: number): TokenLookup {
    assert(this.looksAtTokens, "tokens mean nothing while auth is off");
    const { acceptsBearer } = this.profile;
    const token = acceptsBearer && shown.startsWith(BEARER) ? shown.slice(BEARER.length) : shown;
    return this.tokens.lookup(now, token, this.rev, applied);
  }

  // ---- who may what --------------------------------------------------------------------------

  /** null if there is no such user. */
  principal(name: string): Principal | null {
    const known = this.principals.get(name);
    if (known !== undefined) return known;
    const user = this.store.user(name);
    if (user === null) return null;
    const principal = this.compute(user);
    this.principals.set(name, principal);
    return principal;
  }

  private compute({ roles }: User): Principal {
    // A role that was granted need not exist: root's does not.
    const permissions = roles.flatMap((role) => this.store.role(role)?.permissions ?? []);
    return {
      isRoot: roles.includes(ROOT),
      roles,
      read: new KeyRanges(permissions, ({ permType }) => permType !== "WRITE"),
      write: new KeyRanges(permissions, ({ permType }) => permType !== "READ"),
    };
  }

  digest(into: Digest): void {
    into.number(this.on ? 1 : 0);
    into.number(this.rev);
  }
}

function matches(user: User, password: string): boolean {
  return bcryptMatches(password, bytesToBinary(user.password));
}
