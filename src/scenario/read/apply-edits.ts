import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import type { Edit } from "./edit.ts";
import { hugeNumbers } from "./huge-numbers.ts";
import { pathText } from "./path-text.ts";
import { foundText } from "./quote.ts";
import { yamlProblem } from "./yaml-problem.ts";

/** What is wrong with a change itself, before anybody asks what it means. */
export interface EditProblem {
  readonly edit: Edit;
  readonly text: string;
}

/** Changes the document as it is told, in this order; what can't be done is said and left out. */
export function applyEdits(document: Document, edits: readonly Edit[]): EditProblem[] {
  const problems: EditProblem[] = [];
  for (const edit of edits) {
    const { value, text } = readValue(edit.yaml);
    const wrong = text ?? noWay(document, edit);
    if (wrong === null) document.setIn(edit.path, document.createNode(value));
    else problems.push({ edit, text: wrong });
  }
  return problems;
}

function readValue(yaml: string): { readonly value: unknown; readonly text: string | null } {
  try {
    const document = parseDocument(yaml, { prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) return { value: null, text: yamlProblem(error) };
    return { value: document.toJS(), text: hugeNumbers(document)[0]?.text ?? null };
  } catch (error) {
    return { value: null, text: yamlProblem(error) };
  }
}

/** Why nothing can be put there; null: it can. What is missing on the way becomes a map. */
function noWay(document: Document, { path }: Edit): string | null {
  let node: Node | null = document.contents;
  for (const [i, part] of path.entries()) {
    const place = pathText(path.slice(0, i));
    if (isMap(node)) {
      if (typeof part === "number") return `${place} is a map: name a key of it, not [${part}]`;
      node = (node.get(part, true) as Node | undefined) ?? null;
      if (node === null) return typeof path[i + 1] === "number" ? listMissing(path, i) : null;
    } else if (isSeq(node)) {
      const { length } = node.items;
      if (typeof part !== "number") {
        return `${place} is a list: name one of it by its number from 0 on, e.g. ${place}[0]`;
      }
      if (part >= length) {
        return length === 0
          ? `${place} is empty: there is no [${part}]`
          : `${place} ends at [${length - 1}]: there is no [${part}]`;
      }
      node = node.items[part] as Node | null;
    } else {
      const what = isAlias(node)
        ? `the alias *${node.source}`
        : foundText(isScalar(node) ? node.value : null);
      return `there is nothing in ${place}, which is ${what}`;
    }
  }
  return null;
}

function listMissing(path: Edit["path"], i: number): string {
  return `there is no list ${pathText(path.slice(0, i + 1))}`;
}
