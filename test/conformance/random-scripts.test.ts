import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { rewriteFile, runFile } from "../../src/conformance/runner.ts";

/** Scripts of every command, sensible or not, on one to five nodes. */

const id = fc.integer({ min: 1, max: 5 });
const flag = (name: string) => fc.constantFrom("", ` ${name}=true`);
const level = fc.constantFrom("debug", "info", "warn", "error", "fatal", "none");
const type = fc.constantFrom("MsgApp", "MsgAppResp", "MsgVote", "MsgSnap", "MsgHeartbeat");
const operation = fc.tuple(fc.constantFrom("v", "l", "r", "u"), id).map((parts) => parts.join(""));
const transition = fc.constantFrom("", " v1=true", " transition=implicit", " transition=explicit");

const addNodes = fc
  .tuple(
    fc.constantFrom("(1)", "(1,2)", "(1,2,3)", "(1,2,3,4,5)"),
    fc.constantFrom("", " learners=(4)"),
    fc.integer({ min: 2, max: 9 }),
    flag("async-storage-writes"),
    flag("prevote"),
    flag("checkquorum"),
    fc.constantFrom("", " max-committed-size-per-ready=20", " inflight=1"),
    flag("step-down-on-removal"),
  )
  .filter(([voters, learners]) => learners === "" || !voters.includes("4"))
  .map(
    ([voters, learners, index, ...options]) =>
      `add-nodes 5 voters=${voters}${learners} index=${index}${options.join("")}`,
  );

const command = fc.oneof(
  { weight: 6, arbitrary: fc.constant("stabilize") },
  { weight: 3, arbitrary: fc.tuple(id, id).map(([a, b]) => `stabilize ${a} ${b}`) },
  { weight: 4, arbitrary: fc.tuple(id, id).map(([a, b]) => `process-ready ${a} ${b}`) },
  { weight: 4, arbitrary: id.map((a) => `deliver-msgs ${a}`) },
  fc.tuple(id, type).map(([a, t]) => `deliver-msgs ${a} type=${t}`),
  id.map((a) => `deliver-msgs drop=(${a})`),
  { weight: 3, arbitrary: id.map((a) => `campaign ${a}`) },
  {
    weight: 4,
    arbitrary: fc.tuple(id, fc.string({ unit: "grapheme", maxLength: 5 })).map(([a, data]) => {
      const text = data.replaceAll(/[\s=\\]/g, "");
      return `propose ${a} x${text}`;
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, transition, fc.array(operation, { maxLength: 3 }))
      .map(([a, how, list]) => `propose-conf-change ${a}${how}\n${list.join(" ")}`),
  },
  id.map((a) => `tick-election ${a}`),
  id.map((a) => `tick-heartbeat ${a}`),
  fc.tuple(id, fc.integer({ min: 3, max: 5 })).map(([a, n]) => {
    return `set-randomized-election-timeout ${a} timeout=${n}`;
  }),
  fc.tuple(id, id).map(([a, b]) => `transfer-leadership from=${a} to=${b}`),
  id.map((a) => `forget-leader ${a}`),
  fc.tuple(id, id).map(([a, b]) => `report-unreachable ${a} ${b}`),
  fc.tuple(id, fc.integer({ min: 2, max: 12 })).map(([a, n]) => `compact ${a} ${n}`),
  fc.tuple(id, id).map(([a, b]) => `process-append-thread ${a} ${b}`),
  id.map((a) => `process-apply-thread ${a}`),
  fc.constantFrom("raft-state", "status 1", "raft-log 2", "nonsense"),
  level.map((name) => `log-level ${name}`),
);

const script = fc
  .tuple(addNodes, fc.array(command, { minLength: 5, maxLength: 60 }))
  .map(([first, rest]) => [first, ...rest].map((line) => `${line}\n----\n`).join("\n"));

describe("a random script", () => {
  test.prop([script], { seed: 3, numRuns: 150 })(
    "runs to its end, and prints the same when it is run again",
    (text) => {
      const written = rewriteFile({ path: "interaction/random.txt", text });
      expect(written.report.badInput).toBeUndefined();
      const again = runFile({ path: "interaction/random.txt", text: written.text });
      expect(again.failedAt?.diff ?? "").toBe("");
      expect(again.passed).toBe(again.commands);
    },
  );

  test.prop([script], { seed: 4, numRuns: 150 })(
    "never breaks an assertion of raft or of the harness",
    (text) => {
      const { text: written } = rewriteFile({ path: "interaction/random.txt", text });
      // What raft refuses with a panic, it says in etcd-io/raft's words.
      const known = [
        "runtime error: index out of range",
        "is out of bound lastindex",
        "removed all voters",
        "config is already joint",
        "can't leave a non-joint config",
        "can't apply simple config change in joint config",
        "error scanning unapplied entries",
        "error when getting unapplied entries",
        "term should not be set when sending",
        "tocommit(",
      ];
      for (const line of written.split("\n")) {
        if (line.startsWith("panic: ")) {
          expect(
            known.some((part) => line.includes(part)),
            line,
          ).toBe(true);
          break; // in Go nothing comes after a panic
        }
      }
    },
  );
});
