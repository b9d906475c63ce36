import type { ApiError } from "../../api/errors.ts";
import type { AlarmMember } from "../../api/requests.ts";
import type { MemberProfile } from "../../profile/member.ts";

/** What `/health` answers (server/etcdserver/api/etcdhttp/health.go); `reason` is "" if it is well. */
export interface Health {
  readonly health: boolean;
  readonly reason: string;
}

export interface HealthQuestion {
  readonly alarms: readonly AlarmMember[];
  /** Alarms that the asker does not mind (?exclude=NOSPACE). */
  readonly exclude: readonly string[];
  readonly hasLeader: boolean;
  /** What came of a read of one key (linearizable unless `serializable`); null: it went well. */
  readonly readError: ApiError | null;
  /** The asker wants to know of this member alone (?serializable=true). */
  readonly serializable: boolean;
}

/** As Go writes it as JSON. What is in it needs no quoting. */
export function healthBody(
  { health, reason }: Health,
  { healthTellsReason }: MemberProfile,
): string {
  if (!healthTellsReason) return `{"health":"${health}"}`;
  return `{"health":"${health}","reason":"${reason}"}`;
}

/** The first thing that is wrong, in etcd's words. */
export function healthOf(question: HealthQuestion): Health {
  const { alarms, exclude, hasLeader, readError, serializable } = question;
  const alarm = alarms.find((each) => !exclude.includes(each.alarm));
  if (alarm !== undefined) {
    const name = alarm.alarm === "NONE" ? "UNKNOWN" : alarm.alarm;
    return { health: false, reason: `ALARM ${name}` };
  }
  if (!serializable && !hasLeader) return { health: false, reason: "RAFT NO LEADER" };
  if (readError !== null) return { health: false, reason: `RANGE ERROR:${readError.message}` };
  return { health: true, reason: "" };
}
