import { type ApiError, GrpcCode, type GrpcCodeName } from "../api/errors.ts";
import { CONCURRENCY_METHODS } from "../api/wire/concurrency-methods.ts";
import { METHODS } from "../api/wire/method-table.ts";
import { InputError } from "../scenario/read/input-error.ts";
import type { StepData } from "../scenario/read/scenario-data.ts";
import { suggestion } from "../scenario/read/suggest.ts";

/**
 * What goes wrong between a client and a member that runs as it should. It is no fault of the cluster, which
 * hears of it only that a client has gone, and so no word of a scenario.
 */
export type ConnectionFault =
  /** A call is carried out, and its client does not hear of it: the connection is reset, or nothing comes. */
  | {
      readonly kind: "lose-answer";
      readonly method: string;
      readonly by: "reset" | "silence";
      readonly count: number;
    }
  /** A stream's connection is reset when so many more messages have gone out on it. */
  | {
      readonly kind: "cut-stream";
      readonly method: string;
      readonly after: number;
      readonly count: number;
    }
  /** A call ends with this error, and the member never hears of it. */
  | {
      readonly kind: "refuse";
      readonly method: string;
      readonly error: ApiError;
      readonly count: number;
    };

const STREAMS = ["watch", "leaseKeepAlive", "rangeStream"] as const;
const ALL = [...Object.keys(METHODS), ...Object.keys(CONCURRENCY_METHODS)];
const UNARY = ALL.filter(
  (method) => method !== "observe" && !STREAMS.some((stream) => stream === method),
);

/** The faults of a server's connections that are still to come: each so many times, the oldest first. */
export class ConnectionFaults {
  private readonly waiting: Armed[] = [];

  /** From now on; a count of 0 takes those of its kind and method back. */
  add(fault: ConnectionFault): void {
    if (fault.count > 0) this.waiting.push({ fault, left: fault.count, sent: new Map() });
    else {
      const { kind, method } = fault;
      for (const armed of this.waiting) {
        if (armed.fault.kind === kind && armed.fault.method === method) armed.left = 0;
      }
    }
  }

  /** How the answer that this method has now is lost; null: it is not. */
  losesAnswer(method: string): "reset" | "silence" | null {
    const fault = this.take("lose-answer", method);
    return fault === null ? null : fault.by;
  }

  /** With what error a call of this method ends at once; null: it goes on to the member. */
  refusal(method: string): ApiError | null {
    return this.take("refuse", method)?.error ?? null;
  }

  /** Whether the stream is cut, now that another message of it has gone out. */
  cutsStream(method: string, id: number): boolean {
    let cuts = false;
    for (const armed of this.waiting) {
      const { fault, sent } = armed;
      if (fault.kind !== "cut-stream" || fault.method !== method || armed.left === 0) continue;
      const messages = (sent.get(id) ?? 0) + 1;
      sent.set(id, messages);
      if (cuts || messages < fault.after) continue;
      armed.left--;
      cuts = true;
    }
    return cuts;
  }

  private take<K extends ConnectionFault["kind"]>(
    kind: K,
    method: string,
  ): Extract<ConnectionFault, { kind: K }> | null {
    const armed = this.waiting.find(
      ({ fault, left }) => fault.kind === kind && fault.method === method && left > 0,
    );
    if (armed === undefined) return null;
    armed.left--;
    return armed.fault as Extract<ConnectionFault, { kind: K }>;
  }
}

interface Armed {
  readonly fault: ConnectionFault;
  left: number;
  /** Of a cut: the messages of each stream since. */
  readonly sent: Map<number, number>;
}

// ---- as people write them -------------------------------------------------------------------------

/** What may be said of each, beside its method. */
const KEYS = {
  "lose-answer": ["method", "by", "count"],
  "cut-stream": ["method", "after", "count"],
  refuse: ["method", "code", "message", "count"],
} as const;

const isWord = (word: string): word is ConnectionFault["kind"] => word in KEYS;

/**
 * What `{"lose-answer": "put"}` means, or `{"cut-stream": {"method": "watch", "after": 2}}`; null: it is a step of
 * a scenario. Throws InputError.
 */
export function connectionFaultOf(step: StepData): ConnectionFault | null {
  const [word = "", ...others] = Object.keys(step);
  if (!isWord(word)) return null;
  if (others.length > 0) throw wrong(word, `is said alone, without "${others[0]}"`);
  const said = step[word];
  const given = typeof said === "string" ? { method: said } : said;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw wrong(word, `is of a method: {"${word}": "${word === "cut-stream" ? "watch" : "put"}"}`);
  }
  const words = given as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(words)) {
    if (!(KEYS[word] as readonly string[]).includes(key)) {
      throw wrong(word, `has no "${key}"${suggestion(key, KEYS[word])}`);
    }
  }
  const count = countOf(word, words, "count", 0);
  const method = methodOf(word, words["method"]);
  if (word === "lose-answer") return { kind: word, method, count, by: manner(words["by"]) };
  if (word === "refuse") return { kind: word, method, count, error: errorOf(words) };
  return { kind: word, method, count, after: countOf(word, words, "after", 1) };
}

function wrong(word: string, text: string): InputError {
  return InputError.plain(`${word} ${text}`);
}

function countOf(word: string, given: object, key: string, least: number): number {
  const count: unknown = key in given ? (given as Record<string, unknown>)[key] : 1;
  if (Number.isSafeInteger(count) && (count as number) >= least) return count as number;
  throw wrong(word, `"${key}" is a whole number from ${least} on, not ${JSON.stringify(count)}`);
}

function methodOf(word: ConnectionFault["kind"], method: unknown): string {
  const methods = word === "refuse" ? ALL : word === "cut-stream" ? STREAMS : UNARY;
  const text = typeof method === "string" ? method : "";
  if ((methods as readonly string[]).includes(text)) return text;
  throw wrong(word, `is not of the method ${JSON.stringify(method)}${suggestion(text, methods)}`);
}

function manner(by: unknown = "reset"): "reset" | "silence" {
  if (by === "reset" || by === "silence") return by;
  throw wrong("lose-answer", `is by "reset" of the connection or by "silence", not ${by}`);
}

function errorOf({ code = "Unavailable", message }: Readonly<Record<string, unknown>>): ApiError {
  if (typeof code !== "string" || !(code in GrpcCode) || code === "OK") {
    throw wrong("refuse", `knows no code ${JSON.stringify(code)}${suggestion(`${code}`, CODES)}`);
  }
  const text = message ?? "refused by detcd";
  if (typeof text !== "string") throw wrong("refuse", '"message" is a text');
  return Object.freeze({ code: code as GrpcCodeName, message: text });
}

const CODES = Object.keys(GrpcCode);
