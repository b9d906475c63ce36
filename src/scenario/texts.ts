import { isAlias, isMap, isScalar, isSeq } from "yaml";

/** A YAML node on one line, as a person would write it: `{minority: leader}`, `[m1, m2]`, `leader`. */
export function textOf(node: unknown): string {
  if (isScalar(node)) return node.value === null ? "" : String(node.value);
  if (isSeq(node)) return `[${node.items.map(textOf).join(", ")}]`;
  if (isMap(node)) {
    const parts = node.items.map((pair) => `${textOf(pair.key)}: ${textOf(pair.value)}`);
    return parts.length === 1 ? (parts[0] ?? "") : `{${parts.join(", ")}}`;
  }
  if (isAlias(node)) return `*${node.source}`;
  return node === undefined || node === null ? "" : String(node);
}
