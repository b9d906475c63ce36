import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type {
  AuthenticateRequest,
  EmptyRequest,
  NameRequest,
  Permission,
  PermissionType,
  RoleGrantPermissionRequest,
  RoleRequest,
  RoleRevokePermissionRequest,
  UserAddRequest,
  UserChangePasswordRequest,
  UserRoleRequest,
} from "../auth-requests.ts";
import {
  putBinary,
  putBool,
  putEnum,
  putMessage,
  putText,
  readEnum,
  readMessage,
} from "./fields.ts";

const PERMISSION_TYPES: readonly PermissionType[] = ["READ", "WRITE", "READWRITE"];

export function writeEmpty(_writer: ProtobufWriter, _request: EmptyRequest): void {}

export function readEmpty(reader: ProtobufReader): EmptyRequest {
  while (reader.next()) reader.skip();
  return {};
}

/** Reads a message of strings: `texts[i]` is field i + 1, "" where absent. Other fields are skipped. */
function readTexts(reader: ProtobufReader, count: number): string[] {
  const texts = new Array<string>(count).fill("");
  while (reader.next()) {
    if (reader.field <= count) texts[reader.field - 1] = reader.string();
    else reader.skip();
  }
  return texts;
}

export function writeAuthenticate(writer: ProtobufWriter, r: AuthenticateRequest): void {
  putText(writer, 1, r.name);
  putText(writer, 2, r.password);
  putText(writer, 3, r.simpleToken);
}

export function readAuthenticate(reader: ProtobufReader): AuthenticateRequest {
  const [name = "", password = "", simpleToken = ""] = readTexts(reader, 3);
  return { name, password, simpleToken };
}

export function writeName(writer: ProtobufWriter, r: NameRequest): void {
  putText(writer, 1, r.name);
}

export function readName(reader: ProtobufReader): NameRequest {
  const [name = ""] = readTexts(reader, 1);
  return { name };
}

export function writeRole(writer: ProtobufWriter, r: RoleRequest): void {
  putText(writer, 1, r.role);
}

export function readRole(reader: ProtobufReader): RoleRequest {
  const [role = ""] = readTexts(reader, 1);
  return { role };
}

export function writeUserRole(writer: ProtobufWriter, r: UserRoleRequest): void {
  putText(writer, 1, r.user);
  putText(writer, 2, r.role);
}

export function readUserRole(reader: ProtobufReader): UserRoleRequest {
  const [user = "", role = ""] = readTexts(reader, 2);
  return { user, role };
}

export function writeChangePassword(writer: ProtobufWriter, r: UserChangePasswordRequest): void {
  putText(writer, 1, r.name);
  putText(writer, 2, r.password);
  putText(writer, 3, r.hashedPassword);
}

export function readChangePassword(reader: ProtobufReader): UserChangePasswordRequest {
  const [name = "", password = "", hashedPassword = ""] = readTexts(reader, 3);
  return { name, password, hashedPassword };
}

type UserOptions = NonNullable<UserAddRequest["options"]>;

function writeOptions(writer: ProtobufWriter, options: UserOptions): void {
  putBool(writer, 1, options.noPassword);
}

function readOptions(reader: ProtobufReader): UserOptions {
  let noPassword = false;
  while (reader.next()) {
    if (reader.field === 1) noPassword = reader.bool();
    else reader.skip();
  }
  return { noPassword };
}

export function writeUserAdd(writer: ProtobufWriter, r: UserAddRequest): void {
  putText(writer, 1, r.name);
  putText(writer, 2, r.password);
  if (r.options !== null) putMessage(writer, 3, writeOptions, r.options);
  putText(writer, 4, r.hashedPassword);
}

export function readUserAdd(reader: ProtobufReader): UserAddRequest {
  let name = "";
  let password = "";
  let options: UserOptions | null = null;
  let hashedPassword = "";
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) password = reader.string();
    else if (reader.field === 3) options = readMessage(reader, readOptions);
    else if (reader.field === 4) hashedPassword = reader.string();
    else reader.skip();
  }
  return { name, password, options, hashedPassword };
}

export function writePermission(writer: ProtobufWriter, p: Permission): void {
  putEnum(writer, 1, PERMISSION_TYPES, p.permType);
  putBinary(writer, 2, p.key);
  putBinary(writer, 3, p.rangeEnd);
}

export function readPermission(reader: ProtobufReader): Permission {
  let permType: PermissionType = "READ";
  let key = "";
  let rangeEnd = "";
  while (reader.next()) {
    if (reader.field === 1) permType = readEnum(reader, PERMISSION_TYPES);
    else if (reader.field === 2) key = reader.binary();
    else if (reader.field === 3) rangeEnd = reader.binary();
    else reader.skip();
  }
  return { permType, key, rangeEnd };
}

export function writeGrantPermission(writer: ProtobufWriter, r: RoleGrantPermissionRequest): void {
  putText(writer, 1, r.name);
  putMessage(writer, 2, writePermission, r.permission);
}

export function readGrantPermission(reader: ProtobufReader): RoleGrantPermissionRequest {
  let name = "";
  let permission: Permission = { permType: "READ", key: "", rangeEnd: "" };
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) permission = readMessage(reader, readPermission);
    else reader.skip();
  }
  return { name, permission };
}

export function writeRevokePermission(
  writer: ProtobufWriter,
  r: RoleRevokePermissionRequest,
): void {
  putText(writer, 1, r.role);
  putBinary(writer, 2, r.key);
  putBinary(writer, 3, r.rangeEnd);
}

export function readRevokePermission(reader: ProtobufReader): RoleRevokePermissionRequest {
  let role = "";
  let key = "";
  let rangeEnd = "";
  while (reader.next()) {
    if (reader.field === 1) role = reader.string();
    else if (reader.field === 2) key = reader.binary();
    else if (reader.field === 3) rangeEnd = reader.binary();
    else reader.skip();
  }
  return { role, key, rangeEnd };
}
