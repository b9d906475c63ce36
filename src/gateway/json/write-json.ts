import {
  descriptorOf,
  type FieldDescriptor,
  type MessageDescriptor,
} from "../../api/wire/descriptor.ts";
import { encode, type Message } from "../../api/wire/message.ts";
import { assert } from "../../base/assert.ts";
import { toBase64 } from "../../base/base64.ts";
import { BYTES as LENGTH_DELIMITED, ProtobufReader, VARINT } from "../../base/protobuf.ts";
import { jsonString } from "./json-string.ts";

/**
 * A message as JSON, as etcd has its gateway write it: names as in the .proto file, integers of 64 bits
 * as strings, bytes in base64, nothing of what has its default value. No spaces; fields in their order.
 *
 * @param escapesHtml as encoding/json does
 */
export function writeJson<T>(of: Message<T>, value: T, escapesHtml: boolean): string {
  const bytes = encode(of, value);
  return new JsonWriter(new ProtobufReader(bytes), escapesHtml).message(
    descriptorOf(of as Message<unknown>),
  );
}

class JsonWriter {
  private readonly reader: ProtobufReader;
  private readonly escapesHtml: boolean;

  constructor(reader: ProtobufReader, escapesHtml: boolean) {
    this.reader = reader;
    this.escapesHtml = escapesHtml;
  }

  /** What is left in the reader. */
  message(of: MessageDescriptor): string {
    const { reader } = this;
    let text = "{";
    let list: FieldDescriptor | null = null;
    while (reader.next()) {
      const field = of.byNumber.get(reader.field);
      assert(field !== undefined, "what we wrote is in the table");
      const value = field.type === "enum" ? this.choices(field) : this.value(field);
      if (field === list) {
        text += `,${value}`;
        continue;
      }
      if (list !== null) text += "]";
      if (text !== "{") text += ",";
      list = field.isRepeated ? field : null;
      text += `"${field.name}":${field.isRepeated ? "[" : ""}${value}`;
    }
    return `${text}${list === null ? "" : "]"}}`;
  }

  /** One, or several that are packed. */
  private choices(field: FieldDescriptor): string {
    const { reader } = this;
    if (reader.wireType !== LENGTH_DELIMITED) return this.value(field);
    const names: string[] = [];
    const outer = reader.enter();
    reader.wireType = VARINT;
    while (reader.position < reader.end) names.push(this.value(field));
    reader.leave(outer);
    return names.join(",");
  }

  private value(field: FieldDescriptor): string {
    const { reader } = this;
    switch (field.type) {
      case "string":
        return jsonString(reader.string(), this.escapesHtml);
      case "bytes":
        return `"${toBase64(reader.view())}"`;
      case "bool":
        return String(reader.bool());
      case "int64":
        return `"${reader.bigint()}"`;
      case "uint64":
        return `"${reader.ubigint()}"`;
      case "uint32":
        return String(reader.uint());
      case "enum": {
        const number = reader.uint();
        const name = field.choice?.names[number];
        return name === undefined ? String(number) : `"${name}"`;
      }
      case "message": {
        const outer = reader.enter();
        const text = this.message(descriptorOf(field.message as Message<unknown>));
        reader.leave(outer);
        return text;
      }
    }
  }
}
