/**
 * Where JSON goes wrong. Engines word and place their own errors differently, and a message must be
 * the same on all: so this walks the text once more, after `JSON.parse` has refused it.
 */
export type JsonFault =
  /** The text ends before the value does. */
  | { readonly kind: "cut" }
  /** The character at `offset` (UTF-16 units, from 0) cannot stand there. */
  | { readonly kind: "bad"; readonly offset: number };

/** The first fault of `text` as one JSON value, or null if it is one. */
export function findJsonFault(text: string): JsonFault | null {
  const scanner = new Scanner(text);
  const fault = scanner.value();
  if (fault !== null) return fault;
  scanner.space();
  return scanner.at < text.length ? { kind: "bad", offset: scanner.at } : null;
}

const WORDS = ["true", "false", "null"];
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NUMBER_START = /^-?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][+-]?)?$/;
// Control characters may not stand in a string: those are all below the space.
const STRING_PIECE = /(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const ESCAPE_START = /^\\(?:u[0-9a-fA-F]{0,3})?$/;

class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonFault | null {
    this.space();
    const next = this.#text.charAt(this.at);
    if (next === "{") return this.#collection("}", true);
    if (next === "[") return this.#collection("]", false);
    if (next === '"') return this.#string();
    return this.#scalar();
  }

  space(): void {
    while (" \t\n\r".includes(this.#text.charAt(this.at)) && this.at < this.#text.length) this.at++;
  }

  #collection(close: string, keyed: boolean): JsonFault | null {
    this.at++;
    this.space();
    if (this.#text.charAt(this.at) === close) {
      this.at++;
      return null;
    }
    for (;;) {
      const fault = (keyed ? this.#key() : null) ?? this.value();
      if (fault !== null) return fault;
      this.space();
      const next = this.#text.charAt(this.at);
      if (next !== close && next !== ",") return this.#here();
      this.at++;
      if (next === close) return null;
    }
  }

  #key(): JsonFault | null {
    this.space();
    if (this.#text.charAt(this.at) !== '"') return this.#here();
    const fault = this.#string();
    if (fault !== null) return fault;
    this.space();
    if (this.#text.charAt(this.at) !== ":") return this.#here();
    this.at++;
    return null;
  }

  #string(): JsonFault | null {
    STRING_PIECE.lastIndex = this.at + 1;
    STRING_PIECE.exec(this.#text);
    this.at = STRING_PIECE.lastIndex;
    if (this.#text.charAt(this.at) === '"') {
      this.at++;
      return null;
    }
    const rest = this.#text.slice(this.at);
    return ESCAPE_START.test(rest) ? { kind: "cut" } : this.#here();
  }

  #scalar(): JsonFault | null {
    const rest = this.#text.slice(this.at);
    for (const word of WORDS) {
      if (rest.startsWith(word)) {
        this.at += word.length;
        return null;
      }
      if (word.startsWith(rest)) return { kind: "cut" };
    }
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.#text);
    const length = found === null ? 0 : found[0].length;
    if (length < rest.length ? NUMBER_START.test(rest) : length === 0) return { kind: "cut" };
    this.at += length;
    return length > 0 ? null : this.#here();
  }

  #here(): JsonFault {
    return this.at >= this.#text.length ? { kind: "cut" } : { kind: "bad", offset: this.at };
  }
}
