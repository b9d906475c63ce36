import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { firstPiece, readPieces } from "../../src/cli/files/read-pieces.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { encodeTrace } from "../../src/trace/ndjson.ts";
import { SAMPLE_HEADER } from "../support/sample-trace.ts";
import { detcdIn } from "./detcd-in.ts";

const { cwd, detcd } = detcdIn("long-trace");

/** A trace that is several pieces long, with letters of three bytes all along, whose file is `name`. */
function written(name: string, change: (text: string) => string = (text) => text) {
  const notes = Array.from({ length: 12_000 }, (_, i) => {
    const note = { kind: "note", about: "step", text: `第${i}步：${"领".repeat(i % 60)}` } as const;
    return { seq: i + 1, at: i * 1000, member: 0, cause: 0, ...note };
  });
  const path = join(cwd, name);
  writeFileSync(path, change(encodeTrace(SAMPLE_HEADER, notes)));
  return path;
}

test("a file comes in pieces, and no letter is torn by their ends", () => {
  const path = written("pieces.ndjson");
  const pieces = [...readPieces(path)];
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join("")).not.toContain("\uFFFD");
  expect(firstPiece(path)).toBe(pieces[0]);
});

test("a trace of several pieces is replayed, asked and cut off at a time", async () => {
  written("long.ndjson");
  const { code, out } = await detcd(["replay", "long.ndjson", "--quiet"]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("12,000 trace events") });
  const half = await detcd(["replay", "long.ndjson", "--quiet", "--until", "5s"]);
  expect(half.out).toContain("5,001 trace events");
  const why = await detcd(["replay", "long.ndjson", "--why", "#11999"]);
  expect(why.out).toContain("第11998步");
  const exported = await detcd(["export", "--to", "ndjson", "long.ndjson"]);
  expect(exported.out).toContain("第11999步");
});

test("what is broken in a late piece is told with its line", async () => {
  written("broken.ndjson", (text) => text.replace('"seq":11000,', '"seq":1,'));
  const { code, error } = await detcd(["replay", "broken.ndjson", "--quiet"]);
  expect(code).toBe(2);
  expect(error).toMatch(/^broken\.ndjson:11001:2 event 11000 is missing/);
});

test("a history of calls in a file of that name is still one", async () => {
  const history = { process: 0, type: "invoke", f: "read", value: null, time: 0, index: 0 };
  writeFileSync(join(cwd, "history.ndjson"), `${JSON.stringify(history)}\n`);
  const { error } = await detcd(["check", "history.ndjson"]);
  expect(error).not.toContain("no detcd trace");
});

test("a trace is written while the run goes on, and is the one that is kept", async () => {
  const file = join(import.meta.dirname, "../../scenarios/leader-crash.yaml");
  const run = runScenario(parseScenario(readFileSync(file, "utf8"), "leader-crash.yaml"));
  await detcd(["replay", "leader-crash", "--quiet", "--trace", "written.ndjson"]);
  expect(readFileSync(join(cwd, "written.ndjson"), "utf8")).toBe(
    encodeTrace(run.header, run.events),
  );
});
