import type {
  ChangeSummary,
  ClientResult,
  ConfSummary,
  EntrySummary,
  KeyChange,
  MessageSummary,
  PeerProgress,
  RaftStep,
  RaftStepName,
  TraceEvent,
  TraceHeader,
  TraceKind,
  WatchedChange,
} from "./events.ts";

/**
 * The shape of every event as data: what a reader of trace files checks, in the order in which
 * fields are written. The types below keep this table complete: a field added to an event in
 * events.ts and not here does not compile.
 */
export type FieldShape =
  | "integer"
  | "text"
  | "flag"
  | "integers"
  | "pairs"
  | "position"
  | "message"
  | "entries"
  | "conf"
  | "texts"
  | "progress"
  | "client-op"
  | "client-result"
  | "raft-steps"
  | "key-changes"
  | "watched-changes"
  | readonly string[]; // one of these words

type BaseField = "seq" | "at" | "member" | "cause" | "kind";
type EventOf<K extends TraceKind> = Extract<TraceEvent, { kind: K }>;
type FieldsOf<K extends TraceKind> = Readonly<
  Record<Exclude<keyof EventOf<K>, BaseField>, FieldShape>
>;

export const BASE_FIELDS = ["seq", "at", "member", "cause"] as const;

export const EVENT_FIELDS: { readonly [K in TraceKind]: FieldsOf<K> } = {
  boot: { restart: "flag" },
  wake: { ticks: "integer" },
  deliver: { message: "message" },
  "disk-done": { token: "integer" },
  request: { client: "integer", op: "integer", text: "text" },
  fault: { fault: "text", text: "text", members: "integers" },
  crash: { text: "text", lostBytes: "integer" },
  pause: {},
  resume: {},
  refuse: { text: "text" },
  links: { cut: "pairs", clogged: "pairs" },
  role: {
    role: ["follower", "pre-candidate", "candidate", "leader"],
    term: "integer",
    lead: "integer",
    reason: "text",
  },
  "hard-state": { term: "integer", vote: "integer", commit: "integer" },
  append: { entries: "entries", truncated: "integer" },
  commit: { index: "integer", term: "integer" },
  apply: {
    index: "integer",
    terms: "integers",
    hashes: "integers",
    revisions: "integers",
    texts: "texts",
  },
  progress: { term: "integer", commit: "integer", last: "integer", peers: "progress" },
  conf: { index: "integer", conf: "conf" },
  restore: {
    index: "integer",
    term: "integer",
    hash: "integer",
    revision: "integer",
    conf: "conf",
  },
  snapshot: { index: "integer", term: "integer", compacted: "integer" },
  recover: {
    term: "integer",
    vote: "integer",
    commit: "integer",
    applied: "integer",
    entries: "entries",
    snapshot: "position",
    conf: "conf",
    repaired: "text",
  },
  send: { message: "message" },
  drop: {
    message: "message",
    reason: ["loss", "partition", "down", "paused", "clogged", "misdelivered"],
  },
  duplicate: { message: "message" },
  sync: { file: "text", token: "integer", took: "integer" },
  ready: { token: "integer", steps: "raft-steps" },
  log: { level: ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"], text: "text" },
  changes: { index: "integer", revision: "integer", changes: "key-changes" },
  compact: { index: "integer", revision: "integer" },
  lease: {
    action: ["grant", "revoke", "checkpoint", "renew", "expire", "promote", "demote"],
    lease: "text",
    ttl: "integer",
  },
  alarm: { alarm: ["NOSPACE", "CORRUPT"], of: "integer", active: "flag" },
  watch: {
    client: "integer",
    watch: "integer",
    key: "text",
    rangeEnd: "text",
    startRevision: "integer",
    noPut: "flag",
    noDelete: "flag",
    prevKv: "flag",
    text: "text",
  },
  "watch-response": {
    client: "integer",
    watch: "integer",
    from: "integer",
    revision: "integer",
    what: ["created", "events", "progress", "canceled"],
    fragment: "flag",
    compactRevision: "integer",
    events: "watched-changes",
    text: "text",
  },
  "progress-request": { client: "integer" },
  hold: {
    client: "integer",
    name: "text",
    action: ["acquire", "release", "lost"],
    fence: "integer",
  },
  compaction: { action: ["resume", "finish"], revision: "integer" },
  watcher: { opened: "integer", group: ["synced", "unsynced", "victim"], next: "integer" },
  invoke: { client: "integer", op: "integer", request: "client-op", text: "text" },
  attempt: {
    client: "integer",
    op: "integer",
    to: "integer",
    attempt: "integer",
    lastError: "text",
  },
  complete: {
    client: "integer",
    op: "integer",
    outcome: ["ok", "fail", "ambiguous"],
    result: "client-result",
    text: "text",
  },
};

export const HEADER_FIELDS: Readonly<
  Record<Exclude<keyof TraceHeader, "detcd" | "version">, FieldShape>
> = {
  name: "text",
  title: "text",
  teaches: "text",
  seed: "integer",
  members: "integers",
  tickUs: "integer",
  electionTicks: "integer",
};

type Json = unknown;

/** Whether `value` has the shape; null if so, else what it should be, for "… must be …". */
export function misfit(value: Json, shape: FieldShape): string | null {
  switch (shape) {
    case "integer":
      return isInteger(value) ? null : "a whole number";
    case "text":
      return typeof value === "string" ? null : "a text";
    case "flag":
      return typeof value === "boolean" ? null : "true or false";
    case "integers":
      return isList(value, isInteger) ? null : "a list of whole numbers";
    case "pairs":
      return isList(value, isPair) ? null : "a list of pairs [from, to]";
    case "position":
      return isPosition(value) ? null : "a position {index, term}";
    case "message":
      return isMessage(value) ? null : "a message {type, from, to, term, …}";
    case "entries":
      return isList(value, isEntry) ? null : "a list of log entries";
    case "conf":
      return isConf(value) ? null : "a configuration {voters, learners, …}";
    case "texts":
      return isList(value, isText) ? null : "a list of texts";
    case "progress":
      return isList(value, isPeer) ? null : "a list of peers {id, state, match, next, …}";
    case "client-op":
      return isClientOp(value) ? null : "a request {type, key, …}";
    case "client-result":
      return value === null || isClientResult(value) ? null : "a reply {revision, …} or null";
    case "raft-steps":
      return isList(value, isStep) ? null : "a list of steps {step, term, vote, …}";
    case "key-changes":
      return isList(value, isChangedKey) ? null : "a list of changes {type, key, value, …}";
    case "watched-changes":
      return isList(value, isWatched) ? null : "a list of changes {type, key, modRevision, …}";
    default:
      return typeof value === "string" && shape.includes(value)
        ? null
        : `one of ${shape.join(", ")}`;
  }
}

/** A record that claims to be a T: its fields may be absent or anything. */
type Claim<T> = { readonly [K in keyof T]?: Json };

function isRecord(value: Json): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInteger(value: Json): boolean {
  return Number.isSafeInteger(value);
}

function isText(value: Json): boolean {
  return typeof value === "string";
}

function isFlag(value: Json): boolean {
  return typeof value === "boolean";
}

function isList(value: Json, element: (value: Json) => boolean): boolean {
  return Array.isArray(value) && value.every(element);
}

function isPair(value: Json): boolean {
  return isList(value, isInteger) && (value as readonly Json[]).length === 2;
}

function optional(value: Json, check: (value: Json) => boolean): boolean {
  return value === undefined || check(value);
}

function isPosition(value: Json): boolean {
  if (!isRecord(value)) return false;
  const { index, term }: Claim<EntrySummary> = value;
  return isInteger(index) && isInteger(term);
}

function isMessage(value: Json): boolean {
  if (!isRecord(value)) return false;
  const m: Claim<MessageSummary> = value;
  return (
    isText(m.type) &&
    isInteger(m.from) &&
    isInteger(m.to) &&
    isInteger(m.term) &&
    optional(m.logTerm, isInteger) &&
    optional(m.index, isInteger) &&
    optional(m.commit, isInteger) &&
    optional(m.entries, (terms) => isList(terms, isInteger)) &&
    optional(m.reject, isFlag) &&
    optional(m.rejectHint, isInteger) &&
    optional(m.snapshot, isPosition) &&
    optional(m.context, isText)
  );
}

function isEntry(value: Json): boolean {
  if (!isPosition(value)) return false;
  const entry = value as Claim<EntrySummary>;
  return (
    (entry.type === "normal" || entry.type === "conf-change") &&
    isInteger(entry.bytes) &&
    isText(entry.text) &&
    isInteger(entry.hash)
  );
}

function isConf(value: Json): boolean {
  if (!isRecord(value)) return false;
  const conf: Claim<ConfSummary> = value;
  const groups = [conf.voters, conf.votersOutgoing, conf.learners, conf.learnersNext];
  return isFlag(conf.autoLeave) && groups.every((group) => isList(group, isInteger));
}

const PROGRESS_STATES = ["probe", "replicate", "snapshot"];

function isPeer(value: Json): boolean {
  if (!isRecord(value)) return false;
  const p: Claim<PeerProgress> = value;
  return (
    isText(p.state) &&
    PROGRESS_STATES.includes(p.state as string) &&
    [p.id, p.match, p.next, p.pendingSnapshot, p.inflight].every(isInteger) &&
    isFlag(p.paused)
  );
}

const STEP_NAMES: Readonly<Record<RaftStepName, true>> = {
  init: true,
  follower: true,
  candidate: true,
  "pre-candidate": true,
  leader: true,
  commit: true,
  replicate: true,
  "propose-change": true,
  switch: true,
  ready: true,
  send: true,
  receive: true,
};

const ROLES = ["follower", "pre-candidate", "candidate", "leader"];
const CHANGES = ["add-voter", "add-learner", "remove", "update"];

function isStep(value: Json): boolean {
  if (!isRecord(value)) return false;
  const s: Claim<RaftStep> = value;
  return (
    typeof s.step === "string" &&
    Object.hasOwn(STEP_NAMES, s.step) &&
    [s.term, s.vote, s.commit, s.last].every(isInteger) &&
    isText(s.role) &&
    ROLES.includes(s.role as string) &&
    optional(s.message, isMessage) &&
    optional(s.changes, (changes) => isList(changes, isChange)) &&
    optional(s.conf, isConf) &&
    optional(s.index, isInteger)
  );
}

function isChange(value: Json): boolean {
  if (!isRecord(value)) return false;
  const c: Claim<ChangeSummary> = value;
  return isInteger(c.node) && isText(c.change) && CHANGES.includes(c.change as string);
}

function isChangedKey(value: Json): boolean {
  if (!isRecord(value)) return false;
  const c: Claim<KeyChange> = value;
  return (
    (c.type === "put" || c.type === "delete") &&
    isText(c.key) &&
    isText(c.value) &&
    isInteger(c.version) &&
    isInteger(c.createRevision) &&
    isText(c.lease)
  );
}

function isWatched(value: Json): boolean {
  if (!isChangedKey(value)) return false;
  const { modRevision, prev } = value as Claim<WatchedChange>;
  if (!isInteger(modRevision)) return false;
  if (prev === null) return true;
  if (!isRecord(prev)) return false;
  const before: Claim<{ value: 0; modRevision: 0 }> = prev;
  return isText(before.value) && isInteger(before.modRevision);
}

const LEASE_METHODS = ["grant", "revoke", "keep-alive", "time-to-live"];

function isClientOp(value: Json): boolean {
  if (!isRecord(value)) return false;
  const op: Claim<Record<"type" | "key" | "value" | "serializable", 0>> &
    Claim<Record<"method" | "writes" | "lease" | "ttl", 0>> = value;
  if (op.type === "call") return isText(op.method) && isFlag(op.writes);
  if (op.type === "lease") {
    return LEASE_METHODS.includes(op.method as string) && isText(op.lease) && isInteger(op.ttl);
  }
  if (!isText(op.key)) return false;
  if (op.type === "put") return isText(op.value);
  if (op.type === "get") return isFlag(op.serializable);
  return op.type === "delete";
}

function isClientResult(value: Json): boolean {
  if (!isRecord(value)) return false;
  const result: Claim<ClientResult> = value;
  return (
    isInteger(result.revision) &&
    optional(result.value, (text) => text === null || isText(text)) &&
    optional(result.modRevision, isInteger) &&
    optional(result.deleted, isInteger) &&
    optional(result.succeeded, isFlag) &&
    optional(result.lease, isText) &&
    optional(result.ttl, isInteger)
  );
}
