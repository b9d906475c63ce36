/**
 * What a text in EDN holds (github.com/edn-format/edn), as far as histories use it. Keywords keep their
 * colon, so that `:ok` is no string; integers beyond 2^53, ratios and the like are symbols.
 */
export type Edn = null | boolean | number | string | EdnKeyword | EdnSymbol | EdnList | EdnMap;

export class EdnKeyword {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A symbol, or a number that JavaScript has none for. */
export class EdnSymbol {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A list, a vector or a set. */
export class EdnList {
  readonly items: readonly Edn[];
  constructor(items: readonly Edn[]) {
    this.items = items;
  }
}

/** By the text of each key: `:type`. */
export class EdnMap {
  readonly entries: ReadonlyMap<string, Edn>;
  constructor(entries: ReadonlyMap<string, Edn>) {
    this.entries = entries;
  }
}

/** Not EDN; `line` counts from 1. */
export class EdnError extends Error {
  override name = "EdnError";
  readonly line: number;
  constructor(line: number, text: string) {
    super(text);
    this.line = line;
  }
}

const DEPTH_MAX = 100;
const SPACE = /[\s,]*/y;
const ATOM = /[^\s,()[\]{}";]+/y;
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const CHARACTERS: Readonly<Record<string, string>> = {
  newline: "\n",
  return: "\r",
  space: " ",
  tab: "\t",
};
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** Reads one value after the other. */
export class EdnReader {
  private readonly text: string;
  private at = 0;
  private counted = 0;
  private lines = 1;
  /** Values behind `#_` that are being passed over, one inside the other. */
  private discarding = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The line of the value that comes next, from 1 on. */
  get line(): number {
    this.skip();
    return this.lineHere();
  }

  private lineHere(): number {
    for (; this.counted < this.at; this.counted++) {
      if (this.text.charCodeAt(this.counted) === 10) this.lines++;
    }
    return this.lines;
  }

  /** Whether there is nothing more. */
  get atEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  /** The next value. Throws EdnError. */
  read(depth = 0): Edn {
    if (this.atEnd) throw this.error("the text ends in the middle of a value");
    if (depth > DEPTH_MAX) throw this.error("nested too deeply");
    const char = this.text[this.at] as string;
    switch (char) {
      case "(":
      case "[":
        return new EdnList(this.items(depth));
      case "{":
        return this.map(depth);
      case '"':
        return this.string();
      case "#":
        return this.dispatched(depth);
      case "\\":
        return this.character();
      default:
        return this.atom();
    }
  }

  private error(text: string): EdnError {
    return new EdnError(this.lineHere(), text);
  }

  /** White space, comments, and values behind `#_`. */
  private skip(): void {
    for (;;) {
      SPACE.lastIndex = this.at;
      SPACE.exec(this.text);
      this.at = SPACE.lastIndex;
      if (this.text[this.at] === ";") {
        const end = this.text.indexOf("\n", this.at);
        this.at = end === -1 ? this.text.length : end;
      } else if (this.text.startsWith("#_", this.at)) {
        this.at += 2;
        if (++this.discarding > DEPTH_MAX) throw this.error("nested too deeply");
        this.read();
        this.discarding--;
      } else return;
    }
  }

  private items(depth: number): Edn[] {
    const closer = CLOSERS[this.text[this.at] as string] as string;
    this.at++;
    const items: Edn[] = [];
    while (!this.atEnd && this.text[this.at] !== closer) {
      if (")]}".includes(this.text[this.at] as string)) throw this.error(`"${closer}" is missing`);
      items.push(this.read(depth + 1));
    }
    if (this.atEnd) throw this.error(`"${closer}" is missing`);
    this.at++;
    return items;
  }

  private map(depth: number): EdnMap {
    const items = this.items(depth);
    if (items.length % 2 === 1) throw this.error("a key of a map has no value");
    const entries = new Map<string, Edn>();
    for (let i = 0; i < items.length; i += 2) {
      entries.set(ednText(items[i] as Edn), items[i + 1] as Edn);
    }
    return new EdnMap(entries);
  }

  private string(): string {
    let value = "";
    for (let i = this.at + 1; i < this.text.length; i++) {
      const char = this.text[i] as string;
      if (char === '"') {
        this.at = i + 1;
        return value;
      }
      if (char !== "\\") value += char;
      else if (this.text[i + 1] === "u") {
        value += String.fromCharCode(Number.parseInt(this.text.slice(i + 2, i + 6), 16));
        i += 5;
      } else {
        const escaped = this.text[++i] ?? "";
        value += ESCAPES[escaped] ?? escaped;
      }
    }
    throw this.error("a text has no end");
  }

  /** A set, or a value with a tag before it, such as `#jepsen.history.Op{…}`: the tag says nothing here. */
  private dispatched(depth: number): Edn {
    this.at++;
    if (this.text[this.at] === "{") return new EdnList(this.items(depth));
    this.token();
    return this.read(depth + 1);
  }

  private character(): string {
    this.at++;
    const name = this.token();
    return CHARACTERS[name] ?? name;
  }

  private token(): string {
    ATOM.lastIndex = this.at;
    const token = ATOM.exec(this.text)?.[0];
    if (token === undefined) throw this.error(`unexpected "${this.text[this.at] ?? ""}"`);
    this.at += token.length;
    return token;
  }

  private atom(): Edn {
    const token = this.token();
    if (token === "nil") return null;
    if (token === "true" || token === "false") return token === "true";
    if (token.startsWith(":")) return new EdnKeyword(token.slice(1));
    const number = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[NM]?$/.test(token)
      ? Number(token.replace(/[NM]$/, ""))
      : Number.NaN;
    const exact = Number.isInteger(number) ? Number.isSafeInteger(number) : !Number.isNaN(number);
    return exact ? number : new EdnSymbol(token);
  }
}

/** The value as EDN writes it: equal values, equal texts. */
export function ednText(value: Edn): string {
  if (value === null) return "nil";
  if (value instanceof EdnKeyword) return `:${value.name}`;
  if (value instanceof EdnSymbol) return value.name;
  if (value instanceof EdnList) return `[${value.items.map(ednText).join(" ")}]`;
  if (value instanceof EdnMap) {
    return `{${[...value.entries].map(([key, each]) => `${key} ${ednText(each)}`).join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
