import { isAlias, isMap, isScalar, isSeq } from "yaml";

/** A YAML node on one line, as a person would write it: `{minority: leader}`, `[m1, m2]`, `leader`. */
export function textOf(node: unknown): string {
  if (isScalar(node)) return node.value === null ? "null" : String(node.value);
  if (isSeq(node)) return `[${node.items.map(textOf).join(", ")}]`;
  if (isMap(node)) {
    return `{${node.items.map(({ key, value }) => `${textOf(key)}: ${textOf(value)}`).join(", ")}}`;
  }
  if (isAlias(node)) return `*${node.source}`;
  return node === undefined || node === null ? "" : String(node);
}

/** A condition or expectation as a person says it: `logs equal`, `value: {a: 1}`. */
export function phraseOf(node: unknown): string {
  const pair = isMap(node) && node.items.length === 1 ? node.items[0] : undefined;
  return pair === undefined ? textOf(node) : `${textOf(pair.key)}: ${textOf(pair.value)}`;
}
