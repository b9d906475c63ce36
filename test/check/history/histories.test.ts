import { describe, expect, test } from "vitest";
import { EdnReader, ednText } from "../../../src/check/history/edn.ts";
import { HistoryError } from "../../../src/check/history/history.ts";
import { readHistory } from "../../../src/check/history/read-history.ts";
import { checkHistory } from "../../../src/check/linearizability/check-history.ts";
import { REGISTER } from "../../../src/check/linearizability/register.ts";
import { TEXT } from "../../../src/check/linearizability/text.ts";

const LIMITS = { stop: () => false, maxBytes: 1_000_000 };

function verdict(text: string): string {
  const history = readHistory(text);
  if (history.model === "register") {
    return checkHistory(history.operations, REGISTER, LIMITS).verdict;
  }
  if (history.model === "text") return checkHistory(history.operations, TEXT, LIMITS).verdict;
  throw new Error("neither registers nor texts");
}

/** Lines of Jepsen's log: `3 :invoke :read nil`. */
function log(...lines: string[]): string {
  return lines.map((line) => `INFO  jepsen.util - ${line.replaceAll(" ", "\t")}\n`).join("");
}

describe("Jepsen's log", () => {
  test.each<[string, string, string]>([
    [
      "a read of what was written",
      "ok",
      log("0 :invoke :write 1", "0 :ok :write 1", "1 :invoke :read nil", "1 :ok :read 1"),
    ],
    [
      "a read of what was not",
      "illegal",
      log("0 :invoke :write 1", "0 :ok :write 1", "1 :invoke :read nil", "1 :ok :read nil"),
    ],
    [
      "a call without a return is pending",
      "ok",
      log("0 :invoke :write 1", "1 :invoke :read nil", "1 :ok :read 1"),
    ],
    [
      "a write that timed out may have happened",
      "ok",
      log(
        "0 :invoke :write 1",
        "0 :info :write :timed-out",
        "1 :invoke :read nil",
        "1 :ok :read 1",
      ),
    ],
    [
      "a read that failed tells nothing",
      "ok",
      log("0 :invoke :read nil", "0 :fail :read :timed-out"),
    ],
  ])("%s: %s", (_, wanted, text) => expect(verdict(text)).toBe(wanted));

  test("a compare-and-set that failed found something else", () => {
    const failed = "0 :fail :cas [1 2]".replace("[1 2]", "[1~2]");
    const lines = log("0 :invoke :write 1", "0 :ok :write 1", "0 :invoke :cas [1~2]", failed);
    expect(verdict(lines.replaceAll("~", " "))).toBe("illegal");
  });
});

describe("EDN", () => {
  test.each<[string, string]>([
    [
      '{:process 0, :type :ok, :f :read, :value [1 "a\\n"]}',
      '{:process 0, :type :ok, :f :read, :value [1 "a\\n"]}',
    ],
    ["#jepsen.history.Op{:index 1 :value nil} ; a comment", "{:index 1, :value nil}"],
    ["#{1 2} #_ignored (a 1.5 true \\a)", "[1 2]"],
    ["12345678901234567890", "12345678901234567890"],
  ])("%s", (text, wanted) => expect(ednText(new EdnReader(text).read())).toBe(wanted));

  test("values one after the other, each with its line", () => {
    const reader = new EdnReader("{:a 1}\n\n; nothing\n[2]\n");
    expect([reader.line, ednText(reader.read()), reader.line, ednText(reader.read())]).toEqual([
      1,
      "{:a 1}",
      4,
      "[2]",
    ]);
    expect(reader.atEnd).toBe(true);
  });
});

const op = (process: number, type: string, f: string, value: string, more = "") =>
  `{:process ${process}, :type :${type}, :f :${f}, :value ${value}${more}}\n`;

describe("Jepsen's history.edn", () => {
  test.each<[string, string, string]>([
    [
      "one register",
      "illegal",
      op(0, "invoke", "write", "1") +
        op(0, "ok", "write", "1") +
        op(1, "invoke", "read", "nil") +
        op(1, "ok", "read", "2"),
    ],
    ["one vector", "ok", `[${op(0, "invoke", "write", "1")}${op(0, "ok", "write", "1")}]`],
    [
      "a register a key",
      "ok",
      op(0, "invoke", "write", "[a 1]") +
        op(0, "ok", "write", "[a 1]") +
        op(1, "invoke", "read", "[b nil]") +
        op(1, "ok", "read", "[b nil]"),
    ],
    [
      "versions, as jepsen.etcd has them",
      "ok",
      op(0, "invoke", "write", "[a [nil 1]]") +
        op(0, "ok", "write", "[a [1 1]]") +
        op(1, "invoke", "read", "[a [nil nil]]") +
        op(1, "ok", "read", "[a [1 1]]"),
    ],
    [
      "what failed did not happen",
      "illegal",
      op(0, "invoke", "write", "1") +
        op(0, "fail", "write", "1") +
        op(1, "invoke", "read", "nil") +
        op(1, "ok", "read", "1"),
    ],
    [
      "the nemesis is no client",
      "ok",
      "{:process :nemesis, :type :info, :f :start, :value nil}\n" +
        op(0, "invoke", "read", "nil") +
        op(0, "ok", "read", "nil"),
    ],
  ])("%s: %s", (_, wanted, text) => expect(verdict(text)).toBe(wanted));

  test("texts, as in porcupine's test histories", () => {
    const key = ', :key "a"';
    const added = op(0, "invoke", "append", '"x"', key) + op(0, "ok", "append", '"x"', key);
    const got = (found: string) =>
      op(1, "invoke", "get", "nil", key) + op(1, "ok", "get", found, key);
    expect(verdict(added + got('"x"'))).toBe("ok");
    expect(verdict(added + got('""'))).toBe("illegal");
  });
});

describe("what is no history says where and why", () => {
  test.each<[string, number, RegExp]>([
    ["hello", 0, /no history that detcd knows/],
    ["{:process 0 :type :invoke :f :read\n", 2, /"}" is missing/],
    [op(0, "ok", "read", "1"), 0, /nothing is invoked/],
    [
      op(0, "invoke", "read", "nil") + op(0, "invoke", "read", "nil"),
      2,
      /still waits for what it asked for in line 1/,
    ],
    [
      op(0, "invoke", "read", "nil") + op(1, "ok", "read", "1"),
      2,
      /process 1 did not ask for anything/,
    ],
    [op(0, "invoke", "dance", "nil"), 1, /:dance is none of :read, :write and :cas/],
    [log("0 :invoke :dance nil"), 1, /:dance nil is none of/],
    [`{:process ${"[".repeat(200)}`, 1, /nested too deeply/],
    [`{:process 0 ${"#_".repeat(50_000)}`, 1, /nested too deeply/],
  ])("%#", (text, line, says) => {
    let thrown: unknown;
    try {
      readHistory(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(HistoryError);
    expect((thrown as HistoryError).line).toBe(line);
    expect((thrown as HistoryError).message).toMatch(says);
  });
});
