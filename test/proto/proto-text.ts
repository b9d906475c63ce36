import { CONCURRENCY_METHODS } from "../../src/api/wire/concurrency-methods.ts";
import {
  descriptorOf,
  type FieldDescriptor,
  type MessageDescriptor,
} from "../../src/api/wire/descriptor.ts";
import type { Message } from "../../src/api/wire/message.ts";
import { METHODS } from "../../src/api/wire/method-table.ts";

/** A method as a .proto file has it. */
export interface ProtoMethod {
  /** "/etcdserverpb.KV/Range" */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly request: Message<unknown>;
  readonly response: Message<unknown>;
}

export const ALL_METHODS: readonly ProtoMethod[] = [
  ...Object.values(METHODS).map(({ path, streams, request, response }) => ({
    path,
    requestStream: streams === "both",
    responseStream: streams !== "neither",
    request: request as Message<unknown>,
    response: response as Message<unknown>,
  })),
  ...Object.entries(CONCURRENCY_METHODS).map(([type, { path, request, response }]) => ({
    ...{ path, request, response },
    ...{ requestStream: false, responseStream: type === "observe" },
  })),
];

/** Their headers are never set, so that our tables have none; in etcd's files they stand. */
export const WITH_HEADER_THAT_IS_NEVER_SET = [
  "etcdserverpb.SnapshotResponse",
  "etcdserverpb.DefragmentResponse",
  "etcdserverpb.MoveLeaderResponse",
];

/** All messages that are sent and received, by their names, and those in them. */
export function allMessages(): ReadonlyMap<string, MessageDescriptor> {
  const found = new Map<string, MessageDescriptor>();
  const visit = (message: Message<unknown>): void => {
    if (found.has(message.name)) return;
    const descriptor = descriptorOf(message);
    found.set(message.name, descriptor);
    for (const field of descriptor.fields) if (field.message !== null) visit(field.message);
  };
  for (const { request, response } of ALL_METHODS) {
    visit(request);
    visit(response);
  }
  return found;
}

/** Which package stands in which file, and what the file is about. */
const FILES: Readonly<Record<string, readonly [file: string, about: string]>> = {
  etcdserverpb: ["rpc.proto", "etcd's services."],
  mvccpb: ["kv.proto", "What is stored, and what a watch tells of it."],
  authpb: ["auth.proto", "What users and roles are made of."],
  v3lockpb: ["v3lock.proto", "Locks, kept by the server for its clients."],
  v3electionpb: ["v3election.proto", "Elections, held by the server for its clients."],
};

const SERVICES: Readonly<Record<string, string>> = {
  KV: "Reads, writes, and transactions of both. All that changes something has a revision of its own.",
  Watch:
    "One stream carries any number of watches; each tells what changed, in order, from a revision on.",
  Lease: "Keys that stand on a lease go when nobody keeps it alive.",
  Cluster: "Who the members are.",
  Maintenance: "What an operator asks one member for.",
  Auth: "Users, their roles, and what a role may read and write.",
  Lock: "A lock is held as long as its lease lives, or until it is unlocked.",
  Election: "Who campaigns waits until it leads; the others may observe.",
};

const packageOf = (name: string): string => name.split(".")[0] ?? "";

/** The files by their names. */
export function protoFiles(): ReadonlyMap<string, string> {
  const messages = [...allMessages().values()];
  return new Map(
    Object.entries(FILES).map(([pack, [file, about]]) => {
      const own = messages.filter(({ name }) => packageOf(name) === pack);
      return [file, fileText(pack, about, own)];
    }),
  );
}

function fileText(pack: string, about: string, messages: readonly MessageDescriptor[]): string {
  const imports = new Set<string>();
  for (const { fields } of messages) {
    for (const { message } of fields) {
      const other = packageOf(message?.name ?? pack);
      if (other !== pack) imports.add(FILES[other]?.[0] ?? "");
    }
  }
  const parts = [
    `// ${about} Names and numbers are etcd's; written by \`npm run proto\` from src/api/wire.\nsyntax = "proto3";`,
    `package ${pack};`,
    [...imports]
      .sort()
      .map((file) => `import "${file}";`)
      .join("\n"),
    ...servicesOf(pack),
    ...enumsIn(pack, messages, pack),
    ...messages.map((descriptor) => messageText(pack, descriptor)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function servicesOf(pack: string): string[] {
  const services = new Map<string, string[]>();
  for (const method of ALL_METHODS) {
    const [, of = "", service = "", name] = /^\/(\w+)\.(\w+)\/(\w+)$/.exec(method.path) ?? [];
    if (of !== pack) continue;
    const side = (stream: boolean, { name: full }: Message<unknown>) =>
      `(${stream ? "stream " : ""}${relative(pack, full)})`;
    const line = `  rpc ${name} ${side(method.requestStream, method.request)} returns ${side(method.responseStream, method.response)};`;
    services.set(service, [...(services.get(service) ?? []), line]);
  }
  return [...services].map(
    ([name, lines]) => `// ${SERVICES[name]}\nservice ${name} {\n${lines.join("\n")}\n}`,
  );
}

function messageText(pack: string, { name, fields }: MessageDescriptor): string {
  const lines: string[] = enumsIn(name, [{ name, fields }], pack).flatMap((text) =>
    text.split("\n").map((line) => `  ${line}`),
  );
  if (WITH_HEADER_THAT_IS_NEVER_SET.includes(name)) {
    lines.push("  // Never set.", "  ResponseHeader header = 1;");
  }
  let oneof = "";
  for (const field of fields) {
    const indent = field.oneof === "" ? "  " : "    ";
    if (field.oneof !== oneof) {
      if (oneof !== "") lines.push("  }");
      if (field.oneof !== "") lines.push(`  oneof ${field.oneof.split(".").at(-1)} {`);
      oneof = field.oneof;
    }
    lines.push(`${indent}${fieldText(pack, name, field)}`);
  }
  if (oneof !== "") lines.push("  }");
  const own = name.slice(pack.length + 1);
  return lines.length === 0 ? `message ${own} {}` : `message ${own} {\n${lines.join("\n")}\n}`;
}

function fieldText(pack: string, message: string, field: FieldDescriptor): string {
  const { type, choice, isRepeated, name, number } = field;
  const of = choice?.enumName ?? field.message?.name;
  const word = of === undefined ? type : relative(pack, of, message);
  return `${isRepeated ? "repeated " : ""}${word} ${name} = ${number};`;
}

/** The enums that are declared in a message, or beside the messages of a package. */
function enumsIn(
  scope: string,
  messages: readonly Pick<MessageDescriptor, "fields" | "name">[],
  pack: string,
): string[] {
  const found = new Map<string, string>();
  for (const { fields } of messages) {
    for (const { choice } of fields) {
      if (choice === null || choice.enumName.replace(/\.\w+$/, "") !== scope) continue;
      const values = choice.names.map((name, number) => `  ${name} = ${number};`).join("\n");
      found.set(choice.enumName, `enum ${relative(pack, choice.enumName, scope)} {\n${values}\n}`);
    }
  }
  return [...found.values()];
}

/** As it is called from within a package, or a message. */
function relative(pack: string, name: string, scope = pack): string {
  if (name.startsWith(`${scope}.`)) return name.slice(scope.length + 1);
  return name.startsWith(`${pack}.`) ? name.slice(pack.length + 1) : name;
}
