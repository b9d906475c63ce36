import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHistory } from "../../src/check/linearizability/check-history.ts";
import { REGISTER } from "../../src/check/linearizability/register.ts";
import { asOperations, registerHistory } from "./histories.ts";

/**
 * npm run bench:porcupine: our search for linearizability and porcupine's (Go, from its module cache), in turn,
 * on the same histories. Without Go or the module it says so.
 */
const VERSION = "v1.3.1";
const ROUNDS = 5;
const HISTORIES = [
  { name: "10,000 operations of 10 clients on one register", keys: 1 },
  { name: "10,000 operations of 10 clients on 10 registers", keys: 10 },
] as const;

function built(folder: string): string | null {
  cpSync(join(import.meta.dirname, "main.go"), join(folder, "main.go"));
  const require = `require github.com/anishathalye/porcupine ${VERSION}`;
  writeFileSync(join(folder, "go.mod"), `module bench\n\ngo 1.21\n\n${require}\n`);
  const env = { ...process.env, GOFLAGS: "-mod=mod", GOPROXY: "off", GONOSUMDB: "*" };
  try {
    execFileSync("go", ["build", "-o", "peer", "."], {
      cwd: folder,
      env: { ...env, GONOSUMCHECK: "1", GOSUMDB: "off" },
      stdio: "pipe",
    });
    return join(folder, "peer");
  } catch {
    return null;
  }
}

function ours(history: ReturnType<typeof asOperations>): [ms: number, bytes: number] {
  const from = performance.now();
  const result = checkHistory(history, REGISTER, { stop: () => false, maxBytes: 2 ** 30 });
  const ms = performance.now() - from;
  if (result.verdict !== "ok") throw new Error("the history is linearizable by construction");
  return [ms, result.bytes];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

const folder = mkdtempSync(join(tmpdir(), "porcupine-"));
try {
  const peer = built(folder);
  if (peer === null)
    console.log(`porcupine ${VERSION} can't be built here: Go, or the module, is absent`);
  for (const { name, keys } of HISTORIES) {
    const history = registerHistory(10_000, 10, keys);
    const file = join(folder, `${keys}.json`);
    writeFileSync(file, JSON.stringify(history));
    const operations = asOperations(history);
    const mine: number[] = [];
    const theirs: number[] = [];
    let peak = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const [ms, bytes] = ours(operations);
      mine.push(ms);
      peak = Math.max(peak, bytes);
      if (peer === null) continue;
      const [ok, took] = execFileSync(peer, [file], { encoding: "utf8" }).trim().split(" ");
      if (ok !== "true") throw new Error("porcupine finds no order");
      theirs.push(Number(took));
    }
    const beside =
      theirs.length === 0
        ? ""
        : `, porcupine ${median(theirs).toFixed(0)} ms: ${(median(theirs) / median(mine)).toFixed(2)} times as long`;
    console.log(
      `${name}: ${median(mine).toFixed(0)} ms and ${(peak / 1024).toFixed(0)} KiB of states${beside}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
