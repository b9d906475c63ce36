import type { Permission } from "../api/requests.ts";
import { Permission as PermissionMessage, UserAddOptions } from "../api/wire/auth.ts";
import { BLOB, repeated, TEXT } from "../api/wire/kinds.ts";
import { decode, encode, message } from "../api/wire/message.ts";

/** A user as stored (authpb.User). */
export interface User {
  readonly name: string;
  /** The bcrypt hash's characters as bytes; empty without a password. */
  readonly password: Uint8Array;
  /** Sorted. */
  readonly roles: readonly string[];
  /** Signs in by a certificate's name alone. */
  readonly noPassword: boolean;
}

/** A role as stored (authpb.Role). */
export interface Role {
  readonly name: string;
  /** Sorted by key. */
  readonly permissions: readonly Permission[];
}

/** etcd writes the options of every user, even empty ones; a user of etcd before 3.4 has none. */
const UserMessage = message<Omit<User, "noPassword"> & { options: { noPassword: boolean } }>(
  "authpb.User",
  {
    name: [1, TEXT],
    password: [2, BLOB],
    roles: [3, repeated(TEXT)],
    options: [4, UserAddOptions],
  },
);

const RoleMessage = message<Role>("authpb.Role", {
  name: [1, TEXT],
  permissions: [2, repeated(PermissionMessage)],
});

export function encodeUser({ noPassword, ...user }: User): Uint8Array {
  return encode(UserMessage, { ...user, options: { noPassword } });
}

/** Throws ProtobufError. */
export function decodeUser(bytes: Uint8Array): User {
  const { name, password, roles, options } = decode(UserMessage, bytes);
  return { name, password: password.slice(), roles, noPassword: options.noPassword };
}

export function encodeRole(role: Role): Uint8Array {
  return encode(RoleMessage, role);
}

/** Throws ProtobufError. */
export function decodeRole(bytes: Uint8Array): Role {
  return decode(RoleMessage, bytes);
}
