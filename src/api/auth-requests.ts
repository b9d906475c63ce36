/** The Auth service's requests as they go through Raft (rpc.proto, raft_internal.proto, authpb). */

export type PermissionType = "READ" | "WRITE" | "READWRITE";

export interface Permission {
  readonly permType: PermissionType;
  readonly key: string;
  /** As of a range: "" is a point, "\0" is open. */
  readonly rangeEnd: string;
}

export interface AuthenticateRequest {
  readonly name: string;
  readonly password: string;
  /** Made by the member that was asked; all members store the same one. */
  readonly simpleToken: string;
}

export interface UserAddRequest {
  readonly name: string;
  readonly password: string;
  /** null: sent without options. */
  readonly options: { readonly noPassword: boolean } | null;
  readonly hashedPassword: string;
}

export interface UserChangePasswordRequest {
  readonly name: string;
  readonly password: string;
  readonly hashedPassword: string;
}

export interface NameRequest {
  readonly name: string;
}

export interface UserRoleRequest {
  readonly user: string;
  readonly role: string;
}

export interface RoleRequest {
  readonly role: string;
}

export interface RoleGrantPermissionRequest {
  readonly name: string;
  /** null: not given. */
  readonly permission: Permission | null;
}

export interface RoleRevokePermissionRequest {
  readonly role: string;
  readonly key: string;
  readonly rangeEnd: string;
}

/** A message without fields. */
export type EmptyRequest = Readonly<Record<string, never>>;

export type AuthOp =
  | { readonly type: "authEnable"; readonly request: EmptyRequest }
  | { readonly type: "authDisable"; readonly request: EmptyRequest }
  | { readonly type: "authStatus"; readonly request: EmptyRequest }
  | { readonly type: "authenticate"; readonly request: AuthenticateRequest }
  | { readonly type: "authUserAdd"; readonly request: UserAddRequest }
  | { readonly type: "authUserDelete"; readonly request: NameRequest }
  | { readonly type: "authUserGet"; readonly request: NameRequest }
  | { readonly type: "authUserChangePassword"; readonly request: UserChangePasswordRequest }
  | { readonly type: "authUserGrantRole"; readonly request: UserRoleRequest }
  | { readonly type: "authUserRevokeRole"; readonly request: UserRoleRequest }
  | { readonly type: "authUserList"; readonly request: EmptyRequest }
  | { readonly type: "authRoleList"; readonly request: EmptyRequest }
  | { readonly type: "authRoleAdd"; readonly request: NameRequest }
  | { readonly type: "authRoleDelete"; readonly request: RoleRequest }
  | { readonly type: "authRoleGet"; readonly request: RoleRequest }
  | { readonly type: "authRoleGrantPermission"; readonly request: RoleGrantPermissionRequest }
  | { readonly type: "authRoleRevokePermission"; readonly request: RoleRevokePermissionRequest };
