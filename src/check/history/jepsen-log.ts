import type { RegisterInput, RegisterOutput } from "../linearizability/register.ts";
import { CallBook } from "./call-book.ts";
import { type History, HistoryError } from "./history.ts";

/** `INFO  jepsen.util - 3	:invoke	:cas	[1 2]`: what Jepsen printed while it tested etcd in 2014. */
const LINE = /^INFO\s+jepsen\.util\s+-\s+(\w+)\s+:(invoke|ok|fail|info)\s+:(\w+)\s+(.*?)\s*$/;
const PAIR = /^\[(\S+) (\S+)\]$/;

export function isJepsenLog(text: string): boolean {
  return /^INFO\s+jepsen\.util\s/m.test(text);
}

/**
 * One register without a key. A compare-and-set that failed found another value; a read that failed told
 * nothing. Throws HistoryError.
 */
export function readJepsenLog(text: string): History {
  const book = new CallBook<RegisterInput, RegisterOutput>();
  for (const [i, written] of text.split("\n").entries()) {
    const line = i + 1;
    const [, client = "", type, f = "", value = ""] = LINE.exec(written) ?? [];
    if (type === undefined || client === ":nemesis") continue;
    if (type === "invoke") {
      book.invoke(client, inputOf(f, value, line), line, line);
      continue;
    }
    const input = book.waiting(client, line);
    if (type === "ok") {
      const found = input.f === "read" && value !== "nil" ? value : null;
      book.complete(client, { ok: true, value: found }, line, line);
    } else if (type === "info") book.doubt(client, line);
    else if (input.f === "cas" && PAIR.test(value)) {
      book.complete(client, { ok: false, value: null }, line, line);
    } else if (input.f === "read") book.fail(client, line);
    else book.doubt(client, line);
  }
  return { model: "register", operations: book.operations() };
}

function inputOf(f: string, value: string, line: number): RegisterInput {
  const key = "";
  if (f === "read") return { f, key };
  if (f === "write") return { f, key, value };
  const [, from, to] = PAIR.exec(value) ?? [];
  if (f === "cas" && from !== undefined && to !== undefined) return { f, key, from, to };
  throw new HistoryError(line, `:${f} ${value} is none of :read, :write and :cas [from to]`);
}
