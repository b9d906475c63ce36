import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type {
  AlarmAction,
  AlarmRequest,
  AlarmType,
  ClusterMemberAttrSetRequest,
  ClusterVersionSetRequest,
  DowngradeInfoSetRequest,
  MemberAttributes,
} from "../cluster-requests.ts";
import {
  putBigint,
  putBool,
  putEnum,
  putMessage,
  putText,
  readEnum,
  readMessage,
} from "./fields.ts";

const ALARM_ACTIONS: readonly AlarmAction[] = ["GET", "ACTIVATE", "DEACTIVATE"];
export const ALARM_TYPES: readonly AlarmType[] = ["NONE", "NOSPACE", "CORRUPT"];

export function writeAlarm(writer: ProtobufWriter, r: AlarmRequest): void {
  putEnum(writer, 1, ALARM_ACTIONS, r.action);
  putBigint(writer, 2, r.memberId);
  putEnum(writer, 3, ALARM_TYPES, r.alarm);
}

export function readAlarm(reader: ProtobufReader): AlarmRequest {
  let action: AlarmAction = "GET";
  let memberId = 0n;
  let alarm: AlarmType = "NONE";
  while (reader.next()) {
    if (reader.field === 1) action = readEnum(reader, ALARM_ACTIONS);
    else if (reader.field === 2) memberId = reader.ubigint();
    else if (reader.field === 3) alarm = readEnum(reader, ALARM_TYPES);
    else reader.skip();
  }
  return { action, memberId, alarm };
}

export function writeVersionSet(writer: ProtobufWriter, r: ClusterVersionSetRequest): void {
  putText(writer, 1, r.version);
}

export function readVersionSet(reader: ProtobufReader): ClusterVersionSetRequest {
  let version = "";
  while (reader.next()) {
    if (reader.field === 1) version = reader.string();
    else reader.skip();
  }
  return { version };
}

function writeAttributes(writer: ProtobufWriter, a: MemberAttributes): void {
  putText(writer, 1, a.name);
  for (const url of a.clientUrls) writer.stringField(2, url);
}

function readAttributes(reader: ProtobufReader): MemberAttributes {
  let name = "";
  const clientUrls: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) clientUrls.push(reader.string());
    else reader.skip();
  }
  return { name, clientUrls };
}

export function writeMemberAttrSet(writer: ProtobufWriter, r: ClusterMemberAttrSetRequest): void {
  putBigint(writer, 1, r.memberId);
  putMessage(writer, 2, writeAttributes, r.attributes);
}

export function readMemberAttrSet(reader: ProtobufReader): ClusterMemberAttrSetRequest {
  let memberId = 0n;
  let attributes: MemberAttributes = { name: "", clientUrls: [] };
  while (reader.next()) {
    if (reader.field === 1) memberId = reader.ubigint();
    else if (reader.field === 2) attributes = readMessage(reader, readAttributes);
    else reader.skip();
  }
  return { memberId, attributes };
}

export function writeDowngradeInfoSet(writer: ProtobufWriter, r: DowngradeInfoSetRequest): void {
  putBool(writer, 1, r.enabled);
  putText(writer, 2, r.version);
}

export function readDowngradeInfoSet(reader: ProtobufReader): DowngradeInfoSetRequest {
  let enabled = false;
  let version = "";
  while (reader.next()) {
    if (reader.field === 1) enabled = reader.bool();
    else if (reader.field === 2) version = reader.string();
    else reader.skip();
  }
  return { enabled, version };
}
