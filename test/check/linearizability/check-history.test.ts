import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkHistory } from "../../../src/check/linearizability/check-history.ts";
import { ETCD, type EtcdInput, type EtcdOutput } from "../../../src/check/linearizability/etcd.ts";
import { ILLEGAL, type Machine } from "../../../src/check/linearizability/model.ts";
import type { Operation } from "../../../src/check/linearizability/operation.ts";
import {
  REGISTER,
  type RegisterInput,
  type RegisterOutput,
} from "../../../src/check/linearizability/register.ts";
import { Search } from "../../../src/check/linearizability/search.ts";
import { TEXT, type TextInput, type TextOutput } from "../../../src/check/linearizability/text.ts";

const PATIENT = { stop: () => false, maxBytes: 64 * 1024 * 1024 };
const NEVER = Number.POSITIVE_INFINITY;

type RegisterOperation = Operation<RegisterInput, RegisterOutput>;

function at<I, O>(call: number, end: number, input: I, output: O | null): Operation<I, O> {
  return { client: String(call), input, output, call, return: end, line: 0 };
}

const write = (call: number, end: number, value: string, key = "") =>
  at<RegisterInput, RegisterOutput>(
    call,
    end,
    { f: "write", key, value },
    end === NEVER ? null : { ok: true, value: null },
  );
const read = (call: number, end: number, value: string | null, key = "") =>
  at<RegisterInput, RegisterOutput>(call, end, { f: "read", key }, { ok: true, value });
const cas = (call: number, end: number, from: string, to: string, ok: boolean) =>
  at<RegisterInput, RegisterOutput>(
    call,
    end,
    { f: "cas", key: "", from, to },
    { ok, value: null },
  );

function verdict(operations: readonly RegisterOperation[]): string {
  return checkHistory(operations, REGISTER, PATIENT).verdict;
}

describe("a register", () => {
  test.each<[string, string, RegisterOperation[]]>([
    ["nothing happened", "ok", []],
    ["a read before any write finds nothing", "ok", [read(1, 2, null)]],
    ["a read of what nobody wrote", "illegal", [read(1, 2, "1")]],
    ["a read behind a write finds it", "ok", [write(1, 2, "1"), read(3, 4, "1")]],
    ["a read behind a write misses it", "illegal", [write(1, 2, "1"), read(3, 4, null)]],
    ["a read beside a write finds it", "ok", [write(1, 4, "1"), read(2, 3, "1")]],
    ["a read beside a write misses it", "ok", [write(1, 4, "1"), read(2, 3, null)]],
    ["operations that touch overlap", "ok", [write(1, 2, "1"), read(2, 3, null)]],
    [
      "new and old: a second read goes back",
      "illegal",
      [write(1, 9, "1"), read(2, 3, "1"), read(4, 5, null)],
    ],
    ["a write in doubt may have happened", "ok", [write(1, NEVER, "1"), read(5, 6, "1")]],
    ["a write in doubt need not have happened", "ok", [write(1, NEVER, "1"), read(5, 6, null)]],
    [
      "a write in doubt may happen late",
      "ok",
      [write(1, NEVER, "1"), write(2, 3, "2"), read(4, 5, "2"), read(6, 7, "1")],
    ],
    [
      "a write in doubt happens once",
      "illegal",
      [
        write(1, NEVER, "1"),
        read(2, 3, "1"),
        write(4, 5, "2"),
        read(6, 7, "2"),
        read(8, 9, "1"),
        write(10, 11, "2"),
        read(12, 13, "1"),
      ],
    ],
    [
      "a write does not happen before it is asked for",
      "illegal",
      [read(1, 2, "1"), write(3, 4, "1")],
    ],
    [
      "two of a kind in doubt happen twice",
      "ok",
      [
        write(1, NEVER, "1"),
        write(1, NEVER, "1"),
        read(2, 3, "1"),
        write(4, 5, "2"),
        read(6, 7, "2"),
        read(8, 9, "1"),
      ],
    ],
    [
      "a cas that found what it asked for",
      "ok",
      [write(1, 2, "1"), cas(3, 4, "1", "2", true), read(5, 6, "2")],
    ],
    ["a cas that can't have found it", "illegal", [write(1, 2, "1"), cas(3, 4, "3", "2", true)]],
    ["a cas that failed without cause", "illegal", [write(1, 2, "1"), cas(3, 4, "1", "2", false)]],
    [
      "a cas that failed changes nothing",
      "ok",
      [write(1, 2, "1"), cas(3, 4, "3", "2", false), read(5, 6, "1")],
    ],
  ])("%s: %s", (_, wanted, operations) => {
    expect(verdict(operations)).toBe(wanted);
  });

  test("keys don't concern each other, and the wrong one is named", () => {
    const result = checkHistory(
      [write(1, 2, "1", "a"), write(1, 2, "2", "b"), read(3, 4, "1", "a"), read(3, 4, "1", "b")],
      REGISTER,
      PATIENT,
    );
    expect(result.verdict).toBe("illegal");
    const [wrong, ...others] = result.partitions.filter((each) => each.verdict === "illegal");
    expect(others).toEqual([]);
    expect(wrong).toMatchObject({ partition: "b", blocked: 1, order: [0], stateText: "2" });
  });
});

describe("limits", () => {
  // Nobody can tell in which order so many writes happened before the read that none explains.
  const hard = [
    ...Array.from({ length: 18 }, (_, i) => write(1, 100 + i, String(i))),
    read(50, 99, "none of these"),
  ];

  test("a check that is told to stop says that it does not know", () => {
    let asked = 0;
    const result = checkHistory(hard, REGISTER, { ...PATIENT, stop: () => ++asked > 1 });
    expect(result.verdict).toBe("unknown");
  });

  test("a check without room says that it does not know, and kept within it", () => {
    const result = checkHistory(hard, REGISTER, { ...PATIENT, maxBytes: 100_000 });
    expect(result.verdict).toBe("unknown");
    expect(result.bytes).toBeLessThanOrEqual(100_000);
  });

  test("many keys that see little take little", () => {
    const many = Array.from({ length: 2000 }, (_, i) => write(i, i + 1, "1", `k${i}`));
    const result = checkHistory(many, REGISTER, PATIENT);
    expect(result.verdict).toBe("ok");
    expect(result.bytes).toBeLessThan(1_000_000);
  });

  test("whoever stops is heard after each key's turn", () => {
    let asked = 0;
    const keys = Array.from({ length: 50 }, (_, i) => write(i, i + 1, "1", `k${i}`));
    const stop = () => ++asked > 10;
    const result = checkHistory(keys, REGISTER, { ...PATIENT, stop });
    const decided = result.partitions.filter(({ verdict: each }) => each === "ok");
    expect([result.verdict, decided.length]).toEqual(["unknown", 10]);
  });

  test("a wrong key is found beside one that takes too long", () => {
    const result = checkHistory([...hard, read(1, 2, "5", "b")], REGISTER, PATIENT);
    expect(result.partitions.find(({ partition }) => partition === "b")?.verdict).toBe("illegal");
  });
});

// ---- against every order there is ----------------------------------------------------------------

/** Whether some order will do, by trying them all. */
function bruteForce(operations: readonly Operation[], machine: Machine): boolean {
  const taken = new Set<number>();
  const goOn = (state: number): boolean => {
    const waiting = operations.flatMap(({ return: end }, i) => (taken.has(i) ? [] : [end]));
    const limit = Math.min(NEVER, ...waiting);
    if (limit === NEVER) return true;
    return operations.some((each, i) => {
      if (taken.has(i) || each.call > limit) return false;
      const after = machine.step(state, i);
      if (after === ILLEGAL) return false;
      taken.add(i);
      const found = goOn(after);
      taken.delete(i);
      return found;
    });
  };
  return goOn(0);
}

const times = fc.tuple(fc.nat(12), fc.nat(6), fc.integer({ min: 0, max: 9 }));
const few = fc.constantFrom("1", "2");

/** `doubt` 0: it never ended. */
function timed<I, O>(
  [call, length, doubt]: [number, number, number],
  input: I,
  output: O,
): Operation<I, O> {
  return doubt === 0 ? at<I, O>(call, NEVER, input, null) : at(call, call + length, input, output);
}

const registerOperation = fc.oneof(
  fc
    .tuple(times, few)
    .map(([t, value]) =>
      timed<RegisterInput, RegisterOutput>(
        t,
        { f: "write", key: "", value },
        { ok: true, value: null },
      ),
    ),
  fc
    .tuple(times, fc.option(few))
    .map(([t, value]) =>
      timed<RegisterInput, RegisterOutput>(t, { f: "read", key: "" }, { ok: true, value }),
    ),
  fc
    .tuple(times, few, few, fc.boolean())
    .map(([t, from, to, ok]) =>
      timed<RegisterInput, RegisterOutput>(t, { f: "cas", key: "", from, to }, { ok, value: null }),
    ),
);
const textOperation = fc.oneof(
  fc
    .tuple(times, fc.constantFrom("put" as const, "append" as const), few)
    .map(([t, f, value]) => timed<TextInput, TextOutput>(t, { f, key: "", value }, "")),
  fc
    .tuple(times, fc.constantFrom("", "1", "2", "12", "21"))
    .map(([t, found]) => timed<TextInput, TextOutput>(t, { f: "get", key: "" }, found)),
);
const revision = fc.nat(6);
const etcdOperation = fc.oneof(
  fc
    .tuple(times, few, revision)
    .map(([t, value, r]) =>
      timed<EtcdInput, EtcdOutput>(
        t,
        { f: "put", key: "", value },
        { revision: r, value: null, deleted: false },
      ),
    ),
  fc
    .tuple(times, revision, fc.boolean())
    .map(([t, r, deleted]) =>
      timed<EtcdInput, EtcdOutput>(
        t,
        { f: "delete", key: "" },
        { revision: deleted ? r : 0, value: null, deleted },
      ),
    ),
  fc
    .tuple(times, fc.option(few), revision)
    .map(([t, value, r]) =>
      timed<EtcdInput, EtcdOutput>(
        t,
        { f: "get", key: "" },
        { revision: value === null ? 0 : r + 1, value, deleted: false },
      ),
    ),
);

const RUNS = { numRuns: 3000, seed: 20261130 };
const size = { maxLength: 7 };

property.prop([fc.array(registerOperation, size)], RUNS)(
  "registers are judged as by trying every order",
  (operations) => {
    const machine = REGISTER.machine(operations);
    expect(verdict(operations) === "ok").toBe(bruteForce(operations, machine));
  },
);

property.prop([fc.array(textOperation, size)], RUNS)(
  "texts are judged as by trying every order",
  (operations) => {
    const { verdict: found } = checkHistory(operations, TEXT, PATIENT);
    expect(found === "ok").toBe(bruteForce(operations, TEXT.machine(operations)));
  },
);

property.prop([fc.array(etcdOperation, size)], RUNS)(
  "etcd's keys are judged as by trying every order",
  (operations) => {
    const { verdict: found } = checkHistory(operations, ETCD, PATIENT);
    expect(found === "ok").toBe(bruteForce(operations, ETCD.machine(operations)));
  },
);

property.prop([fc.array(registerOperation, size)], RUNS)(
  "a search in small steps comes to the same end",
  (operations) => {
    const machine = REGISTER.machine(operations);
    const search = new Search(operations, machine, PATIENT.maxBytes);
    let found = search.run(1);
    for (let i = 0; found === "unknown" && i < 100_000; i++) found = search.run(1);
    expect(found).toBe(verdict(operations));
  },
);

property.prop([fc.array(registerOperation, size)], RUNS)(
  "the order that is shown could have been executed",
  (operations) => {
    const machine = REGISTER.machine(operations);
    const search = new Search(operations, machine, PATIENT.maxBytes);
    search.run(100_000);
    const { order, state, blocked } = search.progress();
    let now = 0;
    for (const [position, i] of order.entries()) {
      const { call } = operations[i] as RegisterOperation;
      const before = order
        .slice(position + 1)
        .map((later) => (operations[later] as RegisterOperation).return);
      expect(Math.min(NEVER, ...before)).toBeGreaterThanOrEqual(call);
      now = machine.step(now, i);
      expect(now).not.toBe(ILLEGAL);
    }
    expect(now).toBe(state);
    if (blocked !== -1) expect(order).not.toContain(blocked);
  },
);
