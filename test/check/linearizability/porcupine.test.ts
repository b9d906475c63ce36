import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readHistory } from "../../../src/check/history/read-history.ts";
import { checkHistory } from "../../../src/check/linearizability/check-history.ts";
import { ETCD } from "../../../src/check/linearizability/etcd.ts";
import { REGISTER } from "../../../src/check/linearizability/register.ts";
import { TEXT } from "../../../src/check/linearizability/text.ts";

/**
 * The histories that porcupine's Go module carries (Jepsen's etcd tests of 2014, and key-value stores), read
 * from Go's module cache, with the verdicts that porcupine's own tests expect. Skipped where Go never fetched it.
 */
const VERSION = "v1.3.1";
const CACHE = process.env["GOMODCACHE"] ?? join(homedir(), "go", "pkg", "mod");
const MODULE = join(CACHE, "github.com", "anishathalye", `porcupine@${VERSION}`);

const LIMITS = { stop: () => false, maxBytes: 1024 * 1024 * 1024 };

function verdictOf(file: string): string {
  const history = readHistory(readFileSync(file, "utf8"));
  switch (history.model) {
    case "register":
      return checkHistory(history.operations, REGISTER, LIMITS).verdict;
    case "text":
      return checkHistory(history.operations, TEXT, LIMITS).verdict;
    case "etcd":
      return checkHistory(history.operations, ETCD, LIMITS).verdict;
  }
}

/** Files of the module, and whether porcupine's tests say that they are linearizable. */
function expected(): readonly (readonly [file: string, ok: boolean])[] {
  const tests = readFileSync(join(MODULE, "porcupine_test.go"), "utf8");
  const jepsen = [...tests.matchAll(/checkJepsen\(t, (\d+), (true|false)\)/g)].map(
    ([, number = "", ok]) => [`jepsen/etcd_${number.padStart(3, "0")}.log`, ok === "true"] as const,
  );
  const kv = [...tests.matchAll(/checkKv\(t, "([\w-]+)", (true|false), true\)/g)].map(
    ([, name = "", ok]) => [`kv/${name}.txt`, ok === "true"] as const,
  );
  return [...jepsen, ...kv];
}

describe.skipIf(!existsSync(MODULE))(`histories of porcupine ${VERSION}`, () => {
  test("are judged as porcupine judges them", () => {
    const wrong = expected().filter(
      ([file, ok]) => verdictOf(join(MODULE, "test_data", file)) !== (ok ? "ok" : "illegal"),
    );
    expect(wrong).toEqual([]);
    // Of all but one of its 103 Jepsen logs porcupine says what it expects.
    expect(expected().length).toBe(108);
  });
});

test.runIf(!existsSync(MODULE))(
  `the histories of porcupine ${VERSION} are not in Go's module cache: skipped`,
  () => undefined,
);
