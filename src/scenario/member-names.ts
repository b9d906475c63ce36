import { type Document, isScalar, visit } from "yaml";

/** A member named in a file's steps or expectations. */
export interface MemberName {
  readonly id: number;
  readonly offset: number;
}

/** Keys whose values are free text: an `m9` there is no member. */
const FREE = new Set([
  ...["key", "value", "as", "note", "read", "answered", "succeeded", "time left"],
  ...["lease", "watch", "prefix", "name", "url", "user", "users", "role", "roles", "keys"],
  ...["if", "then", "else", "write", "watched", "answered with error", "observed"],
]);
/** Keys that bring members into being. */
const CREATING = new Set([
  ...["add-learner", "add-member", "add", "learners", "member-add", "start-machine"],
]);

/**
 * All members that the file names, and those it creates. A name stands alone (`m2`) or in a
 * sentence (`m2 is candidate`), as a value or as a key (`{m1: 5}`).
 */
export function memberNames(document: Document): { named: MemberName[]; created: number[] } {
  const named: MemberName[] = [];
  const created: number[] = [];
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
      for (const match of node.value.matchAll(/(?<![\w-])m([1-9][0-9]*)(?![\w-])/g)) {
        const id = Number(match[1]);
        if (creating) created.push(id);
        named.push({ id, offset: (node.range?.[0] ?? 0) + match.index });
      }
    },
  });
  return { named, created };
}
