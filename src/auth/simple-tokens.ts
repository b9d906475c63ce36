import { assert } from "../base/assert.ts";
import type { Random } from "../base/random.ts";
import { type Duration, type Instant, SECOND } from "../base/time.ts";
import { INVALID_TOKEN, type TokenLookup, type TokenProvider } from "./tokens.ts";

/** --auth-token-ttl's default. */
export const SIMPLE_TOKEN_TTL_US: Duration = 300 * SECOND;

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PREFIX_LENGTH = 16;

interface Session {
  readonly name: string;
  /** The token is good up to this instant, included. */
  until: Instant;
}

/**
 * etcd's default tokens: 16 random letters, a dot, and the index of the entry that made them
 * (server/auth/simple_token.go). Every member keeps them all in memory, each by its own monotonic
 * clock, which no jump of the wall clock moves; a restart forgets them. Each use gives the whole time
 * to live again.
 */
export class SimpleTokens implements TokenProvider {
  private readonly random: Random;
  private readonly ttlUs: Duration;
  private enabled = false;
  /** In the order of `until`: a used token goes to the end. */
  private readonly sessions = new Map<string, Session>();

  constructor(random: Random, ttlUs: Duration = SIMPLE_TOKEN_TTL_US) {
    assert(ttlUs > 0, "a token lives for a while");
    this.random = random;
    this.ttlUs = ttlUs;
  }

  get size(): number {
    return this.sessions.size;
  }

  enable(): void {
    this.enabled = true;
  }

  disable(): void {
    this.enabled = false;
    this.sessions.clear();
  }

  invalidateUser(name: string): void {
    for (const [token, session] of this.sessions) {
      if (session.name === name) this.sessions.delete(token);
    }
  }

  prefix(): string {
    let text = "";
    for (let i = 0; i < PREFIX_LENGTH; i++) text += LETTERS.charAt(this.random.below(52));
    return text;
  }

  assign(now: Instant, name: string, _revision: number, prefix: string, index: number): string {
    const token = `${prefix}.${index}`;
    if (!this.enabled) return token;
    this.sweep(now);
    assert(!this.sessions.has(token), "an index makes one token");
    this.sessions.set(token, { name, until: now + this.ttlUs });
    return token;
  }

  lookup(now: Instant, token: string, revision: number, applied: number): TokenLookup {
    const match = /^[^.]*\.(\d{1,15})$/.exec(token);
    if (match === null) return INVALID_TOKEN;
    const index = Number(match[1]);
    if (index > applied) return { kind: "wait", index };
    this.sweep(now);
    const session = this.sessions.get(token);
    if (session === undefined) return INVALID_TOKEN;
    this.sessions.delete(token);
    session.until = now + this.ttlUs;
    this.sessions.set(token, session);
    return { kind: "known", info: { username: session.name, revision } };
  }

  /** Forgets what is too old. */
  private sweep(now: Instant): void {
    for (const [token, session] of this.sessions) {
      if (now <= session.until) return;
      this.sessions.delete(token);
    }
  }
}
