import { type Document, isScalar, visit } from "yaml";
import { MEMBERS_MAX } from "./cluster-schema.ts";

/** A member named in a file's steps or expectations. */
interface MemberName {
  readonly id: number;
  readonly offset: number;
  /** The word of the step or expectation that names it. */
  readonly word: string;
  readonly inStep: boolean;
}

/** Keys whose values are free text: an `m9` there is no member. */
const FREE = new Set([
  ...["key", "value", "as", "note", "read", "answered", "succeeded", "time left"],
  ...["lease", "watch", "prefix", "name", "url", "user", "users", "role", "roles", "keys"],
  ...["if", "then", "else", "write", "watched", "answered with error", "observed"],
]);
/** Keys that bring members into being. */
const CREATING = new Set(["add-learner", "add-member", "add", "learners", "member-add"]);

/** Words that are about a member which was not there at the start. */
const NEW = new Set(["add-learner", "add-member", "start-machine"]);

/** Members of a cluster of `count` that are named where there are none, or where they are no news. */
export function memberProblems(
  document: Document,
  count: number,
): { readonly offset: number; readonly text: string }[] {
  const { named, created } = memberNames(document);
  return named.flatMap((name) => {
    const text = problemOf(name, created, count);
    return text === null ? [] : [{ offset: name.offset, text }];
  });
}

function problemOf(
  { id, offset, word, inStep }: MemberName,
  created: readonly MemberName[],
  count: number,
): string | null {
  if (id <= count) {
    if (!inStep || !NEW.has(word)) return null;
    return `m${id} is there from the start: a new member is m${count + 1} or a later one`;
  }
  const made = created.find((one) => one.id === id);
  if (made === undefined) {
    if (word === "start-machine") {
      return `nobody adds m${id}: put \`member-add: {member: m${id}}\` before it`;
    }
    return `there is no m${id}: the cluster has ${count === 1 ? "m1 alone" : `m1 … m${count}`}`;
  }
  if (id > MEMBERS_MAX) return `m${id} is too many: ids go to m${MEMBERS_MAX}`;
  return inStep && offset < made.offset
    ? `m${id} is not there yet: it is added further down`
    : null;
}

/**
 * All members that the file names, and those it creates. A name stands alone (`m2`) or in a
 * sentence (`m2 is candidate`), as a value or as a key (`{m1: 5}`).
 */
function memberNames(document: Document): {
  named: MemberName[];
  created: MemberName[];
} {
  const named: MemberName[] = [];
  const created: MemberName[] = [];
  visit(document, {
    Pair(_, pair, path) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      const depth = path.filter((node) => "items" in node).length;
      if (depth <= 1 && key !== "steps" && key !== "expect") return visit.SKIP;
      return FREE.has(key) ? visit.SKIP : undefined;
    },
    Scalar(_, node, path) {
      if (typeof node.value !== "string") return;
      const pairs = path.filter((part) => "key" in part);
      const creating = pairs.some(
        (pair) => isScalar(pair.key) && CREATING.has(String(pair.key.value)),
      );
      const keys = pairs.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ""));
      const word = keys[1] ?? "";
      for (const match of node.value.matchAll(/(?<![\w-])m([1-9][0-9]*)(?![\w-])/g)) {
        const offset = (node.range?.[0] ?? 0) + match.index;
        const inStep = keys[0] === "steps";
        const name: MemberName = { id: Number(match[1]), offset, word, inStep };
        if (creating && inStep) created.push(name);
        named.push(name);
      }
    },
  });
  return { named, created };
}
