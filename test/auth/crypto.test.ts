import { createHmac } from "node:crypto";
import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bcryptHash, bcryptMatches, bcryptSalt } from "../../src/auth/bcrypt.ts";
import { PASSWORD_TOO_LONG } from "../../src/auth/errors.ts";
import { JwtTokens } from "../../src/auth/jwt-tokens.ts";
import { hashPassword } from "../../src/auth/passwords.ts";
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from "../../src/base/base64.ts";
import { binaryToBytes } from "../../src/base/bytes.ts";
import { rootRandom } from "../../src/base/random.ts";
import { hmacSha256 } from "../../src/base/sha256.ts";
import { SECOND } from "../../src/base/time.ts";
import { sealed } from "../support/sealed.ts";
import { the } from "./support.ts";

describe("bcrypt", () => {
  // Test vectors of golang.org/x/crypto/bcrypt and of OpenBSD.
  test.each([
    ["allmine", "$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga"],
    ["U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
    ["", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"],
  ])("knows %j by its hash", (password, hash) => {
    expect(bcryptHash(password, hash.slice(0, 29))).toBe(hash);
    expect(bcryptMatches(password, hash)).toBe(true);
    expect(bcryptMatches(`${password}x`, hash)).toBe(false);
  });

  test("takes what is no hash for a wrong password", () => {
    for (const hash of ["", "x", "$2a$05$CCCC", `$9z$05$${"C".repeat(53)}`]) {
      expect(bcryptMatches("", hash)).toBe(false);
    }
  });

  test("draws its salt from the seed, in the form that bcrypt itself would write", () => {
    const salts = Array.from({ length: 64 }, (_, n) => bcryptSalt(rootRandom(n), 4));
    expect(new Set(salts).size).toBe(64);
    for (const salt of salts) expect(salt).toMatch(/^\$2a\$04\$[./A-Za-z0-9]{21}[.Oeu]$/);
    expect(bcryptSalt(rootRandom(3), 4)).toBe(salts[3]);
    expect(bcryptSalt(rootRandom(3), 12).slice(0, 7)).toBe("$2a$12$");
    expect(bcryptHash("p", salts[0] as string).startsWith(salts[0] as string)).toBe(true);
  });

  test("needs neither time nor chance from outside", () => {
    const hash = (): string => bcryptHash("secret", bcryptSalt(rootRandom(1), 4));
    expect(sealed(hash)).toBe(hash());
  });

  test("refuses a password of more than 72 bytes, as Go's does", () => {
    const of = (password: string): unknown =>
      hashPassword(the.user("u", password), rootRandom(1), 4);
    expect(of("é".repeat(37))).toBe(PASSWORD_TOO_LONG);
    expect(of("é".repeat(36))).toMatchObject({ type: "authUserAdd", request: { password: "" } });
  });
});

describe("base64", () => {
  property.prop([fc.uint8Array({ maxLength: 70 })], { seed: 2 })(
    "is Node's, both ways",
    (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(toBase64(bytes)).toBe(buffer.toString("base64"));
      expect(toBase64Url(bytes)).toBe(buffer.toString("base64url"));
      expect(fromBase64(toBase64(bytes))).toEqual(new Uint8Array(bytes));
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(new Uint8Array(bytes));
    },
  );

  test.each(["a", "ab", "abc", "ab=c", "a===", "ab$=", "abcde"])("%j is none", (text) => {
    expect(fromBase64(text)).toBeNull();
  });
});

describe("JSON web tokens", () => {
  const KEY = binaryToBytes("secret key");
  /** A member's whose wall clock stands at `wallNow`. */
  const at = (wallNow: number): JwtTokens => new JwtTokens(KEY, { wallNow });
  const known = (username: string, revision: number): unknown => ({
    kind: "known",
    info: { username, revision },
  });

  function signed(header: unknown, claims: unknown): string {
    const part = (x: unknown): string => Buffer.from(JSON.stringify(x)).toString("base64url");
    const text = `${part(header)}.${part(claims)}`;
    return `${text}.${createHmac("sha256", KEY).update(text).digest("base64url")}`;
  }

  property.prop([fc.uint8Array({ minLength: 1 }), fc.uint8Array()], { seed: 2 })(
    "are signed with the HMAC that Node knows",
    (key, message) => {
      const expected = createHmac("sha256", key).update(message).digest("hex");
      expect(Buffer.from(hmacSha256(key, message)).toString("hex")).toBe(expected);
    },
  );

  test("say who, at which revision, until when, as Go writes it", () => {
    const token = at(7 * SECOND).assign(0, "a<b>&\u2028", 5);
    expect(token).toBe(
      token.split(".").slice(0, 2).join(".") + token.slice(token.lastIndexOf(".")),
    );
    const [header, claims] = token
      .split(".")
      .map((part) => Buffer.from(part, "base64url").toString());
    expect(header).toBe('{"alg":"HS256","typ":"JWT"}');
    expect(claims).toBe('{"exp":307,"revision":5,"username":"a\\u003cb\\u003e\\u0026\\u2028"}');
    const text = token.slice(0, token.lastIndexOf("."));
    expect(token.slice(text.length + 1)).toBe(
      createHmac("sha256", KEY).update(text).digest("base64url"),
    );
  });

  test("are known by every member, until its wall clock says that they ended", () => {
    const token = at(7 * SECOND).assign(0, "eve", 5);
    expect(at(-SECOND).lookup(0, token)).toEqual(known("eve", 5));
    expect(at(307 * SECOND - 1).lookup(0, token)).toEqual(known("eve", 5));
    expect(at(307 * SECOND).lookup(0, token)).toEqual({ kind: "invalid" });
  });

  test("end by the wall clock, however much time has passed", () => {
    const clock = { wallNow: 7 * SECOND };
    const tokens = new JwtTokens(KEY, clock);
    const token = tokens.assign(0, "eve", 5);
    expect(tokens.lookup(1000 * SECOND, token)).toEqual(known("eve", 5));
    clock.wallNow = 307 * SECOND;
    expect(tokens.lookup(1, token)).toEqual({ kind: "invalid" });
  });

  test.each<[string, unknown, unknown, boolean]>([
    ["HS256", { alg: "HS256" }, { username: "u", revision: 1, exp: 10 }, true],
    ["no end", { alg: "HS256" }, { username: "u", revision: 1 }, true],
    ["no signature method", { alg: "none" }, { username: "u", revision: 1, exp: 10 }, false],
    ["another method", { alg: "HS512" }, { username: "u", revision: 1, exp: 10 }, false],
    ["no user", { alg: "HS256" }, { revision: 1, exp: 10 }, false],
    ["no revision", { alg: "HS256" }, { username: "u", exp: 10 }, false],
    ["a revision in words", { alg: "HS256" }, { username: "u", revision: "1" }, false],
    ["an end in words", { alg: "HS256" }, { username: "u", revision: 1, exp: "10" }, false],
    ["a fraction", { alg: "HS256" }, { username: "u", revision: 1, exp: 1.9 }, false],
    ["not yet", { alg: "HS256" }, { username: "u", revision: 1, nbf: 2 }, false],
    ["claims that are a list", { alg: "HS256" }, [], false],
    ["claims that are nothing", { alg: "HS256" }, null, false],
  ])("signed by the right key, but %s", (_, header, claims, valid) => {
    const result = at(1 * SECOND).lookup(0, signed(header, claims));
    expect(result).toEqual(valid ? known("u", 1) : { kind: "invalid" });
  });

  test("with anything changed are invalid", () => {
    const tokens = at(0);
    const token = tokens.assign(0, "eve", 5);
    const [header, claims, signature] = token.split(".") as [string, string, string];
    const root = Buffer.from('{"exp":300,"revision":5,"username":"root"}').toString("base64url");
    for (const wrong of [
      "",
      "..",
      `${header}.${claims}`,
      `${token}.x`,
      `${header}.${root}.${signature}`,
      `${header}.${claims}.${signature.slice(1)}`,
      new JwtTokens(binaryToBytes("another"), { wallNow: 0 }).assign(0, "eve", 5),
    ]) {
      expect(tokens.lookup(0, wrong)).toEqual({ kind: "invalid" });
    }
  });
});
