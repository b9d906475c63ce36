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
import { GoDecoder, type JsonNode } from "./go-decoder.ts";
import { goQuoted, JsonError } from "./json-error.ts";
import { goString } from "./text.ts";
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
 * Reads a message as the library before protobuf's own did, by encoding/json and with its errors
 * (jsonpb of github.com/golang/protobuf): writes it in protobuf's wire form. What it does not know it
 * passes over, and of what comes twice the last one counts.
 *
 * @param text the document, one char a byte
 * @param byProtoName whether an error calls an enum as the .proto file does
 */
export function writeFromJsonpb(
  writer: ProtobufWriter,
  of: Message<unknown>,
  text: string,
  root: JsonNode,
  byProtoName: boolean,
): void {
  new Reader(writer, text, byProtoName).message(descriptorOf(of), root, 0);
}

class Reader {
  private readonly writer: ProtobufWriter;
  private readonly text: string;
  private readonly byProtoName: boolean;

  constructor(writer: ProtobufWriter, text: string, byProtoName: boolean) {
    this.writer = writer;
    this.text = text;
    this.byProtoName = byProtoName;
  }

  message(of: MessageDescriptor, node: JsonNode, depth: number): void {
    if (depth > DEPTH_MAX) throw new JsonError("exceeded max depth");
    if (node.kind === "null") return;
    if (node.kind !== "object") this.mismatch(node, "map[string]json.RawMessage");
    const values = new Map(
      node.members.map(({ name, value }) => [goString(this.text, name), value]),
    );
    // In the order of the .proto file: the first that is wrong is told.
    for (const field of of.fields) {
      const value = values.get(field.jsonName) ?? values.get(field.name);
      if (value === undefined || value.kind === "null") continue;
      if (!field.isRepeated) this.value(field, value, depth);
      else if (value.kind !== "array") this.mismatch(value, "[]json.RawMessage");
      else for (const element of value.elements) this.value(field, element, depth);
    }
  }

  private value(field: FieldDescriptor, node: JsonNode, depth: number): void {
    const { writer } = this;
    const { type, number } = field;
    if (field.message !== null) {
      const start = writer.open(number);
      this.message(descriptorOf(field.message), node, depth + 1);
      writer.close(start);
    } else if (type === "bool") writer.boolField(number, this.bool(node));
    else if (type === "string") writer.stringField(number, this.string(node));
    else if (type === "bytes") writer.bytesField(number, this.bytes(node));
    else if (type === "enum") this.choice(field, node);
    else if (isIntegerType(type)) {
      writeInteger(writer, field, this.quotedInteger(type, node));
    }
  }

  private bool(node: JsonNode): boolean {
    if (node.kind === "null") return false;
    if (node.kind !== "true" && node.kind !== "false") this.mismatch(node, "bool");
    return node.kind === "true";
  }

  private string(node: JsonNode): string {
    if (node.kind === "null") return "";
    if (node.kind !== "string") this.mismatch(node, "string");
    return goString(this.text, node);
  }

  /** Base64, or the bytes as numbers. */
  private bytes(node: JsonNode): Uint8Array {
    if (node.kind === "null") return new Uint8Array(0);
    if (node.kind === "array") {
      return Uint8Array.from(node.elements, (element) =>
        Number(this.integer("uint8", this.text, element)),
      );
    }
    if (node.kind !== "string") this.mismatch(node, "[]uint8");
    const text = goString(this.text, node);
    const bytes = decodeBase64(text);
    if (!(bytes instanceof CorruptInput)) return bytes;
    throw new JsonError(`illegal base64 data at input byte ${bytes.at}`);
  }

  private choice(field: FieldDescriptor, node: JsonNode): void {
    const { choice } = field;
    if (choice === null) return;
    const { enumName, names } = choice;
    const { byProtoName } = this;
    if (node.kind !== "string") {
      const type = byProtoName ? "protoreflect.EnumNumber" : goTypeOf(enumName);
      writeChoice(this.writer, field, Number(this.integer("enum", this.text, node, type)));
      return;
    }
    // Its quotes are cut off; nobody looks for escapes.
    const quoted = utf8Decode(binaryToBytes(this.text.slice(node.from, node.to)));
    const name = quoted.slice(1, -1);
    const number = names.indexOf(name);
    if (number >= 0) {
      writeChoice(this.writer, field, number);
      return;
    }
    const known = byProtoName ? goQuoted(quoted) : goQuoted(name);
    throw new JsonError(
      `unknown value ${known} for enum ${byProtoName ? enumName : goTypeOf(enumName)}`,
    );
  }

  /** A number, also in quotes: what stands in them is JSON once more. */
  private quotedInteger(type: IntegerType, node: JsonNode): bigint {
    if (node.kind !== "string") return this.integer(type, this.text, node);
    const text = this.text.slice(node.from + 1, node.to - 1);
    return this.integer(type, text, new GoDecoder(text, "text").only());
  }

  private integer(
    type: IntegerType | "uint8",
    text: string,
    node: JsonNode,
    goType: string = type,
  ): bigint {
    if (node.kind === "null") return 0n;
    if (node.kind !== "number") this.mismatch(node, goType);
    const digits = text.slice(node.from, node.to);
    const value = /^-?\d+$/.test(digits) ? inRange(type, digits) : null;
    if (value !== null) return value;
    throw new JsonError(`json: cannot unmarshal number ${digits} into Go value of type ${goType}`);
  }

  private mismatch({ kind }: JsonNode, goType: string): never {
    const what = kind === "true" || kind === "false" ? "bool" : kind;
    throw new JsonError(`json: cannot unmarshal ${what} into Go value of type ${goType}`);
  }
}

function inRange(type: IntegerType | "uint8", digits: string): bigint | null {
  if (type !== "uint8") return integerOf(type, digits);
  const value = BigInt(digits);
  return value < 0n || value > 255n ? null : value;
}

/** "etcdserverpb.RangeRequest.SortOrder" is the type etcdserverpb.RangeRequest_SortOrder. */
function goTypeOf(enumName: string): string {
  const [file, ...names] = enumName.split(".");
  return `${file}.${names.join("_")}`;
}
