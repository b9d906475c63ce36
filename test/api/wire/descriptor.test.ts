import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CONCURRENCY_METHODS } from "../../../src/api/wire/concurrency-methods.ts";
import { descriptorOf, type FieldDescriptor } from "../../../src/api/wire/descriptor.ts";
import type { Message } from "../../../src/api/wire/message.ts";
import { METHODS } from "../../../src/api/wire/method-table.ts";

/** Every field and value of an enum in etcd 3.7.3's .proto files: whose, number, name, type, oneof. */
const PROTO = new Set(
  readFileSync(join(import.meta.dirname, "proto-fields.txt"), "utf8")
    .trimEnd()
    .split("\n"),
);

/** All messages that clients and members exchange, with those inside of them. */
function messages(): Set<Message<unknown>> {
  const found = new Set<Message<unknown>>();
  const visit = (of: Message<unknown>) => {
    if (found.has(of)) return;
    found.add(of);
    for (const { message } of descriptorOf(of).fields) if (message !== null) visit(message);
  };
  for (const { request, response } of [
    ...Object.values(METHODS),
    ...Object.values(CONCURRENCY_METHODS),
  ]) {
    visit(request as Message<unknown>);
    visit(response as Message<unknown>);
  }
  return found;
}

/** As a line of the file. */
function lineOf(message: string, field: FieldDescriptor): string {
  const { number, name, type, isRepeated, choice, message: inner, oneof } = field;
  const full = choice?.enumName ?? inner?.name ?? type;
  // Types are named from where they stand.
  const local = full.replace(`${message}.`, "").replace(`${message.split(".")[0]}.`, "");
  const part = oneof === "" ? "" : ` of ${oneof.slice(message.length + 1)}`;
  return `${message} ${number} ${name} ${isRepeated ? "repeated " : ""}${local}${part}`;
}

test("fields are called what etcd's .proto files call them, and are of their types", () => {
  const lines = [...messages()].flatMap((of) => {
    const { name, fields } = descriptorOf(of);
    return fields.map((field) => lineOf(name, field));
  });
  expect(lines.filter((line) => !PROTO.has(line))).toEqual([]);
  expect(new Set(lines).size).toBeGreaterThan(190);
});

test("and so are the values of enums, all of them", () => {
  const choices = [...messages()].flatMap((of) =>
    descriptorOf(of).fields.flatMap(({ choice }) => (choice === null ? [] : [choice])),
  );
  for (const { enumName, names } of choices) {
    const lines = names.map((name, number) => `${enumName} ${number} ${name} value`);
    expect(lines).toEqual([...PROTO].filter((line) => line.startsWith(`${enumName} `)));
  }
  expect(choices.length).toBeGreaterThan(9);
});

test("in JSON the underscores are left out", () => {
  const named = [...messages()].flatMap((of) => descriptorOf(of).fields);
  const jsonNameOf = (name: string) => named.find((field) => field.name === name)?.jsonName;
  expect(["range_end", "ID", "peerURLs", "prev_kv", "create_revision"].map(jsonNameOf)).toEqual([
    "rangeEnd",
    "ID",
    "peerURLs",
    "prevKv",
    "createRevision",
  ]);
});
