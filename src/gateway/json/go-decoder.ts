import { JsonError, quotedByte } from "./json-error.ts";

/** A JSON value: where it stands in the text, and what is in it. Texts and numbers are read when they are needed. */
export type JsonNode =
  | {
      readonly kind: "string" | "number" | "true" | "false" | "null";
      readonly from: number;
      readonly to: number;
    }
  | ObjectNode
  | ArrayNode;

export interface ObjectNode {
  readonly kind: "object";
  readonly from: number;
  to: number;
  readonly members: Member[];
}

export interface ArrayNode {
  readonly kind: "array";
  readonly from: number;
  to: number;
  readonly elements: JsonNode[];
}

export interface Member {
  readonly name: JsonNode;
  value: JsonNode;
}

/** encoding/json maxNestingDepth. */
const DEPTH_MAX = 10_000;

/** Where JSON ends too early: what a stream's reader says, and what a whole text's. */
const EARLY_END = { stream: "unexpected EOF", text: "unexpected end of JSON input" } as const;

/**
 * Reads JSON values one after the other as Go's json.Decoder does, with its errors (encoding/json
 * scanner.go, stream.go). The text has one char a byte.
 */
export class GoDecoder {
  private readonly text: string;
  private readonly early: string;
  private at = 0;

  constructor(text: string, of: keyof typeof EARLY_END = "stream") {
    this.text = text;
    this.early = EARLY_END[of];
  }

  /** The next value; null at the end. Throws JsonError. */
  next(): JsonNode | null {
    this.skipSpace();
    return this.at === this.text.length ? null : this.value();
  }

  /** The only value of the text (json.Unmarshal). Throws JsonError. */
  only(): JsonNode {
    const value = this.next();
    if (value === null) throw new JsonError(this.early);
    this.skipSpace();
    if (this.at < this.text.length) this.fail("after top-level value");
    return value;
  }

  /** Without recursion: what a client nests is no measure for our stack. */
  private value(): JsonNode {
    const open: (ObjectNode | ArrayNode)[] = [];
    for (;;) {
      let done = this.begin(open);
      while (done !== null) {
        const around = open.at(-1);
        if (around === undefined) return done;
        done = this.afterValue(around, done, open);
      }
    }
  }

  /** A value begins. null if it has begun and others stand in it. */
  private begin(open: (ObjectNode | ArrayNode)[]): JsonNode | null {
    this.skipSpace();
    const { at: from } = this;
    const code = this.peek();
    if (code === BRACE || code === BRACKET) {
      if (open.length === DEPTH_MAX) this.fail("exceeded max depth");
      this.at++;
      this.skipSpace();
      const node: ObjectNode | ArrayNode =
        code === BRACE
          ? { kind: "object", from, to: 0, members: [] }
          : { kind: "array", from, to: 0, elements: [] };
      if (this.peek() === (code === BRACE ? BRACE_END : BRACKET_END)) {
        node.to = ++this.at;
        return node;
      }
      if (node.kind === "object") this.name(node);
      open.push(node);
      return null;
    }
    return this.scalar(code, from);
  }

  private scalar(code: number, from: number): JsonNode {
    if (code === QUOTE) return this.string();
    const word = WORDS[String.fromCharCode(code)];
    if (word !== undefined) {
      for (let i = 1; i < word.length; i++) {
        this.at++;
        if (this.peek() !== word.charCodeAt(i)) {
          this.fail(`in literal ${word} (expecting ${quotedByte(word.charCodeAt(i))})`);
        }
      }
      this.at++;
      return { kind: word, from, to: this.at };
    }
    if (code !== MINUS && !isDigit(code)) this.fail("looking for beginning of value");
    this.number();
    return { kind: "number", from, to: this.at };
  }

  /** What follows a value in an object or array; that one if it ends. */
  private afterValue(
    around: ObjectNode | ArrayNode,
    value: JsonNode,
    open: (ObjectNode | ArrayNode)[],
  ): JsonNode | null {
    const isObject = around.kind === "object";
    if (isObject) (around.members.at(-1) as Member).value = value;
    else around.elements.push(value);
    this.skipSpace();
    const code = this.peek();
    if (code === COMMA) {
      this.at++;
      if (isObject) this.name(around);
      return null;
    }
    if (code !== (isObject ? BRACE_END : BRACKET_END)) {
      this.fail(isObject ? "after object key:value pair" : "after array element");
    }
    around.to = ++this.at;
    open.pop();
    return around;
  }

  private name(node: ObjectNode): void {
    this.skipSpace();
    if (this.peek() !== QUOTE) this.fail("looking for beginning of object key string");
    const name = this.string();
    this.skipSpace();
    if (this.peek() !== COLON) this.fail("after object key");
    this.at++;
    // Its value takes this place.
    node.members.push({ name, value: name });
  }

  private string(): JsonNode {
    const from = this.at++;
    for (;;) {
      const code = this.peek();
      if (code === QUOTE) break;
      if (code < 0x20) this.fail("in string literal");
      this.at++;
      if (code !== BACKSLASH) continue;
      const kind = this.peek();
      if (!ESCAPES.includes(String.fromCharCode(kind))) this.fail("in string escape code");
      this.at++;
      if (kind !== LETTER_U) continue;
      for (let digit = 0; digit < 4; digit++, this.at++) {
        if (!isHexDigit(this.peek())) this.fail("in \\u hexadecimal character escape");
      }
    }
    return { kind: "string", from, to: ++this.at };
  }

  private number(): void {
    if (this.peek() === MINUS) {
      this.at++;
      if (!isDigit(this.peek())) this.fail("in numeric literal");
    }
    if (this.peek() === ZERO) this.at++;
    else this.digits();
    if (this.code() === DOT) {
      this.at++;
      if (!isDigit(this.peek())) this.fail("after decimal point in numeric literal");
      this.digits();
    }
    if ((this.code() | 0x20) === LETTER_E) {
      this.at++;
      if (this.peek() === PLUS || this.peek() === MINUS) this.at++;
      if (!isDigit(this.peek())) this.fail("in exponent of numeric literal");
      this.digits();
    }
  }

  private digits(): void {
    while (isDigit(this.code())) this.at++;
  }

  private skipSpace(): void {
    while (this.at < this.text.length && SPACE.includes(this.text.charAt(this.at))) this.at++;
  }

  /** The next byte; 0 at the end, where a number may end. */
  private code(): number {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : 0;
  }

  /** The next byte, which there must be. */
  private peek(): number {
    if (this.at === this.text.length) throw new JsonError(this.early);
    return this.text.charCodeAt(this.at);
  }

  private fail(context: string): never {
    throw new JsonError(`invalid character ${quotedByte(this.peek())} ${context}`);
  }
}

const SPACE = " \t\r\n";
const ESCAPES = '"\\/bfnrtu';
const WORDS: Readonly<Record<string, "true" | "false" | "null">> = {
  t: "true",
  f: "false",
  n: "null",
};

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const LETTER_E = 0x65;
const LETTER_U = 0x75;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  const letter = code | 0x20;
  return isDigit(code) || (letter >= 0x61 && letter <= 0x66);
}
