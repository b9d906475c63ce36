import type { Instant } from "../base/time.ts";

/** Who asks, and at which revision of the auth store that was found out. Revision 0: nobody known. */
export interface AuthInfo {
  readonly username: string;
  readonly revision: number;
}

export const NOBODY: AuthInfo = Object.freeze({ username: "", revision: 0 });

export type TokenLookup =
  | { readonly kind: "known"; readonly info: AuthInfo }
  | { readonly kind: "invalid" }
  /** The entry that made the token is not applied here yet: ask again when `index` is. */
  | { readonly kind: "wait"; readonly index: number };

export const INVALID_TOKEN: TokenLookup = Object.freeze({ kind: "invalid" });

/** Gives out and knows again what clients show instead of their password. Instants are of the member's monotonic clock. */
export interface TokenProvider {
  /** Auth was turned on: tokens are kept from now on. */
  enable(): void;
  /** Auth was turned off: all tokens are forgotten. */
  disable(): void;
  /** The user was deleted, or has a new password. */
  invalidateUser(name: string): void;
  /** The part of a token that the member which was asked draws, for all to store the same one. */
  prefix(): string;
  /** The token of a user who signed in with the entry at `index`. */
  assign(now: Instant, name: string, revision: number, prefix: string, index: number): string;
  /** Whose token it is. `revision` is the auth store's, `applied` the member's last applied index. */
  lookup(now: Instant, token: string, revision: number, applied: number): TokenLookup;
}
