import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runIn } from "./detcd-in.ts";

const cwd = mkdtempSync(join(tmpdir(), "detcd-check-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const detcd = (...argv: string[]) => runIn(cwd, argv, { clock: () => 0 });

const GOOD = `{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
`;
const BAD = `${GOOD}{:process 7, :type :invoke, :f :read, :value nil}
{:process 7, :type :ok, :f :read, :value 2}
`;

test("a history that is linearizable is a line, and exit code 0", async () => {
  writeFileSync(join(cwd, "good.edn"), GOOD);
  const { code, out } = await detcd("check", "good.edn");
  expect(out).toBe("good.edn: linearizable · 1 operation on 1 key (register) · 0 ms\n");
  expect(code).toBe(0);
});

test("one that is not names the operation that no order has room for, and draws it", async () => {
  writeFileSync(join(cwd, "bad.edn"), BAD);
  const { code, out } = await detcd("check", "good.edn", "bad.edn");
  expect(out).toMatch(/bad\.edn: NOT linearizable · 2 operations/);
  expect(out).toMatch(/then it holds 1,\n {2}and no order has room for read: 2 \(7, line 3\)/);
  expect(out).toMatch(/✗ 7 read: 2 +├─+┤ +line 3/);
  expect(code).toBe(1);
});

test("what stands in a file does not reach the terminal as it is", async () => {
  const key = '"\u001b[2Jk"';
  const read = (type: string, value: string) =>
    `{:process 0, :type :${type}, :f :get, :key ${key}, :value ${value}}\n`;
  writeFileSync(join(cwd, "escape.edn"), read("invoke", "nil") + read("ok", '"\u001b[31m"'));
  const { code, out } = await detcd("check", "escape.edn");
  expect(out).toContain("\\u{1b}[2Jk");
  expect(out).not.toContain("\u001b");
  expect(code).toBe(1);
});

test("the report as JSON", async () => {
  const { out } = await detcd("check", "bad.edn", "--json");
  const [report] = JSON.parse(out);
  expect(report).toMatchObject({ file: "bad.edn", model: "register", verdict: "illegal" });
  expect(report.partitions[0]).toMatchObject({ operations: 2, ordered: 1, blocked: 3, state: "1" });
});

test("a run's trace, with the revisions that members applied", async () => {
  const recorded = await detcd("replay", "old-term-entry", "--plain", "--trace", "run.ndjson");
  expect(recorded.code).toBe(0);
  const { code, out } = await detcd("check", "run.ndjson");
  expect(out).toMatch(/run\.ndjson: linearizable · \d+ operations? on \d+ keys? \(etcd\)/);
  expect(code).toBe(0);
});

test("stale reads in a run are found", async () => {
  const recorded = await detcd("replay", "stale-lease-read", "--plain", "--trace", "stale.ndjson");
  expect(recorded.code).toBe(0);
  const { code, out } = await detcd("check", "stale.ndjson");
  // The write ends and the read begins in the same microsecond: their order is that of the events.
  expect(out).toMatch(/no order has room for get: old \(revision 2\) \(c3, line \d+\)/);
  expect(code).toBe(1);
});

test("bad input is said before anything runs, with place and exit code 2", async () => {
  writeFileSync(join(cwd, "broken.edn"), "{:process 0 :type :invoke\n");
  const broken = await detcd("check", "good.edn", "broken.edn");
  expect(broken).toMatchObject({ code: 2, out: "" });
  expect(broken.error).toMatch(/broken\.edn:2: "}" is missing/);
  expect((await detcd("check", "nowhere.edn")).code).toBe(2);
  expect((await detcd("check", "good.edn", "--memory", "0")).code).toBe(2);
  expect((await detcd("check")).code).toBe(2);
});
