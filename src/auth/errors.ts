import { type ApiError, Errors } from "../api/errors.ts";

/** Errors that etcd's server has no gRPC form for: they reach clients as code Unknown with its own text. */

/** auth.ErrNoPasswordUser. */
export const NO_PASSWORD_USER: ApiError = Object.freeze({
  code: "Unknown",
  message: "auth: authentication failed, password was given for no password user",
});

/** bcrypt.ErrPasswordTooLong of golang.org/x/crypto. */
export const PASSWORD_TOO_LONG: ApiError = Object.freeze({
  code: "Unknown",
  message: "bcrypt: password length exceeds 72 bytes",
});

const BARE: ReadonlyMap<ApiError, string> = new Map<ApiError, string>([
  [Errors.userEmpty, "user name is empty"],
  [Errors.userNotFound, "user not found"],
  [Errors.permissionDenied, "permission denied"],
  [Errors.invalidAuthToken, "invalid auth token"],
]);

/** A refusal as the auth package words it, where no gRPC error is made of it. */
export function uncoded(error: ApiError): ApiError {
  const text = BARE.get(error);
  return text === undefined ? error : { code: "Unknown", message: `auth: ${text}` };
}
