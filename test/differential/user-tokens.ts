import type { JsonObject } from "./json.ts";

/** What the two sides gave to the same user. */
export interface Tokens {
  readonly real: string;
  readonly ours: string;
}

export const NO_TOKENS: Tokens = { real: "", ours: "" };

/** Some users write it before their token. */
const BEARER = "Bearer ";

/** Users who never signed in: what they show is no token of anybody. */
const STRANGERS: ReadonlyMap<string, string> = new Map([
  ["a stranger", "qwertyuiopasdfgh.1"],
  ["a stranger without an index", "qwertyuiopasdfgh"],
]);

/** The tokens of each user who signed in. */
export class UserTokens {
  private readonly tokens = new Map<string, Tokens>();

  clear(): void {
    this.tokens.clear();
  }

  /** Both were asked to sign a user in. */
  signedIn(user: string, { token: real }: JsonObject, { token: ours }: JsonObject): void {
    if (typeof real !== "string" || typeof ours !== "string") return;
    this.tokens.set(user, { real, ours });
  }

  /** What the two gave to whoever asks ("": nobody), with what he puts before it. */
  of(as: string): Tokens {
    const who = as.startsWith(BEARER) ? as.slice(BEARER.length) : as;
    const stranger = STRANGERS.get(who) ?? "";
    const { real, ours } = this.tokens.get(who) ?? { real: stranger, ours: stranger };
    return who === as || real === ""
      ? { real, ours }
      : { real: BEARER + real, ours: BEARER + ours };
  }
}
