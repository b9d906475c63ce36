import { type Frame, leaderOf, type MemberFrame } from "../frames/frame.ts";
import { durationText, memberName, memberNames } from "../names.ts";
import { trouble } from "./why.ts";

/** What a member that stands for election waits for: who granted, who refused, and what keeps the others. */
export function whyNotElected(member: MemberFrame, frame: Frame): string {
  const { granted, refused } = member;
  const open = member.conf.voters.filter((id) => !granted.includes(id) && !refused.includes(id));
  const waits = open.map(
    (id) => `${memberName(id)} ${trouble(frame, member.id, id) ?? "did not answer yet"}`,
  );
  const parts = [`granted by ${memberNames(granted)}`];
  if (refused.length > 0) parts.push(`refused by ${memberNames(refused)}`);
  return [...parts, ...waits].join("; ");
}

/** Whom a follower hears, and how long it will not stand for election. */
export function whyNotStanding(member: MemberFrame, frame: Frame, now: number): string {
  const waited = durationText(now - member.heard);
  const left = frame.election - (now - member.timerSince);
  const rest = left > 0 ? `in at least ${durationText(left)}` : "at any moment";
  return member.lead === 0
    ? `none known for ${waited}; it campaigns ${rest}`
    : `${memberName(member.lead)}, heard ${waited} ago; it campaigns ${rest} if it hears nothing`;
}

/** What a member is at `now`, as a sentence, and what keeps it from being more. */
export function roleText(member: MemberFrame, frame: Frame, now: number): string {
  if (member.status === "refused") return `refuses to start: ${member.refusal}`;
  if (member.status === "absent") return "was never started";
  if (member.status !== "up") return `is ${member.status}`;
  const term = `in term ${member.term}`;
  switch (member.role) {
    case "leader": {
      const newest = leaderOf(frame);
      const old = newest !== undefined && newest.term > member.term;
      return `leads ${term}${old ? `, and does not know that ${memberName(newest.id)} leads term ${newest.term}` : ""}`;
    }
    case "follower":
      return `is a follower ${term}; its leader: ${whyNotStanding(member, frame, now)}`;
    default:
      return `is a ${member.role} ${term}: ${whyNotElected(member, frame)}`;
  }
}
