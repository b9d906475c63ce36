import {
  descriptorOf,
  type FieldDescriptor,
  type MessageDescriptor,
} from "../../api/wire/descriptor.ts";
import type { Message } from "../../api/wire/message.ts";
import { binaryToBytes } from "../../base/bytes.ts";
import type { ProtobufWriter } from "../../base/protobuf.ts";
import { utf8Decode } from "../../base/utf8.ts";
import { CorruptInput, decodeBase64 } from "./base64.ts";
import type { JsonNode, Member } from "./go-decoder.ts";
import { goQuoted, InvalidSort, JsonError } from "./json-error.ts";
import { integerString, numberAtStart } from "./numbers.ts";
import { MalformedString, protoString } from "./text.ts";
import {
  type IntegerType,
  integerOf,
  isIntegerType,
  writeChoice,
  writeInteger,
} from "./wire-values.ts";

/** Messages nest no deeper than this in anything that members take. */
const DEPTH_MAX = 250;

/**
 * Reads a message as protobuf's own library does, with its errors (encoding/protojson/decode.go of
 * google.golang.org/protobuf, with DiscardUnknown): writes it in protobuf's wire form.
 *
 * @param text the document, one char a byte
 */
export function writeFromProtojson(
  writer: ProtobufWriter,
  of: Message<unknown>,
  text: string,
  root: JsonNode,
): void {
  new Reader(writer, text, root.from).message(descriptorOf(of), root, 0);
}

class Reader {
  private readonly writer: ProtobufWriter;
  private readonly text: string;
  private readonly start: number;

  constructor(writer: ProtobufWriter, text: string, start: number) {
    this.writer = writer;
    this.text = text;
    this.start = start;
  }

  message(of: MessageDescriptor, node: JsonNode, depth: number): void {
    if (depth > DEPTH_MAX) throw new JsonError("proto: exceeded max recursion depth");
    if (node.kind !== "object") this.unexpected(node);
    const seen = new Set<FieldDescriptor>();
    const oneofs = new Set<string>();
    for (const { name, value } of node.members) {
      const field = of.byName.get(this.string(name));
      if (field === undefined) {
        this.checkStrings(value);
        continue;
      }
      if (seen.has(field)) this.fail(name, `duplicate field ${this.raw(name)}`);
      seen.add(field);
      this.checkString(value);
      if (value.kind === "null") continue;
      if (field.isRepeated) {
        this.list(field, value, depth);
        continue;
      }
      if (field.oneof !== "") {
        if (oneofs.has(field.oneof)) {
          this.fail(name, `error parsing ${this.raw(name)}, oneof ${field.oneof} is already set`);
        }
        oneofs.add(field.oneof);
      }
      this.value(field, value, depth);
    }
  }

  private list(field: FieldDescriptor, node: JsonNode, depth: number): void {
    if (node.kind !== "array") this.unexpected(node);
    for (const element of node.elements) this.value(field, element, depth);
  }

  private value(field: FieldDescriptor, node: JsonNode, depth: number): void {
    const { writer } = this;
    if (field.message === null) {
      this.scalar(field, node);
      return;
    }
    const start = writer.open(field.number);
    this.message(descriptorOf(field.message), node, depth + 1);
    writer.close(start);
  }

  private scalar(field: FieldDescriptor, node: JsonNode): void {
    const { writer } = this;
    const { type, number } = field;
    if (type === "bool") {
      if (node.kind !== "true" && node.kind !== "false") this.invalid(field, node);
      writer.boolField(number, node.kind === "true");
    } else if (type === "string") {
      if (node.kind !== "string") this.invalid(field, node);
      writer.stringField(number, this.string(node));
    } else if (type === "bytes") this.bytes(field, node);
    else if (type === "enum") this.choice(field, node);
    else if (isIntegerType(type)) {
      const value = this.integer(type, node);
      if (value === null) this.invalid(field, node);
      writeInteger(writer, field, value);
    }
  }

  private bytes(field: FieldDescriptor, node: JsonNode): void {
    if (node.kind !== "string") this.invalid(field, node);
    const text = this.string(node);
    const alphabet = /[-_]/.test(text) ? "url" : "standard";
    // Its length is counted in bytes, and what is not ASCII is in no alphabet.
    const bytes = /^[\0-\x7f]*$/.test(text)
      ? decodeBase64(text, alphabet, text.length % 4 === 0)
      : new CorruptInput(0);
    if (bytes instanceof CorruptInput) this.invalid(field, node);
    this.writer.bytesField(field.number, bytes);
  }

  /** A name that is not known counts as not said. */
  private choice(field: FieldDescriptor, node: JsonNode): void {
    if (node.kind === "string") {
      const number = field.choice?.names.indexOf(this.string(node)) ?? -1;
      if (number >= 0) writeChoice(this.writer, field, number);
      return;
    }
    const value = node.kind === "number" ? this.integer("enum", node) : null;
    if (value === null) this.invalid(field, node);
    const { enumName, names } = field.choice as NonNullable<FieldDescriptor["choice"]>;
    const isKnown = names[Number(value)] !== undefined;
    if (!isKnown && enumName.startsWith("etcdserverpb.RangeRequest.")) throw new InvalidSort();
    writeChoice(this.writer, field, Number(value));
  }

  private integer(type: IntegerType, node: JsonNode): bigint | null {
    if (node.kind !== "number" && node.kind !== "string") return null;
    const number = node.kind === "number" ? this.raw(node) : numberAtStart(this.string(node));
    const digits = number === null ? null : integerString(number);
    return digits === null ? null : integerOf(type, digits);
  }

  // ---- texts and errors --------------------------------------------------------------------------

  /** As the library shows a value. */
  private raw(node: JsonNode): string {
    if (node.kind === "object") return "{";
    if (node.kind === "array") return "[";
    return utf8Decode(binaryToBytes(this.text.slice(node.from, node.to)));
  }

  private string(node: JsonNode): string {
    const string = protoString(this.text, node);
    if (!(string instanceof MalformedString)) return string;
    const { raw } = string;
    const what =
      raw === "" ? "invalid UTF-8 in string" : `invalid escape code ${goQuoted(raw)} in string`;
    throw new JsonError(`proto: syntax error ${this.place(node)}: ${what}`);
  }

  private checkString(node: JsonNode): void {
    if (node.kind === "string") this.string(node);
  }

  /** Of a value that nobody reads. */
  private checkStrings(root: JsonNode): void {
    const left: JsonNode[] = [root];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      this.checkString(node);
      if (node.kind === "array") left.push(...node.elements.toReversed());
      else if (node.kind === "object") left.push(...namesAndValues(node.members));
    }
  }

  private unexpected(node: JsonNode): never {
    throw new JsonError(
      `proto: syntax error ${this.place(node)}: unexpected token ${this.raw(node)}`,
    );
  }

  private invalid({ type, jsonName }: FieldDescriptor, node: JsonNode): never {
    this.fail(node, `invalid value for ${type} field ${jsonName}: ${this.raw(node)}`);
  }

  private fail(node: JsonNode, what: string): never {
    throw new JsonError(`proto: ${this.place(node)}: ${what}`);
  }

  /** Lines and columns are counted from the beginning of the document's value, columns in characters. */
  private place({ from }: JsonNode): string {
    const lines = this.text.slice(this.start, from).split("\n");
    const column = (lines.at(-1) as string).replace(/[\x80-\xbf]/g, "").length + 1;
    return `(line ${lines.length}:${column})`;
  }
}

function namesAndValues(members: readonly Member[]): JsonNode[] {
  return members.flatMap(({ name, value }) => [name, value]).toReversed();
}
