import { MEMBERS_MAX } from "../read/cluster-schema.ts";
import type { Names, NamesOf, Path } from "./names.ts";
import type { Selector } from "./selectors.ts";

/** Complains if there is no such member by now. */
export function referToMember(names: Names, id: number, ...at: Path): void {
  names.complain(problemOf(names, id), at);
}

/** Of those that are named by their ids; whom a role means is known only in the run. */
export function referToMembers(names: Names, selector: Selector | undefined, ...at: Path): void {
  for (const [i, term] of (selector ?? []).entries()) {
    if (typeof term === "number") referToMember(names, term, ...at, i);
  }
}

/** `{m1: …, leader: …}` */
export function referToMemberKeys(
  names: Names,
  list: readonly { readonly members: Selector }[],
): void {
  for (const term of list.flatMap(({ members }) => members)) {
    if (typeof term !== "number") continue;
    names.complain(problemOf(names, term), [`m${term}`], { atKey: true });
  }
}

/** `{member: …}` among other things. */
export const referToMemberOf: NamesOf<{ readonly member: Selector | number }> = (
  names,
  { member },
) => {
  if (typeof member === "number") referToMember(names, member, "member");
  else referToMembers(names, member, "member");
};

/** `m2 is candidate`: the member in the gap of a sentence. */
export function referToMemberIn(names: Names, sentence: string, selector: Selector): void {
  for (const term of selector) {
    if (typeof term !== "number") continue;
    names.complain(problemOf(names, term), [], { skip: sentence.indexOf(`m${term}`) });
  }
}

/** There is such a member from this step on, if there was none before. */
export function addMember(names: Names, id: number, ...at: Path): void {
  names.members.add(id);
  referToMember(names, id, ...at);
}

/** There was no such member before. */
export function addNewMember(names: Names, id: number): void {
  if (isFirst(names, id)) return;
  addMember(names, id);
}

/** A machine for a member that was added. */
export function startMember(names: Names, id: number): void {
  if (isFirst(names, id)) return;
  const isAdded = names.whole.members.has(id) || names.mayBeMember(id);
  const unadded = `nobody adds m${id}: put \`member-add: {member: m${id}}\` before it`;
  names.complain(isAdded ? problemOf(names, id) : unadded, []);
}

function isFirst(names: Names, id: number): boolean {
  const isThere = id <= names.firstMembers && !names.membersUnknown;
  const next = `a new member is m${names.firstMembers + 1} or a later one`;
  names.complain(
    isThere ? `m${id} is there from the start, and no id is used again: ${next}` : null,
    [],
  );
  return isThere;
}

function problemOf(names: Names, id: number): string | null {
  if (id <= MEMBERS_MAX && names.mayBeMember(id)) return null;
  const { firstMembers: count } = names;
  if (!names.whole.members.has(id)) {
    return `there is no m${id}: the cluster has ${count === 1 ? "m1 alone" : `m1 … m${count}`}`;
  }
  if (id > MEMBERS_MAX) return `m${id} is too many: ids go to m${MEMBERS_MAX}`;
  return names.members.has(id) ? null : `m${id} is not there yet: it is added further down`;
}
