import type { RegisterInput, RegisterOutput } from "../linearizability/register.ts";
import type { TextInput, TextOutput } from "../linearizability/text.ts";
import { CallBook } from "./call-book.ts";
import { type Edn, EdnError, EdnKeyword, EdnList, EdnMap, EdnReader, ednText } from "./edn.ts";
import { type History, HistoryError } from "./history.ts";

/** One entry of a history: a process invokes something, or learns what came of it. */
interface Entry {
  readonly process: string;
  readonly type: string;
  readonly f: string;
  readonly key: Edn;
  readonly value: Edn;
  /** The order of the file is the order of time. */
  readonly at: number;
  readonly line: number;
}

/**
 * A history of Jepsen (history.edn, or maps one after the other): of registers, one or one a key
 * (`:read`, `:write`, `:cas`), or of texts (`:get`, `:put`, `:append` with a `:key`, as porcupine's test
 * data). What failed did not happen; what ends with `:info`, or not at all, may have. Throws HistoryError.
 */
export function readJepsenEdn(text: string): History {
  const entries = entriesOf(text);
  const first = entries.find(({ type }) => type === "invoke");
  if (first === undefined) throw new HistoryError(0, "nothing is invoked in it");
  return TEXTS.has(first.f) ? texts(entries) : registers(entries);
}

const TEXTS = new Set(["get", "put", "append"]);

function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  const reader = new EdnReader(text);
  try {
    while (!reader.atEnd) {
      const { line } = reader;
      const value = reader.read();
      for (const each of value instanceof EdnList ? value.items : [value]) {
        const entry = entryOf(each, entries.length, line);
        if (entry !== null) entries.push(entry);
      }
    }
  } catch (error) {
    if (error instanceof EdnError) throw new HistoryError(error.line, error.message);
    throw error;
  }
  return entries;
}

/** null: not a client's, but the nemesis', or a note. */
function entryOf(value: Edn, at: number, line: number): Entry | null {
  if (!(value instanceof EdnMap)) {
    throw new HistoryError(
      line,
      `expected a map {:process …, :type …, :f …}, found ${ednText(value).slice(0, 40)}`,
    );
  }
  const { entries } = value;
  const process = entries.get(":process");
  if (typeof process !== "number") return null;
  const name = (key: string): string => {
    const found = entries.get(key);
    if (found instanceof EdnKeyword) return found.name;
    throw new HistoryError(
      line,
      `expected a keyword as ${key}, found ${ednText(found ?? null).slice(0, 40)}`,
    );
  };
  return {
    process: String(process),
    type: name(":type"),
    f: name(":f"),
    key: entries.get(":key") ?? null,
    value: entries.get(":value") ?? null,
    at,
    line,
  };
}

function finish<Input, Output>(
  book: CallBook<Input, Output>,
  { process, type, at, line }: Entry,
  output: () => Output,
): void {
  if (type === "ok") book.complete(process, output(), at, line);
  else if (type === "fail") book.fail(process, line);
  else if (type === "info") book.doubt(process, line);
  else throw new HistoryError(line, `:type :${type} is none of :invoke, :ok, :fail and :info`);
}

// ---- texts -----------------------------------------------------------------------------------------

function texts(entries: readonly Entry[]): History {
  const book = new CallBook<TextInput, TextOutput>();
  const text = (value: Edn) =>
    typeof value === "string" ? value : value === null ? "" : ednText(value);
  for (const entry of entries) {
    const { process, type, f, at, line } = entry;
    if (type !== "invoke") {
      finish(book, entry, () => (f === "get" ? text(entry.value) : ""));
      continue;
    }
    const key = text(entry.key);
    if (f === "get") book.invoke(process, { f, key }, at, line);
    else if (f === "put" || f === "append") {
      book.invoke(process, { f, key, value: text(entry.value) }, at, line);
    } else throw new HistoryError(line, `:f :${f} is none of :get, :put and :append`);
  }
  return { model: "text", operations: book.operations() };
}

// ---- registers -------------------------------------------------------------------------------------

/** A value that may be `[key value]` (jepsen.independent) and, inside, `[version value]` (jepsen.etcd). */
interface Shape {
  readonly keyed: boolean;
  readonly versioned: boolean;
}

function registers(entries: readonly Entry[]): History {
  const shape = shapeOf(entries);
  const book = new CallBook<RegisterInput, RegisterOutput>();
  for (const entry of entries) {
    const { process, type, f, at, line } = entry;
    const [key, value] = shape.keyed ? pairOf(entry.value, line) : [null, entry.value];
    // A version says no more than the value does where the history is right: it is not looked at.
    const bare = shape.versioned && value !== null ? pairOf(value, line)[1] : value;
    if (type !== "invoke") {
      finish(book, entry, () => ({
        ok: true,
        value: f === "read" && bare !== null ? ednText(bare) : null,
      }));
      continue;
    }
    const name = key === null ? "" : ednText(key);
    if (f === "read") book.invoke(process, { f, key: name }, at, line);
    else if (f === "write") book.invoke(process, { f, key: name, value: ednText(bare) }, at, line);
    else if (f === "cas") {
      const [from, to] = pairOf(bare, line);
      book.invoke(process, { f, key: name, from: ednText(from), to: ednText(to) }, at, line);
    } else throw new HistoryError(line, `:f :${f} is none of :read, :write and :cas`);
  }
  return { model: "register", operations: book.operations() };
}

function pairOf(value: Edn, line: number): readonly [Edn, Edn] {
  if (value instanceof EdnList && value.items.length === 2) return value.items as [Edn, Edn];
  throw new HistoryError(line, `expected a pair, found ${ednText(value).slice(0, 40)}`);
}

/** Told by what is invoked: a read of one register asks with nil, one of a key with `[key nil]`. */
function shapeOf(entries: readonly Entry[]): Shape {
  const invoked = entries.filter(({ type }) => type === "invoke");
  const isPair = (value: Edn | undefined) => value instanceof EdnList && value.items.length === 2;
  const inner = ({ value }: Entry) => (value instanceof EdnList ? value.items[1] : undefined);
  const keyed = invoked.every(
    ({ f, value }) => isPair(value) && (f !== "cas" || isPair((value as EdnList).items[1])),
  );
  const written = invoked.filter(({ f }) => f === "write");
  const versioned =
    written.length > 0 && written.every((each) => isPair(keyed ? inner(each) : each.value));
  return { keyed, versioned };
}
