import type { AlarmMember, AlarmType } from "../../api/requests.ts";
import { AlarmMember as AlarmMessage } from "../../api/wire/maintenance.ts";
import { decode, encode } from "../../api/wire/message.ts";
import { binaryToBytes, bytesToBinary } from "../../base/bytes.ts";
import type { Bucket } from "../../mvcc/backend/bucket.ts";
import type { MemberProfile } from "../../profile/member.ts";

const NO_VALUE = new Uint8Array(0);

/**
 * The alarms that are on (server/etcdserver/api/v3alarm/alarms.go), each for one member, or for
 * nobody in particular (member 0). They are the keys of the backend's bucket `alarm`.
 */
export class Alarms {
  private readonly bucket: Bucket;
  private readonly active = new Map<string, AlarmMember>();

  constructor(bucket: Bucket) {
    this.bucket = bucket;
    bucket.forEach((key) => {
      this.active.set(key, decode(AlarmMessage, binaryToBytes(key)));
    });
  }

  get count(): number {
    return this.active.size;
  }

  has(type: AlarmType): boolean {
    return this.get(type).length > 0;
  }

  /** In the order of their keys. NONE: all of them. */
  get(type: AlarmType): AlarmMember[] {
    const keys = [...this.active.keys()].sort();
    return keys
      .map((key) => this.active.get(key) as AlarmMember)
      .filter(({ alarm }) => type === "NONE" || alarm === type);
  }

  activate(alarm: AlarmMember): void {
    const key = keyOf(alarm);
    if (this.active.has(key)) return;
    this.active.set(key, alarm);
    this.bucket.put(key, NO_VALUE);
  }

  /** Whether it was on. */
  deactivate(alarm: AlarmMember): boolean {
    const key = keyOf(alarm);
    this.bucket.delete(key);
    return this.active.delete(key);
  }
}

function keyOf(alarm: AlarmMember): string {
  return bytesToBinary(encode(AlarmMessage, alarm));
}

/** An alarm as Go prints the message: how `Status` names it, perhaps with a space at its end. */
export function alarmText(
  { memberId, alarm }: AlarmMember,
  { spaceAfterAlarm }: MemberProfile,
): string {
  const fields = [
    ...(memberId === 0n ? [] : [`memberID:${memberId}`]),
    ...(alarm === "NONE" ? [] : [`alarm:${alarm}`]),
  ];
  return fields.join(" ") + (spaceAfterAlarm && fields.length > 0 ? " " : "");
}
