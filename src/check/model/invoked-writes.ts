import type { KeyOp } from "../../trace/events.ts";

/** The writes that clients ever asked for: nothing else may be found in the store. */
export class InvokedWrites {
  readonly #byText = new Map<string, KeyOp>();
  /** Not yet in `#byText`: most runs have no words, and need none made up. */
  #wordless: KeyOp[] = [];
  readonly #values = new Map<string, Set<string>>();
  readonly #deleted = new Set<string>();

  add(op: KeyOp): void {
    if (op.type === "get") return;
    this.#wordless.push(op);
    if (op.type === "delete") {
      this.#deleted.add(op.key);
      return;
    }
    const values = this.#values.get(op.key);
    if (values === undefined) this.#values.set(op.key, new Set([op.value]));
    else values.add(op.value);
  }

  /** Whether somebody asked for `key` to hold `value`, or to be deleted. */
  has(key: string, value: string | null): boolean {
    if (value === null) return this.#deleted.has(key);
    return this.#values.get(key)?.has(value) ?? false;
  }

  /** The write that a trace words so; undefined if it has no words, or cut them off. */
  find(text: string): KeyOp | undefined {
    if (text === "") return undefined;
    for (const op of this.#wordless) this.#byText.set(entryText(op), op);
    this.#wordless = [];
    return this.#byText.get(text);
  }
}

/** How a member's trace words the entry of a write: `put a=1`, `delete a`. */
function entryText(op: KeyOp): string {
  if (op.type === "put") return `put ${shown(op.key)}=${shown(op.value)}`;
  return `${op.type} ${shown(op.key)}`;
}

const SHOWN_MAX = 24;

function shown(binary: string): string {
  // A text that is cut off may stand for many writes: it is not matched.
  if (binary.length > SHOWN_MAX) return "\u0000";
  return binary.replace(
    /[^\x20-\x7e]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
