import { type ApiError, Errors } from "../api/errors.ts";
import type { AuthOp, AuthResponse, Permission, ResponseHeader } from "../api/requests.ts";
import type { Instant } from "../base/time.ts";
import { type Auth, ROOT } from "./auth.ts";
import * as changes from "./changes.ts";
import { OPEN_END } from "./key-ranges.ts";

export interface AuthReply {
  readonly response: AuthResponse | null;
  readonly error: ApiError | null;
}

/** What an applied request knows besides itself. */
export interface AuthApplyContext {
  /** The member's own clock: tokens live by it. */
  readonly now: Instant;
  /** The entry's index. */
  readonly index: number;
  readonly header: ResponseHeader;
}

/** What the root role may, wherever it is shown. */
const ROOT_PERMISSION: Permission = Object.freeze({
  permType: "READWRITE",
  key: "",
  rangeEnd: OPEN_END,
});

/** Carries out an auth request from the log; whether the asker may is the checker's business. */
export function applyAuth(auth: Auth, op: AuthOp, context: AuthApplyContext): AuthReply {
  const { header } = context;
  switch (op.type) {
    case "authStatus": {
      const { enabled, revision } = auth;
      return ok({ type: op.type, response: { header, enabled, authRevision: revision } });
    }
    case "authenticate": {
      const { name, simpleToken } = op.request;
      const token = auth.authenticate(context.now, name, simpleToken, context.index);
      if (typeof token !== "string") return failed(token);
      return ok({ type: op.type, response: { header, token } });
    }
    case "authUserGet": {
      const user = auth.store.user(op.request.name);
      if (user === null) return failed(Errors.userNotFound);
      return ok({ type: op.type, response: { header, roles: user.roles } });
    }
    case "authUserList": {
      const users = auth.store.users().map((user) => user.name);
      return ok({ type: op.type, response: { header, users } });
    }
    case "authRoleGet": {
      const role = auth.store.role(op.request.role);
      if (role === null) return failed(Errors.roleNotFound);
      const all = role.name === ROOT && auth.profile.showsAllKeysOfRoot;
      const perm = all ? [ROOT_PERMISSION] : role.permissions;
      return ok({ type: op.type, response: { header, perm } });
    }
    case "authRoleList": {
      const roles = auth.store.roles().map((role) => role.name);
      return ok({ type: op.type, response: { header, roles } });
    }
    default: {
      const error = change(auth, op);
      return error === null ? ok({ type: op.type, response: { header } }) : failed(error);
    }
  }
}

type ReadType = "authStatus" | "authUserGet" | "authUserList" | "authRoleGet" | "authRoleList";
type ChangeOp = Exclude<AuthOp, { readonly type: ReadType | "authenticate" }>;

function change(auth: Auth, op: ChangeOp): ApiError | null {
  switch (op.type) {
    case "authEnable":
      return auth.enable();
    case "authDisable":
      auth.disable();
      return null;
    case "authUserAdd":
      return changes.addUser(auth, op.request);
    case "authUserDelete":
      return changes.deleteUser(auth, op.request.name);
    case "authUserChangePassword":
      return changes.changePassword(auth, op.request);
    case "authUserGrantRole":
      return changes.grantRole(auth, op.request);
    case "authUserRevokeRole":
      return changes.revokeRole(auth, op.request);
    case "authRoleAdd":
      return changes.addRole(auth, op.request.name);
    case "authRoleDelete":
      return changes.deleteRole(auth, op.request.role);
    case "authRoleGrantPermission":
      return changes.grantPermission(auth, op.request);
    case "authRoleRevokePermission":
      return changes.revokePermission(auth, op.request);
  }
}

function ok(response: AuthResponse): AuthReply {
  return { response, error: null };
}

function failed(error: ApiError): AuthReply {
  return { response: null, error };
}
