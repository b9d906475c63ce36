import { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { AlarmType } from "../cluster-requests.ts";
import type { AlarmMember } from "../maintenance-requests.ts";
import { ALARM_TYPES } from "./cluster-requests.ts";
import { putBigint, putEnum, readEnum } from "./fields.ts";

/** etcdserverpb.AlarmMember, by which an alarm is kept in the backend. */
export function encodeAlarmMember({ memberId, alarm }: AlarmMember): Uint8Array {
  const writer = new ProtobufWriter(16);
  putBigint(writer, 1, memberId);
  putEnum(writer, 2, ALARM_TYPES, alarm);
  return writer.finish();
}

export function decodeAlarmMember(bytes: Uint8Array): AlarmMember {
  const reader = new ProtobufReader(bytes);
  let memberId = 0n;
  let alarm: AlarmType = "NONE";
  while (reader.next()) {
    if (reader.field === 1) memberId = reader.ubigint();
    else if (reader.field === 2) alarm = readEnum(reader, ALARM_TYPES);
    else reader.skip();
  }
  return { memberId, alarm };
}
