import { alarmsOf, type Frame, type MemberFrame } from "../frames/frame.ts";
import { memberName, memberNames } from "../names.ts";

/** What members say when they refuse, and what that means; by the end of etcd's words. */
const REFUSALS: readonly (readonly [words: string, meaning: string])[] = [
  ["user name is empty", "authentication is on, and it did not sign in"],
  ["authentication failed, invalid user ID or password", "its name or its password is wrong"],
  ["permission denied", "no role of its user allows that"],
  ["invalid auth token", "the member does not know its token, or not any more"],
  ["revision of auth store is old", "users or roles have changed since it was checked"],
  ["authentication is not enabled", "there is nothing to sign in to"],
  ["requested lease not found", "the lease has ended, or there never was one"],
  ["leader changed", "another leader came while it waited"],
  ["mvcc: required revision has been compacted", "what it asks for is compacted"],
];

/** What the words of a refusal mean; undefined where they say all there is. */
export function whyRefused(words: string, frame: Frame): string | undefined {
  if (words.endsWith("database space exceeded")) {
    const full = alarmsOf(frame).filter(({ alarm }) => alarm === "NOSPACE");
    if (full.length === 0) return "it would grow the backend beyond its quota";
    return `the alarm NOSPACE of ${memberNames(full.map(({ of }) => of))} is raised`;
  }
  return REFUSALS.find(([refusal]) => words.endsWith(refusal))?.[1];
}

/** What the client's library itself says where no answer came. */
export const NO_ANSWER: Readonly<Record<string, string>> = {
  "no reply in time": "did not answer in time",
  "connection lost": "answered nothing before the connection broke",
  "connection refused": "refused the connection",
};

/** Why a client asks once more, after `words` from `member` or in place of its answer. */
export function whyAgain(words: string, member: MemberFrame, frame: Frame): string {
  const name = memberName(member.id);
  const silence = NO_ANSWER[words];
  if (silence !== undefined) {
    return `${name} ${member.status === "up" ? silence : `is ${member.status}`}`;
  }
  const meaning = whyRefused(words, frame);
  return `${name} answered "${words}"${meaning === undefined ? "" : `: ${meaning}`}`;
}
