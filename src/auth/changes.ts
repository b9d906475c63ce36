import { type ApiError, Errors } from "../api/errors.ts";
import type {
  Permission,
  RoleGrantPermissionRequest,
  RoleRevokePermissionRequest,
  UserAddRequest,
  UserChangePasswordRequest,
  UserRoleRequest,
} from "../api/requests.ts";
import { type Auth, ROOT } from "./auth.ts";
import { nameKey } from "./auth-buckets.ts";
import { isValidPermissionRange } from "./key-ranges.ts";
import { storedPassword } from "./passwords.ts";

/**
 * Changes of users and roles as applied (server/auth/store.go): each either fails and leaves all
 * as it was, or makes the auth revision one greater.
 */

const NO_PASSWORD = new Uint8Array(0);

export function addUser(auth: Auth, request: UserAddRequest): ApiError | null {
  const { name } = request;
  if (name === "") return Errors.userEmpty;
  if (auth.store.user(name) !== null) return Errors.userAlreadyExists;
  const noPassword = request.options?.noPassword ?? false;
  const password = noPassword ? NO_PASSWORD : storedPassword(request, auth.profile);
  if (!(password instanceof Uint8Array)) return password;
  auth.store.putUser({ name, password, roles: [], noPassword });
  auth.changed();
  return null;
}

export function deleteUser(auth: Auth, name: string): ApiError | null {
  if (auth.enabled && name === ROOT) return Errors.invalidAuthManagement;
  if (auth.store.user(name) === null) return Errors.userNotFound;
  auth.store.deleteUser(name);
  auth.changed();
  auth.tokens.invalidateUser(name);
  return null;
}

export function changePassword(auth: Auth, request: UserChangePasswordRequest): ApiError | null {
  const user = auth.store.user(request.name);
  if (user === null) return Errors.userNotFound;
  const password = user.noPassword ? NO_PASSWORD : storedPassword(request, auth.profile);
  if (!(password instanceof Uint8Array)) return password;
  auth.store.putUser({ ...user, password });
  auth.changed();
  auth.tokens.invalidateUser(request.name);
  return null;
}

/** Granting a role that the user has changes nothing, not even the revision. */
export function grantRole(auth: Auth, { user: name, role }: UserRoleRequest): ApiError | null {
  const user = auth.store.user(name);
  if (user === null) return Errors.userNotFound;
  if (role !== ROOT && auth.store.role(role) === null) return Errors.roleNotFound;
  if (user.roles.includes(role)) return null;
  auth.store.putUser({ ...user, roles: [...user.roles, role].sort(byBytes) });
  auth.changed();
  return null;
}

export function revokeRole(auth: Auth, { user: name, role }: UserRoleRequest): ApiError | null {
  if (auth.enabled && name === ROOT && role === ROOT) return Errors.invalidAuthManagement;
  const user = auth.store.user(name);
  if (user === null) return Errors.userNotFound;
  if (!user.roles.includes(role)) return Errors.roleNotGranted;
  auth.store.putUser({ ...user, roles: user.roles.filter((other) => other !== role) });
  auth.changed();
  return null;
}

export function addRole(auth: Auth, name: string): ApiError | null {
  if (name === "") return Errors.roleEmpty;
  if (auth.store.role(name) !== null) return Errors.roleAlreadyExists;
  auth.store.putRole({ name, permissions: [] });
  auth.changed();
  return null;
}

/** Takes the role from every user, too. */
export function deleteRole(auth: Auth, name: string): ApiError | null {
  if (auth.enabled && name === ROOT) return Errors.invalidAuthManagement;
  if (auth.store.role(name) === null) return Errors.roleNotFound;
  auth.store.deleteRole(name);
  for (const user of auth.store.users()) {
    if (!user.roles.includes(name)) continue;
    auth.store.putUser({ ...user, roles: user.roles.filter((role) => role !== name) });
  }
  auth.changed();
  return null;
}

/**
 * On a range that the role has, the type is replaced; but etcd looks at the first range of the key
 * alone, and gives the role a later one twice. A revoke takes both.
 */
export function grantPermission(auth: Auth, request: RoleGrantPermissionRequest): ApiError | null {
  const { permission } = request;
  if (permission === null) return Errors.permissionNotGiven;
  const { refusesEmptyRanges } = auth.profile;
  if (refusesEmptyRanges && !isValidPermissionRange(permission.key, permission.rangeEnd)) {
    return Errors.invalidAuthManagement;
  }
  const role = auth.store.role(request.name);
  if (role === null) return Errors.roleNotFound;
  const permissions = [...role.permissions];
  const first = permissions.findIndex(({ key }) => key === permission.key);
  if (first >= 0 && sameRange(permissions[first] as Permission, permission)) {
    permissions[first] = permission;
  } else {
    permissions.push(permission);
    permissions.sort(byKey);
  }
  auth.store.putRole({ ...role, permissions });
  auth.changed();
  return null;
}

export function revokePermission(
  auth: Auth,
  request: RoleRevokePermissionRequest,
): ApiError | null {
  const role = auth.store.role(request.role);
  if (role === null) return Errors.roleNotFound;
  const permissions = role.permissions.filter((permission) => !sameRange(permission, request));
  if (permissions.length === role.permissions.length) return Errors.permissionNotGranted;
  auth.store.putRole({ ...role, permissions });
  auth.changed();
  return null;
}

interface Range {
  readonly key: string;
  readonly rangeEnd: string;
}

function sameRange(a: Range, b: Range): boolean {
  return a.key === b.key && a.rangeEnd === b.rangeEnd;
}

/** Equal keys stay in the order in which they were granted, as etcd has them in short lists. */
function byKey(a: Range, b: Range): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** As Go sorts strings. */
function byBytes(a: string, b: string): number {
  const left = nameKey(a);
  const right = nameKey(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
