import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import type { FieldDescriptor } from "../../src/api/wire/descriptor.ts";
import {
  ALL_METHODS,
  allMessages,
  protoFiles,
  WITH_HEADER_THAT_IS_NEVER_SET,
} from "./proto-text.ts";

const FOLDER = resolve(import.meta.dirname, "../../proto");

/** What a field is, in one line: `1 bytes key`. */
type Lines = readonly string[];

const fromTable = ({ number, isRepeated, type, choice, message, name, oneof }: FieldDescriptor) =>
  `${number} ${isRepeated ? "repeated " : ""}${choice?.enumName ?? message?.name ?? type} ${name} ${oneof.split(".").at(-1)}`;

function fromFile(field: protobuf.Field): string {
  const { id, repeated, type, resolvedType, name, partOf } = field;
  const of = resolvedType === null ? type : resolvedType.fullName.slice(1);
  return `${id} ${repeated ? "repeated " : ""}${of} ${name} ${partOf?.name ?? ""}`;
}

/** All messages of parsed files, and their fields. */
function messagesOf(scope: protobuf.NamespaceBase): Map<string, Lines> {
  const found = new Map<string, Lines>();
  for (const nested of scope.nestedArray) {
    if (nested instanceof protobuf.Type) {
      found.set(nested.fullName.slice(1), nested.fieldsArray.map(fromFile));
    }
    if (nested instanceof protobuf.Namespace) {
      for (const [name, lines] of messagesOf(nested)) found.set(name, lines);
    }
  }
  return found;
}

function methodsOf(root: protobuf.Root): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (scope: protobuf.NamespaceBase) => {
    for (const nested of scope.nestedArray) {
      if (nested instanceof protobuf.Service) {
        for (const method of nested.methodsArray) {
          method.resolve();
          found.set(`/${nested.fullName.slice(1)}/${method.name}`, methodLine(method));
        }
      } else if (nested instanceof protobuf.Namespace) visit(nested);
    }
  };
  visit(root);
  return found;
}

function methodLine(method: protobuf.Method) {
  return {
    request: method.resolvedRequestType?.fullName.slice(1),
    response: method.resolvedResponseType?.fullName.slice(1),
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
  };
}

const OUR_METHODS = new Map<string, unknown>(
  ALL_METHODS.map(({ path, request, response, requestStream, responseStream }) => [
    path,
    { request: request.name, response: response.name, requestStream, responseStream },
  ]),
);

const HEADER = "1 etcdserverpb.ResponseHeader header ";
const withHeader = (name: string, lines: Lines): Lines =>
  WITH_HEADER_THAT_IS_NEVER_SET.includes(name) ? [HEADER, ...lines] : lines;

describe("the files in proto/", () => {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(FOLDER, target);
  root.loadSync(readdirSync(FOLDER), { keepCase: true }).resolveAll();

  test("are written by `npm run proto`", () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual([...protoFiles().keys()].toSorted());
    for (const [file, text] of protoFiles()) {
      expect(readFileSync(join(FOLDER, file), "utf8"), file).toBe(text);
    }
  });

  test("have the messages of our tables, field by field, and no other", () => {
    const ours = [...allMessages()].map(
      ([name, { fields }]) => [name, withHeader(name, fields.map(fromTable))] as const,
    );
    expect(messagesOf(root)).toEqual(new Map(ours));
  });

  test("have the methods of our tables, and no other", () => {
    expect(methodsOf(root)).toEqual(OUR_METHODS);
  });
});

// ---- etcd's own files, where Go has fetched them ---------------------------------------------------

const ETCDS: readonly (readonly [module: string, file: string])[] = [
  ["api", "etcdserverpb/rpc.proto"],
  ["api", "mvccpb/kv.proto"],
  ["api", "authpb/auth.proto"],
  ["server", "etcdserver/api/v3lock/v3lockpb/v3lock.proto"],
  ["server", "etcdserver/api/v3election/v3electionpb/v3election.proto"],
];

/** Their paths; null: they are not all there. */
function etcdsFiles(): readonly string[] | null {
  try {
    const cache = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
    const paths = ETCDS.map(([module, file]) =>
      join(cache, `go.etcd.io/etcd/${module}/v3@v3.7.3`, file),
    );
    return paths.every(existsSync) ? paths : null;
  } catch {
    return null;
  }
}

const files = etcdsFiles();

test.skipIf(files === null)(
  "are as those of etcd 3.7.3 (skipped where Go's module cache does not have its api and server)",
  () => {
    const theirs = new protobuf.Root();
    for (const path of files ?? []) {
      protobuf.parse(readFileSync(path, "utf8"), theirs, { keepCase: true });
    }
    theirs.resolveAll();
    const messages = messagesOf(theirs);
    for (const [name, { fields }] of allMessages()) {
      expect(withHeader(name, fields.map(fromTable)).toSorted(), name).toEqual(
        messages.get(name)?.toSorted(),
      );
    }
    expect(methodsOf(theirs)).toEqual(OUR_METHODS);
  },
);
