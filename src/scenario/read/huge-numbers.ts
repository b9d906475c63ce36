import { type Document, isScalar, visit } from "yaml";

/**
 * Whole numbers that can't be told from their neighbours any more: JavaScript would take another one in
 * silence, whether it is meant as a number or as the text of a key or value.
 */
export function hugeNumbers(document: Document): { offset: number; text: string }[] {
  const found: { offset: number; text: string }[] = [];
  visit(document, {
    Scalar(_, node) {
      const { value } = node;
      if (typeof value !== "number" || !isScalar(node)) return;
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return;
      const written = node.source ?? String(value);
      const offset = node.range?.[0] ?? 0;
      if (Number.isNaN(value)) {
        found.push({ offset, text: `${written} is no number` });
        return;
      }
      const most = `a number is at most ${Number.MAX_SAFE_INTEGER}`;
      const text = `${written} is too large: ${most}; if it is meant as a text, put it in quotes`;
      found.push({ offset, text });
    },
  });
  return found;
}
