import { type ApiError, Errors } from "../../api/errors.ts";

const KNOWN: readonly ApiError[] = [
  Errors.invalidAuthToken,
  Errors.authOldRevision,
  Errors.userEmpty,
];

/** Why a watch was refused, as etcd puts it: any other error counts as "permission denied". */
export function cancelReason(error: ApiError): string {
  const { code, message } = KNOWN.find((known) => known.message === error.message) ?? DENIED;
  return `rpc error: code = ${code} desc = ${message}`;
}

const DENIED = Errors.permissionDenied;
