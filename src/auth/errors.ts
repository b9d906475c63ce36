import type { ApiError } from "../api/errors.ts";

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
