import type { Permission } from "./auth-requests.ts";
import type { ResponseHeader } from "./kv-requests.ts";

/** The Auth service's responses (api/etcdserverpb/rpc.proto). */

export interface AuthHeaderResponse {
  readonly header: ResponseHeader;
}

export interface AuthStatusResponse {
  readonly header: ResponseHeader;
  readonly enabled: boolean;
  /** The revision of the auth store: grows with every change of users and roles. */
  readonly authRevision: number;
}

export interface AuthenticateResponse {
  readonly header: ResponseHeader;
  readonly token: string;
}

export interface AuthUserGetResponse {
  readonly header: ResponseHeader;
  readonly roles: readonly string[];
}

export interface AuthUserListResponse {
  readonly header: ResponseHeader;
  readonly users: readonly string[];
}

export interface AuthRoleGetResponse {
  readonly header: ResponseHeader;
  readonly perm: readonly Permission[];
}

export interface AuthRoleListResponse {
  readonly header: ResponseHeader;
  readonly roles: readonly string[];
}

/** An auth request's answer; `type` is that of the request. */
export type AuthResponse =
  | {
      readonly type:
        | "authEnable"
        | "authDisable"
        | "authUserAdd"
        | "authUserDelete"
        | "authUserChangePassword"
        | "authUserGrantRole"
        | "authUserRevokeRole"
        | "authRoleAdd"
        | "authRoleDelete"
        | "authRoleGrantPermission"
        | "authRoleRevokePermission";
      readonly response: AuthHeaderResponse;
    }
  | { readonly type: "authStatus"; readonly response: AuthStatusResponse }
  | { readonly type: "authenticate"; readonly response: AuthenticateResponse }
  | { readonly type: "authUserGet"; readonly response: AuthUserGetResponse }
  | { readonly type: "authUserList"; readonly response: AuthUserListResponse }
  | { readonly type: "authRoleGet"; readonly response: AuthRoleGetResponse }
  | { readonly type: "authRoleList"; readonly response: AuthRoleListResponse };
