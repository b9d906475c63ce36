import { JwtTokens } from "../../auth/jwt-tokens.ts";
import { SimpleTokens } from "../../auth/simple-tokens.ts";
import type { TokenProvider } from "../../auth/tokens.ts";
import { binaryToBytes } from "../../base/bytes.ts";
import type { MemberHost } from "../host.ts";
import type { MemberConfig } from "../settings.ts";

/** The kind of tokens that the settings ask for (server/auth/store.go NewTokenProvider). */
export function tokenProvider(config: MemberConfig, host: MemberHost): TokenProvider {
  const { authToken, authTokenTtlUs, jwtKey } = config;
  if (authToken === "jwt") return new JwtTokens(binaryToBytes(jwtKey), host, authTokenTtlUs);
  return new SimpleTokens(host.random.fork("tokens"), authTokenTtlUs);
}
