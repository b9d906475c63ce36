import fc from "fast-check";
import { inGroup, type Kind, kind, who } from "./kind.ts";

const MAINTENANCE: readonly Kind[] = inGroup("maintenance", [
  kind("defrag", 2, who, (member, draft) => ({
    defrag: { members: draft.who(member), client: draft.client("operator") },
  })),
  kind("snapshot", 1, who, (member, draft) => ({ snapshot: draft.who(member) })),
  kind("transfer-to", 2, who, (member, draft) =>
    member === "leader" ? null : { "transfer-to": draft.who(member) },
  ),
  kind("move-leader", 2, who, (member, draft) => ({
    "move-leader": { member: draft.who(member), client: draft.client("operator") },
  })),
  kind("alarm-disarm", 1, fc.constantFrom("NOSPACE", "CORRUPT"), (alarm, draft) => ({
    "alarm-disarm": { alarm, client: draft.client("operator") },
  })),
  kind(
    "probe",
    1,
    fc.record({ member: who, probe: fc.constantFrom("health", "livez", "readyz") }),
    ({ member, probe }, draft) => ({
      [probe]: { member: draft.who(member), client: draft.client("operator"), as: draft.name("P") },
    }),
  ),
  kind("big value", 1, fc.constantFrom("4KiB", "64KiB"), (bytes, draft) => ({
    puts: {
      key: "big",
      value: `${draft.value()}.%d`,
      bytes,
      count: 8,
      every: "10ms",
      client: draft.client("keys"),
    },
  })),
]);

const MEMBERSHIP: readonly Kind[] = inGroup("membership", [
  kind("add-member", 1, fc.boolean(), (learner, draft) => {
    const member = draft.newMember();
    return member === null ? null : { [learner ? "add-learner" : "add-member"]: member };
  }),
  kind("member-add", 2, fc.boolean(), (learner, draft) => {
    const member = draft.newMember();
    if (member === null) return null;
    draft.joining.push(member);
    return { "member-add": { member, learner, client: draft.client("operator") } };
  }),
  kind("start-machine", 3, fc.nat(3), (index, draft) => {
    const { joining } = draft;
    const [member] = joining.splice(index % Math.max(1, joining.length), 1);
    return member === undefined ? null : { "start-machine": member };
  }),
  kind("member-promote", 2, who, (member, draft) =>
    memberStep("member-promote", draft.named(member), draft),
  ),
  kind("member-remove", 2, who, (member, draft) =>
    memberStep("member-remove", draft.named(member), draft),
  ),
  kind("member-update", 1, who, (member, draft) => {
    const name = draft.named(member);
    const url = `http://${name}:2380`;
    const client = draft.client("operator");
    return { "member-update": { member: name, url, client, as: draft.name("M") } };
  }),
  kind("replace", 1, who, (member, draft) => {
    const remove = draft.named(member);
    const add = draft.newMember();
    return add === null ? null : { change: { add: [add], remove: [remove] } };
  }),
  // Old and new majorities that need have nobody in common.
  kind(
    "replace several",
    1,
    fc.uniqueArray(fc.nat(6), { minLength: 2, maxLength: 3 }),
    (whom, draft) => {
      const remove = [...new Set(whom.map((member) => draft.named(member)))];
      const add = remove.flatMap(() => draft.newMember() ?? []);
      return add.length === 0 ? null : { change: { add, remove } };
    },
  ),
]);

function memberStep(
  word: string,
  member: string,
  draft: { client(room: "operator"): number; name(prefix: string): string },
) {
  return { [word]: { member, client: draft.client("operator"), as: draft.name("M") } };
}

/** What operators do. */
export const OPERATOR_KINDS: readonly Kind[] = [...MAINTENANCE, ...MEMBERSHIP];
