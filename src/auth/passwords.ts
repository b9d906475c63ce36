import type { ApiError } from "../api/errors.ts";
import type { AuthOp, UserAddRequest, UserChangePasswordRequest } from "../api/requests.ts";
import { fromBase64, toBase64 } from "../base/base64.ts";
import { binaryToBytes } from "../base/bytes.ts";
import { type Random, rootRandom } from "../base/random.ts";
import { utf8Length } from "../base/utf8.ts";
import type { AuthProfile } from "../profile/auth.ts";
import { BCRYPT_MIN_COST, bcryptHash, bcryptSalt, PASSWORD_BYTES_MAX } from "./bcrypt.ts";
import { NO_PASSWORD_USER, PASSWORD_TOO_LONG } from "./errors.ts";

type PasswordRequest = UserAddRequest | UserChangePasswordRequest;

/**
 * The request as it goes into the log: with the password's hash in its place, which the member
 * asked makes, so that all store the same one (server/etcdserver/v3_server.go, UserAdd). Other
 * requests come back as they are.
 */
export function hashPassword(op: AuthOp, random: Random, cost: number): AuthOp | ApiError {
  switch (op.type) {
    case "authUserAdd": {
      if (op.request.options?.noPassword === true) return op;
      const hashed = hash(op.request.password, random, cost);
      if (typeof hashed !== "string") return hashed;
      return { ...op, request: { ...op.request, password: "", hashedPassword: hashed } };
    }
    case "authUserChangePassword": {
      if (op.request.password === "") return op;
      const hashed = hash(op.request.password, random, cost);
      if (typeof hashed !== "string") return hashed;
      return { ...op, request: { ...op.request, password: "", hashedPassword: hashed } };
    }
    default:
      return op;
  }
}

function hash(password: string, random: Random, cost: number): string | ApiError {
  if (utf8Length(password) > PASSWORD_BYTES_MAX) return PASSWORD_TOO_LONG;
  return toBase64(binaryToBytes(bcryptHash(password, bcryptSalt(random, cost))));
}

/** The bytes to store, from an applied request; or what is wrong with it. */
export function storedPassword(
  request: PasswordRequest,
  { hashesPasswordsEarly }: AuthProfile,
): Uint8Array | ApiError {
  const { name, password, hashedPassword } = request;
  if (hashedPassword === "" && (password !== "" || !hashesPasswordsEarly)) {
    // Not hashed yet. In etcd each member draws its own salt then, so that their hashes differ; ours
    // all take one from the name.
    const salt = bcryptSalt(rootRandom(0).fork(`salt of ${name}`), BCRYPT_MIN_COST);
    return binaryToBytes(bcryptHash(password, salt));
  }
  return fromBase64(hashedPassword) ?? NO_PASSWORD_USER;
}
