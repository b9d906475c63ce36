import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type ParsedNode,
} from "yaml";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where in a YAML file a path of keys and indexes leads; the nearest parent if it leads nowhere. A list in
 * place of a map is its short form (`crash: [m1]`): the key that it stands for is passed over.
 */
export class Positions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  at(path: readonly PropertyKey[], atKey = false): Position {
    let node: Node | null = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const [i, part] of path.entries()) {
      let next: Node | null = null;
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(part),
        );
        if (pair === undefined) break;
        const key = startOf(pair.key as ParsedNode);
        const last = i === path.length - 1;
        next = pair.value as Node | null;
        offset = (atKey && last ? key : (startOf(next) ?? key)) ?? offset;
      } else if (isSeq(node)) {
        if (typeof part !== "number") continue;
        const item = node.items[part];
        next = isPair(item) ? null : ((item ?? null) as Node | null);
        offset = startOf(next) ?? offset;
      }
      if (next === null) break;
      node = next;
    }
    return this.offset(offset);
  }

  offset(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
