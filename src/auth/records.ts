import type { Permission } from "../api/requests.ts";
import { readPermission, writePermission } from "../api/wire/auth-requests.ts";
import { putBool, putBytes, putMessage, readMessage } from "../api/wire/fields.ts";
import { ProtobufReader, ProtobufWriter } from "../base/protobuf.ts";

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

const writer = new ProtobufWriter(256);

function writeOptions(to: ProtobufWriter, noPassword: boolean): void {
  putBool(to, 1, noPassword);
}

function readOptions(reader: ProtobufReader): boolean {
  let noPassword = false;
  while (reader.next()) {
    if (reader.field === 1) noPassword = reader.bool();
    else reader.skip();
  }
  return noPassword;
}

/** etcd writes the options of every user, even empty ones. */
export function encodeUser(user: User): Uint8Array {
  writer.reset();
  if (user.name !== "") writer.stringField(1, user.name);
  putBytes(writer, 2, user.password);
  for (const role of user.roles) writer.stringField(3, role);
  putMessage(writer, 4, writeOptions, user.noPassword);
  return writer.finish();
}

/** Throws ProtobufError. A user of etcd before 3.4 has no options. */
export function decodeUser(bytes: Uint8Array): User {
  const reader = new ProtobufReader(bytes);
  let name = "";
  let password = new Uint8Array(0);
  const roles: string[] = [];
  let noPassword = false;
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) password = reader.view().slice();
    else if (reader.field === 3) roles.push(reader.string());
    else if (reader.field === 4) noPassword = readMessage(reader, readOptions);
    else reader.skip();
  }
  return { name, password, roles, noPassword };
}

export function encodeRole(role: Role): Uint8Array {
  writer.reset();
  if (role.name !== "") writer.stringField(1, role.name);
  for (const permission of role.permissions) putMessage(writer, 2, writePermission, permission);
  return writer.finish();
}

/** Throws ProtobufError. */
export function decodeRole(bytes: Uint8Array): Role {
  const reader = new ProtobufReader(bytes);
  let name = "";
  const permissions: Permission[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) permissions.push(readMessage(reader, readPermission));
    else reader.skip();
  }
  return { name, permissions };
}
