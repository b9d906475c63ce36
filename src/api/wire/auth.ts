import type * as api from "../auth-requests.ts";
import type * as responses from "../auth-responses.ts";
import { BINARY, BOOL, choice, optional, repeated, TEXT, UINT } from "./kinds.ts";
import { mapped, message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Auth service's messages (api/etcdserverpb/rpc.proto, api/authpb/auth.proto). */

export const AuthEnableRequest = empty("etcdserverpb.AuthEnableRequest");
export const AuthEnableResponse = headed("etcdserverpb.AuthEnableResponse");

export const AuthDisableRequest = empty("etcdserverpb.AuthDisableRequest");
export const AuthDisableResponse = headed("etcdserverpb.AuthDisableResponse");

export const AuthStatusRequest = empty("etcdserverpb.AuthStatusRequest");

export const AuthStatusResponse = message<responses.AuthStatusResponse>(
  "etcdserverpb.AuthStatusResponse",
  { header: HEADER, enabled: [2, BOOL], authRevision: [3, UINT, { name: "authRevision" }] },
);

/** Clients do not send the token that members log. */
export const AuthenticateRequest = mapped(
  message<Omit<api.AuthenticateRequest, "simpleToken">>("etcdserverpb.AuthenticateRequest", {
    name: [1, TEXT],
    password: [2, TEXT],
  }),
  (request: api.AuthenticateRequest) => request,
  ({ name, password }) => ({ name, password, simpleToken: "" }),
);

/** What is logged of it. */
export const InternalAuthenticateRequest = message<api.AuthenticateRequest>(
  "etcdserverpb.InternalAuthenticateRequest",
  { name: [1, TEXT], password: [2, TEXT], simpleToken: [3, TEXT] },
);

export const AuthenticateResponse = message<responses.AuthenticateResponse>(
  "etcdserverpb.AuthenticateResponse",
  { header: HEADER, token: [2, TEXT] },
);

// ---- users --------------------------------------------------------------------------------------

/** Also part of what is stored of a user. */
export const UserAddOptions = message<NonNullable<api.UserAddRequest["options"]>>(
  "authpb.UserAddOptions",
  { noPassword: [1, BOOL] },
);

export const AuthUserAddRequest = message<api.UserAddRequest>("etcdserverpb.AuthUserAddRequest", {
  name: [1, TEXT],
  password: [2, TEXT],
  options: [3, optional(UserAddOptions)],
  hashedPassword: [4, TEXT, { name: "hashedPassword" }],
});
export const AuthUserAddResponse = headed("etcdserverpb.AuthUserAddResponse");

export const AuthUserGetRequest = named("etcdserverpb.AuthUserGetRequest");
export const AuthUserGetResponse = message<responses.AuthUserGetResponse>(
  "etcdserverpb.AuthUserGetResponse",
  { header: HEADER, roles: [2, repeated(TEXT)] },
);

export const AuthUserListRequest = empty("etcdserverpb.AuthUserListRequest");
export const AuthUserListResponse = message<responses.AuthUserListResponse>(
  "etcdserverpb.AuthUserListResponse",
  { header: HEADER, users: [2, repeated(TEXT)] },
);

export const AuthUserDeleteRequest = named("etcdserverpb.AuthUserDeleteRequest");
export const AuthUserDeleteResponse = headed("etcdserverpb.AuthUserDeleteResponse");

export const AuthUserChangePasswordRequest = message<api.UserChangePasswordRequest>(
  "etcdserverpb.AuthUserChangePasswordRequest",
  { name: [1, TEXT], password: [2, TEXT], hashedPassword: [3, TEXT, { name: "hashedPassword" }] },
);
export const AuthUserChangePasswordResponse = headed("etcdserverpb.AuthUserChangePasswordResponse");

export const AuthUserGrantRoleRequest = ofUserAndRole("etcdserverpb.AuthUserGrantRoleRequest");
export const AuthUserGrantRoleResponse = headed("etcdserverpb.AuthUserGrantRoleResponse");

export const AuthUserRevokeRoleRequest = ofUserAndRole(
  "etcdserverpb.AuthUserRevokeRoleRequest",
  "name",
);
export const AuthUserRevokeRoleResponse = headed("etcdserverpb.AuthUserRevokeRoleResponse");

// ---- roles --------------------------------------------------------------------------------------

/** Also part of what is stored of a role. */
export const Permission = message<api.Permission>("authpb.Permission", {
  permType: [
    1,
    choice("authpb.Permission.Type", ["READ", "WRITE", "READWRITE"]),
    { name: "permType" },
  ],
  key: [2, BINARY],
  rangeEnd: [3, BINARY],
});

export const AuthRoleAddRequest = named("etcdserverpb.AuthRoleAddRequest");
export const AuthRoleAddResponse = headed("etcdserverpb.AuthRoleAddResponse");

export const AuthRoleGetRequest = ofRole("etcdserverpb.AuthRoleGetRequest");
export const AuthRoleGetResponse = message<responses.AuthRoleGetResponse>(
  "etcdserverpb.AuthRoleGetResponse",
  { header: HEADER, perm: [2, repeated(Permission)] },
);

export const AuthRoleListRequest = empty("etcdserverpb.AuthRoleListRequest");
export const AuthRoleListResponse = message<responses.AuthRoleListResponse>(
  "etcdserverpb.AuthRoleListResponse",
  { header: HEADER, roles: [2, repeated(TEXT)] },
);

export const AuthRoleDeleteRequest = ofRole("etcdserverpb.AuthRoleDeleteRequest");
export const AuthRoleDeleteResponse = headed("etcdserverpb.AuthRoleDeleteResponse");

export const AuthRoleGrantPermissionRequest = message<api.RoleGrantPermissionRequest>(
  "etcdserverpb.AuthRoleGrantPermissionRequest",
  { name: [1, TEXT], permission: [2, optional(Permission), { name: "perm" }] },
);
export const AuthRoleGrantPermissionResponse = headed(
  "etcdserverpb.AuthRoleGrantPermissionResponse",
);

export const AuthRoleRevokePermissionRequest = message<api.RoleRevokePermissionRequest>(
  "etcdserverpb.AuthRoleRevokePermissionRequest",
  { role: [1, TEXT], key: [2, BINARY], rangeEnd: [3, BINARY] },
);
export const AuthRoleRevokePermissionResponse = headed(
  "etcdserverpb.AuthRoleRevokePermissionResponse",
);

// ---- messages that are alike --------------------------------------------------------------------

function empty(name: string) {
  return message<api.EmptyRequest>(name, {});
}

function headed(name: string) {
  return message<responses.AuthHeaderResponse>(name, { header: HEADER });
}

function named(name: string) {
  return message<api.NameRequest>(name, { name: [1, TEXT] });
}

function ofRole(name: string) {
  return message<api.RoleRequest>(name, { role: [1, TEXT] });
}

function ofUserAndRole(name: string, user = "user") {
  return message<api.UserRoleRequest>(name, { user: [1, TEXT, { name: user }], role: [2, TEXT] });
}
