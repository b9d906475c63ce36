import { assert } from "../base/assert.ts";
import { fromBase64Url, toBase64Url } from "../base/base64.ts";
import { equalBytes } from "../base/bytes.ts";
import { hmacSha256 } from "../base/sha256.ts";
import { type Duration, type Instant, SECOND, type WallTime } from "../base/time.ts";
import { utf8Decode, utf8Encode } from "../base/utf8.ts";
import { INVALID_TOKEN, type TokenLookup, type TokenProvider } from "./tokens.ts";

/** The `ttl` option's default of --auth-token=jwt. */
export const JWT_TTL_US: Duration = 300 * SECOND;

const HEADER = '{"alg":"HS256","typ":"JWT"}';

/** A clock that says what time it is in the world. Nobody promises that it goes forwards. */
export interface WallClock {
  readonly wallNow: WallTime;
}

/**
 * JSON web tokens signed with HS256 (RFC 7519; server/auth/jwt.go). Members keep nothing: the token
 * says who, at which auth revision, and until when. So it outlives a restart, but not a change of
 * users or roles, which makes its revision old.
 *
 * "Until when" is a date that one member writes and another reads, each by its own wall clock: what
 * their clocks differ by is added to a token's life, or taken from it.
 */
export class JwtTokens implements TokenProvider {
  private readonly key: Uint8Array;
  private readonly clock: WallClock;
  private readonly ttlUs: Duration;

  constructor(key: Uint8Array, clock: WallClock, ttlUs: Duration = JWT_TTL_US) {
    assert(key.length > 0, "an empty key signs nothing");
    this.key = key;
    this.clock = clock;
    this.ttlUs = ttlUs;
  }

  enable(): void {}

  disable(): void {}

  invalidateUser(): void {}

  prefix(): string {
    return "";
  }

  assign(_now: Instant, name: string, revision: number): string {
    const exp = Math.floor((this.clock.wallNow + this.ttlUs) / SECOND);
    // Go writes a map's keys in order.
    const claims = `{"exp":${exp},"revision":${revision},"username":${goString(name)}}`;
    const signed = `${toBase64Url(utf8Encode(HEADER))}.${toBase64Url(utf8Encode(claims))}`;
    return `${signed}.${toBase64Url(this.sign(signed))}`;
  }

  /** The revision is the token's own: users or roles that changed since make it old. */
  lookup(_now: Instant, token: string): TokenLookup {
    const [header, payload, signature, ...rest] = token.split(".");
    if (header === undefined || payload === undefined || signature === undefined) {
      return INVALID_TOKEN;
    }
    const given = fromBase64Url(signature);
    if (rest.length > 0 || given === null) return INVALID_TOKEN;
    if (!equalBytes(given, this.sign(`${header}.${payload}`))) return INVALID_TOKEN;
    if (object(header)?.alg !== "HS256") return INVALID_TOKEN;
    const claims = object(payload);
    if (claims === null) return INVALID_TOKEN;
    const { username, revision, exp, nbf } = claims;
    if (typeof username !== "string" || typeof revision !== "number") return INVALID_TOKEN;
    const { wallNow } = this.clock;
    if (exp !== undefined && !(typeof exp === "number" && wallNow < date(exp))) {
      return INVALID_TOKEN;
    }
    if (nbf !== undefined && !(typeof nbf === "number" && wallNow >= date(nbf))) {
      return INVALID_TOKEN;
    }
    return { kind: "known", info: { username, revision: Math.trunc(revision) } };
  }

  private sign(text: string): Uint8Array {
    return hmacSha256(this.key, utf8Encode(text));
  }
}

/** A claim's seconds as a date; their fraction does not count (golang-jwt's TimePrecision). */
function date(seconds: number): WallTime {
  return Math.floor(seconds) * SECOND;
}

/** encoding/json keeps its output safe to stand in HTML. */
function goString(text: string): string {
  return JSON.stringify(text)
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** What we look for in a token's header and claims: anything may stand there. */
interface Untrusted {
  readonly alg?: unknown;
  readonly username?: unknown;
  readonly revision?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

/** A part of a token that should be a JSON object; null if it is not. */
function object(part: string): Untrusted | null {
  const bytes = fromBase64Url(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes));
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
