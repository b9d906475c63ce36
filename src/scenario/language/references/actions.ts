import type { Names, Path } from "./names.ts";

type Input = Readonly<Record<string, unknown>>;

/** One action as its file has it: what it refers to, and then what it gives names to. */
export interface Reading {
  readonly names: Names;
  /** All that the scenario names. */
  readonly all: Names;
  /** The whole argument, and its keys if it is a map. */
  readonly argument: unknown;
  readonly input: Input;
  readonly path: Path;
}

type Read = (reading: Reading) => void;

function text(value: unknown, otherwise: string): string {
  return value === undefined ? otherwise : String(value);
}

/** The client that acts: the first one unless told. */
function client({ input }: Reading): string {
  return text(input["client"], "1");
}

function acts(reading: Reading): void {
  reading.names.give("client", client(reading));
}

/** A client asks for something, known by `as`, else by `otherwise`. */
function asks(reading: Reading, otherwise: string): void {
  acts(reading);
  reading.names.give("operation", text(reading.input["as"], otherwise));
}

function refer(
  { names, all, path }: Reading,
  kind: Parameters<Names["refer"]>[0],
  name: string,
  ...at: Path
) {
  names.refer(kind, name, [...path, ...at], all);
}

/** `put a=1` writes a. */
function writes({ names }: Reading, operations: unknown): void {
  for (const words of Array.isArray(operations) ? operations : [operations]) {
    const key = /^\s*put ([^\s=]+)=/.exec(String(words))?.[1];
    if (key !== undefined) names.give("key", key);
  }
}

/** Of a lease: its name, or `{lease: …}`. Returns it. */
function leaseOf(reading: Reading): string {
  const { argument, input } = reading;
  const isName = typeof argument === "string";
  const name = String(isName ? argument : input["lease"]);
  refer(reading, "lease", name, ...(isName ? [] : ["lease"]));
  return name;
}

/** Something that happens to a client, which must be one that asks for anything at all. */
function happens(reading: Reading): void {
  const { argument, all, names, path } = reading;
  const isNumber = typeof argument === "number";
  const id = isNumber ? String(argument) : client(reading);
  if (all.has("client", id)) return;
  const hasKey = !isNumber && reading.input["client"] !== undefined;
  names.refer("client", id, hasKey ? [...path, "client"] : path, all);
}

/** A lock, or a candidacy: known as `2 jobs` too, if it is client 2 who wants it. */
function takes(reading: Reading): void {
  const { names, input } = reading;
  const name = String(input["name"]);
  names.give("lock", name);
  names.give("holder", `${client(reading)} ${name}`);
  names.givePattern(`${name}/*`);
  asks(reading, `${client(reading)} ${name}`);
}

/** The lock of this name that the client has taken itself. */
function ownLock(reading: Reading, name: string, ...at: Path): void {
  const own = `${client(reading)} ${name}`;
  const { names, path } = reading;
  if (names.has("holder", own)) return;
  if (!names.has("lock", name)) refer(reading, "lock", name, ...at);
  else {
    const text = `client ${client(reading)} does not take the lock "${name}" before`;
    names.unknown.push({ path: [...path, ...at], atKey: false, text });
  }
}

function guards(reading: Reading): void {
  const list = reading.input["if"];
  for (const [i, words] of (Array.isArray(list) ? list : []).entries()) {
    const lease = /^\s*lease of \S+ (?:=|!=|<|>) (\S+)\s*$/.exec(String(words))?.[1];
    const lock = /^\s*holds (\S+)\s*$/.exec(String(words))?.[1];
    if (lease !== undefined) refer(reading, "lease", lease, "if", i);
    if (lock !== undefined) ownLock(reading, lock, "if", i);
  }
}

/** The role of etcd's own: there from the start. */
const ROOT = "root";

function setUp(reading: Reading): void {
  const { input, names } = reading;
  for (const role of Object.keys((input["roles"] ?? {}) as Input)) names.give("role", role);
  names.give("role", ROOT);
  for (const [user, about] of Object.entries((input["users"] ?? {}) as Input)) {
    names.give("user", user);
    const roles = (about as Input)["roles"];
    for (const [i, role] of (Array.isArray(roles) ? roles : []).entries()) {
      refer(reading, "role", String(role), "users", user, "roles", i);
    }
  }
  asks(reading, "auth-setup");
}

function ofRole(word: string): Read {
  return (reading) => {
    const role = String(reading.input["role"]);
    refer(reading, "role", role, "role");
    asks(reading, `${word} ${role}`);
  };
}

function ofMember(word: string): Read {
  return (reading) => asks(reading, `${word} ${String(reading.input["member"])}`);
}

const MEMBERS = Array.from({ length: 9 }, (_, i) => `m${i + 1}`);

/** A member is asked how it is; which one that is, when it is chosen by its role, only the run tells. */
function probes(word: string): Read {
  return (reading) => {
    acts(reading);
    const { argument, input, names } = reading;
    const member = String(input["member"] ?? argument);
    const known = MEMBERS.includes(member) ? [member] : MEMBERS;
    const as = input["as"] === undefined ? known.map((id) => `${word} ${id}`) : [input["as"]];
    for (const name of as) names.give("operation", String(name));
  };
}

/** `true` does it, `false` does nothing. */
function ifTrue(word: string): Read {
  return (reading) => {
    if (reading.argument !== false) asks(reading, word);
  };
}

/** What every action that names anything refers to and gives names to. */
export const READ: Readonly<Record<string, Read>> = {
  put: (reading) => {
    const { lease, key } = reading.input;
    if (lease !== undefined) refer(reading, "lease", String(lease), "lease");
    reading.names.give("key", String(key));
    asks(reading, String(key));
  },
  get: (reading) => asks(reading, text(reading.input["key"], String(reading.argument))),
  delete: (reading) => asks(reading, String(reading.input["key"])),
  puts: (reading) => {
    reading.names.givePattern(text(reading.input["key"], "k%d"));
    acts(reading);
  },
  txn: (reading) => {
    guards(reading);
    writes(reading, reading.input["then"]);
    writes(reading, reading.input["else"]);
    asks(reading, "txn");
  },
  compact: (reading) => asks(reading, "compact"),
  lease: (reading) => {
    reading.names.give("lease", String(reading.input["as"]));
    asks(reading, "");
  },
  revoke: (reading) => asks(reading, `revoke ${leaseOf(reading)}`),
  "time-to-live": (reading) => asks(reading, `time left of ${leaseOf(reading)}`),
  "keep-alive": (reading) => {
    const lease = leaseOf(reading);
    if (reading.input["once"] === true) asks(reading, `keep ${lease} alive`);
  },
  watch: (reading) => {
    reading.names.give("watch", String(reading.input["as"]));
    acts(reading);
  },
  "cancel-watch": (reading) => refer(reading, "watch", String(reading.argument)),
  lock: (reading) => {
    writes(reading, reading.input["write"]);
    takes(reading);
  },
  unlock: (reading) => ownLock(reading, String(reading.input["name"]), "name"),
  elect: takes,
  observe: (reading) => {
    reading.names.give("observer", String(reading.input["as"]));
    acts(reading);
  },
  bank: ({ names, input }) => {
    const name = String(input["name"]);
    names.give("bank", name);
    names.givePattern(`${name}/%d`);
    for (const id of (input["clients"] ?? []) as number[]) names.give("client", String(id));
  },
  "auth-setup": setUp,
  "grant-permission": ofRole("grant-permission"),
  "revoke-permission": ofRole("revoke-permission"),
  "auth-disable": ifTrue("auth-disable"),
  "alarm-disarm": ifTrue("alarm-disarm"),
  defrag: (reading) => asks(reading, "defrag"),
  "move-leader": (reading) => asks(reading, "move-leader"),
  "member-add": ofMember("member-add"),
  "member-promote": ofMember("member-promote"),
  "member-remove": ofMember("member-remove"),
  "member-update": ofMember("member-update"),
  health: probes("health"),
  livez: probes("livez"),
  readyz: probes("readyz"),
  "endpoint-health": probes("endpoint-health"),
  connect: (reading) => {
    const { all, names, path, input } = reading;
    const user = input["user"];
    // Users may be made after that: a client signs in when it first asks for something.
    if (user !== undefined && !all.has("user", String(user))) {
      names.refer("user", String(user), [...path, "user"], all);
    }
  },
  "pause-client": happens,
  "resume-client": happens,
  "cut-client": happens,
  "drift-client": happens,
  "read-every": happens,
  "request-progress": happens,
  corrupt: (reading) => refer(reading, "key", String(reading.input["key"]), "key"),
};
