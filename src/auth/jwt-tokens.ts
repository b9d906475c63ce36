import { assert } from "../base/assert.ts";
import { equalBytes } from "../base/bytes.ts";
import { type Duration, type Instant, SECOND } from "../base/time.ts";
import { utf8Decode, utf8Encode } from "../base/utf8.ts";
import { fromBase64Url, toBase64Url } from "./base64.ts";
import { hmacSha256 } from "./hmac-sha256.ts";
import { INVALID_TOKEN, type TokenLookup, type TokenProvider } from "./tokens.ts";

/** The `ttl` option's default of --auth-token=jwt. */
export const JWT_TTL_US: Duration = 300 * SECOND;

const HEADER = '{"alg":"HS256","typ":"JWT"}';

/**
 * JSON web tokens signed with HS256 (RFC 7519; server/auth/jwt.go). Members keep nothing: the token
 * says who, at which auth revision, and until when. So it outlives a restart, but not a change of
 * users or roles, which makes its revision old.
 */
export class JwtTokens implements TokenProvider {
  private readonly key: Uint8Array;
  private readonly ttlUs: Duration;

  constructor(key: Uint8Array, ttlUs: Duration = JWT_TTL_US) {
    assert(key.length > 0, "an empty key signs nothing");
    this.key = key;
    this.ttlUs = ttlUs;
  }

  enable(): void {}

  disable(): void {}

  invalidateUser(): void {}

  prefix(): string {
    return "";
  }

  assign(now: Instant, name: string, revision: number): string {
    const exp = Math.floor((now + this.ttlUs) / SECOND);
    // Go writes a map's keys in order.
    const claims = `{"exp":${exp},"revision":${revision},"username":${goString(name)}}`;
    const signed = `${toBase64Url(utf8Encode(HEADER))}.${toBase64Url(utf8Encode(claims))}`;
    return `${signed}.${toBase64Url(this.sign(signed))}`;
  }

  /** The revision is the token's own: users or roles that changed since make it old. */
  lookup(now: Instant, token: string): TokenLookup {
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
    if (exp !== undefined && !(typeof exp === "number" && now < exp * SECOND)) return INVALID_TOKEN;
    if (nbf !== undefined && !(typeof nbf === "number" && now >= nbf * SECOND))
      return INVALID_TOKEN;
    return { kind: "known", info: { username, revision: Math.trunc(revision) } };
  }

  private sign(text: string): Uint8Array {
    return hmacSha256(this.key, utf8Encode(text));
  }
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
